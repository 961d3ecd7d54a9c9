"""What a site's entry says of its links."""

import re
from dataclasses import dataclass

from collector.discovery.pagination import MAX_PAGE_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """Which links of a site are followed, and as what; patterns are regular expressions searched in the whole URL.

    Raises:
        ValueError: when a pattern is no regular expression or a limit is out of its range.
    """

    #: URLs that are articles, whatever they look like.
    article: tuple[str, ...] = ()
    #: URLs that are listings.
    section: tuple[str, ...] = ()
    #: URLs that are not followed; asked first.
    ignore: tuple[str, ...] = ()
    #: Registrable domains that belong to the site beside the page's own.
    also_sites: frozenset[str] = frozenset()
    #: Links in a row that are followed from a seed, 0 or more. A front's sections are 1 deep, their stories 2, stories
    #: that only stories lead to 3 and more; the pages of a listing are as deep as its first.
    max_depth: int = 4
    #: Number of the last page of a listing that is followed, in [1, 9999].
    max_page_number: int = MAX_PAGE_NUMBER
    #: Whether rel=nofollow and robots meta tags are obeyed; a URL is left out if every link to it carries the former.
    obey_nofollow: bool = True

    def __post_init__(self) -> None:
        for name in ("article", "section", "ignore"):
            for pattern in getattr(self, name):
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise ValueError(f"{name}: {pattern!r} is no regular expression: {error}") from error
        if self.max_depth < 0:
            raise ValueError(f"max_depth must be 0 or more: {self.max_depth}")
        if not 1 <= self.max_page_number <= MAX_PAGE_NUMBER:
            raise ValueError(f"max_page_number must be in [1, {MAX_PAGE_NUMBER}]: {self.max_page_number}")

    def is_ignored(self, url: str) -> bool:
        """Tell whether ``url`` is not to be followed."""
        return _matches(self.ignore, url)

    def is_article(self, url: str) -> bool:
        """Tell whether ``url`` is declared an article."""
        return _matches(self.article, url)

    def is_section(self, url: str) -> bool:
        """Tell whether ``url`` is declared a listing."""
        return _matches(self.section, url)


def _matches(patterns: tuple[str, ...], url: str) -> bool:
    return any(re.search(pattern, url) for pattern in patterns)
