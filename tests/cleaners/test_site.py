"""What a site's entry decides of pages and of text dumps alike."""

from datetime import UTC, datetime

import pytest

from cleaners.clean import clean_html
from cleaners.config import SiteKnowledge
from cleaners.lines import clean_text
from cleaners.site import apply_site
from corpus.types import Article, Provenance, Reason, Removal, Verdict

STORY = "The ferry left the harbour at noon with forty people and a dog on board, and came back before the rain. " * 8
PROVENANCE = Provenance(requested_url="https://planet.example/ferry", fetched_at=datetime(2024, 3, 9, tzinfo=UTC))


def article_in(language: str, site_name: str | None = None) -> Article:
    return Article(
        url=PROVENANCE.requested_url,
        canonical_url=PROVENANCE.requested_url,
        title="Ferry",
        text=STORY,
        language=language,
        language_confidence=0.5,
        provenance=PROVENANCE,
        site_name=site_name,
    )


def of_page(site: SiteKnowledge) -> Verdict:
    return clean_html(f"<title>Ferry</title><article><h1>Ferry</h1><p>{STORY}</article>", site=site)


def of_dump(site: SiteKnowledge) -> Verdict:
    return clean_text(f"Ferry sails\n\n{STORY}", PROVENANCE, site=site)


@pytest.mark.parametrize(
    ("language", "languages", "kept"),
    [
        ("en", (), True),
        ("en", ("en",), True),
        ("en", ("or", "en"), True),
        ("en", ("or",), False),
        ("und", ("or",), True),
        ("und", (), True),
    ],
)
def test_an_article_is_removed_only_where_its_language_is_known_to_be_another(language, languages, kept):
    verdict = apply_site(article_in(language), SiteKnowledge(languages=languages))
    assert isinstance(verdict, Article) is kept


def test_the_removal_names_the_language_and_those_that_are_kept():
    verdict = apply_site(article_in("en"), SiteKnowledge(languages=("or", "hi")))
    assert isinstance(verdict, Removal)
    assert (verdict.reason, verdict.evidence, verdict.title) == (
        Reason.LANGUAGE,
        "en (0.50) is none of or, hi",
        "Ferry",
    )


@pytest.mark.parametrize("clean", [of_page, of_dump])
def test_pages_and_dumps_are_judged_alike(clean):
    kept = clean(SiteKnowledge(name="The Planet", languages=("en",)))
    assert isinstance(kept, Article)
    assert (kept.site_name, kept.sources["site_name"]) == ("The Planet", "configuration")
    removed = clean(SiteKnowledge(languages=("or",)))
    assert isinstance(removed, Removal)
    assert removed.reason is Reason.LANGUAGE


def test_a_name_that_the_page_states_stays():
    verdict = apply_site(article_in("en", site_name="The Globe"), SiteKnowledge(name="The Planet"))
    assert isinstance(verdict, Article)
    assert (verdict.site_name, "site_name" in verdict.sources) == ("The Globe", False)


def test_nothing_known_of_the_site_changes_nothing():
    article = article_in("en")
    assert apply_site(article, None) is article
    assert apply_site(article, SiteKnowledge()) is article
