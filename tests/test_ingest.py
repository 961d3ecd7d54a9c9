"""One-off ingestion: whatever the form of the input, an article comes in once, with its place in the archive."""

import gzip
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import QUICK, collector, crawl, make_corpus, stored
from warcio.archiveiterator import ArchiveIterator

from collector.demo import DemoNewsSites
from corpus import open_corpus
from corpus.archive.reader import read_page

pytestmark = pytest.mark.slow

DUMP = "\n\n".join(
    [
        "Home | News | Sport\nFerry service resumes after storm",
        "The ferry between the two islands sailed again on Tuesday morning, two days after a storm had "
        "torn away part of the landing stage and left some four hundred passengers stranded on either "
        "side of the strait.",
        "Harbour engineers worked through the night to fix a temporary ramp, the port authority said. "
        "It will carry passengers but no lorries until the stage has been rebuilt, which may take until "
        "the end of the month.",
        "“We could not wait any longer,” said the captain, who has run the line for nineteen years. "
        "“People had missed hospital appointments, and the shops had begun to run out of milk.”",
        "Subscribe to our newsletter\n",
    ]
)


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoNewsSites]:
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0) as served:
        yield served


@pytest.fixture(scope="module")
def page(sites: DemoNewsSites) -> tuple[str, bytes]:
    """Return the URL and bytes of a page of the demo site."""
    import urllib.request

    truth = next(one for one in sites.truth if one.removal is None)
    with urllib.request.urlopen(sites.url_of(truth)) as response:
        return sites.url_of(truth), response.read()


def test_an_html_file_comes_in_under_the_url_that_it_names(tmp_path: Path, page: tuple[str, bytes]) -> None:
    root = make_corpus(tmp_path / "c", {})
    (tmp_path / "saved.html").write_bytes(page[1])
    done = collector("ingest", tmp_path / "saved.html", "--corpus", root, "--json")
    assert done.json["outcomes"] == {"kept": 1}, done.stderr
    assert list(stored(root)) == [page[0]]


def test_an_article_of_a_text_dump_is_readable_in_the_archive(tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "c", {})
    (tmp_path / "dump.txt").write_text(DUMP, "utf-8")
    done = collector("ingest", tmp_path / "dump.txt", "--corpus", root, "--json")
    assert done.json["outcomes"] == {"kept": 1}, done.stderr
    with open_corpus(root) as corpus:
        (article,) = corpus.articles()
        assert article.warc_record is not None
        assert read_page(corpus.folder.archive, article.warc_record).body.decode() == DUMP
    assert "newsletter" not in article.text
    assert article.text.startswith("The ferry between")
    assert article.title == "Ferry service resumes after storm"


def test_ingesting_twice_changes_nothing(tmp_path: Path, page: tuple[str, bytes]) -> None:
    root = make_corpus(tmp_path / "c", {})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dump.txt").write_text(DUMP, "utf-8")
    (tmp_path / "in" / "saved.html.gz").write_bytes(gzip.compress(page[1]))
    assert collector("ingest", tmp_path / "in", "--corpus", root, "--json").json["outcomes"] == {"kept": 2}
    before = stored(root)
    assert collector("ingest", tmp_path / "in", "--corpus", root, "--json").json["outcomes"] == {"unchanged": 2}
    assert stored(root) == before


def test_a_damaged_file_is_a_problem_that_names_it(tmp_path: Path, page: tuple[str, bytes]) -> None:
    root = make_corpus(tmp_path / "c", {})
    (tmp_path / "cut-off.html.gz").write_bytes(gzip.compress(page[1])[:-200])
    (tmp_path / "dump.txt").write_text(DUMP, "utf-8")
    done = collector("ingest", tmp_path / "cut-off.html.gz", tmp_path / "dump.txt", "--corpus", root, "--json")
    assert done.json["outcomes"] == {"kept": 1}
    assert "cut-off.html.gz" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "body", "evidence"),
    [
        ("noise.bin", random.Random(5).randbytes(3000), "binary data"),
        ("paper.txt", b"%PDF-1.7\n" + b"words and words\n" * 99, "PDF"),
        ("rows.jsonl", b'{"text": "a row of somebody\'s corpus, and a long one at that"}\n' * 99, "JSON"),
    ],
)
def test_a_file_that_is_no_text_is_removed_with_what_it_is(
    tmp_path: Path, name: str, body: bytes, evidence: str
) -> None:
    root = make_corpus(tmp_path / "c", {})
    (tmp_path / name).write_bytes(body)
    assert collector("ingest", tmp_path / name, "--corpus", root, "--json").json["outcomes"] == {"removed/not-html": 1}
    with open_corpus(root) as corpus:
        assert [page.evidence for page in corpus.removed()] == [f"the body is {evidence}"]


