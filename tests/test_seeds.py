"""The five text dumps that the judgement of lines is measured by."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from crawling import collector, make_corpus, stored

from cleaners.lines import clean_text
from corpus.types import Article, Provenance

pytestmark = pytest.mark.shared

SEEDS = (
    "000_812d5f1ee50ddf98",
    "001_f9f8abcdc28e9b89",
    "002_32aec64dd3ada610",
    "003_f82678647236e8da",
    "004_1b7602e4c6cdf30b",
)


@pytest.fixture(scope="module", params=SEEDS)
def seed(shared, request):
    folder = shared / "seeds"
    expected = json.loads((folder / f"{request.param}.expected.json").read_text(encoding="utf-8"))
    provenance = Provenance(requested_url="https://example.com/story", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    verdict = clean_text((folder / f"{request.param}.txt").read_text(encoding="utf-8"), provenance)
    assert isinstance(verdict, Article)
    return verdict, expected


@pytest.mark.slow
def test_all_come_in_by_the_command_line_as_they_are_to_come_out(shared, tmp_path):
    root = make_corpus(tmp_path / "c", {})
    files = [shared / "seeds" / f"{seed}.txt" for seed in SEEDS]
    done = collector("ingest", *files, "--corpus", root, "--json")
    assert (done.code, done.json["outcomes"], done.json["problems"]) == (0, {"kept": 5}, []), done.stderr
    found = {Path(urlsplit(url).path).stem: text for url, (_, text) in stored(root).items()}
    for seed in SEEDS:
        expected = json.loads((shared / "seeds" / f"{seed}.expected.json").read_text(encoding="utf-8"))
        assert found[seed].split("\n\n") == expected["text"]


def test_the_text_is_whole_and_in_order(seed):
    article, expected = seed
    assert list(article.paragraphs) == expected["text"]


def test_nothing_of_the_page_around_it_is_left(seed):
    article, expected = seed
    assert [phrase for phrase in expected["absent"] if phrase in article.text] == []


def test_the_headline_is_found(seed):
    article, expected = seed
    assert article.title == expected["title"]


def test_the_authors_are_found(seed):
    article, expected = seed
    assert list(article.authors) == expected["authors"]


@pytest.mark.parametrize("field", ["published", "modified"])
def test_the_times_are_as_precise_as_stated(seed, field):
    article, expected = seed
    stated = getattr(article, field)
    assert (stated and stated.on.isoformat()) == expected[field]


def test_the_site_is_found(seed):
    article, expected = seed
    assert article.site_name == expected["site_name"]


def test_sections_and_tags_are_found(seed):
    article, expected = seed
    assert list(article.section) == expected.get("categories", [])
    assert list(article.tags) == expected["tags"]


def test_cuts_and_text_add_up_to_the_dump(seed, shared, request):
    article, _ = seed
    name = request.node.callspec.params["seed"]
    dump = (shared / "seeds" / f"{name}.txt").read_text(encoding="utf-8")
    kept = "".join(article.text.split()) + "".join("".join(cut.text.split()) for cut in article.cuts)
    assert sorted(kept) == sorted("".join(dump.split()).replace("•", ""))


def test_cleaning_the_text_again_changes_nothing(seed):
    article, _ = seed
    again = clean_text(article.text, article.provenance)
    assert isinstance(again, Article)
    assert again.text == article.text
