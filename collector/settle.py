"""Settles sites: learns what each of them repeats, and cleans the pages again that were cleaned without knowing it.

A template is learned from all that is stored of a site, never from what a run happened to see; then every capture's
outline is asked what the new template makes of it, and the captures that come out otherwise than they were cleaned are
taken from the archive and cleaned again. So the texts are a function of the archive alone. A run that dies on the way
leaves the site unsettled, and the next one finds it so.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cleaners.outline import Outline
from cleaners.template import RepeatsConfig, SiteTemplate, learn, sample
from collector.again import CAPTURES, Changes, clean_again
from collector.config import Config
from collector.crawl import Crawl, open_store
from collector.tasks import cleaner_config
from collector.workers import Workers
from corpus.folder import CorpusFolder
from corpus.ledger import Scope
from corpus.outlines import (
    cleaned_otherwise,
    confirm_template,
    mark_settled,
    newest_outlines,
    outlined_sites,
    read_outlines,
    store_template,
    trim_outline,
    whole_outlines,
)
from corpus.schema import store_error
from corpus.store import Store

logger = logging.getLogger(__name__)

#: Outlines that are trimmed in one transaction.
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned of a site, and what is left to do."""

    site: str
    #: Different articles it was learned from; 0 where they are too few.
    articles: int
    #: The captures that the template makes another text of.
    stale: tuple[int, ...]
    #: The last fetch that was considered.
    newest: int


def learn_sites(store: Store, config: RepeatsConfig, now: float, *, everything: bool = False) -> list[Learned]:
    """Learn the sites of which anything is new, and store their templates.

    Args:
        store: The corpus.
        config: Thresholds.
        now: Unix seconds.
        everything: Learn all sites.

    Returns:
        The sites that were learned; those without stale captures are settled already.

    Raises:
        StoreError: The database cannot be read or written; the sites that were learned so far are stored.
    """
    try:
        sites = outlined_sites(store.db, unsettled=not everything)
        return [_learn_site(store, site, newest, config, now) for site, newest in sites]
    except sqlite3.Error as error:
        raise store_error(error, store.file) from error


def _learn_site(store: Store, site: str, newest: int, config: RepeatsConfig, now: float) -> Learned:
    chosen = sample(newest_outlines(store.db, site), config)
    packed = read_outlines(store.db, chosen.values())
    read = {fetch_id: _unpack(lines) for fetch_id, lines in packed.items()}
    outlines = {url: outline for url, fetch_id in chosen.items() if (outline := read.get(fetch_id)) is not None}
    template = learn(outlines, config)
    digest = b"" if template is None else template.digest
    same, stale = _compare(store, site, template, read)
    articles = 0 if template is None else template.articles
    with store.transaction() as db:
        body = None if template is None else template.pack()
        store_template(db, site, articles=articles, digest=digest, body=body, now=now)
        confirm_template(db, same, digest)
        if not stale:
            mark_settled(db, site, newest)
    _trim(store, site, frozenset(chosen.values()))
    return Learned(site=site, articles=articles, stale=tuple(stale), newest=newest)


def _compare(
    store: Store, site: str, template: SiteTemplate | None, read: Mapping[int, Outline | None]
) -> tuple[list[int], list[int]]:
    """Return the captures that a template makes the same text of as they have, and those of which it does not.

    Args:
        store: The corpus.
        site: Name of the site.
        template: What the site repeats; None where nothing is known to.
        read: Outlines that are unpacked already, by fetch.
    """
    same: list[int] = []
    stale: list[int] = []
    for stored in cleaned_otherwise(store.db, site, b"" if template is None else template.digest):
        cut: tuple[int, ...] = ()
        if template is not None:
            outline = read[stored.fetch_id] if stored.fetch_id in read else _unpack(stored.lines)
            cut = () if outline is None else outline.rank_kept(template.judge(outline))
        (same if cut == stored.cut else stale).append(stored.fetch_id)
    return same, stale


def _trim(store: Store, site: str, learned_from: Collection[int]) -> None:
    """Let only the lines of the text be left of the outlines that the site is not learned from, a few at a time."""
    while few := whole_outlines(store.db, site, apart_from=learned_from, most=_BATCH):
        with store.transaction() as db:
            for fetch_id, lines in few.items():
                outline = _unpack(lines)
                trim_outline(db, fetch_id, lines if outline is None else outline.only_kept().pack())


def _unpack(lines: bytes) -> Outline | None:
    """Return an outline, None for one of another version: its page waits to be cleaned again anyway."""
    try:
        return Outline.unpack(lines)
    except ValueError:
        return None


def settle(crawl: Crawl, workers: Workers, shown: Callable[[str], None] = lambda _: None) -> Changes:
    """Learn the sites of which anything is new, and clean again what that changes.

    Raises:
        CollectorError: The corpus cannot be read or written; what is done so far is stored.
    """
    changes = Changes()
    learned = learn_sites(crawl.store, crawl.cleaner.repeats, crawl.now())
    asyncio.run(clean_unsettled(crawl, workers, learned, changes, shown))
    return changes


def settle_corpus(root: Path, config: Config, shown: Callable[[str], None] = lambda _: None) -> Changes:
    """Do the same for a corpus that is not open; a run is entered only where there is anything to clean again.

    Raises:
        CollectorError: The corpus cannot be read or written; what is done so far is stored.
    """
    with closing(open_store(CorpusFolder(root), config)) as store:
        learned = learn_sites(store, cleaner_config(config).repeats, time.time())
    sites = tuple(one.site for one in learned if one.stale)
    changes = Changes()
    if sites:
        with Workers(config) as workers:  # before anything is open that a process should not be forked with
            crawl = Crawl.open(root, Scope(sites=sites), config, command="reclean")
            state = "interrupted"
            try:
                asyncio.run(clean_unsettled(crawl, workers, learned, changes, shown))
                state = "finished"
            finally:
                crawl.close(state=state, note="what the sites repeat")
    return changes


async def clean_unsettled(
    crawl: Crawl, workers: Workers, learned: Sequence[Learned], changes: Changes, shown: Callable[[str], None]
) -> None:
    """Clean again what the templates change, site by site.

    Raises:
        CollectorError: The corpus cannot be read or written; what is done so far is stored.
    """
    crawl.templates.clear()
    for one in learned:
        if not one.stale:
            continue
        before = changes.counts.total()
        await clean_again(crawl, workers, _rows(crawl, one.stale), changes, shown)
        with crawl.store.transaction() as db:
            mark_settled(db, one.site, one.newest)
        changes.sites[one.site] = (one.articles, changes.counts.total() - before)
        logger.info("%s is learned from %d articles; %d pages cleaned again", one.site, *changes.sites[one.site])
    if changes.sites:
        with crawl.store.transaction():
            crawl.store.drop_unused_texts()


def _rows(crawl: Crawl, fetch_ids: Sequence[int]) -> Iterator[sqlite3.Row]:
    for fetch_id in fetch_ids:
        # None where it was forgotten since the site was learned.
        yield from crawl.store.db.execute(f"{CAPTURES} WHERE capture.fetch_id = ?", (fetch_id,)).fetchall()
