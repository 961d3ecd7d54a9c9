"""Figures for Prometheus: read from the corpus when they are asked for, served by `collector run` or left in a file.

They are named after https://prometheus.io/docs/practices/naming/. Counters begin with the corpus, not with the process:
whichever process tells them, they are the same.
"""

import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from collector.config import Config
from collector.health.causes import Cause
from collector.progress import GROUPS
from corpus.alarms import count_waiting, read_alarms
from corpus.errors import StoreError
from corpus.folder import CorpusFolder
from corpus.history import count_totals
from corpus.schema import connect

_Family = CounterMetricFamily | GaugeMetricFamily


class CorpusFigures(Collector):
    """A collector, in Prometheus' sense, of a corpus' figures."""

    def __init__(self, folder: CorpusFolder, config: Callable[[], Config]) -> None:
        self._folder = folder
        self._config = config

    def describe(self) -> Iterable[_Family]:
        """Tell nothing beforehand: the registry asks no corpus when we are registered."""
        return ()

    def collect(self) -> Iterator[_Family]:
        """Read the corpus; of one that cannot be read only that is told."""
        up = GaugeMetricFamily("collector_corpus_readable", "Whether the corpus could be read.")
        try:
            with closing(connect(self._folder.database, read_only=True)) as db:
                families = [*self._families(db)]
        except (StoreError, sqlite3.Error):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from families

    def _families(self, db: sqlite3.Connection) -> Iterator[_Family]:
        totals = count_totals(db)
        names = sorted({*totals, *(name for name, site in self._config().sites.items() if site.enabled)})
        pages = CounterMetricFamily("collector_pages", "Visits by what came of them.", labels=("site", "outcome"))
        answers = CounterMetricFamily("collector_answers", "Answers by HTTP status.", labels=("site", "status"))
        articles = CounterMetricFamily("collector_articles", "New articles that were stored.", labels=("site",))
        requests = CounterMetricFamily("collector_requests", "Requests, robots.txt included.", labels=("site",))
        open_alarms = GaugeMetricFamily("collector_alarm_open", "Open alarms.", labels=("site", "cause"))
        crawled = GaugeMetricFamily(
            "collector_last_crawl_timestamp_seconds", "When the last visit to a site was stored.", labels=("site",)
        )
        sent = dict(db.execute("SELECT site, sum(requests) FROM spending GROUP BY site").fetchall())
        ended = dict(db.execute("SELECT site, max(ended_at) FROM site_run GROUP BY site").fetchall())
        lasting = Counter((alarm.site, alarm.cause) for alarm in read_alarms(db, only_open=True))
        for name in names:
            counts = totals.get(name, Counter())
            for group, number in _by_group(counts).items():
                pages.add_metric((name, group), number)
            for key, number in counts.items():
                if key.startswith("status/"):
                    answers.add_metric((name, key.removeprefix("status/")), number)
            articles.add_metric((name,), counts["article/kept"])
            requests.add_metric((name,), sent.get(name, 0))
            if name in ended:
                crawled.add_metric((name,), ended[name])
            for cause in Cause:
                open_alarms.add_metric((name, cause), lasting[name, cause])
        waiting = GaugeMetricFamily("collector_notices_waiting", "Notices that no hook has delivered yet.")
        waiting.add_metric([], count_waiting(db))
        yield from (pages, answers, articles, requests, open_alarms, crawled, waiting)


def _by_group(counts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter(dict.fromkeys(GROUPS, 0))
    for key, number in counts.items():
        kind, _, outcome = key.partition("/")
        if kind in {"article", "section", "feed", "sitemap"}:
            found[outcome.partition("/")[0]] += number
    return found


def registry_of(folder: CorpusFolder, config: Callable[[], Config]) -> CollectorRegistry:
    """Return a registry of a corpus' figures and nothing else."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(CorpusFigures(folder, config))
    return registry


def write_metrics(file: Path, folder: CorpusFolder, config: Config) -> None:
    """Write the figures to a file, whole or not at all.

    Raises:
        StoreError: The file cannot be written.
    """
    text = generate_latest(registry_of(folder, lambda: config))
    try:
        # In the same folder, so that it can take the other's place; under a name that its reader passes over.
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "wb") as new:
            new.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}; check metrics.file in collector.toml") from error


@contextmanager
def serving_metrics(folder: CorpusFolder, config: Callable[[], Config]) -> Iterator[int | None]:
    """Serve the figures while the block runs, if the configuration names a port; yield the port.

    Raises:
        StoreError: The port cannot be bound.
    """
    metrics = config().metrics
    if not metrics.port:
        yield None
        return
    try:
        server, thread = start_http_server(metrics.port, metrics.address, registry_of(folder, config))
    except OSError as error:
        raise StoreError(f"metrics: {metrics.address}:{metrics.port} cannot be served: {error.strerror}") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
