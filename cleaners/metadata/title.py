"""The headline of the page: what most of its own statements agree on, without the name of the site.

JSON-LD, Open Graph, the first heading and the title element rarely all say the same: search engines, social networks
and readers get versions of their own, and some carry the site's name, the section or the date. Where only the title
element speaks, what the page shows decides which part of it is the headline.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from cleaners.dates import find_dates
from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.jsonld import LinkedData
from cleaners.metadata.shown import differ_wholly, part_shown, richest
from cleaners.metadata.site import Site
from cleaners.metadata.tables import places
from cleaners.metadata.tags import Tags
from cleaners.metadata.text import clean_line, headline_key, text_shown

#: What stands between a headline and the name of the site.
_SEPARATOR = re.compile(
    r"\s+(?:[|–—\-·•»«:›‹/~⁄•*]|::|\|\||--|<|>|←|→|⋆)\s+|\s*[|｜│»›]\s*"
    r"|(?<=[\u3000-\u9fff\uac00-\ud7a3”》」』！？])\s*[-_－—:：]+\s*|(?<=\w)\s*_\s*(?=[\u3000-\u9fff])"
)


#: A separator that nothing follows any more.
_DANGLING = re.compile(r"(?:\s+[|–—\-·•:/~]+)+\s*$")

#: The sign by which a heading links to itself.
_PERMALINK = re.compile(r"\s*(?:¶|🔗|\s#)$")

#: Letters of a headline that may be recognised behind a kicker.
_SHORTEST_TAIL = 12

#: Characters of a segment that is a date, and of what may stand in it beside the date ("Updated", "Wednesday").
_LONGEST_DATE = 40
_DATE_SLACK = 12

#: How much more a heading's vote counts for the headline behind its kicker than for both together.
_KICKER_FACTOR = 1.1


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One statement of the headline.

    The weights were searched on 1,180 pages of three sets: what readers and search engines get counts as much as all
    that is made for social networks, because that is written twice.
    """

    text: str
    source: str
    #: How much its vote counts.
    weight: float


def read_title(
    tags: Tags, linked: LinkedData, site: Site, config: MetadataConfig, shown: Callable[[], Collection[str]] = frozenset
) -> tuple[str, str] | None:
    """Return the page's headline and where it was read, or None.

    Every statement votes for its own text, cut of the site's name; spellings that differ in quotes, case or
    punctuation vote together, and the winner is spelled as by its first source.

    Args:
        tags: The page's machine-readable elements.
        linked: Its JSON-LD.
        site: The site's names.
        config: Thresholds.
        shown: What the page shows (`cleaners.metadata.shown.texts_shown`), asked only if it is needed.
    """
    raw = _short_candidates(tags, linked, config)
    names, name_of_site = _names_among(raw, site)
    raw = [candidate for candidate in raw if candidate.source != "h1" or headline_key(candidate.text) not in names]
    site = replace(site, keys=site.keys | name_of_site)
    whole = {headline_key(candidate.text) for candidate in raw}
    cut = [replace(candidate, text=strip_site(candidate.text, site, witnesses=whole)) for candidate in raw]
    keyed = [(headline_key(candidate.text), candidate) for candidate in cut]
    voting = [(key, candidate) for key, candidate in keyed if key and not site.is_called(candidate.text)]
    voting = _without_strangers(voting, shown) or [(key, candidate) for key, candidate in keyed if key]
    if not voting:
        return None
    votes = _count(voting)
    winner, best = max(voting, key=lambda entry: votes[entry[0]])
    if all(candidate.source == "title" for key, candidate in voting if key == winner):
        return part_shown(best.text, shown()), best.source
    return richest([candidate.text for key, candidate in voting if key == winner]), best.source


def read_headlines(tags: Tags, linked: LinkedData, site: Site, config: MetadataConfig) -> tuple[str, ...]:
    """Return the distinct headlines that JSON-LD, Open Graph, meta elements and the title element state."""
    stated = [strip_site(one.text, site) for one in _short_candidates(tags, linked, config) if one.source != "h1"]
    return tuple(dict.fromkeys(line for line in stated if line and not site.is_called(line)))


def _short_candidates(tags: Tags, linked: LinkedData, config: MetadataConfig) -> list[_Candidate]:
    """Return the statements of the headline that are none of a whole text: an unclosed title takes in the page."""
    return [candidate for candidate in _candidates(tags, linked) if len(candidate.text) <= config.max_title_chars]


def _names_among(candidates: Sequence[_Candidate], site: Site) -> tuple[frozenset[str], frozenset[str]]:
    """Return the headings that name site or section, as `headline_key` spells them, and which of them names the site.

    Such a heading is a later part of the title element, beside a part twice as long ("News > Releases > Duty on tobacco
    rises") that is not the site's name, and nothing else states it; the last part names the site ("What is viral
    marketing? | Jane's Blog").
    """
    element = next((candidate.text for candidate in candidates if candidate.source == "title"), "")
    first, *later = _SEPARATOR.split(element)
    longest = max((len(part) for part in (first, *later) if not site.is_called(part)), default=0)
    headings = frozenset(headline_key(candidate.text) for candidate in candidates if candidate.source == "h1")
    headings -= {headline_key(candidate.text) for candidate in candidates if candidate.source != "h1"}
    names = [headline_key(part) if 2 * len(part) <= longest else "" for part in later]
    return headings.intersection(filter(None, names)), headings.intersection(filter(None, names[-1:]))


