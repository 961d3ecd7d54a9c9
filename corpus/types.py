"""The values that flow through the collector: what was found, fetched, kept and removed.

They stand at the bottom of the layers because the corpus is the product: spiders, collector and
cleaners all speak in them, and none of them knows Scrapy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from corpus.rights import Statement
from corpus.words import count_words


class Via(StrEnum):
    """How a URL was found."""

    SEED = "seed"
    FEED = "feed"
    SITEMAP = "sitemap"
    NEWS_SITEMAP = "news-sitemap"
    SECTION = "section"
    LINK = "link"
    REDIRECT = "redirect"
    CANONICAL = "canonical"
    PAGINATION = "pagination"
    ROBOTS = "robots"
    INGEST = "ingest"


class Kind(StrEnum):
    """What we expect behind a URL, and so what is done with the response."""

    ARTICLE = "article"
    SECTION = "section"
    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The place of a page in an article that is split over several pages."""

    #: Canonical URL of the article's first page.
    first_url: str
    #: Number of this page, from 1.
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """A URL that was found, and what the place it was found in says of it."""

    #: The URL as found, absolute; it is fetched as it stands here.
    url: str
    #: What we expect behind it.
    kind: Kind
    #: How it was found.
    via: Via
    #: The URL of the page, feed or sitemap that named it; None for a seed.
    found_on: str | None = None
    #: Publication time that the feed or news sitemap claims.
    published: date | datetime | None = None
    #: Last modification that the sitemap claims.
    modified: date | datetime | None = None
    #: Headline that the feed or news sitemap claims.
    title: str | None = None
    #: Language that the feed or news sitemap claims (BCP 47).
    language: str | None = None
    #: Set when the URL continues an article that is split over pages.
    part: Part | None = None
    #: Links followed from the nearest seed, feed or sitemap.
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """Where a response stands in the archive."""

    #: Path of the WARC file: relative to the corpus' ``archive/`` folder, or absolute for a WARC that was
    #: ingested by reference.
    file: str
    #: Offset of the record's first (compressed) byte.
    offset: int
    #: Length of the (compressed) record in bytes; None where the file's maker did not say.
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a page came from."""

    #: The URL that was asked for, before redirects.
    requested_url: str
    #: When the response arrived, in UTC.
    fetched_at: datetime
    #: How the URL was found.
    via: Via = Via.SEED
    #: The page, feed or sitemap that named the URL.
    found_on: str | None = None
    #: Where the response is archived.
    warc_record: WarcRecord | None = None
    #: What the feed or news sitemap claimed as publication time.
    published_hint: date | datetime | None = None
    #: The page's place in an article of several pages.
    part: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A response: its body decompressed but not decoded."""

    #: URL of the response (the last one of a chain of redirects).
    url: str
    #: HTTP status.
    status: int
    #: Header fields in order, names as received.
    headers: tuple[tuple[str, str], ...]
    #: Content-decoded (gzip, br, …) but undecoded bytes.
    body: bytes = field(repr=False)
    provenance: Provenance

    def header(self, name: str) -> str | None:
        """Return the first header field called ``name`` (any case), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return every header field called ``name`` (any case), in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication or modification time, never more precise than the publisher was."""

    #: A date where only the day is known; otherwise a datetime, aware where the publisher gave a zone.
    on: date | datetime
    #: Where it was read: ``json-ld``, ``meta:article:published_time``, ``time``, ``url``, ``text``, ``feed`` …
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of a live blog."""

    headline: str | None = None
    #: As the page states it; None where it states no time.
    published: date | datetime | None = None
    #: Paragraphs with one blank line between them; empty where the page states only a headline.
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A block that was on the page and is not in the text, with the reason."""

    #: The block's text.
    text: str
    #: The rule that cut it: ``boilerplate``, ``title-repeated``, ``byline``, ``caption`` …
    rule: str
    #: How sure the rule is, in [0, 1]; None for a rule that does not weigh.
    score: float | None = None


