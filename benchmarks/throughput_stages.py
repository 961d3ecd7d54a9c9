"""Where the processor time of a crawl goes, by stage: a sampling profile.

    python benchmarks/throughput_stages.py FILE crawl --corpus DIR ...     the crawling process
    python benchmarks/throughput_stages.py FILE study FOLDER               what a cleaning process does, on one page
                                                                           after the other

runs the command line, or cleaning alone, under a timer of the process' own processor time (``ITIMER_PROF``), looks at
each tick where the program is, and writes an object to FILE: processor seconds by stage. A tick counts for the
innermost function that a stage is known of, so that library code counts for whoever called it. Unlike a profiler that
traces calls, this slows nothing down: a tick costs some 10 µs each millisecond.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import json
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from types import FrameType

_TICK_SECONDS = 0.001

#: The beginning of a module's name -> stage; the longest that fits counts.
STAGES = {
    "scrapy": "fetch",
    "twisted": "fetch",
    "collector.response": "fetch",
    "spiders": "fetch",
    "collector.frontier": "frontier",
    "collector.pacing": "frontier",
    "collector.asking": "frontier",
    "collector.middlewares": "frontier",
    "collector.robots": "frontier",
    "collector.rights": "frontier",
    "corpus.ledger": "frontier",
    "corpus.leases": "frontier",
    "corpus.due": "frontier",
    "corpus.hosts": "frontier",
    "corpus.host_files": "frontier",
    "corpus.archive": "archive",
    "collector.recording": "archive",
    "pebble": "hand over",
    "multiprocessing": "hand over",
    "concurrent.futures": "hand over",
    "collector.workers": "hand over",
    "cleaners.decode": "decode",
    "corpus.archive.coding": "decode",
    "cleaners.parse": "parse",
    "cleaners.extract": "extract",
    "cleaners.cascade": "extract",
    "trafilatura": "extract",
    "justext": "extract",
    "readability": "extract",
    "htmldate": "metadata",
    "cleaners.metadata": "metadata",
    "cleaners.rights": "metadata",
    "cleaners.credit_lines": "metadata",
    "cleaners.line_facts": "metadata",
    "cleaners.line_bylines": "metadata",
    "cleaners.dates": "metadata",
    "cleaners.language": "language",
    "langdetect": "language",
    "cleaners": "judge",
    "collector.discovery": "links",
    "collector.study": "links",
    "corpus.documents": "dedup",
    "corpus.twins": "dedup",
    "corpus.shingles": "dedup",
    "corpus.signatures": "dedup",
    "corpus.postings": "dedup",
    "corpus.volumes": "dedup",
    "corpus.clusters": "dedup",
    "corpus.likeness": "dedup",
    "corpus.passages": "dedup",
    "corpus.paragraphs": "dedup",
    "corpus.store": "store",
    "corpus.grouping": "store",
    "corpus.stories": "store",
    "corpus.revisits": "store",
    "corpus.outlines": "store",
    "corpus.visits": "store",
    "corpus.history": "store",
    "corpus.schema": "store",
    "collector.pipelines": "store",
    "collector.committer": "store",
    "collector.settle": "settle",
    "collector.again": "settle",
    "corpus": "store",
}


class Sampler:
    """Counts, at each tick of the process' processor time, the stage that it is in."""

    def __init__(self) -> None:
        self.stages: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self._known: dict[str, str | None] = {}

    def start(self) -> None:
        """Begin to look."""
        self._began = time.process_time()
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _TICK_SECONDS, _TICK_SECONDS)

    def stop(self) -> dict[str, float]:
        """Stop looking; return processor seconds by stage, scaled to what was really used."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        used, ticks = time.process_time() - self._began, self.stages.total() or 1
        return {stage: used * count / ticks for stage, count in self.stages.most_common()}

    def _look(self, _: int, frame: FrameType | None) -> None:
        innermost, starting = frame, _is_importing(frame)
        while frame is not None:
            stage = "start" if starting else self._stage(frame.f_globals.get("__name__", ""))
            if stage is not None:
                self.stages[stage] += 1
                self.places[f"{stage}: {frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"] += 1
                return
            frame = frame.f_back
        self.stages["other"] += 1
        if innermost is not None:
            self.places[f"other: {innermost.f_globals.get('__name__')}.{innermost.f_code.co_qualname}"] += 1

    def _stage(self, module: str) -> str | None:
        if module not in self._known:
            names = module.split(".")
            prefixes = (".".join(names[:size]) for size in range(len(names), 0, -1))
            self._known[module] = next((STAGES[name] for name in prefixes if name in STAGES), None)
        return self._known[module]


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") == "importlib._bootstrap":
            return True
        frame = frame.f_back
    return False


def study_pages(folder: Path) -> int:
    """Study every page of a folder as a cleaning process does, after a first one that loads what is needed."""
    from benchmarks.throughput_pages import read_pages
    from collector.config import Config
    from collector.study import study
    from collector.tasks import Task
    from collector.warm_up import study_a_page
    from corpus.types import Kind, Provenance

    study_a_page()
    config = Config()
    pages = read_pages(folder)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    SAMPLER.start()
    for page in pages:
        url = page.address(80)
        study(
            Task(
                url=url,
                status=200,
                headers=(("Content-Type", "text/html"),),
                wire_body=Path(page.file).read_bytes(),
                provenance=Provenance(requested_url=url, fetched_at=at),
                kind=Kind.ARTICLE,
                site="",
                decoded=True,
            ),
            config,
        )
    return 0


SAMPLER = Sampler()


def main() -> int:
    file, *arguments = sys.argv[1:]
    if arguments[0] == "study":
        code = study_pages(Path(arguments[1]))
    else:
        from collector.cli import main as run

        sys.argv = ["collector", *arguments]
        SAMPLER.start()
        try:
            code = run() or 0  # type: ignore[func-returns-value]
        except SystemExit as ended:
            code = int(ended.code or 0)
        except BaseException:
            SAMPLER.stop()  # or its signal ends the process before the error is told
            raise
    found = SAMPLER.stop()
    Path(file).write_text(json.dumps({"stages": found, "places": dict(SAMPLER.places.most_common(60))}))
    return code


if __name__ == "__main__":
    sys.exit(main())
