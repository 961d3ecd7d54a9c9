"""The names a site goes by: what is cut from its titles and is nobody's name in its bylines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaners.metadata.jsonld import LinkedData, Node, types
from cleaners.metadata.tables import places
from cleaners.metadata.tags import Tags
from cleaners.metadata.text import clean_line, headline_key
from corpus.urls import registrable_domain, resolve

#: A segment of a title may be longer than the site's name by this factor and these letters ("Daily Mail Online").
_SLACK_FACTOR = 2
_SLACK_LETTERS = 4

#: A segment may be shorter than the site's name, down to this share of its letters ("The Standard" of standard.co.uk).
_LEAST_SHARE = 0.7


#: Top-level domains of countries that are sold to everybody for their sound.
_COUNTRYLESS = frozenset({"AI", "CC", "CO", "EU", "FM", "GG", "IO", "LY", "ME", "NU", "SO", "SU", "TO", "TV", "WS"})


@dataclass(frozen=True, slots=True)
class Site:
    """The names of a site."""

    #: The name it gives itself, with where it does.
    name: str | None
    source: str | None
    #: Its names as `headline_key` spells them.
    keys: frozenset[str]

    def is_called(self, text: str) -> bool:
        """Tell whether ``text`` is one of the site's names or hardly more than one.

        >>> site = Site("Mail Online", "og:site_name", frozenset({"mailonline"}))
        >>> site.is_called("Daily Mail Online"), site.is_called("Royal Mail goes online today")
        (True, False)
        """
        key = headline_key(text)
        if len(key) < 2:
            return False
        if key in self.keys:
            return True
        words = text.split()
        # "MDR THÜRINGEN", "BBC News": an abbreviation and what it is an edition of.
        if len(words) <= 3 and len(words[0]) <= 6 and words[0].isupper() and headline_key(words[0]) in self.keys:
            return True
        return any(
            (len(own) >= 4 and own in key and len(key) <= _SLACK_FACTOR * len(own) + _SLACK_LETTERS)
            or (len(key) >= _LEAST_SHARE * len(own) and own.startswith(key))
            for own in self.keys
        )  # fmt: skip


def read_site(tags: Tags, linked: LinkedData, url: str) -> Site:
    """Collect the site's names from its meta elements, its JSON-LD and its host."""
    named = [*_named(tags, linked)]
    keys = {headline_key(name) for _, name in named} | set(_host_keys(url))
    # "The Daily Planet - Breaking news, sport and weather": the name is before the claim.
    keys |= {headline_key(re.split(r"\s[-–—|:]\s|\s\(", name)[0]) for _, name in named}
    keys |= set(_headings_home(tags, url))
    source, name = next(((source, name) for source, name in named if not name.startswith("@")), (None, None))
    return Site(name, source, frozenset(key for key in keys if len(key) >= 2))


def _named(tags: Tags, linked: LinkedData) -> Iterator[tuple[str, str]]:
    for source, content in tags.every("og:site_name"):
        yield f"meta:{source}", clean_line(content)
    for node in (*linked.articles, *linked.pages):
        for name in linked.lines("publisher", nodes=(node,)):
            yield "json-ld", name
    for name in _site_nodes(linked.by_id.values()):
        yield "json-ld", name
    for source, content in tags.every(*places("meta")["site"]):
        name = clean_line(content)
        if name and "/" not in name and len(name) <= 80:
            yield f"meta:{source}", name


def _headings_home(tags: Tags, url: str) -> Iterator[str]:
    """Yield the first headings that link to the front page: where a template makes the site's name one."""
    for heading in tags.headings:
        for link in (*heading.iter("a"), *heading.iterancestors("a")):
            name = headline_key(heading.text_content())
            if name == headline_key(link.text_content()) and _leads_home(link.get("href") or "", url):
                yield name


def _leads_home(href: str, url: str) -> bool:
    try:
        return urlsplit(resolve(href, url)).path == "/" and host_name(resolve(href, url)) == host_name(url)
    except ValueError:
        return False


def _site_nodes(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if types(node) & frozenset(places("types")["sites"]):
            name = node.get("name")
            if isinstance(name, str) and clean_line(name):
                yield clean_line(name)


def host_name(url: str) -> str:
    """Return the host that ``url`` names, without its port; "" where it names none.

    >>> host_name("https://www.example.com:8080/a"), host_name("http://[")
    ('www.example.com', '')
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def country_of(url: str) -> str | None:
    """Return the country (ISO 3166) whose top-level domain the host stands under.

    >>> country_of("https://www.example.co.uk/a"), country_of("https://example.com/"), country_of("https://example.io/")
    ('GB', None, None)
    """
    suffix = host_name(url).rpartition(".")[2].upper()
    if suffix == "UK":
        return "GB"
    return suffix if len(suffix) == 2 and suffix.isalpha() and suffix not in _COUNTRYLESS else None


def _host_keys(url: str) -> Iterator[str]:
    host = host_name(url).removeprefix("www.")
    yield headline_key(host)
    try:
        domain = registrable_domain(url).partition(":")[0]
    except ValueError:
        return
    yield headline_key(domain)
    yield headline_key(domain.partition(".")[0])