class Reason(StrEnum):
    """Why a page is not an article of the corpus."""

    #: HTTP status of 400 or above.
    HTTP_ERROR = "http-error"
    #: An error page served with status 200.
    ERROR_PAGE = "error-page"
    #: A front or listing page.
    SECTION_FRONT = "section-front"
    #: A page with an article's place but not its text: teaser, video-only, subscription stub.
    STUB = "stub"
    #: A consent wall, bot check or login page.
    CONSENT_WALL = "consent-wall"
    #: Fewer words than the configured minimum.
    TOO_SHORT = "too-short"
    #: No text could be extracted.
    NO_TEXT = "no-text"
    #: The body is no HTML or text (PDF, image, archive …).
    NOT_HTML = "not-html"
    #: The language is not among those that the site's entry asks for.
    LANGUAGE = "language"
    #: robots.txt forbids the URL.
    ROBOTS = "robots"
    #: A meta or header robots directive forbids keeping the page.
    NOINDEX = "noindex"
    #: It was forgotten on request and must not come back.
    FORGOTTEN = "forgotten"
    #: Its use is reserved or depends on terms, and the configuration obeys that.
    OPT_OUT = "opt-out"
    #: The URL leads away from the site.
    OFFSITE = "offsite"
    #: The URL looks like a crawler trap.
    TRAP = "trap"
    #: The page redirects elsewhere; the target carries the story on.
    REDIRECTED = "redirected"
    #: Too many redirects, or a redirect loop.
    REDIRECT_LOOP = "redirect-loop"
    #: The body is larger than the limit.
    TOO_LARGE = "too-large"
    #: A limit of the site's entry (pages, depth, age) was reached.
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article: its clean text, what is known of it, and what was cut from the page.

    Raises:
        ValueError: when the text is blank.
    """

    #: URL of the page.
    url: str
    #: The page's own rel=canonical (or og:url), absolute; the page's URL where it names none.
    canonical_url: str
    title: str | None
    #: Paragraphs with one blank line between them, NFC, without the title at its head.
    text: str = field(repr=False)
    #: ISO 639-1 code (639-3 where there is none), or ``und``.
    language: str
    #: Confidence in the language, in [0, 1].
    language_confidence: float
    provenance: Provenance
    #: The language that the page declares (BCP 47, as written).
    declared_language: str | None = None
    #: Names of persons, or of an agency where only that is credited.
    authors: tuple[str, ...] = ()
    #: The agency that is credited, beside persons or alone.
    agency: str | None = None
    published: Published | None = None
    modified: Published | None = None
    site_name: str | None = None
    description: str | None = None
    #: Sections or categories, outermost first.
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: Absolute URL of the lead image.
    image: str | None = None
    #: Licence URL or name, where the page states one.
    licence: str | None = None
    #: True when the page says that it is not accessible for free, False when it says that it is.
    paywalled: bool | None = None
    #: What the page says it is: ``NewsArticle``, ``LiveBlogPosting``, ``article`` …
    page_type: str | None = None
    #: What is said of the page's use, and what was done about it.
    rights: tuple[Statement, ...] = ()
    #: Posts of a live blog, in the order in which the page states them.
    posts: tuple[Post, ...] = field(default=(), repr=False)
    #: For each metadata field, where it was read: {"title": "json-ld", "authors": "meta:author", …}.
    sources: Mapping[str, str] = field(default_factory=dict)
    #: What was cut, in page order.
    cuts: tuple[Cut, ...] = field(default=(), repr=False)
    #: Character encoding the page was decoded with, None for text that was never bytes.
    charset: str | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError(f"text must not be blank: {self.url}")

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text's paragraphs."""
        return tuple(self.text.split("\n\n"))

    @property
    def words(self) -> int:
        """Number of words: white-space separated tokens, each CJK character counting as one word."""
        return count_words(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A page that was fetched (or refused) and is not an article, with the evidence."""

    url: str
    reason: Reason
    #: What was measured: ``38 words < 50``, ``Disallow: /private/``.
    evidence: str
    provenance: Provenance | None = None
    title: str | None = None
    cuts: tuple[Cut, ...] = field(default=(), repr=False)


Verdict = Article | Removal
