"""Measure near-duplicates: what is found on the evaluation sets, and what an article costs beside other indices.

    python -m benchmarks.dedup --data DIR [--sets tutorial,wire,reuse,natural,cost] [--limit N] [--json FILE]

``DIR`` holds ``truth.jsonl.gz`` and the folder ``dedup``. ``--limit`` takes the first documents of a set only. The set
``cost`` enters ``--articles`` made-up articles (`near_articles`) into our index, on disk, and up to ``--others`` into
datasketch's LSH and rensa's, in memory, each in a process of its own (``pip install '.[benchmarks]'``). A rate is that
of everything that an article needs: words, shingles, signature, query, verification (ours only), entry, commit.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import argparse
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import options
from benchmarks.near_articles import MadeUp, Pool
from benchmarks.near_sets import RULES, SETS, Bench, lines
from corpus.likeness import Scores
from corpus.shingles import SHINGLE_WORDS, Shingles, count_shared, shingle, words_of

#: Articles that enter in one transaction.
BATCH = 500
#: Numbers of articles at which figures are taken, beside the last one.
STOPS = (20_000, 90_000, 100_000, 300_000, 600_000, 900_000)
#: Lower bounds of the bands of resemblance in which recall is told.
BANDS = (0.95, 0.8, 0.65, 0.5, 0.4, 0.3, 0.0)


def main() -> None:
    names = [*SETS, "cost"]
    parser = options.make_parser(__doc__, sets=f"some of {', '.join(names)}", limit="documents of a set")
    parser.add_argument("--articles", type=int, default=100_000, help="made-up articles for our index")
    parser.add_argument("--others", type=int, default=20_000, help="made-up articles for the other indices")
    arguments = options.parse(parser, "dedup", "truth.jsonl.gz")
    chosen = [name for name in names if options.wanted(name, arguments.sets)]
    unknown = set(filter(None, arguments.sets.split(","))) - set(names)
    if unknown:
        parser.error(f"there is no set {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    with tempfile.TemporaryDirectory() as scratch:
        results = [
            figures
            for name in chosen
            if name in SETS
            for figures in SETS[name](arguments.data / "dedup", Path(scratch), arguments.limit)
        ]
        show(results)
        costs = list(measure_costs(arguments, Path(scratch))) if "cost" in chosen else []
    options.save([*results, *({"set": "cost", **cost} for cost in costs)], arguments.json)


# -- cost -------------------------------------------------------------------------------------------------------------


@dataclass
class Cost:
    """What some articles cost a system."""

    system: str
    articles: int
    #: Milliseconds an article, all together, and of those since the last line; wall clock and processor time.
    ms: float
    cpu_ms: float
    last_ms: float
    last_cpu_ms: float
    #: Growth of the process since it held the pool of sentences, the most that it has had in all, and bytes of the
    #: database.
    memory_mb: float
    most_mb: float
    bytes_each: float | None
    #: Lower bound of a band of resemblance -> [known pairs found, known pairs]; found pairs, and those of them that are
    #: not known, by the band that they are in.
    recall: dict[str, list[int]] = field(default_factory=dict)
    found: int = 0
    beyond: dict[str, int] = field(default_factory=dict)


def measure_costs(arguments: argparse.Namespace, scratch: Path) -> Iterator[dict[str, Any]]:
    table = cost_table()
    for system, count in (
        ("ours", arguments.articles),
        ("datasketch", arguments.others),
        ("rensa", arguments.others),
    ):
        if not count:
            continue
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            costs = alone.submit(run, system, arguments.data, count, scratch / f"{system}.db").result()
        for cost in costs:
            table.add_row(*cost_cells(cost))
            yield vars(cost)
        table.add_section()
    Console(width=200).print(table)


def run(system: str, data: Path, count: int, file: Path) -> list[Cost]:
    articles = MadeUp(Pool.of(list(sentences_of(data))))
    for number in range(50):
        shingle(articles.text(number))
    idle = memory_mb("VmRSS")
    entered: System = SYSTEMS[system](articles, file)
    costs: list[Cost] = []
    wall = cpu = 0.0
    done = (0, 0.0, 0.0)
    stops = {count, *(stop for stop in STOPS if stop < count)}
    for start in range(0, count, BATCH):
        texts = [articles.text(number) for number in range(start, min(start + BATCH, count))]
        entered.store(start, texts)
        began, began_cpu = time.perf_counter(), time.process_time()
        entered.enter(start, texts)
        wall += time.perf_counter() - began
        cpu += time.process_time() - began_cpu
        now = start + len(texts)
        if now in stops:
            entered.settle()
            since = now - done[0]
            costs.append(
                Cost(
                    system,
                    now,
                    1000 * wall / now,
                    1000 * cpu / now,
                    1000 * (wall - done[1]) / since,
                    1000 * (cpu - done[2]) / since,
                    memory_mb("VmRSS") - idle,
                    memory_mb("VmHWM"),
                    size_of(file) / now if file.exists() else None,
                )
            )
            done = (now, wall, cpu)
            print(vars(costs[-1]), file=sys.stderr, flush=True)
    judge_pairs(costs[-1], articles, entered.pairs(), count)
    return costs


def judge_pairs(cost: Cost, articles: MadeUp, found: set[tuple[int, int]], count: int) -> None:
    """Compare what was found with the pairs that were planted, whose scores are computed from the texts."""
    bands: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    sources = {}
    for source, number in articles.pairs(count):
        sources[number] = source
        band = band_of(articles, source, number)
        bands[band][0] += (source, number) in found
        bands[band][1] += 1
    cost.recall = {str(band): bands[str(band)] for band in BANDS if bands[str(band)][1]}
    cost.found = len(found)
    # Two near-duplicates of one article resemble each other, too.
    strangers = [pair for pair in found if sources.get(pair[0], pair[0]) != sources.get(pair[1], pair[1])]
    cost.beyond = dict(Counter(band_of(articles, *pair) for pair in strangers))


def band_of(articles: MadeUp, one: int, other: int) -> str:
    some, others = shingle(articles.text(one)), shingle(articles.text(other))
    scores = Scores(shared=count_shared(some, others), one=len(some), other=len(others))
    return str(next(bound for bound in BANDS if scores.resemblance >= bound))


def sentences_of(data: Path) -> Iterator[str]:
    for name in ("wire-reprints", "minhash-tutorial-2500"):
        yield from (row["text"] for row in lines(data / "dedup" / f"{name}.docs.jsonl.gz"))
    yield from (
        row["text"] for row in lines(data / "truth.jsonl.gz") if row.get("text") and row.get("language") == "en"
    )


def memory_mb(name: str) -> float:
    """Return how much memory is resident (VmRSS), or ever was (VmHWM)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) / 1000


