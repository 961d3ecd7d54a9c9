"""Whose an article is: what tells the copies of other publishers from the versions of one."""

from corpus.hosts import registrable_domain

#: Site name of pages that belong to no site of the configuration.
NO_SITE = "ingest"


def publisher_of(site: str, url: str) -> str:
    """Return the name of an article's publisher: its site, or the registrable domain of a page that belongs to none.

    >>> publisher_of("harbour-post", "https://a.example/1"), publisher_of("ingest", "https://www.a.example/1")
    ('harbour-post', 'a.example')
    """
    if site not in {"", NO_SITE} or url.startswith("file:"):
        return site
    try:
        return registrable_domain(url)
    except ValueError:
        return site
