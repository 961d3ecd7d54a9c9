"""The files of `benchmarks.bulk` hold what they say they do, and its figures count what was stored."""

from pathlib import Path

import pytest

from benchmarks.bulk import Look, _parts, _rate
from benchmarks.bulk_files import make_warc, make_wet, vary
from benchmarks.throughput_run import _idle_share
from benchmarks.throughput_scaling import Scaled, bound_of_workers
from corpus.archive.reader import ConvertedText, pages, texts
from corpus.types import Page

SENTENCE = "the ferry from the island came in late again on a stormy afternoon"
PAGE = (
    f"<html><head><link rel=canonical href='https://post.example/2024/05/01/ferry'><script>var a='<b>{SENTENCE}</b>'"
    f"</script></head><body><time>2024-05-01</time><p>{SENTENCE}</p><p>short</p></body></html>"
).encode()
SOURCES = [("post.example", PAGE), ("", PAGE.replace(b"ferry", b"dolphin"))]


def test_every_record_of_a_warc_is_a_page_at_its_offset(tmp_path: Path) -> None:
    offsets = make_warc(tmp_path / "bulk.warc.gz", SOURCES, 5)
    found = [page for page in pages(tmp_path / "bulk.warc.gz") if isinstance(page, Page)]
    assert [page.provenance.warc_record.offset for page in found if page.provenance.warc_record] == offsets
    assert len({page.url for page in found}) == len({page.body for page in found}) == 5


def test_every_record_of_a_wet_file_is_a_text_at_its_offset(tmp_path: Path) -> None:
    offsets = make_wet(tmp_path / "bulk.wet.gz", SOURCES, 5)
    found = [text for text in texts(tmp_path / "bulk.wet.gz") if isinstance(text, ConvertedText)]
    assert [text.record.offset for text in found if text.record] == offsets
    assert all(min(SENTENCE.split()) in text.text for text in found)


def test_a_variant_has_the_same_words_in_another_order_and_its_own_host_and_day() -> None:
    variant = vary(PAGE, "post.example", 1)
    text = variant.split(b"<p>")[1].split(b"</p>")[0]
    assert sorted(text.split()) == sorted(SENTENCE.encode().split())
    assert text != SENTENCE.encode()
    assert f"<b>{SENTENCE}</b>".encode() in variant  # a script is left as it is
    assert b"post.example" not in variant
    assert b"<time>2026-01-01</time>" in variant
    assert b"<p>short</p>" in variant
    assert vary(PAGE, "post.example", 1) == variant != vary(PAGE, "post.example", 2)


def test_rates_and_memory_are_told_by_fifths_of_the_records() -> None:
    looks = [Look(float(second), 10 * second, 100.0 + second) for second in range(10)]
    parts = _parts(looks)
    assert [[look.records for look in part] for part in parts] == [[0, 10], [20, 30], [40, 50], [60, 70], [80, 90]]
    assert [_rate(part) for part in parts] == [10.0] * 5


@pytest.mark.parametrize(("own", "bound"), [(0.0, 2.0), (10.0, 1.8), (50.0, 1.0)])
def test_two_workers_are_bounded_by_what_the_crawling_process_takes(own: float, bound: float) -> None:
    scaled = Scaled(
        path="live",
        setting="",
        pages=100,
        seconds=1,
        processor_seconds=100,
        crawling_seconds=own,
        idle_share=0.0,
        load=1.0,
    )
    assert bound_of_workers(scaled) == bound


@pytest.mark.parametrize(
    ("looks", "share"),
    [
        ([], 0.0),
        ([[(10.0, 1.0), (20.0, 11.0)]], 0.0),
        ([[(10.0, 1.0), (20.0, 6.0)]], 0.5),
        ([[(10.0, 1.0), (20.0, 6.0), (20.2, 0.0)]], 0.5),  # it ended while we looked
        ([[(10.0, 1.0), (20.0, 11.0)], [(0.0, 1.0), (20.0, 11.0)]], 1 / 3),
    ],
)
def test_a_process_is_idle_while_it_neither_runs_nor_waits_for_a_processor(
    looks: list[list[tuple[float, float]]], share: float
) -> None:
    assert _idle_share(looks) == pytest.approx(share)
