"""Looks at a site before it is crawled: what it offers to a collector, and how it wants to be asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from collector.discovery.feeds import read_feed
from collector.discovery.site import SiteDescription, describe_site
from collector.discovery.sitemaps import read_sitemap
from collector.probe import Answer, ForbiddenError, ProbeError, Prober
from corpus.errors import DiscoveryError
from corpus.types import Discovery, Kind, Via
from corpus.urls import resolve

#: Feeds and sitemaps that are looked at, at most; some sites announce hundreds, and each is a request.
MAX_SOURCES = 12

_HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed or sitemap that was looked at."""

    url: str
    #: feed or sitemap.
    kind: Kind
    #: ``link`` where the home page announces it, ``robots`` where robots.txt names it, ``seed`` for a usual place.
    via: Via
    #: Articles that it names …
    articles: int = 0
    #: … section pages and feeds …
    sections: int = 0
    #: … and further sitemaps.
    sitemaps: int = 0
    #: The newest time that it claims for any of them.
    newest: date | datetime | None = None
    #: Why it cannot be used, None if it can.
    problem: str | None = None

    @property
    def usable(self) -> bool:
        """Whether it is worth an entry in the configuration."""
        return self.problem is None and bool(self.articles or self.sitemaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found out about a site."""

    #: Its home page, after redirects.
    url: str
    #: What it calls itself.
    name: str
    #: Language that it declares (BCP 47), None where it does not.
    language: str | None
    #: Feeds and sitemaps that were looked at, unusable ones included.
    sources: tuple[Source, ...]
    #: Announced feeds and sitemaps that were not looked at, for there were too many.
    not_looked_at: tuple[str, ...]
    #: Section pages that the home page links to.
    sections: tuple[str, ...]
    #: True where the page that the server sends names nearly no stories.
    drawn_by_script: bool
    #: What that is concluded from.
    evidence: str
    #: Seconds between two requests that robots.txt asks for.
    crawl_delay_seconds: float | None
    #: Requests that this took.
    requests: int

    @property
    def feeds(self) -> tuple[str, ...]:
        """Feeds for the site's entry."""
        return tuple(source.url for source in self.sources if source.usable and source.kind is Kind.FEED)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Sitemaps for the site's entry: those that robots.txt does not name anyway."""
        return tuple(
            source.url
            for source in self.sources
            if source.usable and source.kind is Kind.SITEMAP and source.via is not Via.ROBOTS
        )

    @property
    def has_source(self) -> bool:
        """Whether anything was found that leads to articles."""
        return not self.drawn_by_script or any(source.usable for source in self.sources)


def survey_site(address: str, prober: Prober, shown: Callable[[str], None] = lambda _: None) -> Survey:
    """Look at the site whose home page is at an address.

    Args:
        address: URL of the home page; ``https://`` may be left out.
        prober: Makes the requests.
        shown: Told what is looked at next.

    Raises:
        ProbeError: The home page cannot be fetched, is no HTML, or robots.txt forbids it.
        ValueError: The address is no URL.
    """
    home = _fetch_home(address, prober, shown)
    rules = prober.robots(home.url)
    try:
        site = describe_site(home.body, home.url, content_type=home.content_type, robots=rules)
    except DiscoveryError as error:
        raise ProbeError(error.url, error.message) from error
    sources = tuple(_look_at_all(site, prober, shown))
    return Survey(
        url=home.url,
        name=site.name,
        language=site.language,
        sources=sources,
        not_looked_at=tuple(found.url for found in site.announced[MAX_SOURCES:]),
        sections=tuple(section.url for section in site.sections),
        drawn_by_script=site.drawn_by_script,
        evidence=site.evidence,
        crawl_delay_seconds=rules.crawl_delay_seconds,
        requests=prober.requests,
    )


def _fetch_home(address: str, prober: Prober, shown: Callable[[str], None]) -> Answer:
    schemes = ("",) if "://" in address else ("https://", "http://")
    for scheme in schemes:
        url = resolve(f"{scheme}{address}")
        shown(url)
        try:
            home = prober.get(url)
        except ForbiddenError:
            raise
        except ProbeError:
            if scheme == schemes[-1]:
                raise
            continue
        break
    if home.status >= 400:
        raise ProbeError(home.url, f"the server answered {home.status}")
    media_type = (home.content_type or "").partition(";")[0].strip().lower()
    if media_type not in _HTML_TYPES:
        raise ProbeError(home.url, f"no HTML page but {media_type}; give the address of the site's home page")
    if not home.body.strip():
        raise ProbeError(home.url, "the server sent an empty page")
    return home


def _look_at_all(site: SiteDescription, prober: Prober, shown: Callable[[str], None]) -> Iterator[Source]:
    for found in site.announced[:MAX_SOURCES]:
        yield _look_at(found, prober, shown)
    for kind in (Kind.SITEMAP, Kind.FEED):
        yield from _try_places([found for found in site.candidates if found.kind is kind], prober, shown)


def _try_places(places: Iterable[Discovery], prober: Prober, shown: Callable[[str], None]) -> Iterator[Source]:
    """Look at usual places until one of them holds something; of the others there is nothing to tell."""
    for found in places:
        source = _look_at(found, prober, shown)
        if source.usable:
            yield source
            return


def _look_at(found: Discovery, prober: Prober, shown: Callable[[str], None]) -> Source:
    source = Source(url=found.url, kind=found.kind, via=found.via)
    shown(found.url)
    try:
        answer = prober.get(found.url)
        if answer.status != 200:
            return replace(source, problem=f"the server answered {answer.status}")
        read = read_feed if found.kind is Kind.FEED else read_sitemap
        return _count(source, read(answer.body, answer.url, answer.content_type))
    except (ProbeError, DiscoveryError) as error:
        return replace(source, problem=error.message)


def _count(source: Source, entries: tuple[Discovery, ...]) -> Source:
    kinds = [entry.kind for entry in entries]
    times = [time for entry in entries for time in (entry.published, entry.modified) if time is not None]
    return replace(
        source,
        articles=kinds.count(Kind.ARTICLE),
        sections=kinds.count(Kind.SECTION) + kinds.count(Kind.FEED),
        sitemaps=kinds.count(Kind.SITEMAP),
        newest=max(times, key=_comparable, default=None),
        problem=None if entries else "it names nothing",
    )


def _comparable(time: date | datetime) -> str:
    # Days, and times with and without zones, have no order in Python; to the day, their writing has one.
    return (time.astimezone(UTC) if isinstance(time, datetime) and time.tzinfo else time).isoformat()
