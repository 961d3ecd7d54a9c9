"""Finds e-mail addresses, phone numbers and other numbers that stand for a person; names are not among them.

No model is needed: a pattern proposes, and what can be checked is checked: phone numbers against the numbering plans of
the countries (``phonenumbers``, Google's libphonenumber), bank accounts, cards and national ids by their check digits
(``python-stdnum``), addresses on the internet by the standard library. So a year, a score or a share price is none.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from corpus.errors import ConfigError
from corpus.privacy.national import NATIONAL, find_national


class PiiKind(StrEnum):
    """What was found, under the names that Presidio gives them."""

    EMAIL = "EMAIL_ADDRESS"
    IBAN = "IBAN_CODE"
    CARD = "CREDIT_CARD"
    NATIONAL_ID = "NATIONAL_ID"
    IP = "IP_ADDRESS"
    PHONE = "PHONE_NUMBER"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A piece of a text that is personal data."""

    start: int
    end: int
    kind: PiiKind


#: With the letters of Latin alphabets (RFC 6531), not of all: Chinese is written without a space before an address.
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
#: What follows with a hyphen is no part of it: "die info@example.org-Adresse".
_EMAIL = re.compile(
    rf"(?<![{_LATIN}0-9.+-])[{_LATIN}0-9_.%+-]{{1,64}}@(?:[{_LATIN}0-9-]{{1,63}}\.){{1,8}}[A-Za-z]{{2,24}}"
    rf"(?![{_LATIN}0-9@])"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])")
#: First digits of the issuers' numbers, and their lengths (ISO/IEC 7812).
_ISSUERS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|"
    r"6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|62\d{14,17}"
)
#: A number behind a name and a stroke is the version of a program.
_IPV4 = re.compile(r"(?<![\w.])(?<![A-Za-z]/)\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
#: Anything that might be a phone number: looking it up in the numbering plans costs a hundred times as much.
_MAYBE_PHONE = re.compile(r"(?:\+|\(?\d)[\d()/.\-\s\u00a0\u2010-\u2015]{5,}\d")
#: In whose plan a number without country code is looked up, where the address of the page says nothing: the country
#: that most who write the language live in, or that most of its newspapers are of.
_REGIONS = {
    "ar": "EG", "bg": "BG", "bn": "BD", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES",
    "et": "EE", "fa": "IR", "fi": "FI", "fr": "FR", "gu": "IN", "he": "IL", "hi": "IN", "hr": "HR", "hu": "HU",
    "id": "ID", "it": "IT", "ja": "JP", "kn": "IN", "ko": "KR", "lt": "LT", "lv": "LV", "ml": "IN", "mr": "IN",
    "ms": "MY", "nb": "NO", "ne": "NP", "nl": "NL", "nn": "NO", "no": "NO", "or": "IN", "pa": "IN", "pl": "PL",
    "pt": "BR", "ro": "RO", "ru": "RU", "si": "LK", "sk": "SK", "sl": "SI", "sq": "AL", "sr": "RS", "sv": "SE",
    "sw": "TZ", "ta": "IN", "te": "IN", "th": "TH", "tl": "PH", "tr": "TR", "uk": "UA", "ur": "PK", "vi": "VN",
    "zh": "CN",
}  # fmt: skip


def region_of(url: str, language: str) -> str:
    """Return the country (ISO 3166) in whose forms numbers on a page are likely to be written.

    >>> region_of("https://www.example.co.uk/a", "en"), region_of("https://example.com/a", "de")
    ('GB', 'DE')
    """
    last = (urlsplit(url).hostname or "").rpartition(".")[2].upper()
    country = {"UK": "GB"}.get(last, last)
    return country if country in _countries() else _REGIONS.get(language, "US")


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    import phonenumbers

    # Domains that are used for their looks say nothing of a country.
    return frozenset(phonenumbers.SUPPORTED_REGIONS) - {"TV", "ME", "CO", "IO", "AI", "FM", "CC", "WS", "TO", "LY"}


def import_libraries() -> None:
    """Make sure that the libraries are there.

    Raises:
        ConfigError: One is missing.
    """
    try:
        import phonenumbers  # noqa: F401
        import stdnum  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "finding personal data needs phonenumbers and python-stdnum; "
            "install them with: pip install 'news-corpus-collector[pii]'"
        ) from error


def find_pii(text: str, region: str) -> list[Finding]:
    """Return the personal data of a text in order; no two findings overlap.

    Args:
        text: Any text.
        region: ISO 3166 code of the country in whose forms numbers are written (`region_of`).

    >>> [(one.kind.value, one.start) for one in find_pii("Mail a.rao@example.org or call +44 20 7946 0018", "GB")]
    [('EMAIL_ADDRESS', 5), ('PHONE_NUMBER', 31)]
    """
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    finders: tuple[tuple[PiiKind, Callable[[str, str], Iterable[tuple[int, int]]]], ...] = (
        (PiiKind.EMAIL, _emails),
        (PiiKind.IBAN, _ibans),
        (PiiKind.CARD, _cards),
        (PiiKind.NATIONAL_ID, find_national),
        (PiiKind.IP, _addresses),
        (PiiKind.PHONE, _phones),
    )
    for kind, find in finders:
        for start, end in find(text, region):
            if all(end <= begin or start >= stop for begin, stop in taken):
                taken.append((start, end))
                found.append(Finding(start, end, kind))
    return sorted(found)


def mask(text: str, findings: Iterable[Finding]) -> str:
    """Return a text with the kind of each finding in its place.

    >>> mask("Mail a.rao@example.org now", [Finding(5, 22, PiiKind.EMAIL)])
    'Mail <EMAIL_ADDRESS> now'
    """
    parts, reached = [], 0
    for one in sorted(findings):
        parts += [text[reached : one.start], f"<{one.kind}>"]
        reached = one.end
    return "".join([*parts, text[reached:]])


def _emails(text: str, _: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def _ibans(text: str, _: str) -> Iterator[tuple[int, int]]:
    from stdnum import iban

    for match in _IBAN.finditer(text):
        words = match[0].split(" ")
        # What follows in capitals is no part of it.
        for count in range(len(words), 0, -1):
            candidate = " ".join(words[:count])
            if iban.is_valid(candidate):
                yield match.start(), match.start() + len(candidate)
                break


def _cards(text: str, _: str) -> Iterator[tuple[int, int]]:
    from stdnum import luhn

    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _ISSUERS.fullmatch(digits) and luhn.is_valid(digits) and len(set(digits)) > 2:
            yield match.span()


def _addresses(text: str, _: str) -> Iterator[tuple[int, int]]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match[0])
            except ValueError:
                continue
            # Those of networks at home, of examples and of documents stand for nobody.
            if address.is_global and not address.is_multicast:
                yield match.span()


def _phones(text: str, region: str) -> Iterator[tuple[int, int]]:
    """Yield numbers that are valid and written in groups as their country writes them; with a country code, in any."""
    if _MAYBE_PHONE.search(text) is None:
        return
    from phonenumbers import Leniency, PhoneNumberMatcher

    strict = {(one.start, one.end) for one in PhoneNumberMatcher(text, region, leniency=Leniency.STRICT_GROUPING)}
    for one in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
        international = one.raw_string.lstrip("(").startswith(("+", "00"))
        digits = sum(character.isdigit() for character in one.raw_string)
        written_apart = not one.raw_string.isdigit()
        if digits >= 7 and (international or (written_apart and (one.start, one.end) in strict)):
            yield one.start, one.end


__all__ = ["NATIONAL", "Finding", "PiiKind", "find_pii", "import_libraries", "mask", "region_of"]
