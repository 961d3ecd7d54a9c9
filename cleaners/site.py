"""What a site's entry decides of an article that the page alone cannot: the languages it is read in, its name."""

from dataclasses import replace

from cleaners.config import SiteKnowledge
from cleaners.language import UNDETERMINED
from corpus.types import Article, Reason, Removal, Verdict


def apply_site(verdict: Verdict, site: SiteKnowledge | None) -> Verdict:
    """Return a verdict as the site's entry has it: an article in another language removed, one without a name credited.

    An article whose language nobody can tell is kept: few texts are so short, but some languages are in no table, and
    a site in one of them would lose every article.

    Args:
        verdict: What cleaning found.
        site: What is known of the site.
    """
    if site is None or isinstance(verdict, Removal):
        return verdict
    if site.languages and verdict.language not in {UNDETERMINED, *site.languages}:
        return _removal(verdict, site)
    if verdict.site_name is None and site.name is not None:
        return replace(verdict, site_name=site.name, sources={**verdict.sources, "site_name": "configuration"})
    return verdict


def _removal(article: Article, site: SiteKnowledge) -> Removal:
    languages = ", ".join(site.languages)
    return Removal(
        url=article.url,
        reason=Reason.LANGUAGE,
        evidence=f"{article.language} ({article.language_confidence:.2f}) is none of {languages}",
        provenance=article.provenance,
        title=article.title,
        cuts=article.cuts,
    )
