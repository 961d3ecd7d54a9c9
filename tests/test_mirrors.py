"""Crawls of mirrors of real news sites: nothing is missing, the text is right, a second crawl costs next to nothing."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from urllib.parse import urlsplit

import pytest
from crawling import crawl, make_corpus, serving_mirror

from corpus import open_corpus

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def articles_of(data: Path, name: str) -> dict[str, dict[str, str]]:
    """Return the mirror's true articles, by path."""
    with gzip.open(data / "sites" / f"{name}.truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {path_of(row["url"]): row for row in rows if row["kind"] == "article"}


def path_of(url: str) -> str:
    """Return a URL's path; a static mirror's pages name themselves with and without ``index.html``."""
    return urlsplit(url).path.removesuffix("index.html")


def word_f1(found: str, true: str) -> float:
    """Return the F1 of two bags of words."""
    bags = [Counter(text.split()) for text in (found, true)]
    common = (bags[0] & bags[1]).total()
    return 2 * common / max(bags[0].total() + bags[1].total(), 1)


def found_paths(root: Path) -> dict[str, str]:
    """Return the text that stands at each path; ozarkgazette printed one advisory on two days, under two headlines."""
    with open_corpus(root) as corpus:
        return {path_of(url): article.text for article in corpus.articles() for url in article.appearances}


@pytest.fixture(scope="module")
def wyofile(shared: Path) -> Iterator[str]:
    with serving_mirror(shared / "data", "wyofile") as root:
        yield root


@pytest.fixture(scope="module")
def ozarkgazette(shared: Path) -> Iterator[str]:
    with serving_mirror(shared / "data", "ozarkgazette") as root:
        yield root


def test_every_article_of_a_real_site_is_stored_with_its_text(wyofile: str, shared: Path, tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "c", {"wyofile": f'url = "{wyofile}/"\nfeeds = ["{wyofile}/feed/"]'})
    first = crawl(corpus)
    assert first.code == 0, first.stderr
    truth, found = articles_of(shared / "data", "wyofile"), found_paths(corpus)
    assert len(truth.keys() & found.keys()) >= 250, sorted(truth.keys() - found.keys())
    scores = [word_f1(found[path], row["text"]) for path, row in truth.items() if path in found]
    assert mean(scores) >= 0.97
    second = crawl(corpus, "--revisit-days", "1000")
    assert found_paths(corpus) == found
    assert second.outcomes["unchanged"] >= len(found)
    assert not {"kept", "updated", "part"} & second.outcomes.keys(), second.outcomes


@pytest.mark.parametrize("spider", ["sections", "sitemaps", "feeds"])
def test_each_way_of_discovery_alone_finds_the_articles(
    wyofile: str, shared: Path, tmp_path: Path, spider: str
) -> None:
    corpus = make_corpus(tmp_path / "c", {"wyofile": f'url = "{wyofile}/"\nfeeds = ["{wyofile}/feed/"]'})
    assert crawl(corpus, "--sources", spider).code == 0
    truth, found = articles_of(shared / "data", "wyofile"), found_paths(corpus)
    assert len(truth.keys() & found.keys()) >= 250, sorted(truth.keys() - found.keys())


def test_a_home_page_drawn_by_script_falls_back_to_the_sitemap(ozarkgazette: str, shared: Path, tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "c", {"ozark": f'url = "{ozarkgazette}/"'})
    done = crawl(corpus, "--sources", "sections")
    assert done.code == 0, done.stderr
    truth, found = articles_of(shared / "data", "ozarkgazette"), found_paths(corpus)
    assert truth.keys() <= found.keys(), sorted(truth.keys() - found.keys())
    # Its standfirsts are the article's to a reader, and stand outside of what this truth takes for the body; its
    # disclaimers and credits, which close many articles word for word, stand within it.
    assert mean(word_f1(found[path], row["text"]) for path, row in truth.items()) >= 0.945
