"""Prometheus gets the corpus' figures, from a file that is whole at any moment and from a port."""

import socket
import urllib.request
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, story
from prometheus_client.parser import text_string_to_metric_families

from collector.config import Config, read_config
from collector.health.metrics import serving_metrics, write_metrics
from collector.health.settings import Metrics
from corpus.alarms import open_alarm
from corpus.errors import StoreError
from corpus.folder import CorpusFolder
from corpus.types import Reason


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    with Builder.begin(tmp_path / "c") as builder:
        builder.list("https://post.example/rss")
        builder.take(Shot(url="https://post.example/a", text=story("ferry")))
        builder.remove("https://post.example/b", Reason.HTTP_ERROR, "HTTP 403")
        with builder.store.transaction() as db:
            open_alarm(
                db,
                site="post",
                cause="blocked",
                measure="kept-out/denied",
                share=1.0,
                since=0,
                now=1,
                run_id=1,
                evidence="",
                examples=(),
                hooks=("webhook",),
            )
        builder.end(1)
    return CorpusFolder(tmp_path / "c")


_LABELS = ("site", "outcome", "status", "cause")


def samples(text: str) -> dict[tuple[str, str], float]:
    """Return the values by name and labels."""
    return {
        (sample.name, " ".join(sample.labels[name] for name in _LABELS if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figures_of(text: str) -> None:
    found = samples(text)
    assert found["collector_corpus_readable", ""] == 1
    assert found["collector_articles_total", "post"] == 1
    assert found["collector_pages_total", "post removed"] == 1
    assert found["collector_pages_total", "post listed"] == 1
    assert found["collector_answers_total", "post 403"] == 1
    assert found["collector_alarm_open", "post blocked"] == 1
    assert found["collector_alarm_open", "post robots"] == found["collector_alarm_open", "ledger blocked"] == 0
    assert found["collector_notices_waiting", ""] == 1
    assert found["collector_last_crawl_timestamp_seconds", "post"] > 0


def test_the_file_has_the_corpus_figures_and_nothing_is_left_beside_it(folder: CorpusFolder, tmp_path: Path) -> None:
    file = tmp_path / "textfiles" / "collector.prom"
    file.parent.mkdir()
    for _ in range(2):
        write_metrics(file, folder, read_config(folder.config))
    figures_of(file.read_text())
    assert [entry.name for entry in file.parent.iterdir()] == ["collector.prom"]
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written_is_named(folder: CorpusFolder, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone/collector\.prom: No such file"):
        write_metrics(tmp_path / "gone" / "collector.prom", folder, Config())


def test_the_endpoint_serves_the_same_on_loopback_and_ends_with_the_daemon(folder: CorpusFolder) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = read_config(folder.config).model_copy(update={"metrics": Metrics(port=port)})
    with serving_metrics(folder, lambda: config) as served:
        assert served == port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            figures_of(answer.read().decode())
        with (
            pytest.raises(StoreError, match="cannot be served"),
            serving_metrics(
                folder, lambda: config.model_copy(update={"metrics": Metrics(port=1, address="192.0.2.1")})
            ),
        ):
            pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_no_port_is_opened_unless_it_is_asked_for(folder: CorpusFolder) -> None:
    with serving_metrics(folder, Config) as served:
        assert served is None


def test_a_corpus_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    write_metrics(tmp_path / "collector.prom", CorpusFolder(tmp_path / "nowhere"), Config())
    assert samples((tmp_path / "collector.prom").read_text()) == {("collector_corpus_readable", ""): 0}
