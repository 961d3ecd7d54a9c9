"""What the throughput benchmark counts is what it says."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.memory import Look, slope
from benchmarks.throughput import deal_out
from benchmarks.throughput_pages import Served, read_pages, write_warc
from benchmarks.throughput_run import measure
from benchmarks.throughput_stages import Sampler
from benchmarks.throughput_tables import Line, plot, show
from corpus.archive.reader import pages
from corpus.types import Page

BURN = "import time\nwhile time.process_time() < 0.5: pass"


def line(system: str, seconds: float) -> Line:
    return Line(
        system=system,
        path="live",
        versions="scrapy 2.19",
        pages=102,
        texts=99,
        processor_seconds=seconds,
        seconds=seconds,
        peak_mb=100.0,
        start_seconds=1.0,
        rounds=2,
    )


def serve(folder: Path, number: int) -> list[Served]:
    folder.mkdir()
    served = []
    for place in range(number):
        file = folder / f"{place}.html"
        file.write_text(f"<html><title>Number {place}</title>")
        served.append(Served(host="127.0.0.2", path=f"/{place}", file=str(file), url=""))
    return served


@pytest.mark.skipif(sys.platform != "linux", reason="adopts processes as Linux alone lets it")
def test_a_process_that_outlives_its_parent_is_counted(tmp_path: Path) -> None:
    left_alone = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"
    usage = measure([sys.executable, "-c", left_alone], tmp_path / "run.log")
    assert usage.code == 0
    assert usage.processor_seconds >= 0.5


def test_what_starting_takes_is_told_apart_from_further_pages() -> None:
    assert line("naive", 12.0).milliseconds == pytest.approx(12_000 / 102)
    assert line("naive", 12.0).milliseconds_beyond_start == pytest.approx(10_000 / 100)


def test_ratios_are_to_the_first_system(capsys: pytest.CaptureFixture[str]) -> None:
    show([line("naive", 12.0), line("ours", 6.0)])
    rows = [row.split(" | ") for row in capsys.readouterr().out.splitlines() if row.startswith("| ")]
    assert [row[4] for row in rows] == ["ratio", "1.00", "0.50"]
    assert [row[7] for row in rows] == ["ratio", "1.00", "0.40"]
    assert plot([line("naive", 12.0), line("ours", 6.0)]).count("<rect") == 2


def test_every_page_is_in_one_round_and_the_first_alone_too(tmp_path: Path) -> None:
    served = serve(tmp_path / "all", 7)
    start, *rounds = (read_pages(part) for part in deal_out(tmp_path, served, 3))
    assert start == served[:1]
    assert sorted(page.path for part in rounds for page in part) == [page.path for page in served]


def test_the_warc_holds_what_the_server_gives(tmp_path: Path) -> None:
    served = serve(tmp_path / "all", 3)
    _, part = deal_out(tmp_path, served, 1)
    found = [page for page in pages(write_warc(part, 8000)) if isinstance(page, Page)]
    assert [(page.url, page.body) for page in found] == [
        (page.address(8000), Path(page.file).read_bytes()) for page in served
    ]


@pytest.mark.parametrize(
    ("module", "stage"),
    [
        ("cleaners.metadata.dates", "metadata"),
        ("cleaners.frame", "judge"),
        ("corpus.archive.coding", "decode"),
        ("corpus.archive.writer", "archive"),
        ("collector.cli.crawl", None),
    ],
)
def test_the_longest_name_that_fits_tells_the_stage(module: str, stage: str | None) -> None:
    assert Sampler()._stage(module) == stage


@pytest.mark.parametrize(("megabytes", "grown"), [((100, 100, 100), 0.0), ((500, 100, 102), 2.0)])
def test_growth_is_told_from_where_memory_is_warm(megabytes: Sequence[float], grown: float) -> None:
    looks = [
        Look(
            pages=1000 * number,
            seconds=0.0,
            crawl=size,
            crawl_peak=size,
            crawl_processor=0.0,
            fork_server=0.0,
            cleaning=0.0,
            cleaning_processes=2,
            together=size,
        )
        for number, size in enumerate(megabytes)
    ]
    assert slope(looks, "crawl", 1000) == pytest.approx(grown)