def test_a_line_that_is_no_url_does_not_make_a_list_of_urls_a_text(tmp_path: Path, sites: DemoNewsSites) -> None:
    root = make_corpus(tmp_path / "c", {}, QUICK)
    urls = [sites.url_of(one) for one in sites.truth if one.removal is None and not one.twins][:2]
    (tmp_path / "urls.txt").write_text("\n".join([*urls, "a line of somebody's notes"]), "utf-8")
    done = collector("ingest", tmp_path / "urls.txt", "--corpus", root, "--json")
    assert done.code == 4
    assert "no URL: a line of somebody's notes" in done.stderr
    assert set(stored(root)) == set(urls)


def test_a_url_for_a_file_must_be_one_and_be_of_one_file(tmp_path: Path, page: tuple[str, bytes]) -> None:
    root = make_corpus(tmp_path / "c", {})
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_bytes(page[1])
    for arguments in ((tmp_path / "a.html", "--url", "notaurl"), (tmp_path, "--url", "https://a.example/1")):
        done = collector("ingest", *arguments, "--corpus", root)
        assert done.code == 2
        assert "--url" in done.stderr
    assert stored(root) == {}


def payloads(file: Path) -> list[bytes]:
    with file.open("rb") as raw:
        return [one.content_stream().read() for one in ArchiveIterator(raw) if one.rec_type == "response"]


def test_a_warc_of_one_corpus_comes_into_another_by_reference(tmp_path: Path, sites: DemoNewsSites) -> None:
    outlet = sites.outlets[0]
    first = make_corpus(tmp_path / "first", {"post": f'url = "{outlet.url}"\nfeeds = ["{outlet.feed_url}"]'})
    assert crawl(first).code == 0
    second = make_corpus(tmp_path / "second", {"post": f'url = "{outlet.url}"'})
    files = sorted((first / "archive").glob("*.warc.gz"))
    done = collector("ingest", *files, "--corpus", second, "--json")
    assert done.code == 0, done.stderr
    assert stored(second) == stored(first)
    assert not list((second / "archive").glob("*.warc.gz"))
    again = collector("ingest", *files, "--corpus", second, "--json")
    assert set(again.json["outcomes"]) == {"unchanged"}
    assert collector("reclean", "--all", "--json", "--corpus", second).json["changes"].keys() == {"unchanged"}
    third = make_corpus(tmp_path / "third", {"post": f'url = "{outlet.url}"'})
    for _ in range(2):  # a second time brings nothing
        assert collector("ingest", "--copy", *files, "--corpus", third).code == 0
    assert stored(third) == stored(first)
    copied = {payload for file in (third / "archive").glob("*.warc.gz") for payload in payloads(file)}
    assert copied
    assert copied <= {payload for file in files for payload in payloads(file)}
    for file in files:  # copies need no originals
        file.unlink()
    assert collector("reclean", "--all", "--json", "--corpus", third).json["changes"].keys() == {"unchanged"}


def test_urls_come_from_arguments_files_and_standard_input(tmp_path: Path, sites: DemoNewsSites) -> None:
    root = make_corpus(tmp_path / "c", {}, QUICK)
    urls = [sites.url_of(one) for one in sites.truth if one.removal is None and not one.twins][:3]
    (tmp_path / "urls.txt").write_text(f"# two stories\n{urls[1]}\n", "utf-8")
    done = collector("ingest", urls[0], tmp_path / "urls.txt", "-", "--corpus", root, "--json", stdin=urls[2])
    assert done.code == 0, done.stderr
    assert set(stored(root)) == set(urls)
    assert {request.path for request in sites.requests if request.path.endswith("robots.txt")}


def test_what_is_neither_url_nor_file_is_named(tmp_path: Path) -> None:
    done = collector("ingest", "no-such-file.warc.gz", "--corpus", make_corpus(tmp_path / "c", {}))
    assert done.code == 2
    assert "no-such-file.warc.gz" in done.stderr


def test_scrapy_lists_and_runs_the_spiders_from_the_checkout(tmp_path: Path, sites: DemoNewsSites) -> None:
    outlet = sites.outlets[0]
    root = make_corpus(
        tmp_path / "c", {"post": f'url = "{outlet.url}"\nfeeds = ["{outlet.feed_url}"]\nfollow_links = false'}
    )
    checkout = Path(__file__).parents[1]
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], cwd=checkout, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["feeds", "sections", "site", "sitemaps", "urls"]
    command = [*scrapy, "crawl", "feeds", "-a", "site=post", "-s", f"COLLECTOR_CORPUS={root}"]
    subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True, timeout=120)
    assert stored(root)


@pytest.mark.shared
def test_broken_warcs_are_reported_and_the_rest_is_taken_in(tmp_path: Path, shared: Path) -> None:
    root = make_corpus(tmp_path / "c", {})
    done = collector("ingest", shared / "data" / "warc", "--as", "warc", "--corpus", root, "--json")
    assert done.code == 4, done.stderr
    assert done.json["problems"]
    assert sum(done.json["outcomes"].values()) > 5
