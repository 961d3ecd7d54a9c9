"""What a cleaning process does with one response: decode it, judge it, read its links.

Pure: the crawl, `reclean` and every kind of ingest call it, and it gives the same findings wherever it runs.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from lxml.html import HtmlElement

from cleaners.clean import Cleaned, clean_and_outline
from cleaners.config import SiteKnowledge
from cleaners.decode import decode
from cleaners.lines import clean_text
from cleaners.parse import parse
from cleaners.rights import decide, judge_rights
from cleaners.template import SiteTemplate
from collector.config import Config, Site
from collector.discovery.feeds import read_feed
from collector.discovery.links import read_links
from collector.discovery.parts import next_part
from collector.discovery.refresh import refresh_target
from collector.discovery.rules import LinkRules
from collector.discovery.site import describe_site
from collector.discovery.sitemaps import read_sitemap
from collector.discovery.traps import trap
from collector.outcomes import leads_astray
from collector.tasks import Findings, Task, cleaner_config, site_key
from corpus.archive.coding import decode_content
from corpus.errors import DecodeError, DiscoveryError, PageError, TooLargeError
from corpus.outlines import Outlined
from corpus.prepared import prepare
from corpus.publishers import NO_SITE
from corpus.rights import Statement
from corpus.types import Article, Discovery, Kind, Page, Reason, Removal, Verdict, Via
from corpus.urls import host_of, registrable_domain

#: Markup by which a page says that it is one article, whatever its URL looks like.
_SAYS_ARTICLE = re.compile(
    rb'"@type"\s*:\s*\[?\s*"(?:\w*NewsArticle|Article|BlogPosting|Reportage\w*)"|og:type"?\s+content="article"',
    re.IGNORECASE,
)
_NOARCHIVE = re.compile(rb"<meta[^>]{1,300}noarchive", re.IGNORECASE)
_ROBOTS_NAME = re.compile(rb"""name\s*=\s*["']?(?:robots|newscorpuscollector)\b""", re.IGNORECASE)
_IS_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
#: How much of a page is searched for its own robots directives: they stand in the head.
_HEAD_BYTES = 200_000


def study(task: Task, config: Config) -> Findings:
    """Study one response; every way it can be broken is a finding, not an exception."""
    try:
        body = task.wire_body if task.decoded else _decoded(task, config)
    except TooLargeError as error:
        return Findings(verdict=_removal(task, Reason.TOO_LARGE, error.message))
    except DecodeError as error:
        return Findings(error="decode", evidence=error.message)
    page = Page(url=task.url, status=task.status, headers=task.headers, body=body, provenance=task.provenance)
    knowledge = knowledge_of(config, task.site, task.template, task.declared)
    try:
        if task.is_text:
            text = body.decode("utf-8", "replace")
            verdict = clean_text(text, task.provenance, cleaner_config(config), url=task.url, site=knowledge)
            findings = Findings(verdict=_of_rights(verdict, task, config))
        else:
            findings = study_page(page, config, kind=task.kind, site=task.site, depth=task.depth, knowledge=knowledge)
    except DiscoveryError as error:
        findings = Findings(error=f"{task.kind}-unreadable", evidence=error.message)
    except PageError as error:
        findings = Findings(error="extraction", evidence=str(error))
    return replace(
        findings,
        prepared=None if findings.verdict is None or not task.key else prepare(findings.verdict, url_key=task.key),
        body_digest=hashlib.sha256(body).digest() if body else None,
        noarchive=config.robots.noarchive and _forbids_archive(page),
    )


def _decoded(task: Task, config: Config) -> bytes:
    encodings = [value for name, value in task.headers if name.lower() == "content-encoding"]
    return decode_content(task.wire_body, encodings, int(config.fetch.max_body_mb * 1e6), url=task.url)


def study_page(
    page: Page,
    config: Config,
    *,
    kind: Kind,
    site: str = "",
    depth: int = 0,
    knowledge: SiteKnowledge | None = None,
) -> Findings:
    """Study a page whose body is content-decoded.

    Raises:
        DiscoveryError: It is an unreadable feed or sitemap.
        PageError: It cannot be decoded or an extractor failed on it.
    """
    today = page.provenance.fetched_at.date()
    if kind is Kind.FEED:
        try:
            found = read_feed(page.body, page.url, page.header("content-type"))
        except DiscoveryError:
            if not _IS_HTML.match(page.body):
                raise
            kind = Kind.ARTICLE  # announced as a feed, and a page all the same
        else:
            return Findings(discoveries=_wanted(found, config, today))
    if kind is Kind.SITEMAP:
        found = read_sitemap(page.body, page.url, page.header("content-type"))
        # A sitemap that an index names is looked at again when the index says that it changed.
        deeper = (replace(one, depth=depth + 1) if one.kind is Kind.SITEMAP else one for one in found)
        return Findings(discoveries=_wanted(deeper, config, today))
    entry = config.sites.get(site)
    tree = _tree(page)
    if tree is not None and (target := refresh_target(tree, page.url)) is not None:
        return _moved(page, target, config, kind=kind, site=site, depth=depth)
    links = _links(tree, page, config, entry, kind, depth)
    if kind is Kind.SECTION and page.provenance.via is Via.SEED:
        drawn = describe_site(page.body, page.url, content_type=page.header("content-type")).drawn_by_script
        return Findings(discoveries=links, drawn_by_script=drawn)
    if kind is Kind.SECTION and not _SAYS_ARTICLE.search(page.body):
        return Findings(discoveries=links)
    knowledge = knowledge or knowledge_of(config, site, None, ())
    cleaned = clean_and_outline(page, cleaner_config(config), knowledge)
    verdict = cleaned.verdict
    if isinstance(verdict, Article) and tree is not None:
        following = next_part(tree, page.url, page.provenance.part)
        links = links if following is None else (following, *links)
    if kind is Kind.SECTION and isinstance(verdict, Removal):
        return Findings(discoveries=links)
    return Findings(
        verdict=verdict, discoveries=links, outlined=_outlined(cleaned, site_key(site, page.url), knowledge)
    )