def _without_strangers(
    voting: list[tuple[str, _Candidate]], shown: Callable[[], Collection[str]]
) -> list[tuple[str, _Candidate]]:
    """Leave out the headings that share no word with any other statement, where one of those is borne out.

    On many pages the first heading is that of a box, of the section or of a menu. A headline is borne out by a second
    statement, or by an element that shows it to the reader.
    """
    others = [(key, candidate) for key, candidate in voting if candidate.source != "h1"]
    strangers = [
        candidate
        for _, candidate in voting
        if candidate.source == "h1" and others and all(differ_wholly(candidate.text, other.text) for _, other in others)
    ]
    if not strangers or not _is_borne_out(others, shown):
        return voting
    return [(key, candidate) for key, candidate in voting if candidate not in strangers]


def _is_borne_out(others: Sequence[tuple[str, _Candidate]], shown: Callable[[], Collection[str]]) -> bool:
    keys = [key for key, _ in others]
    if any(keys.count(key) > 1 for key in keys):
        return True
    return any(headline_key(part_shown(candidate.text, shown())) in shown() for _, candidate in others)


def _count(voting: list[tuple[str, _Candidate]]) -> dict[str, float]:
    """Return the votes for each headline; a heading that begins with a kicker votes for the headline behind it too."""
    votes: dict[str, float] = {}
    for key, candidate in voting:
        votes[key] = votes.get(key, 0) + candidate.weight
    for key, candidate in voting:
        if candidate.source == "h1":
            for other in votes:
                if other != key and len(other) > _SHORTEST_TAIL and key.endswith(other):
                    votes[other] += _KICKER_FACTOR * candidate.weight
    return votes


def find_heading(tree: HtmlElement, tags: Tags, title: str) -> HtmlElement | None:
    """Return the element that shows the headline to the reader: where bylines and datelines are near.

    The heading that says what the title says; else any element whose text does; else the first heading.
    """
    key = headline_key(title)
    for heading in tags.headings:
        own = headline_key(heading.text_content())
        if key and own and (key in own or own in key):
            return heading
    for element in tree.iter("h2", "h3", "h4", "td", "th", "font", "b", "strong", "p", "div", "span", "legend"):
        text = (element.text or "").strip()
        if len(key) > 5 and len(key) <= len(text) <= 2 * len(title) and headline_key(text) == key:
            return element
    return next(iter(tags.headings), None)


def strip_site(title: str, site: Site, *, witnesses: Iterable[str] = ()) -> str:
    """Return ``title`` without the site's name, a date or a section at its end or its beginning.

    Args:
        title: A headline, as stated.
        site: The site's names.
        witnesses: Other statements of the headline, as `headline_key` spells them: what stands behind one of them is
            cut whatever it is.

    >>> site = Site("The Planet", "og:site_name", frozenset({"theplanet", "planet"}))
    >>> strip_site("Storm hits coast - now what? | News | The Planet", site, witnesses=["stormhitscoastnowwhat"])
    'Storm hits coast - now what?'
    >>> strip_site("Planet: a history", site)
    'Planet: a history'
    """
    known = set(witnesses)
    title = _DANGLING.sub("", title) or title
    while (ends := list(_SEPARATOR.finditer(title))) and len(title) > 0:
        first, last = ends[0], ends[-1]
        # "Headline | The Planet | 1 May 2024": a date goes with the name, but alone it may be the headline's.
        if len(ends) > 1 and _is_date(title[last.end() :]) and site.is_called(title[ends[-2].end() : last.start()]):
            title = title[: ends[-2].start()].strip()
        elif (whole := _whole_name(title, ends, site)) is not None:
            title = title[:whole].strip()
        elif site.is_called(title[last.end() :]) and title[: last.start()].strip():
            title = title[: last.start()].strip()
        elif site.is_called(title[: first.start()]) and len(title[first.end() :].split()) > 2:
            title = title[first.end() :].strip()
        else:
            return _cut_to_witness(title, ends, known)
        title = _DANGLING.sub("", title) or title
    return title


def _whole_name(title: str, ends: Sequence[re.Match[str]], site: Site) -> int | None:
    """Return where the site's name begins that a title ends in, if it has separators of its own."""
    found = (end.start() for end in ends if headline_key(title[end.end() :]) in site.keys)
    return next((start for start in found if title[:start].strip()), None)


def _is_date(segment: str) -> bool:
    """Tell whether a segment of a title is hardly more than a date."""
    dates = find_dates(segment) if len(segment) <= _LONGEST_DATE else ()
    return bool(dates) and len(segment) - (dates[0].end - dates[0].start) <= _DATE_SLACK


def _cut_to_witness(title: str, ends: list[re.Match[str]], known: set[str]) -> str:
    own = headline_key(title)
    for end in reversed(ends):
        head = title[: end.start()].strip()
        key = headline_key(head)
        if key != own and len(key) > 8 and key in known:
            return head
    return title


def _candidates(tags: Tags, linked: LinkedData) -> Iterator[_Candidate]:
    headlines = list(linked.lines("headline", nodes=linked.articles[:1]))
    for line in headlines[:1] or list(linked.lines("name", nodes=linked.articles[:1]))[:1]:
        yield _Candidate(line, "json-ld", 3)
    for _, content in tags.every("og:title"):
        yield _Candidate(clean_line(content), "meta:og:title", 1.5)
        break
    headings = list(dict.fromkeys(_PERMALINK.sub("", clean_line(text_shown(heading))) for heading in tags.headings))
    for number, line in enumerate(headings):
        yield _Candidate(line, "h1", 3 if len(headings) == 1 else 1.5 if number == 0 else 1.25)
    for _, content in tags.every("twitter:title"):
        yield _Candidate(clean_line(content), "meta:twitter:title", 0.5)
        break
    for name, content in list(tags.every(*places("meta")["title"]))[:2]:
        yield _Candidate(clean_line(content), f"meta:{name}", 1)
    if tags.title:
        yield _Candidate(tags.title, "title", 0.5)
