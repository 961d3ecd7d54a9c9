"""What is known of a page beside its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from corpus.rights import Statement
from corpus.types import Post, Published


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the page answers, as it states both to machines (https://schema.org/Question)."""

    text: str
    #: The accepted answer, markup resolved.
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's statements about itself, cleaned; a field that it says nothing about is None or empty."""

    #: Headline without the site's name.
    title: str | None = None
    #: Every distinct headline that the page states to machines, the title included: publishers have more than one.
    headlines: tuple[str, ...] = ()
    #: Names of persons; where no person is credited, the agency or desk that is.
    authors: tuple[str, ...] = ()
    #: The agency that is credited, beside persons or alone.
    agency: str | None = None
    published: Published | None = None
    modified: Published | None = None
    site_name: str | None = None
    #: The page's summary of itself.
    description: str | None = None
    #: Every distinct summary the page states: what a standfirst on the page may be recognised by.
    standfirsts: tuple[str, ...] = ()
    #: Sections or categories, outermost first.
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: Absolute URL of the lead image.
    image: str | None = None
    #: Licence URL or name.
    licence: str | None = None
    #: True when the page says that it is not accessible for free, False when it says that it is.
    paywalled: bool | None = None
    #: What the page says it is: ``NewsArticle``, ``LiveBlogPosting``, ``article`` …
    page_type: str | None = None
    #: The page's own rel=canonical (or og:url), absolute; None where it names none that can be believed.
    canonical_url: str | None = None
    #: Absolute URL of the page's AMP twin.
    amp_url: str | None = None
    #: Language that the page declares (BCP 47).
    declared_language: str | None = None
    #: Robots directives for everybody or for our agent, lower case: ``noindex``, ``max-snippet:20`` …
    robots: frozenset[str] = frozenset()
    #: What the response's header and the page say of its use, in this order.
    rights: tuple[Statement, ...] = ()
    #: The article's text as JSON-LD states it, markup resolved: a witness, not the text.
    article_body: str | None = field(default=None, repr=False)
    #: Questions and answers that JSON-LD states: witnesses as well.
    questions: tuple[Question, ...] = field(default=(), repr=False)
    #: Posts of a live blog, in the order in which the page states them.
    posts: tuple[Post, ...] = field(default=(), repr=False)
    #: For each field that says something, where it was read.
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTime:
    """What is known of the place and time that a page's dates were written in."""

    #: The page's URL.
    url: str
    fetched_at: datetime
    #: What the feed or sitemap that named the page claims as its time of publication.
    hint: date | datetime | None = None
    #: ISO 639 code of the declared language.
    language: str | None = None
    #: ISO 3166 code of the publisher's country, as far as the host or the declared language shows.
    country: str | None = None