def _moved(page: Page, target: str, config: Config, *, kind: Kind, site: str, depth: int) -> Findings:
    """Treat a page that sends its reader elsewhere by itself as the redirect that it is."""
    ours = site in {"", NO_SITE} or config.site_of(target) == site
    astray = leads_astray(target, kind, page.provenance.via)
    removal = Removal(
        url=page.url,
        reason=Reason.REDIRECTED if ours else Reason.OFFSITE,
        evidence=f"the page sends its reader to {target}{', a standing page' if astray else ''}",
        provenance=page.provenance,
    )
    found = Discovery(
        url=target, kind=kind, via=Via.REDIRECT, found_on=page.url, depth=depth, part=page.provenance.part
    )
    return Findings(verdict=removal, discoveries=(found,) if ours and not astray else ())


def knowledge_of(config: Config, site: str, template: bytes | None, declared: tuple[Statement, ...]) -> SiteKnowledge:
    """Return what cleaning is told of a page's site.

    Args:
        config: The configuration.
        site: Name of the site's entry.
        template: What the site is known to repeat, packed; None where nothing is.
        declared: What the host's files say of the page's use.
    """
    entry = config.sites.get(site)
    return SiteKnowledge(
        name=entry.name if entry else None,
        languages=tuple(filter(str.strip, entry.languages)) if entry else (),
        template=_unpacked(template),
        declared=declared,
        policies=config.policies(site),
    )


@lru_cache(maxsize=64)
def _unpacked(template: bytes | None) -> SiteTemplate | None:
    try:
        return None if template is None else SiteTemplate.unpack(template)
    except ValueError:  # of another version: nothing is known until the site is learned again
        return None


def _outlined(cleaned: Cleaned, site: str, knowledge: SiteKnowledge) -> Outlined | None:
    outline = cleaned.outline
    if outline is None or not site:
        return None
    digest = b"" if knowledge.template is None else knowledge.template.digest
    cut = outline.rank_kept(cleaned.repeated)
    return Outlined(site=site, lines=outline.pack(), cut=cut, template=digest)


def _of_rights(verdict: Verdict, task: Task, config: Config) -> Verdict:
    """Apply what the host's files say to a text that has no page to say anything."""
    decided = decide(task.declared, config.policies(task.site))
    if isinstance(verdict, Removal) or not decided:
        return verdict
    return judge_rights(task.url, decided, task.provenance, verdict.title) or replace(verdict, rights=decided)


# -- links -----------------------------------------------------------------------------------------------------------


def link_rules(entry: Site | None) -> LinkRules:
    """Return the link rules of a site's entry."""
    if entry is None:
        return LinkRules()
    return LinkRules(
        article=entry.article,
        section=entry.section,
        ignore=entry.ignore,
        also_sites=frozenset(registrable_domain(f"http://{domain}/") for domain in entry.domains),
        max_depth=entry.max_depth,
    )


def _links(
    tree: HtmlElement | None, page: Page, config: Config, entry: Site | None, kind: Kind, depth: int
) -> tuple[Discovery, ...]:
    """Return what an HTML page links to, as far as the site's entry wants it."""
    if tree is None or entry is None or not entry.follow_links or depth >= entry.max_depth:
        return ()
    via = Via.SECTION if kind is Kind.SECTION else Via.LINK
    found = read_links(tree, page.url, link_rules(entry), via=via, depth=depth)
    if kind is Kind.ARTICLE:  # the feeds that stories announce are the site's own, or one for each story's comments
        found = tuple(one for one in found if one.kind is not Kind.FEED)
    return _wanted(found, config, page.provenance.fetched_at.date())


def _tree(page: Page) -> HtmlElement | None:
    if not 200 <= page.status < 300 or not page.body.strip():
        return None
    try:
        return parse(decode(page.body, page.header("content-type")).text)
    except PageError:
        return None


def _wanted(found: Iterable[Discovery], config: Config, today: date) -> tuple[Discovery, ...]:
    """Keep what lies within a site of ours and is no trap."""
    kept: dict[tuple[str, Kind], Discovery] = {}
    sites: dict[str, str | None] = {}  # by host: a sitemap names thousands of URLs on one
    for one in found:
        try:
            host = host_of(one.url)
            if host not in sites:
                sites[host] = config.site_of(one.url)
            site = sites[host]
        except ValueError:
            continue
        if site is None or trap(one.url, today=today) is not None or (one.url, one.kind) in kept:
            continue
        if any(re.search(pattern, one.url) for pattern in config.sites[site].ignore):
            continue
        kept[one.url, one.kind] = one
    return tuple(kept.values())


# -- directives ------------------------------------------------------------------------------------------------------


def _forbids_archive(page: Page) -> bool:
    header = " ".join(page.header_values("x-robots-tag")).lower()
    if "noarchive" in header and ":" not in header.split("noarchive")[0].split(",")[-1]:
        return True
    head = page.body[:_HEAD_BYTES]
    return any(_ROBOTS_NAME.search(tag.group()) for tag in _NOARCHIVE.finditer(head))


def _removal(task: Task, reason: Reason, evidence: str) -> Removal:
    return Removal(url=task.url, reason=reason, evidence=evidence, provenance=task.provenance)
