"""What a URL looks like: a story, a listing, a feed, or nothing worth a request; without asking for it.

The evidence is what content systems of every language have in common: stories carry dates, numbers and long names,
listings carry one or two words. Names of segments (``words.toml``) only break ties. What stays undecided is ``SHORT``,
and decided by where its links stand (`collector.discovery.links`).
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

from collector.discovery.pagination import page_number
from collector.discovery.words import WORDS

#: Words in the name of a story, from which on the name alone makes it one. Sections are called by one to three words
#: ("arts-and-culture"); of 1,421 article URLs on 995 hosts 57 % have four or more, and 89 % one of the signs below.
MIN_STORY_WORDS = 4
#: The same for a name with a page's extension, which sections seldom have.
MIN_STORY_WORDS_WITH_EXTENSION = 3
#: The same directly below /tag/ and its like, where names are longer; one folder further down they are not.
MIN_STORY_WORDS_IN_LISTING = 7
MIN_STORY_WORDS_BELOW_LISTING = 5
#: Words of a section's name below /topics/ and its like, at most.
MAX_LISTING_WORDS = 2
#: Han characters and kana in a name that make it a story, as four words do.
MIN_HAN_OR_KANA = 8
#: The same for the letters, vowels and tones of Thai, Lao, Khmer and Burmese.
MIN_UNSPACED_LETTERS = 20
#: Digits in a row that make a story's number.
MIN_STORY_DIGITS = 5
#: The same for a name that is nothing but a number, and no year.
MIN_NUMBER_DIGITS = 4
#: Characters of a token of mixed letters and digits that make it an identifier (``c0w1x2y3z4o``).
MIN_IDENTIFIER_LENGTH = 8

_SEPARATORS = re.compile(r"[-_+.,~|:;\s]+")
_DIGITS = re.compile(rf"\d{{{MIN_STORY_DIGITS},}}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = re.compile(
    r"0?[1-9]|1[0-2]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|(?:tem|o|em)?ber)?"
)
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_WHOLE_DATE = re.compile(r"(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])(?:\1(?:0[1-9]|[12]\d|3[01]))?")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?")
_FEED = re.compile(
    r"(?:rss|feed|feeds|atom)\d{0,2}(?:\.(?:xml|rdf|json|php|aspx?))?"
    r"|[\w-]*(?:rss|feed|atom)[\w-]*\.(?:xml|rdf|json)|[\w-]+\.(?:rss|atom|rdf)|index\.xml"
)
_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


class Shape(StrEnum):
    """What a URL alone says of the page behind it."""

    STORY = "story"
    #: A listing, or a page of one.
    LISTING = "listing"
    FEED = "feed"
    #: Short names without numbers: a section as well as a story with a short name.
    SHORT = "short"
    #: Files, logins, standing pages, prints and shares of other pages.
    NOTHING = "nothing"


@functools.lru_cache(maxsize=16_384)
def shape_of(url: str) -> Shape:
    """Return the shape of an absolute http(s) URL.

    >>> [shape_of(f"https://example.com{path}").value for path in ("/2026/05/01/floods/", "/tag/floods/", "/floods/")]
    ['story', 'listing', 'short']
    >>> shape_of("https://example.com/a.jpg").value
    'nothing'
    """
    address = _Address.read(url)
    if address.is_feed():
        return Shape.NOTHING if "comments" in address.segments else Shape.FEED
    if address.is_nothing():
        return Shape.NOTHING
    if address.is_story():
        return Shape.STORY
    return Shape.LISTING if address.is_listing(url) else Shape.SHORT


def is_standing(url: str) -> bool:
    """Whether an absolute http(s) URL is that of a standing page: privacy, imprint, subscription.

    >>> is_standing("https://example.com/en/privacy-policy/"), is_standing("https://example.com/world/privacy-policy/")
    (True, False)
    """
    return _Address.read(url).is_standing()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """The path and query of a URL, decoded and in lower case."""

    #: Segments of the path, without a folder's own document (``index.html``).
    segments: tuple[str, ...]
    #: The last segment without its extension; empty on the root.
    name: str
    #: Its extension; empty where it has none.
    extension: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, url: str) -> "_Address":
        parts = urlsplit(url)
        segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
        name, extension = _split_extension(segments[-1]) if segments else ("", "")
        if name in WORDS.folder_documents and extension in WORDS.pages:
            segments.pop()
            name, extension = _split_extension(segments[-1]) if segments else ("", "")
        parameters = parse_qsl(parts.query.lower(), keep_blank_values=True)
        return cls(segments=tuple(segments), name=name, extension=extension, parameters=tuple(parameters))

    def is_nothing(self) -> bool:
        if self.extension in WORDS.assets or not WORDS.machinery.isdisjoint(self.segments):
            return True
        if any(name in WORDS.ignored_parameters and not _DIGITS.search(value) for name, value in self.parameters):
            return True
        if not self.segments:
            return False
        if self.segments[-1] in WORDS.ignored_last:
            return True
        if self.segments[0] in WORDS.ignored_first:
            # Blogger pages its fronts at /search?updated-max=…
            return not self.is_story() and WORDS.offset_parameters.isdisjoint(name for name, _ in self.parameters)
        return self.is_standing()

    def is_standing(self) -> bool:
        below_language = self.segments[1:] if self.segments and _LANGUAGE.fullmatch(self.segments[0]) else self.segments
        return len(below_language) == 1 and self.name in WORDS.ignored_alone

    def is_feed(self) -> bool:
        if any(name == "feed" for name, _ in self.parameters):
            return True
        return bool(self.segments) and bool(_FEED.fullmatch(self.segments[-1]))

    def is_story(self) -> bool:
        if any(_chooses_story(name, value) for name, value in self.parameters):
            return True
        if not self.segments:
            return False
        *folders, _ = self.segments
        dated = any(_ends_in_date(folders[: end + 1]) for end in range(len(folders)))
        if (depth := _depth_below(WORDS.listings, folders)) is not None:
            least = MIN_STORY_WORDS_BELOW_LISTING if depth or dated else MIN_STORY_WORDS_IN_LISTING
            return _words(self.name) >= least
        if _ends_in_date(self.segments) and not self.extension:
            # /a-long-name/2026/05/01/ is a story, /news/2026/05/01/ a day's list.
            return any(_is_story_name(folder, has_extension=False) for folder in folders)
        numbered = any(folder.isdigit() and len(folder) >= MIN_STORY_DIGITS for folder in folders)
        return dated or numbered or _is_story_name(self.name, has_extension=bool(self.extension))

    def is_listing(self, url: str) -> bool:
        parameters = {name for name, _ in self.parameters}
        if parameters and parameters <= WORDS.listing_parameters | WORDS.offset_parameters | WORDS.page_parameters:
            return True
        if all(_LANGUAGE.fullmatch(segment) for segment in self.segments):
            return not parameters
        *folders, _ = self.segments
        if self.name in WORDS.listings | WORDS.listings_or_folders | WORDS.fronts:
            return True
        if _depth_below(WORDS.listings, folders) is not None:
            return True
        if _depth_below(WORDS.listings_or_folders, folders) == 0 and not self.extension:
            return _words(self.name) <= MAX_LISTING_WORDS
        if _ends_in_date(self.segments) or _YEAR.fullmatch(self.name) or _WHOLE_DATE.fullmatch(self.name):
            return True
        number = page_number(url)
        return number is not None and number.named


def _split_extension(segment: str) -> tuple[str, str]:
    name, dot, extension = segment.rpartition(".")
    if dot and (extension in WORDS.pages or extension in WORDS.assets):
        return name, extension
    return segment, ""


def _is_story_name(name: str, *, has_extension: bool) -> bool:
    if _WHOLE_DATE.fullmatch(name):
        return has_extension
    if _DIGITS.search(name) or any(map(_is_identifier, _SEPARATORS.split(name))):
        return True
    if len(_HAN_OR_KANA.findall(name)) >= MIN_HAN_OR_KANA or len(_UNSPACED.findall(name)) >= MIN_UNSPACED_LETTERS:
        return True
    if name.isdigit() and len(name) >= MIN_NUMBER_DIGITS and not _YEAR.fullmatch(name):
        return True
    return _words(name) >= (MIN_STORY_WORDS_WITH_EXTENSION if has_extension else MIN_STORY_WORDS)


def _words(name: str) -> int:
    return sum(not part.isdigit() for part in _SEPARATORS.split(name) if part)


def _is_identifier(part: str) -> bool:
    digits = sum(character.isdigit() for character in part)
    return len(part) >= MIN_IDENTIFIER_LENGTH and part.isascii() and digits >= 2 and digits < len(part)


def _chooses_story(name: str, value: str) -> bool:
    if name in WORDS.story_parameters:
        return any(character.isdigit() for character in value) or _words(value) >= MIN_STORY_WORDS_WITH_EXTENSION
    if name in WORDS.page_parameters | WORDS.offset_parameters | WORDS.listing_parameters:
        return False
    return bool(_DIGITS.search(value)) and not _WHOLE_DATE.fullmatch(value)


def _depth_below(words: frozenset[str], folders: Sequence[str]) -> int | None:
    """Return how many folders stand below the first that is one of ``words``; None where none is."""
    return next((len(folders) - index - 1 for index, folder in enumerate(folders) if folder in words), None)


def _ends_in_date(segments: Sequence[str]) -> bool:
    """Tell whether the path ends in a year and month, or year, month and day, in one segment or several."""
    if segments and _WHOLE_DATE.fullmatch(segments[-1]):
        return True
    return any(
        len(segments) >= length
        and all(
            pattern.fullmatch(part) for pattern, part in zip((_YEAR, _MONTH, _DAY), segments[-length:], strict=False)
        )
        for length in (2, 3)
    )