def size_of(file: Path) -> int:
    return sum(part.stat().st_size for part in file.parent.glob(f"{file.name}*"))


class System:
    """A system that articles are entered into."""

    def store(self, start: int, texts: list[str]) -> None:
        """Put texts where an index finds them again, which any collector does anyway; not measured."""

    def enter(self, start: int, texts: list[str]) -> None:
        """Enter articles, of which the first has this number."""
        raise NotImplementedError

    def settle(self) -> None:
        """Bring all that is on disk into one file."""

    def pairs(self) -> set[tuple[int, int]]:
        """Return the pairs that were found, the earlier article first."""
        raise NotImplementedError


class Ours(System):
    """Our index, on disk, and beside it the texts, which are read again where two of them are compared."""

    def __init__(self, articles: MadeUp, file: Path) -> None:
        self.bench = _Read(file)

    def store(self, start: int, texts: list[str]) -> None:
        self.bench.texts.executemany("INSERT INTO text VALUES (?, ?)", enumerate(texts, start))
        self.bench.texts.commit()

    def enter(self, start: int, texts: list[str]) -> None:
        self.bench.add((number, shingle(text)) for number, text in enumerate(texts, start))

    def settle(self) -> None:
        self.bench.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def pairs(self) -> set[tuple[int, int]]:
        return set(self.bench.pairs())


