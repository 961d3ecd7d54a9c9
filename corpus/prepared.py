"""What storing a verdict needs and the database has no say in, made beforehand.

One process writes a corpus, and whatever it does itself is done on one processor: normalising, compressing, shingling
and signing a text, 0.7 ms together, are left to the processes that clean.
"""

from dataclasses import dataclass, field

from corpus.captures import Columns, capture_columns
from corpus.shingles import Shingles, shingle
from corpus.signatures import sign
from corpus.types import Article, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A verdict, ready to be stored."""

    #: Its columns of table ``capture``.
    columns: Columns = field(repr=False)
    #: The shingles of an article's text and their signature; None of a removal, and of a text without words.
    shingles: Shingles | None = field(default=None, repr=False, compare=False)
    signature: bytes | None = field(default=None, repr=False)


def prepare(verdict: Verdict, *, url_key: str) -> Prepared:
    """Prepare a verdict for `corpus.store.Store.commit`; it would be stored the same without.

    Args:
        verdict: What cleaning made of a page.
        url_key: The page's URL as the ledger has it.
    """
    columns = capture_columns(verdict, url_key=url_key)
    shingles = shingle(verdict.text) if isinstance(verdict, Article) else None
    if shingles is None or not len(shingles):
        return Prepared(columns=columns)
    return Prepared(columns=columns, shingles=shingles, signature=sign(shingles))
