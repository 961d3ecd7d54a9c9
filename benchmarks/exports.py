"""Exports: articles a second, processor time and memory, beside the writers of `datasets` and datatrove.

The corpus is made up (`benchmarks.made_up_articles`). Every system runs as a process of its own and takes the same
articles, in the same order, from the same reader of the corpus; what reading alone costs is the first row. Ours and
datatrove's write JSON Lines and Parquet directly; `datasets` gathers the articles in a cache of Arrow files first
(``Dataset.from_generator``), and writes Parquet from there. Each compresses as it does by itself, datatrove with
zstandard; datatrove has its own names for the fields of JSON Lines, which ours are given, too, for one row.

    python -m benchmarks.exports --articles 100000 --folder /tmp/made-up
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.made_up_articles import build
from benchmarks.options import DATA, make_plain_parser, save
from corpus import open_corpus
from corpus.export import CorpusSource, Format, Settings, export
from corpus.export.conventions import for_datatrove
from corpus.export.records import Record
from corpus.schema import connect

#: What is asked of every system: all articles, none of which is like another.
_ALL = Settings()


def main() -> None:
    parser = make_plain_parser(__doc__)
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="evaluation data (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=100_000, metavar="N", help="articles (default: %(default)s)")
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where the corpus is made, and stays")
    parser.add_argument("--scratch", type=Path, default=None, metavar="DIR", help="where to write; emptied every time")
    parser.add_argument("--systems", default="", metavar="A,B", help=f"of {', '.join(SYSTEMS)}; all where empty")
    parser.add_argument("--run", default=None, help="used by this benchmark itself")
    options = parser.parse_args()
    if options.run:
        _run(options.run, options.folder, options.scratch)
        return
    build(options.folder, options.articles, options.data)
    with open_corpus(options.folder) as corpus:
        text_bytes = int(corpus.query("SELECT sum(length(CAST(body AS BLOB))) FROM text")[0][0])
    chosen = options.systems.split(",") if options.systems else list(SYSTEMS)
    figures: list[dict[str, object]] = []
    for name in chosen:
        figures.append({"system": name, **_measure(name, options.folder, options.scratch, text_bytes)})
        sys.stderr.write(f"{json.dumps(figures[-1])}\n")
    _show(figures, text_bytes)
    save(figures, options.json)


# -- systems ----------------------------------------------------------------------------------------------------------


def _records(folder: Path) -> Iterator[Record]:
    with open_corpus(folder) as corpus:
        yield from CorpusSource(corpus).records(_ALL)


def _read(folder: Path, _: Path) -> int:
    return sum(1 for _ in _records(folder))


def _ours(settings: Settings) -> Callable[[Path, Path], int]:
    def run(folder: Path, to: Path) -> int:
        with open_corpus(folder) as corpus:
            return export(corpus, to / "export", settings).articles

    return run


def _datasets(folder: Path, to: Path) -> int:
    import datasets

    datasets.disable_progress_bars()
    gathered = datasets.Dataset.from_generator(_records, gen_kwargs={"folder": folder}, cache_dir=str(to / "cache"))
    gathered.to_parquet(to / "export.parquet")
    return int(gathered.num_rows)


def _datatrove_documents(folder: Path) -> Iterator[object]:
    from datatrove.data import Document

    for record in _records(folder):
        yield Document(media=[], **for_datatrove(record))


def _datatrove_jsonl(folder: Path, to: Path) -> int:
    from datatrove.pipeline.writers import JsonlWriter

    writer = JsonlWriter(str(to / "export"), output_filename="${rank}.jsonl.zst", compression="infer")
    return sum(1 for _ in writer.run(_datatrove_documents(folder)))


def _datatrove_parquet(folder: Path, to: Path) -> int:
    from datatrove.pipeline.writers import ParquetWriter

    # Typed by its first document, it cannot take a field that is null there; so all metadata are one text.
    def as_text(_: object, document: object) -> dict[str, object]:
        return {
            "text": document.text,  # type: ignore[attr-defined]
            "id": document.id,  # type: ignore[attr-defined]
            "metadata": json.dumps(document.metadata),  # type: ignore[attr-defined]
        }

    writer = ParquetWriter(str(to / "export"), compression="zstd", adapter=as_text)
    return sum(1 for _ in writer.run(_datatrove_documents(folder)))


SYSTEMS: dict[str, Callable[[Path, Path], int]] = {
    "reading": _read,
    "ours-jsonl": _ours(Settings()),
    "ours-jsonl-datatrove": _ours(Settings(profile="datatrove")),
    "datatrove-jsonl": _datatrove_jsonl,
    "ours-parquet": _ours(Settings(format=Format.PARQUET, profile="huggingface")),
    "datasets-parquet": _datasets,
    "datatrove-parquet": _datatrove_parquet,
}


# -- measuring --------------------------------------------------------------------------------------------------------


def _run(name: str, folder: Path, to: Path) -> None:
    connect(folder / "corpus.db").close()  # which brings its schema up to date
    began = time.perf_counter()
    articles = SYSTEMS[name](folder, to)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "articles": articles,
        "seconds": round(time.perf_counter() - began, 1),
        "processor seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "memory MB": round(usage.ru_maxrss / 1024),
    }
    print(json.dumps(figures))


def _measure(name: str, folder: Path, scratch: Path | None, text_bytes: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(dir=scratch) as to:
        command = [sys.executable, "-m", "benchmarks.exports", "--run", name, "--folder", str(folder), "--scratch", to]
        offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": to}
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=dict(os.environ) | offline).stdout
        figures: dict[str, object] = json.loads(printed.splitlines()[-1])
        shutil.rmtree(Path(to) / "cache", ignore_errors=True)
        size = sum(path.stat().st_size for path in Path(to).rglob("*") if path.is_file())
    seconds = float(str(figures["seconds"]))
    return figures | {
        "articles a second": round(int(str(figures["articles"])) / seconds),
        "articles a processor second": round(int(str(figures["articles"])) / float(str(figures["processor seconds"]))),
        "MB of text a second": round(text_bytes / 1e6 / seconds, 1),
        "MB written": round(size / 1e6),
    }


def _show(figures: list[dict[str, object]], text_bytes: int) -> None:
    software = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "datasets", "datatrove", "zstandard"))
    table = Table(title=f"{figures[0]['articles']} articles, {text_bytes / 1e6:.0f} MB of text; {software}")
    for column in figures[0]:
        table.add_column(column, justify="left" if column == "system" else "right")
    for one in figures:
        table.add_row(*(str(value) for value in one.values()))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
