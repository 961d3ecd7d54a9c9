"""What a redirect means."""

import pytest

from collector.outcomes import leads_astray
from corpus.types import Kind, Via

PRIVACY = "https://example.com/privacy-policy/index.html"


@pytest.mark.parametrize(
    ("target", "kind", "via", "astray"),
    [
        (PRIVACY, Kind.ARTICLE, Via.LINK, True),
        (PRIVACY, Kind.ARTICLE, Via.SITEMAP, True),
        (PRIVACY, Kind.ARTICLE, Via.INGEST, False),
        (PRIVACY, Kind.ARTICLE, Via.SEED, False),
        (PRIVACY, Kind.SECTION, Via.LINK, False),
        ("https://example.com/de/impressum", Kind.ARTICLE, Via.FEED, True),
        ("https://example.com/world/privacy-policy-of-the-banks", Kind.ARTICLE, Via.FEED, False),
        ("https://example.com/login?next=/story", Kind.ARTICLE, Via.FEED, False),
        ("https://example.com/", Kind.ARTICLE, Via.FEED, False),
    ],
)
def test_what_should_be_an_article_is_not_followed_to_a_standing_page(
    target: str, kind: Kind, via: Via, astray: bool
) -> None:
    assert leads_astray(target, kind, via) is astray
