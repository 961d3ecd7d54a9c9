"""The systems that `throughput` measures: what is run, and how its texts are counted."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.throughput_pages import HOSTS

_HERE = Path(__file__).parent
_PEERS = {
    "news-please": ("news-please",),
    "newspaper4k": ("newspaper4k",),
    "fundus": ("fundus", "curl_cffi<0.14"),  # what Fundus 0.5.7 needs and does not say
    "datatrove": ("datatrove[io]", "trafilatura==2.3.1", "lxml_html_clean", "warcio", "faust-cchardet", "python-magic"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a system is given in a round."""

    #: A folder with the pages, see `benchmarks.throughput_pages`.
    pages: Path
    #: An empty folder.
    out: Path
    port: int
    peers: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One way to get texts of the pages."""

    name: str
    #: ``live`` or ``files``.
    path: str
    #: What is run.
    command: Callable[[Job], list[str]]
    #: Returns of how many pages it has a text; None where it wrote nothing.
    count: Callable[[Path], int]
    #: The packages whose versions are told.
    packages: tuple[str, ...]
    #: Name of its environment under ``--peers``; None for ours.
    environment: str | None = None
    #: Whether it can read any page, and not only those of publishers it knows.
    reads_all: bool = True


def _python(peers: Path | None, environment: str | None) -> str:
    return sys.executable if environment is None or peers is None else str(peers / environment / "bin" / "python")


def _peer(name: str, path: str, *packages: str, environment: str | None = None, reads_all: bool = True) -> System:
    def command(job: Job) -> list[str]:
        python = _python(job.peers, environment)
        script = str(_HERE / "throughput_peers.py")
        return [python, "-W", "ignore", script, name, str(job.pages), str(job.out / "texts.jsonl"), str(job.port)]

    return System(
        name=name,
        path=path,
        command=command,
        count=_count_lines,
        packages=packages,
        environment=environment,
        reads_all=reads_all,
    )


def _count_lines(out: Path) -> int:
    file = out / "texts.jsonl"
    lines = file.read_text("utf-8").split("\n") if file.exists() else []
    return sum(bool(json.loads(line)["text"]) for line in lines if line)


def _trafilatura(job: Job) -> list[str]:
    program = str(Path(sys.executable).with_name("trafilatura"))
    texts = job.out / "texts"
    texts.mkdir()
    folder = str(job.pages / "pages")
    return [program, "--input-dir", folder, "-o", str(texts), "--json", "--with-metadata", "--parallel", "1"]


def _count_files(out: Path) -> int:
    return sum(1 for path in (out / "texts").rglob("*") if path.is_file())


_SETTINGS = """
[fetch]
delay_seconds = 0
adaptive = false
concurrency = 8

[clean]
workers = {workers}
"""
_SITE = """
[sites.s{number}]
url = "http://{host}:{port}/"
sitemaps = ["http://{host}:{port}/{part}.xml"]
ignore = ['^https?://[^/]+/(?!news/story-[0-9]+\\.html$|{part}\\.xml$)']
"""


def _corpus(job: Job, workers: int, *, sites: bool) -> Path:
    part = job.pages.name
    entries = [_SITE.format(number=number, host=host, port=job.port, part=part) for number, host in enumerate(HOSTS)]
    settings = _SETTINGS.format(workers=workers) + ("".join(entries) if sites else "")
    (job.out / "collector.toml").write_text(settings, "utf-8")
    return job.out


def crawl_arguments(job: Job, workers: int) -> list[str]:
    """Make a corpus in a job's folder; return the arguments of the command line that crawls the pages."""
    corpus = _corpus(job, workers, sites=True)
    return ["crawl", "--corpus", str(corpus), "--sources", "sitemaps", "--quiet"]


def _crawl(workers: int) -> System:
    def command(job: Job) -> list[str]:
        return [sys.executable, "-m", "collector", *crawl_arguments(job, workers)]

    return System(
        name=f"ours, {workers} worker{'s' * (workers > 1)}",
        path="live",
        command=command,
        count=_count_corpus,
        packages=("news-corpus-collector", "scrapy", "trafilatura"),
    )


def _ingest(workers: int) -> System:
    def command(job: Job) -> list[str]:
        corpus = _corpus(job, workers, sites=False)
        (warc,) = (job.pages / "warc").iterdir()
        return [sys.executable, "-m", "collector", "ingest", str(warc), "--corpus", str(corpus)]

    return System(
        name=f"ours, ingest, {workers} worker{'s' * (workers > 1)}",
        path="files",
        command=command,
        count=_count_corpus,
        packages=("news-corpus-collector",),
    )


def _count_corpus(corpus: Path) -> int:
    with closing(sqlite3.connect(corpus / "corpus.db")) as database:
        return int(database.execute("SELECT count(*) FROM article").fetchone()[0])


def systems() -> list[System]:
    """Return everything that can be measured, the one that ratios refer to first on each path."""
    return [
        _peer("naive", "live", "scrapy", "trafilatura", "langdetect"),
        _crawl(1),
        _crawl(2),
        _peer("news-please", "live", "news-please", environment="news-please"),
        _peer("newspaper4k", "live", "newspaper4k", environment="newspaper4k"),
        _peer("fundus", "live", "fundus", environment="fundus", reads_all=False),
        System(
            name="trafilatura's command line",
            path="files",
            command=_trafilatura,
            count=_count_files,
            packages=("trafilatura",),
        ),
        _ingest(1),
        _ingest(2),
        _peer("datatrove", "files", "datatrove", "trafilatura", environment="datatrove"),
    ]


def make_environments(peers: Path) -> None:
    """Make an environment for each peer, where it is missing.

    Raises:
        subprocess.CalledProcessError: A package cannot be installed.
    """
    for name, packages in _PEERS.items():
        if not (peers / name / "bin" / "python").exists():
            sys.stderr.write(f"making {peers / name} …\n")
            subprocess.run([sys.executable, "-m", "venv", str(peers / name)], check=True)
            pip = [str(peers / name / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-warn-script-location"]
            subprocess.run([*pip, *packages], check=True, stderr=subprocess.DEVNULL)


def versions(system: System, peers: Path | None) -> str:
    """Return the versions of a system's packages."""
    program = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    command = [_python(peers, system.environment), "-c", program, *system.packages]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return ", ".join(f"{name} {number}" for name, number in zip(system.packages, found, strict=True))
