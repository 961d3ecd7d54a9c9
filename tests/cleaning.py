"""Pages and drafts for the tests of cleaning, written by us."""

from datetime import UTC, datetime

from cleaners.blocks import Block, read_blocks
from cleaners.draft import Draft
from cleaners.metadata import Metadata
from cleaners.parse import parse
from corpus.types import Page, Provenance

URL = "https://www.planet.example/world/storm-hits-coast"
FETCHED_AT = datetime(2024, 6, 1, 12, tzinfo=UTC)

#: A paragraph that nothing but its length makes one: 39 words, 204 characters.
PARAGRAPH = (
    "The ferry left at seven with nine passengers and a goat, crossed the strait in a light swell and was back before "
    "the post office opened, which nobody had expected of her after the long winter in the shed."
)


def page_of(html: str | bytes, *, url: str = URL, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page(
        url=url,
        status=status,
        headers=(("Content-Type", "text/html; charset=utf-8"), *headers) if isinstance(html, str) else headers,
        body=body,
        provenance=Provenance(requested_url=url, fetched_at=FETCHED_AT),
    )


def blocks_of(html: str) -> tuple[Block, ...]:
    return read_blocks(parse(html))


def draft_of(html: str, *left_out: str) -> Draft:
    """Return a draft from which the extractor took all blocks but those with the texts ``left_out``."""
    blocks = blocks_of(html)
    return Draft(blocks, [block.index for block in blocks if block.text not in left_out])


def kept(draft: Draft) -> list[str]:
    return [block.text for block in draft.kept]


def rules(draft: Draft) -> dict[str, str]:
    """Return the rule of each text that was cut."""
    return {text: cut.rule for cut in draft.cuts() for text in cut.text.split("\n\n")}


def numbered(*numbers: int) -> list[str]:
    return [f"{number}. {PARAGRAPH}" for number in numbers]


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def metadata(**fields: object) -> Metadata:
    return Metadata(**fields)  # type: ignore[arg-type]
