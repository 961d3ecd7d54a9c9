"""The configuration: one file, ``collector.toml``, read once and checked whole.

Every section is a frozen model; a field that is unknown, missing or out of range is an error that names it.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from collector import __version__
from collector.health.settings import Alarms, Metrics
from collector.keeping import Retaining
from collector.logbook import Logs
from collector.redaction import redact
from collector.rights.settings import Rights, SiteRights
from collector.schedule.times import Timetable, parse_hours, parse_when, parse_zone
from collector.slips import meant, meant_setting
from collector.timing import Revisiting, Scheduling
from corpus.errors import ConfigError
from corpus.ledger import Pace
from corpus.likeness import LEAST_CONTAINMENT, LEAST_RESEMBLANCE, Keep, Rules
from corpus.rights import Policies
from corpus.urls import canonicalise, host_of, registrable_domain

Url = Annotated[str, Field(min_length=8)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Identity(_Section):
    """``[collector]``: who we are to a server."""

    #: A URL or mail address where a site's owner reaches whoever runs this; part of the user agent.
    contact: Annotated[str, Field(pattern=r"^(?:\S+@[\w-]+(?:\.[\w-]+)+|(?:mailto:|https?://)\S+)?$")] = ""
    #: The product token that robots.txt files may name (RFC 9309, section 2.2.1).
    robots_token: Annotated[str, Field(pattern=r"^[A-Za-z_-]+$")] = "NewsCorpusCollector"

    @property
    def user_agent(self) -> str:
        """The User-Agent header."""
        comment = f" (+{self.contact})" if self.contact else ""
        return f"{self.robots_token}/{__version__}{comment}"


class Fetching(_Section):
    """``[fetch]``: how we ask."""

    #: Least seconds between two requests to one host. One a second is what most robots.txt files that say anything
    #: ask for, and 86,000 pages a day.
    delay_seconds: Annotated[float, Field(ge=0, le=3600)] = 1.0
    #: Most requests to one host under way at once.
    concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    #: Most requests to all hosts under way at once.
    total_concurrency: Annotated[int, Field(ge=1, le=1024)] = 32
    #: Slow down with a host's latency.
    adaptive: bool = True
    #: A Crawl-delay in robots.txt above this is obeyed only as far as this, and reported.
    max_crawl_delay_seconds: Annotated[float, Field(ge=0, le=86_400)] = 300.0
    #: Longest a download may take, body included.
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0
    #: Largest body, as sent and as decompressed. The largest article pages we met have 12 MB.
    max_body_mb: Annotated[float, Field(gt=0, le=1024)] = 20.0
    #: Attempts at a page that fails for a passing reason, the first included.
    attempts: Annotated[int, Field(ge=1, le=20)] = 4
    #: Wait before the second attempt; doubled for each further one.
    backoff_seconds: Annotated[float, Field(ge=0, le=3600)] = 10.0
    #: How long a run waits for URLs that are due later (retries, Retry-After) when nothing else is left to do.
    patience_seconds: Annotated[float, Field(ge=0, le=86_400)] = 120.0
    #: How long downloads under way may still take when a crawl is told to stop; others are left to the next run.
    stop_seconds: Annotated[float, Field(ge=0, le=600)] = 10.0
    #: Longest chain of redirects.
    max_redirects: Annotated[int, Field(ge=0, le=50)] = 10


class Robots(_Section):
    """``[robots]``: what a site may forbid."""

    #: Obey robots.txt (RFC 9309).
    obey: bool = True
    #: How long a robots.txt is believed; the RFC says no longer than 24 hours.
    max_age_hours: Annotated[float, Field(gt=0, le=24)] = 24.0
    #: ``noindex`` in a meta element or an X-Robots-Tag header: the page does not become an article.
    noindex: bool = True
    #: ``noarchive``: the page's raw copy is not kept, so it cannot be cleaned again.
    noarchive: bool = True
    #: ``nosnippet``: the page does not become an article, since its owner wants no text of it reproduced.
    nosnippet: bool = True


class Cleaning(_Section):
    """``[clean]``: what an article is."""

    #: Cleaning processes; 0 means one for each processor.
    workers: Annotated[int, Field(ge=0, le=256)] = 0
    #: Longest that cleaning one page may take.
    page_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    #: Most memory that a cleaning process may take for its pages, beside the 200 MB or so that it has before the first.
    page_memory_mb: Annotated[int, Field(ge=256, le=65_536)] = 1024
    #: Words of the shortest article; a Han or kana character is a word. News in brief has 50 to 100.
    min_words: Annotated[int, Field(ge=1, le=10_000)] = 50


class Archiving(_Section):
    """``[archive]``: the files of the corpus."""

    #: A new file is begun when one is larger than this.
    rotate_mb: Annotated[float, Field(gt=0, le=100_000)] = 1024.0
    #: A crawl stops in good order when the disk has less free than this.
    min_free_mb: Annotated[float, Field(ge=0)] = 200.0
    #: How long a write waits for another process that holds the database, in seconds, before the run gives up.
    busy_seconds: Annotated[float, Field(ge=0, le=3600)] = 30.0


class Deduplication(_Section):
    """``[dedup]``: when two articles are one story, and what an export keeps of it."""

    #: Least resemblance (share of all runs of five words that both have) of copies, and of versions under headlines
    #: that agree.
    copy_resemblance: Annotated[float, Field(ge=LEAST_RESEMBLANCE, le=1)] = Rules.copy_resemblance
    #: Least resemblance of versions of a story on one site under headlines that do not agree.
    version_resemblance: Annotated[float, Field(ge=LEAST_RESEMBLANCE, le=1)] = Rules.version_resemblance
    #: Least share of an excerpt's runs that the longer text has.
    containment: Annotated[float, Field(ge=LEAST_CONTAINMENT, le=1)] = Rules.containment
    #: Texts of fewer runs are short.
    short_shingles: Annotated[int, Field(ge=0, le=10_000)] = Rules.short_shingles
    #: Least resemblance of short texts under headlines that do not agree.
    short_resemblance: Annotated[float, Field(ge=LEAST_RESEMBLANCE, le=1)] = Rules.short_resemblance
    #: Least share of words that headlines which agree have in common.
    headline_resemblance: Annotated[float, Field(ge=0, le=1)] = Rules.headline_resemblance
    #: What an export keeps of a cluster, unless its command line says otherwise.
    keep: Keep = Keep.CANONICAL
    #: A paragraph that stands in so many stories or more …
    paragraph_stories: Annotated[int, Field(ge=2, le=100_000)] = 20
    #: … of so many sites or more is common: an agency's footer, an appeal, a disclaimer.
    paragraph_sites: Annotated[int, Field(ge=1, le=100_000)] = 3

    def rules(self) -> Rules:
        """Return the thresholds of verdicts."""
        return Rules(**{name: getattr(self, name) for name in Rules.__dataclass_fields__})


class Site(_Section):
    """``[sites.NAME]``: a news site."""

    #: The home page.
    url: Url
    #: Feeds (RSS, Atom, JSON Feed).
    feeds: tuple[Url, ...] = ()
    #: Sitemaps; those that robots.txt names are used besides.
    sitemaps: tuple[Url, ...] = ()
    #: Section pages to start from, besides the home page.
    sections: tuple[Url, ...] = ()
    #: Domains that belong to the site; default: the registrable domain of ``url``.
    domains: tuple[str, ...] = ()
    #: Languages to keep (ISO 639-1); empty keeps all.
    languages: tuple[str, ...] = ()
    #: Name to credit where a page names none.
    name: str | None = None
    #: Use the sitemaps that robots.txt names.
    robots_sitemaps: bool = True
    #: Follow links of section pages and articles; otherwise only feeds and sitemaps are read.
    follow_links: bool = True
    #: Links followed in a row: sections of the home page are 1 away, their stories 2, stories named only by those 3.
    max_depth: Annotated[int, Field(ge=0, le=1000)] = 5
    #: Most URLs that one run fetches of this site; 0 means no limit.
    max_pages: Annotated[int, Field(ge=0)] = 0
    #: Most requests to this site on a day (UTC), whatever they are for; 0 means no limit.
    requests_per_day: Annotated[int, Field(ge=0)] = 0
    #: Regular expressions: a URL path that matches one of these is an article …
    article: tuple[str, ...] = ()
    #: … a section page …
    section: tuple[str, ...] = ()
    #: … nothing to fetch.
    ignore: tuple[str, ...] = ()
    #: Own values for fields of [fetch].
    delay_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    concurrency: Annotated[int, Field(ge=1, le=64)] | None = None
    #: Own values for fields of [schedule]; ``never`` leaves the site to `collector crawl`.
    schedule: str | None = None
    time_zone: str | None = None
    quiet: tuple[str, ...] | None = None
    #: Own values for fields of [rights].
    rights: SiteRights | None = None
    #: Read where the site is crawled by default; false leaves it out unless it is named.
    enabled: bool = True

    @model_validator(mode="after")
    def _is_scheduled(self) -> Self:
        Scheduling(
            when=self.schedule or Scheduling().when,
            time_zone=self.time_zone or Scheduling().time_zone,
            quiet=self.quiet or (),
        )
        return self

    @field_validator("article", "section", "ignore")
    @classmethod
    def _compiles(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return patterns

    @field_validator("url", "feeds", "sitemaps", "sections")
    @classmethod
    def _is_url(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for url in (value,) if isinstance(value, str) else value:
            canonicalise(url)
            if "@" in urlsplit(url).netloc:
                raise ValueError("a user name or password in a URL is never sent; take it out")
        return value

    def owns(self, url: str) -> bool:
        """Tell whether a URL lies within the site."""
        host = host_of(url)
        if not self.domains:
            return registrable_domain(url) == registrable_domain(self.url)
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)


class Config(_Section):
    """The whole configuration."""

    collector: Identity = Identity()
    fetch: Fetching = Fetching()
    robots: Robots = Robots()
    rights: Rights = Rights()
    clean: Cleaning = Cleaning()
    archive: Archiving = Archiving()
    dedup: Deduplication = Deduplication()
    revisit: Revisiting = Revisiting()
    schedule: Scheduling = Scheduling()
    retention: Retaining = Retaining()
    logs: Logs = Logs()
    alarms: Alarms = Alarms()
    metrics: Metrics = Metrics()
    sites: Mapping[str, Site] = {}

    @model_validator(mode="after")
    def _names(self) -> Self:
        for name in self.sites:
            if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
                raise ValueError(f"sites.{name}: a site's name is made of a-z, 0-9, '.', '_' and '-'")
        return self

    def site_of(self, url: str) -> str | None:
        """Return the name of the site that a URL belongs to, None if it is none of ours."""
        return next((name for name, site in self.sites.items() if site.owns(url)), None)

    def pace(self, site: str) -> Pace:
        """Return how fast a site may be asked."""
        own = self.sites.get(site)
        delay = None if own is None else own.delay_seconds
        concurrency = None if own is None else own.concurrency
        return Pace(
            delay_seconds=self.fetch.delay_seconds if delay is None else delay,
            concurrency=concurrency or self.fetch.concurrency,
            adaptive=self.fetch.adaptive,
        )

    def policies(self, site: str) -> Policies:
        """Return what is done about what a site says of the use of its pages."""
        own = self.sites.get(site)
        return self.rights.policies(None if own is None else own.rights)

    def timetable(self, site: str) -> Timetable:
        """Return when a site's turn comes."""
        own, shared = self.sites[site], self.schedule
        zone = parse_zone(own.time_zone or shared.time_zone)
        return Timetable(
            when=parse_when(own.schedule or shared.when, zone),
            zone=zone,
            jitter_seconds=shared.jitter_minutes * 60,
            quiet=tuple(parse_hours(hours) for hours in (shared.quiet if own.quiet is None else own.quiet)),
            seed=site,
        )

    def chosen(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sites to work on: those named, or all that are enabled.

        Raises:
            ConfigError: A name is unknown, or there is no site at all.
        """
        unknown = [name for name in names if name not in self.sites]
        if unknown:
            known = ", ".join(self.sites) or "none yet; add one with `collector add URL`"
            called = ", ".join(f"{name}{meant(name, self.sites)}" for name in unknown)
            raise ConfigError(f"no site called {called}; known sites: {known}")
        chosen = names or tuple(name for name, site in self.sites.items() if site.enabled)
        if not chosen:
            raise ConfigError("there is no site to crawl; add one with `collector add URL`")
        return chosen


def read_config(file: Path) -> Config:
    """Read ``collector.toml``.

    Raises:
        ConfigError: It is missing, no TOML, or a field is wrong (all wrong fields are named).
    """
    return parse_config(read_text(file), file)


def read_text(file: Path) -> str:
    """Return the text of ``collector.toml``.

    Raises:
        ConfigError: It is missing or cannot be read.
    """
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{file} is missing; make a corpus with `collector init DIR`") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error


def parse_config(text: str, file: Path) -> Config:
    """Return a configuration; ``file`` is named in errors.

    Raises:
        ConfigError: It is no TOML, or a field is wrong (all wrong fields are named).
    """
    try:
        fields: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is no valid TOML: {error}") from error
    try:
        return Config.model_validate(fields)
    except ValidationError as error:
        raise ConfigError("\n".join([f"{file}:", *(f"  {_line(e)}" for e in error.errors())])) from error


def _line(error: Any) -> str:
    place = ".".join(str(step) for step in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    # A whole section says nothing about what is wrong with it, and may hold a secret, as the address of a hook does.
    untold = error["type"] in {"missing", "extra_forbidden"} or isinstance(error["input"], Mapping)
    given = "" if untold or "webhook" in place else f" (given: {redact(repr(error['input']))})"
    if error["type"] == "extra_forbidden":
        message = f"there is no such setting{meant_setting(Config, error['loc'])}"
    return f"{place}: {message}{given}"
