"""Tells which sites were learned, and what that changed."""

from collections.abc import Mapping

from collector.cli.app import escape, out
from collector.cli.output import counted


def tell_settled(sites: Mapping[str, tuple[int, int]]) -> None:
    """Print a line for each site whose template changed pages: articles it was learned from, pages cleaned again."""
    for site, (articles, pages) in sorted(sites.items()):
        learned = f"learned from {counted(articles, 'article')}" if articles else "too few articles are left to know"
        out.print(f"what {escape(site)} repeats: {learned}; {counted(pages, 'page')} cleaned again", soft_wrap=True)


def named(sites: Mapping[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    """Return the same for JSON."""
    return {site: {"articles": articles, "recleaned": pages} for site, (articles, pages) in sorted(sites.items())}
