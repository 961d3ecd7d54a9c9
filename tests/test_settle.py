"""What a site repeats is learned from the archive: in the end the texts are the same, whatever came first."""

import contextlib
import functools
import http.server
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from crawling import QUICK, collector, crawl, make_corpus, stored, was_killed

pytestmark = pytest.mark.slow

SUBJECTS = ("ferry", "bridge", "lighthouse", "cashew", "dolphin", "school", "market", "harbour", "library", "orchard")
BOX = "walk beside them every day for the price of a cup of tea"
SITE = {"post": 'url = "https://post.example/"'}


def page(number: int, root: str = "https://post.example") -> str:
    """Return an article with a box of the site's amid its text, which no page alone shows to be none of it."""
    subject = SUBJECTS[number]
    deeds = ("opened", "painted", "repaired", "praised", "counted", "sold")
    body = [
        f"<p>The {subject} of the town was {deed} on day {number} of the month, the council said in the evening, and "
        f"{place}{number} people came to see it.</p>"
        for place, deed in enumerate(deeds)
    ]
    body.insert(
        3, f'<div class="tide"><p>Our reporters go where the news is, and you can {BOX} in the harbour.</p></div>'
    )
    url = f"{root}/2026/11/{number + 1:02}/the-{subject}-of-the-town"
    return (
        f'<!doctype html><html lang="en"><head><title>The {subject}</title><link rel="canonical" href="{url}"></head>'
        f'<body><nav><a href="/">Home</a></nav><article><h1>The {subject}</h1>{"".join(body)}</article></body></html>'
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("saved")
    paths = [folder / f"{subject}.html" for subject in SUBJECTS]
    for number, path in enumerate(paths):
        path.write_text(page(number), "utf-8")
    return paths


@pytest.fixture(scope="module")
def undisturbed(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus that took all pages in one run."""
    root = make_corpus(tmp_path_factory.mktemp("settle") / "undisturbed", SITE)
    done = ingest(root, files)
    assert done["settled"] == {"post": {"articles": 10, "recleaned": 10}}
    return root


def ingest(root: Path, files: Sequence[Path]) -> dict[str, dict[str, dict[str, int]]]:
    done = collector("ingest", *files, "--corpus", root, "--json")
    assert done.code == 0, done.stderr
    told: dict[str, dict[str, dict[str, int]]] = done.json
    return told


def learned(root: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return what a corpus knows of its sites, and the outlines that it knows it from."""
    database = sqlite3.connect(root / "corpus.db")
    templates = database.execute("SELECT site, articles, digest, body FROM template ORDER BY site").fetchall()
    outlines = database.execute(
        """SELECT url, outline.site, lines, whole, cut, template FROM outline
           JOIN fetch ON fetch.id = fetch_id JOIN url ON url.id = url_id ORDER BY url, fetch.fetched_at"""
    ).fetchall()
    database.close()
    return templates, outlines


def test_a_box_on_every_article_is_cut_from_the_first_ones_too(undisturbed: Path) -> None:
    texts = stored(undisturbed)
    assert len(texts) == len(SUBJECTS)
    assert not [url for url, (_, text) in texts.items() if BOX in text]
    assert {text.count("\n\n") for _, text in texts.values()} == {5}
    url = next(iter(texts))
    shown = collector("show", url, "--cuts", "--json", "--corpus", undisturbed)
    assert [cut["score"] for cut in shown.json["cuts"] if cut["rule"] == "repeated"] == [1.0]


def test_order_and_number_of_runs_change_nothing(undisturbed: Path, files: list[Path], tmp_path: Path) -> None:
    backwards = make_corpus(tmp_path / "backwards", SITE)
    assert ingest(backwards, files[:3:-1])["settled"] == {"post": {"articles": 6, "recleaned": 6}}
    assert ingest(backwards, files[3::-1])["settled"] == {}
    assert stored(backwards) == stored(undisturbed)
    assert learned(backwards) == learned(undisturbed)


def test_too_few_pages_are_left_as_they_are(files: list[Path], tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "few", SITE)
    assert ingest(root, files[:4])["settled"] == {}
    assert all(BOX in text for _, text in stored(root).values())


@pytest.mark.parametrize("stage", ["transaction-open:7", "replace-after:5"])
def test_a_run_that_is_killed_counts_nothing_twice(
    undisturbed: Path, files: list[Path], tmp_path: Path, stage: str
) -> None:
    root = make_corpus(tmp_path / "killed", SITE)
    assert was_killed(collector("ingest", *files, "--corpus", root, "--json", kill_at=stage))
    ingest(root, files)
    assert stored(root) == stored(undisturbed)
    assert learned(root) == learned(undisturbed)


def test_cleaning_everything_again_changes_nothing(undisturbed: Path) -> None:
    before = stored(undisturbed), learned(undisturbed)
    done = collector("reclean", "--all", "--corpus", undisturbed, "--json")
    assert done.json["changes"] == {"unchanged": 10}
    assert done.json["settled"] == {}
    assert (stored(undisturbed), learned(undisturbed)) == before


def test_a_crawl_settles_what_it_has_learned(tmp_path: Path) -> None:
    with serving(tmp_path / "site") as address:
        root = make_corpus(tmp_path / "crawled", {"town": f'url = "{address}/"'}, QUICK)
        done = crawl(root)
        assert done.code == 0, done.stderr
        assert done.json["settled"] == {"town": {"articles": 10, "recleaned": 10}}
        assert not [url for url, (_, text) in stored(root).items() if BOX in text]
        again = crawl(root)
    assert again.json["settled"] == {}
    told = collector("stats", "--json", "--corpus", root).json
    assert [(site["site"], site["learned_from"]) for site in told["sites"]] == [("town", 10)]
    assert [run["command"] for run in told["runs"]] == ["crawl", "reclean", "crawl"]
    url = next(iter(stored(root)))
    assert "known from 10 articles" in collector("why", url, "--corpus", root).stdout


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the articles, and a front that links to them, on loopback; yield the root URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    address = f"http://127.0.0.1:{server.server_port}"
    links = []
    for number, subject in enumerate(SUBJECTS):
        path = f"2026/11/{number + 1:02}/the-{subject}-of-the-town"
        (folder / path).mkdir(parents=True)
        (folder / path / "index.html").write_text(page(number, address).replace('town"></', 'town/"></'))
        links.append(f'<li><a href="/{path}/">The {subject} of the town, and what became of it</a></li>')
    (folder / "index.html").write_text(f"<html><body><ul>{''.join(links)}</ul></body></html>")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield address
    server.shutdown()
    server.server_close()
