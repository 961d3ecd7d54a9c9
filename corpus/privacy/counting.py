"""Counts the personal data of a corpus, article by article."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.articles import Selection
from corpus.privacy.finding import Finding, find_pii, import_libraries, region_of
from corpus.reader import Corpus

#: Characters on either side of an example.
_AROUND = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Personal data in an article."""

    #: The article's stable name.
    id: str
    url: str
    site: str
    #: A `corpus.privacy.finding.PiiKind`.
    kind: str
    #: ``title`` or ``text``.
    place: str
    #: Number of its first character there, from 0.
    offset: int
    #: The piece itself.
    piece: str
    #: It and what stands around it, in one line.
    context: str


def sightings(corpus: Corpus, selection: Selection) -> Iterator[tuple[str, tuple[Sighting, ...]]]:
    """Yield each selected article's id and the personal data of its headline and text, sorted by id.

    Raises:
        ConfigError: A library is missing.
        StoreError: The database cannot be read.
    """
    import_libraries()
    for article in corpus.select(selection):
        region = region_of(article.url, article.language)
        found: list[Sighting] = []
        for place, text in (("title", article.title or ""), ("text", article.text)):
            found += [
                Sighting(
                    id=article.id,
                    url=article.url,
                    site=article.site,
                    kind=one.kind.value,
                    place=place,
                    offset=one.start,
                    piece=text[one.start : one.end],
                    context=_around(text, one),
                )
                for one in find_pii(text, region)
            ]
        yield article.id, tuple(found)


def _around(text: str, one: Finding) -> str:
    return " ".join(text[max(0, one.start - _AROUND) : one.end + _AROUND].split())
