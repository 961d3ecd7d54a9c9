"""Credits: which agency an article says it comes from, and how early that lets it stand among its copies."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from corpus.hosts import registrable_domain

#: Characters at the head of a text in which a place and an agency may stand: "SAN FRANCISCO, March 3 (Reuters) -".
_HEAD = 120
#: Characters of the longest closing line that is a credit.
_LONGEST_CREDIT = 60
_IN_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,40})[)）\]]\s*[-–—―:|।.]|[(（]([^()（）]{2,40})[)）](?=[A-Z\s]|$)")
_BEFORE_DASH = re.compile(r"^[^\n.]{0,60}?([^\s,/:;–—-][^,/:;–—\n]{0,38}?)\s*[-–—:]\s")
_CLOSING = re.compile(r"[(（\[]([^()（）\[\]]{2,40})[)）\]]\s*$")
_BETWEEN = re.compile(r"[/,;&|]|\s(?:and|und|et|y|e|with|via)\s|\s[-–—]\s")
_AROUND = "()[]（）【】-–—―|:.,;।*_ \t"


@cache
def _spellings() -> dict[str, str]:
    """Return the agency of each spelling, folded."""
    agencies = tomllib.loads((resources.files("corpus") / "agencies.toml").read_text("utf-8"))
    return {spelling.casefold(): name for name, spellings in agencies.items() for spelling in spellings}


def agency_of(name: str) -> str | None:
    """Return the agency that a name is a spelling of, None if it is none's.

    >>> agency_of("Agence France-Presse"), agency_of("Jane Doe")
    ('AFP', None)
    """
    return _spellings().get(name.casefold())


def credited_agency(authors: Iterable[str], text: str) -> str | None:
    """Return the agency that an article credits, None if it names none.

    A byline comes first, then the place at the head of the text, then a closing line.

    >>> credited_agency(["Asha Rao"], "CUTTACK, India (AP) — A ferry sank on Monday.")
    'AP'
    >>> credited_agency(["Agence France-Presse"], "A ferry sank on Monday.")
    'AFP'
    >>> credited_agency([], "A ferry sank on Monday. The AP was told of it.") is None
    True
    """
    for author in authors:
        if found := _named_in(author):
            return found
    head, _, _ = text.lstrip()[:_HEAD].partition("\n")
    for match in _IN_BRACKETS.finditer(head):
        if found := _named_in(match[1] or match[2]):
            return found
    before_dash = _BEFORE_DASH.match(head)
    if before_dash and (found := _named_in(before_dash[1])):
        return found
    last = text.rstrip().rpartition("\n")[2]
    if len(last) <= _LONGEST_CREDIT:
        return _named_in(last)
    closing = _CLOSING.search(last)
    return _named_in(closing[1]) if closing else None


def _named_in(credit: str) -> str | None:
    """Return the agency that a credit consists of, alone or beside others."""
    spellings = _spellings()
    for piece in (credit, *_BETWEEN.split(credit)):
        found = spellings.get(piece.strip(_AROUND).casefold())
        if found is not None:
            return found
    return None


def is_origin(agency: str, *, site_name: str | None, url: str) -> bool:
    """Tell whether the site of a page is the agency's own.

    >>> is_origin("Reuters", site_name=None, url="https://www.reuters.com/world/ferry")
    True
    >>> is_origin("AP", site_name="Harbour Post", url="https://harbour-post.example/ferry")
    False
    >>> is_origin("AP", site_name=None, url="file:///dumps/ferry.txt")
    False
    """
    if site_name and _named_in(site_name) == agency:
        return True
    if url.startswith("file:"):
        return False
    label = registrable_domain(url).partition(".")[0]
    known = [spelling for spelling, name in _spellings().items() if name == agency]
    squeezed = {re.sub(r"\W", "", spelling) for spelling in known}
    return re.sub(r"\W", "", label) in squeezed | {f"{spelling}news" for spelling in squeezed}
