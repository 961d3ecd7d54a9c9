"""What a page and its response header say of the page's use.

Sources: TDM Reservation Protocol, final report of 10 May 2024; ``noai`` and ``noimageai`` as DeviantArt published them
in 2022; Content Signals (contentsignals.org, 2025) and Content-Usage (draft-ietf-aipref-attach); RSL 1.0
(rslstandard.org).
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from cleaners.metadata.robots import read_robots
from cleaners.metadata.tags import Tags
from corpus.rights import Signal, Stance, Statement
from corpus.types import Page

_HEADER, _PAGE = "header", "page"
_NO_TAGS = Tags(
    metas={}, item_metas={}, links={}, licences=(), scripts=(), headings=(), title=None, language=None, base=None
)
_DIRECTIVES = {"noai": Signal.NOAI, "noml": Signal.NOAI, "noimageai": Signal.NOIMAGEAI}
#: Longest evidence that is kept.
_LONGEST = 200
#: Characters of a Link header that are looked at.
_LONGEST_LINKS = 4000
_RSL_TYPE = "application/rsl+xml"
#: An entry of a Link header (RFC 8288): target and parameters.
_LINK = re.compile(r"<([^>]*)>([^,<]*(?:\"[^\"]*\"[^,<]*)*)")
#: ``ai-train=no`` and ``train-ai=n``, as items of a list or a dictionary (RFC 9651: ``?0`` is false).
_TRAINING = re.compile(r"\b(?:ai-train|train-ai)\s*=\s*(yes|no|y|n|\?1|\?0)\b", re.IGNORECASE)
#: Header fields that speak of use.
_FIELDS = frozenset(
    {"x-robots-tag", "tdm-reservation", "tdm-policy", "content-signal", "content-signals", "content-usage"}
)


def read_rights(tags: Tags, page: Page, agent: str) -> tuple[Statement, ...]:
    """Return what a response's header and then its page say.

    Args:
        tags: The page's elements.
        page: The response.
        agent: Our product token, which robots directives may name.
    """
    return (*_of_header(page, agent), *_of_page(tags, page, agent))


def speaks_of_rights(headers: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a response's header may say something of the page's use.

    >>> speaks_of_rights([("TDM-Reservation", "1")]), speaks_of_rights([("Link", "</style.css>; rel=preload")])
    (True, False)
    """
    return any(name.lower() in _FIELDS or (name.lower() == "link" and _RSL_TYPE in value) for name, value in headers)


def training_stance(text: str) -> Stance | None:
    """Return what a Content-Signal or Content-Usage line says of training, None where it says nothing.

    >>> training_stance("search=yes, ai-train=no"), training_stance("train-ai=y"), training_stance("search=no")
    (<Stance.RESERVED: 'reserved'>, <Stance.OPEN: 'open'>, None)
    """
    said = {match[1].lower() for match in _TRAINING.finditer(text)}
    if said & {"no", "n", "?0"}:
        return Stance.RESERVED
    return Stance.OPEN if said else None


def tdm_stance(value: object) -> Stance | None:
    """Return what a value of ``tdm-reservation`` says; anything but 0 and 1 is an error and says nothing."""
    return {"1": Stance.RESERVED, "0": Stance.OPEN}.get(str(value).strip())


def _of_header(page: Page, agent: str) -> Iterator[Statement]:
    policy = next(iter(page.header_values("tdm-policy")), None)
    for value in page.header_values("tdm-reservation"):
        yield from _tdm(value, policy, page.url, _HEADER)
    yield from _directives(_NO_TAGS, page.header_values("X-Robots-Tag"), agent, _HEADER)
    for name in ("Content-Signal", "Content-Signals", "Content-Usage"):
        for value in page.header_values(name):
            if stance := training_stance(value):
                evidence = f"{name}: {value}"[:_LONGEST]
                yield Statement(signal=Signal.CONTENT_SIGNAL, stance=stance, place=_HEADER, evidence=evidence)
    for value in page.header_values("Link"):
        for target, parameters in _LINK.findall(value[:_LONGEST_LINKS]):
            if _RSL_TYPE in parameters.lower():
                yield _rsl(target, page.url, _HEADER)


def _of_page(tags: Tags, page: Page, agent: str) -> Iterator[Statement]:
    policy = tags.first("tdm-policy")
    for _, value in tags.every("tdm-reservation"):
        yield from _tdm(value, policy and policy[1], page.url, _PAGE)
    yield from _directives(tags, (), agent, _PAGE)
    for target in tags.rsl:
        yield _rsl(target, page.url, _PAGE)


def _tdm(value: str, policy: str | None, url: str, place: str) -> Iterator[Statement]:
    stance = tdm_stance(value)
    if stance is not None:
        terms = _absolute(policy, url) if policy and stance is Stance.RESERVED else None
        evidence = f"tdm-reservation: {value.strip()}"
        yield Statement(signal=Signal.TDM_RESERVATION, stance=stance, place=place, evidence=evidence, terms=terms)


def _directives(tags: Tags, headers: Iterable[str], agent: str, place: str) -> Iterator[Statement]:
    said = read_robots(tags, headers, agent)
    for directive, signal in _DIRECTIVES.items():
        if directive in said:
            yield Statement(
                signal=signal, stance=Stance.RESERVED, place=place, evidence=f"robots directive {directive}"
            )


def _rsl(target: str, url: str, place: str) -> Statement:
    terms = _absolute(target, url) if target else None
    return Statement(signal=Signal.RSL, stance=Stance.TERMS, place=place, evidence="RSL licence", terms=terms)


def _absolute(target: str, url: str) -> str:
    try:
        return urljoin(url, target.strip())
    except ValueError:
        return target.strip()
