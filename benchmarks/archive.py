"""Measure the archive: writing a page as the server compressed it and uncompressed, at each level; reading at random.

    python -m benchmarks.archive [--data DIR] [--sets a,b] [--limit N] [--json FILE]

``DIR/pages`` holds a folder of gzip'd pages for each set. Times are medians for one page.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import gzip
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import options
from corpus.archive import ArchiveWriter, iter_records, read_page, verify
from corpus.types import WarcRecord

_REQUEST = b"GET /news/story.html HTTP/1.1\r\nHost: a.example\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n"
_HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"), ("Cache-Control", "max-age=60")]


def main() -> None:
    parser = options.make_parser(__doc__, sets="folders in pages/", limit="pages taken, evenly (200)")
    arguments = options.parse(parser, "pages")
    folder = arguments.data / "pages"
    paths = sorted(
        path for path in folder.rglob("*.gz") if options.wanted(path.relative_to(folder).parts[0], arguments.sets)
    )
    pages = [gzip.decompress(path.read_bytes()) for path in paths[:: max(1, len(paths) // (arguments.limit or 200))]]
    mean_kb = statistics.mean(map(len, pages)) / 1e3
    note("pages", len(pages))
    note("mean kB", mean_kb)
    large = (b"".join(pages) * 3)[:260_000]
    with tempfile.TemporaryDirectory() as folder:
        _measure_one("260 kB compressed by the server", Path(folder), gzip.compress(large, 6), "gzip", 5)
        for level in (1, 3, 5, 6, 9):
            _measure_one(f"260 kB uncompressed, level {level}", Path(folder), large, "identity", level)
    with tempfile.TemporaryDirectory() as folder:
        _measure_many(Path(folder), pages)
    options.save([{"set": arguments.sets or "all", "system": "ours", **_figures}], arguments.json)


#: What was measured, by name.
_figures: dict[str, float] = {}


def note(name: str, value: float) -> None:
    """Print a figure and keep it."""
    _figures[name] = value
    print(f"{name}: {value:.0f}" if value >= 10 else f"{name}: {value:.2f}")


def _measure_one(name: str, folder: Path, body: bytes, coding: str, level: int) -> None:
    with ArchiveWriter(folder, prefix="benchmark", level=level) as writer:
        places: list[WarcRecord] = []

        def write() -> None:
            places.append(_write(writer, body, coding))

        processor, wall = _median(write, 100)
    stored = places[0].length or 0
    note(f"write {name}, processor µs", processor)
    note(f"write {name}, wall µs", wall)
    note(f"write {name}, bytes stored", stored)
    processor, wall = _median(lambda: read_page(folder, random.choice(places)), 100)
    note(f"read {name} at random, processor µs", processor)
    note(f"read {name} at random, wall µs", wall)


def _measure_many(folder: Path, pages: list[bytes]) -> None:
    with ArchiveWriter(folder, prefix="benchmark") as writer:
        places = [_write(writer, gzip.compress(page, 6), "gzip") for page in pages]
        flush_began = time.perf_counter()
        writer.flush()
        note("fsync after all pages, ms", (time.perf_counter() - flush_began) * 1e3)
    for name, passes in {
        "iterate": lambda: sum(1 for path in folder.iterdir() for _ in iter_records(path)),
        "verify": lambda: len(list(verify(folder, [(place, None) for place in places]))),
    }.items():
        began = time.perf_counter()
        passes()
        note(f"{name} a page and its request, µs", (time.perf_counter() - began) / len(pages) * 1e6)


def _write(writer: ArchiveWriter, body: bytes, coding: str) -> WarcRecord:
    return writer.write_exchange(
        url="https://a.example/news/story.html",
        fetched_at=datetime.now(UTC),
        request_line_and_headers=_REQUEST,
        status=200,
        reason="OK",
        headers=[*_HEADERS, ("Content-Encoding", coding)],
        wire_body=body,
        protocol="HTTP/1.1",
        ip="192.0.2.1",
    )


def _median(call: Callable[[], object], times: int) -> tuple[float, float]:
    processor, wall = [], []
    for _ in range(times):
        began, began_wall = time.process_time(), time.perf_counter()
        call()
        processor.append(time.process_time() - began)
        wall.append(time.perf_counter() - began_wall)
    return _microseconds(processor), _microseconds(wall)


def _microseconds(seconds: Iterable[float]) -> float:
    return statistics.median(seconds) * 1e6


if __name__ == "__main__":
    main()
