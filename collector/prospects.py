"""Whether a URL would be fetched if it were found now, and what decides that."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from cleaners.rights import decide, judge_rights
from collector.config import Config, Site
from collector.discovery.shapes import Shape, shape_of
from collector.discovery.traps import trap
from collector.rights.declared import DeclaredRights
from collector.robots import RobotsDecision, RobotsRules
from corpus.articles import StoredArticle
from corpus.reader import Corpus
from corpus.rights import Statement

_LOOKS = {
    Shape.STORY: "its URL looks like a story's",
    Shape.LISTING: "its URL looks like a listing's",
    Shape.FEED: "its URL looks like a feed's",
    Shape.SHORT: "its URL looks like a section's or a short-named story's; how pages link to it decides",
    Shape.NOTHING: "its URL looks like a file, a login or a standing page: links to it are not followed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the things that decide whether a URL is fetched."""

    #: ``forgotten``, ``site``, ``enabled``, ``ignore``, ``trap``, ``robots`` or ``rights``, ``shape``.
    question: str
    #: True speaks for it, False against it; None where it is not known yet, or decides nothing.
    answer: bool | None
    evidence: str


def prospects(url: str, config: Config, corpus: Corpus, *, today: date) -> tuple[Check, ...]:
    """Ask everything that decides whether a URL would be fetched, in the order in which a crawl does.

    Args:
        url: An absolute http(s) URL, as it would be found.
        config: The configuration.
        corpus: The corpus, for the robots.txt files that it holds.
        today: The day, for traps that are made of dates.
    """
    name = config.site_of(url)
    if name is None:
        sites = ", ".join(config.sites) or "none yet"
        return (Check(question="site", answer=False, evidence=f"it belongs to no site of collector.toml ({sites})"),)
    site = config.sites[name]
    enabled = "the site is enabled" if site.enabled else "the site is crawled only when it is named (enabled = false)"
    trapped = trap(url, today=today)
    shape = shape_of(url)
    if corpus.tombstones.block(url):
        return (Check(question="forgotten", answer=False, evidence="it was forgotten on request (collector forget)"),)
    return (
        Check(question="site", answer=True, evidence=f"it belongs to site {name}"),
        Check(question="enabled", answer=site.enabled, evidence=enabled),
        _ignored(url, site),
        Check(question="trap", answer=trapped is None, evidence=trapped or "it looks like no crawler trap"),
        _allowed(url, config, corpus),
        Check(question="shape", answer=False if shape is Shape.NOTHING else None, evidence=_LOOKS[shape]),
    )


def robots_decision(url: str, config: Config, corpus: Corpus) -> RobotsDecision | None:
    """Return what the robots.txt of a URL's origin says, as it was last fetched; None if it never was."""
    if not config.robots.obey:
        return RobotsDecision(allowed=True, evidence="not asked (robots.obey = false)")
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    stored = corpus.robots(origin)
    if stored is None:
        return None
    rules = RobotsRules.parse(stored.status, stored.body, config.collector.robots_token, url=f"{origin}/robots.txt")
    return rules.decide(url)


def rights_of(url: str, config: Config, corpus: Corpus, article: StoredArticle | None) -> tuple[Statement, ...]:
    """Return what is said of a URL's use: by its host's files as they were last fetched, and by its article's page."""
    declared = DeclaredRights(corpus.host_files, config.collector.robots_token).of(url)
    stated = () if article is None else (one for one in article.rights if one.place in {"header", "page"})
    site = config.site_of(url) if url.startswith("http") else None
    return decide((*declared, *stated), config.policies(site or ""))


def _ignored(url: str, site: Site) -> Check:
    pattern = next((pattern for pattern in site.ignore if re.search(pattern, url)), None)
    evidence = (
        "no ignore pattern of the site matches it" if pattern is None else f"ignore pattern {pattern!r} matches it"
    )
    return Check(question="ignore", answer=pattern is None, evidence=evidence)


def _allowed(url: str, config: Config, corpus: Corpus) -> Check:
    decision = robots_decision(url, config, corpus)
    removal = judge_rights(url, rights_of(url, config, corpus, None))
    if removal is not None and (decision is None or decision.allowed):
        return Check(question="rights", answer=False, evidence=f"its use is reserved: {removal.evidence}")
    if decision is None:
        return Check(question="robots", answer=None, evidence="the robots.txt of its host was not fetched yet")
    verdict = "allows" if decision.allowed else "forbids"
    return Check(question="robots", answer=decision.allowed, evidence=f"robots.txt {verdict} it: {decision.evidence}")