class _Read(Bench):
    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.texts = sqlite3.connect(file.with_name(f"texts-of-{file.name}"))
        self.texts.execute("PRAGMA journal_mode = WAL")
        self.texts.execute("PRAGMA synchronous = OFF")
        self.texts.execute("CREATE TABLE text (number INTEGER PRIMARY KEY, body TEXT NOT NULL)")

    def shingles_of(self, number: int) -> Shingles:
        return shingle(self.texts.execute("SELECT body FROM text WHERE number = ?", (number,)).fetchone()[0])


class Datasketch(System):
    """datasketch's MinHash and LSH at our threshold, in memory, found pairs not verified."""

    def __init__(self, articles: MadeUp, file: Path) -> None:
        from datasketch import MinHash, MinHashLSH

        self.made = MinHash
        self.index = MinHashLSH(threshold=RULES.copy_resemblance, num_perm=128)
        self.found: set[tuple[int, int]] = set()

    def enter(self, start: int, texts: list[str]) -> None:
        for number, text in enumerate(texts, start):
            signature = self.made(num_perm=128)
            signature.update_batch([run.encode() for run in runs_of(text)])
            self.found.update((other, number) for other in self.index.query(signature))
            self.index.insert(number, signature)

    def pairs(self) -> set[tuple[int, int]]:
        return self.found


class Rensa(System):
    """rensa's MinHash and LSH at our threshold, in memory, found pairs not verified."""

    def __init__(self, articles: MadeUp, file: Path) -> None:
        from rensa import RMinHash, RMinHashLSH

        self.made = RMinHash
        self.index = RMinHashLSH(threshold=RULES.copy_resemblance, num_perm=128, num_bands=32)
        self.found: set[tuple[int, int]] = set()

    def enter(self, start: int, texts: list[str]) -> None:
        for number, text in enumerate(texts, start):
            signature = self.made(num_perm=128, seed=1)
            signature.update(list(runs_of(text)))
            self.found.update((other, number) for other in self.index.query(signature))
            self.index.insert(number, signature)

    def pairs(self) -> set[tuple[int, int]]:
        return self.found


SYSTEMS: dict[str, Callable[[MadeUp, Path], System]] = {"ours": Ours, "datasketch": Datasketch, "rensa": Rensa}


def runs_of(text: str) -> set[str]:
    """Return a text's runs of words as strings, which is how the other systems take them."""
    words = words_of(text)
    return set(map(" ".join, zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)))


# -- tables -----------------------------------------------------------------------------------------------------------


def show(results: list[dict[str, Any]]) -> None:
    table = Table(title="Evaluation sets")
    for column in ("set", "documents", "pairs", "found", "recall", "precision", "least", "median", "most", "above non"):
        table.add_column(column, justify="left" if column == "set" else "right", overflow="fold")
    for result in results:
        keys = ("documents", "pairs", "found", "recall", "precision", "least", "median", "most", "above_independent")
        table.add_row(result["set"], *("" if result.get(key) is None else f"{result[key]:g}" for key in keys))
    Console(width=200).print(table)


def cost_table() -> Table:
    table = Table(title="Cost of an article (ms: wall clock, in brackets processor time)")
    for column in (
        "system",
        "articles",
        "ms each",
        "of the last",
        "memory MB",
        "bytes each",
        "found",
        "beyond",
        "recall",
    ):
        table.add_column(column, justify="left" if column in {"system", "recall"} else "right", overflow="fold")
    return table


def cost_cells(cost: Cost) -> list[str]:
    return [
        cost.system,
        f"{cost.articles:,}",
        f"{cost.ms:.2f} ({cost.cpu_ms:.2f})",
        f"{cost.last_ms:.2f} ({cost.last_cpu_ms:.2f})",
        f"{cost.memory_mb:,.0f} ({cost.most_mb:,.0f})",
        "" if cost.bytes_each is None else f"{cost.bytes_each:,.0f}",
        f"{cost.found:,}" if cost.found else "",
        "  ".join(f">={band}: {count:,}" for band, count in cost.beyond.items()) or "0" if cost.found else "",
        "  ".join(f">={band}: {found / of:.4f} of {of}" for band, (found, of) in cost.recall.items()),
    ]


if __name__ == "__main__":
    main()
