"""What is handed to a cleaning process and what comes back, and the names that both are kept under.

Apart from `collector.study`, which does the work: who only hands over need not load the cleaners.
"""

import hashlib
from dataclasses import dataclass, field

from cleaners.config import CleanerConfig
from cleaners.version import CLEANER_VERSION
from collector.config import Config
from corpus.outlines import Outlined
from corpus.prepared import Prepared
from corpus.publishers import NO_SITE
from corpus.rights import Statement
from corpus.types import Discovery, Kind, Page, Provenance, Verdict
from corpus.urls import host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A response to study."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    #: The payload as it came over the wire.
    wire_body: bytes = field(repr=False)
    provenance: Provenance
    kind: Kind
    #: The content coding is undone already (pages from the archive).
    decoded: bool = False
    #: It is text without markup, in UTF-8: a text dump.
    is_text: bool = False
    #: Name of the site's entry; "" for none.
    site: str
    #: Links followed to it.
    depth: int = 0
    #: What the site is known to repeat (`cleaners.template.SiteTemplate.pack`); None where nothing is.
    template: bytes | None = field(default=None, repr=False)
    #: What the host's files say of the page's use.
    declared: tuple[Statement, ...] = ()
    #: The URL as the ledger has it, where the verdict is to be prepared for the store; else "".
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a response turned out to be."""

    #: None for a feed, a sitemap or a front, and after an error.
    verdict: Verdict | None = None
    discoveries: tuple[Discovery, ...] = field(default=(), repr=False)
    #: SHA-256 of the content-decoded body.
    body_digest: bytes | None = None
    #: Kind of failure, as counted.
    error: str | None = None
    evidence: str = ""
    #: The page forbids to keep a copy of it.
    noarchive: bool = False
    #: A front whose stories are drawn by script, so that its markup names next to none.
    drawn_by_script: bool = False
    #: What the page teaches of its site; None where it alone is no article.
    outlined: Outlined | None = field(default=None, repr=False)
    #: The verdict, ready to be stored; None where the task names no key.
    prepared: Prepared | None = field(default=None, repr=False)


def cleaner_config(config: Config) -> CleanerConfig:
    """Return the cleaners' part of the configuration."""
    return CleanerConfig.with_settings(
        min_words=config.clean.min_words,
        obey_noindex=config.robots.noindex,
        obey_nosnippet=config.robots.nosnippet,
        rights=config.rights.policies(),
    )


def cleaner_name(config: CleanerConfig) -> str:
    """Return the version and settings that decide what a page becomes, in short."""
    return f"{CLEANER_VERSION}+{hashlib.sha256(repr(config).encode()).hexdigest()[:8]}"


def is_dump(page: Page) -> bool:
    """Whether a page is a text dump that was ingested: its record names a type and no other header field."""
    return [name.lower() for name, _ in page.headers] == ["content-type"] and page.headers[0][1].startswith(
        "text/plain"
    )


def site_key(site: str, url: str) -> str:
    """Return under which name a site's template is kept: its entry's, or the host of a page that has none; "" for none.

    >>> site_key("harbour-post", "https://a.example/1"), site_key("ingest", "https://a.example/1")
    ('harbour-post', 'a.example')
    """
    if site not in {"", NO_SITE}:
        return site
    try:
        return "" if url.startswith("file:") else host_of(url)
    except ValueError:
        return ""
