"""Pages for the tests of metadata, written by us."""

import json
from datetime import UTC, date, datetime

from cleaners.metadata import Metadata, MetadataConfig, read_metadata
from cleaners.parse import parse
from corpus.types import Page, Provenance

URL = "https://www.planet.example/world/storm-hits-coast"
FETCHED_AT = datetime(2024, 6, 1, 12, tzinfo=UTC)

#: Nothing is asked of third parties, so that a test sees what our own modules find.
OWN = MetadataConfig(fallback=False)


def page_of(
    url: str = URL,
    headers: tuple[tuple[str, str], ...] = (),
    hint: date | datetime | None = None,
    fetched_at: datetime = FETCHED_AT,
) -> Page:
    provenance = Provenance(requested_url=url, fetched_at=fetched_at, published_hint=hint)
    return Page(url=url, status=200, headers=headers, body=b"", provenance=provenance)


def read(html: str, page: Page | None = None, config: MetadataConfig = OWN) -> Metadata:
    return read_metadata(parse(html), page or page_of(), config)


def json_ld(*nodes: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def meta(**contents: str) -> str:
    """Meta elements; in names, ``__`` stands for a colon and ``_`` stays."""
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{content}">' for name, content in contents.items()
    )


def article(**fields: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
