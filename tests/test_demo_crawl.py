"""The whole main job on our own three outlets: what is kept, what is removed, and how politely."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from crawling import Finished, collector, crawl, make_corpus, stored

from collector.demo import DemoArticle, DemoNewsSites
from corpus import StoredArticle, UrlStory, open_corpus

pytestmark = pytest.mark.slow

DELAY_SECONDS = 0.05
SETTINGS = """
[collector]
contact = "mailto:tests@example.com"
[fetch]
delay_seconds = 0
adaptive = false
concurrency = 4
backoff_seconds = 0.2
"""


@dataclass(frozen=True)
class Crawled:
    sites: DemoNewsSites
    root: Path
    first: Finished

    def story(self, url: str) -> UrlStory:
        with open_corpus(self.root) as corpus:
            story = corpus.why(url)
        assert story is not None, url
        return story

    def article(self, truth: DemoArticle) -> StoredArticle:
        with open_corpus(self.root) as corpus:
            article = corpus.article(self.sites.url_of(truth))
        assert article is not None, truth.path
        return article


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with DemoNewsSites(crawl_delay_seconds=DELAY_SECONDS) as sites:
        entries = {o.key: f'url = "{o.url}"\nfeeds = ["{o.feed_url}"]' for o in sites.outlets}
        root = make_corpus(tmp_path_factory.mktemp("demo") / "c", entries, SETTINGS)
        first = crawl(root)
        assert first.code == 0, first.stderr
        yield Crawled(sites, root, first)


def kept(sites: DemoNewsSites) -> list[DemoArticle]:
    return [article for article in sites.truth if article.removal is None]


def test_every_article_is_stored_with_every_paragraph_in_order(crawled: Crawled) -> None:
    for truth in kept(crawled.sites):
        text, at = crawled.article(truth).text, 0
        for paragraph in truth.paragraphs:
            at = text.find(paragraph, at)
            assert at >= 0, f"{truth.path}: lost or out of order: {paragraph!r}\n{text}"
            at += len(paragraph)


def test_the_texts_hold_next_to_nothing_else(crawled: Crawled) -> None:
    surplus = {}
    for truth in kept(crawled.sites):
        known = " ".join([*truth.paragraphs, truth.standfirst or "", truth.pull_quote or "", truth.correction or ""])
        blocks = [block for block in crawled.article(truth).paragraphs if block not in known]
        if blocks:
            surplus[truth.path] = blocks
    words = sum(len(block.split()) for blocks in surplus.values() for block in blocks)
    true_words = sum(len(" ".join(truth.paragraphs).split()) for truth in kept(crawled.sites))
    assert words / true_words < 0.02, surplus


def test_metadata_is_what_the_outlets_say(crawled: Crawled) -> None:
    wrong = defaultdict(list)
    for truth in kept(crawled.sites):
        if truth.wire:
            continue  # one article speaks for three outlets, each with a headline of its own
        found = crawled.article(truth)
        if found.title != truth.title:
            wrong["title"].append((truth.path, truth.title, found.title))
        if set(found.authors) != set(truth.authors):
            wrong["authors"].append((truth.path, truth.authors, found.authors))
        if found.published is None:  # said by nothing but a feed that has rolled on
            wrong["unknown"].append(truth.path)
        elif _day(found.published) != _day(truth.published):
            wrong["published"].append((truth.path, truth.published, found.published))
        if found.language != truth.language:
            wrong["language"].append((truth.path, truth.language, found.language))
    total = len(kept(crawled.sites))
    assert not wrong["title"], wrong["title"]
    assert not wrong["published"], wrong["published"]
    assert len(wrong["unknown"]) <= 0.05 * total, wrong["unknown"]
    assert not wrong["language"], wrong["language"]
    assert len(wrong["authors"]) <= 0.05 * total, wrong["authors"]


def _day(when: date | datetime | None) -> date | None:
    return when.date() if isinstance(when, datetime) else when


def test_what_is_no_article_is_removed_with_reason_and_evidence(crawled: Crawled) -> None:
    urls = set(stored(crawled.root))
    for truth in crawled.sites.truth:
        if truth.removal is None:
            continue
        url = crawled.sites.url_of(truth)
        assert url not in urls, url
        with open_corpus(crawled.root) as corpus:
            story = corpus.why(url)
        if story is not None and story.outcome is not None:
            assert story.outcome.startswith("removed/"), (url, story.outcome)
            assert story.evidence, url
    for page in crawled.sites.odd_pages:
        assert crawled.sites.url_of(page) not in urls, page.path


def test_the_disallowed_section_is_never_asked_for(crawled: Crawled) -> None:
    assert not [request for request in crawled.sites.requests if request.path.startswith("/private/")]
    refused = collector("list", "--removed", "--json", "--corpus", crawled.root).stdout
    assert "Disallow: /private/" in refused


def test_robots_txt_comes_first_and_its_crawl_delay_is_kept(crawled: Crawled) -> None:
    by_host = defaultdict(list)
    for request in crawled.sites.requests:
        by_host[request.host].append(request)
    assert len(by_host) == 3
    for requests in by_host.values():
        assert requests[0].path == "/robots.txt"
        gaps = [later.time - earlier.time for earlier, later in pairwise(requests)]
        # Our clock spaces requests when they leave; a busy machine may deliver two of them closer together.
        assert sum(gap < 0.5 * DELAY_SECONDS for gap in gaps) <= 0.1 * len(gaps)
        assert sum(gaps) / len(gaps) >= DELAY_SECONDS


def test_the_user_agent_names_us_and_a_contact(crawled: Crawled) -> None:
    agents = {request.headers.get("user-agent", "") for request in crawled.sites.requests}
    assert all(agent.startswith("NewsCorpusCollector/") and "tests@example.com" in agent for agent in agents), agents


def test_a_wire_story_in_all_outlets_is_one_article_with_three_appearances(crawled: Crawled) -> None:
    shared = [truth for truth in kept(crawled.sites) if truth.wire]
    by_text = defaultdict(set)
    for truth in shared:
        by_text[crawled.article(truth).id].add(truth.outlet)
    assert {"harbour-post", "valley-ledger", "dakshin-samachar"} in by_text.values(), by_text


def test_twins_of_an_article_are_appearances_of_it(crawled: Crawled) -> None:
    with_twins = [truth for truth in kept(crawled.sites) if truth.twins]
    assert with_twins
    for truth in with_twins:
        assert crawled.article(truth).url == crawled.sites.url_of(truth)


def test_an_article_split_over_pages_is_joined(crawled: Crawled) -> None:
    (split,) = [truth for truth in kept(crawled.sites) if len(truth.parts) > 1]
    article = crawled.article(split)
    assert all(paragraph in article.text for paragraph in split.paragraphs)
    assert crawled.story(crawled.sites.url_of(split)).article is not None


def test_a_second_crawl_stores_nothing_new_and_an_update_is_a_version(crawled: Crawled) -> None:
    before = stored(crawled.root)
    first = {(one.host, one.path) for one in crawled.sites.requests if one.status == 200}
    asked = len(crawled.sites.requests)
    again = crawl(crawled.root, "--revisit-days", "1000")
    # Every page of these sites has a validator, so that no body is sent a second time.
    statuses = {(one.host, one.path): one.status for one in crawled.sites.requests[asked:]}
    assert [place for place, status in statuses.items() if status == 200 and place in first] == []
    assert sum(status == 304 for status in statuses.values()) > 40
    assert stored(crawled.root) == before
    assert not {"kept", "updated"} & again.outcomes.keys(), again.outcomes
    crawled.sites.update()
    third = crawl(crawled.root, "--revisit-days", "1000")
    assert third.outcomes.get("updated") == 1, third.outcomes
    (changed,) = [truth for truth in kept(crawled.sites) if truth.version == 2]
    article = crawled.article(changed)
    assert article.versions == 2
    assert all(paragraph in article.text for paragraph in changed.paragraphs)


def test_cleaning_again_without_a_change_changes_nothing(crawled: Crawled) -> None:
    before = stored(crawled.root)
    done = collector("reclean", "--all", "--json", "--corpus", crawled.root)
    assert done.code == 0, done.stderr
    assert set(done.json["changes"]) == {"unchanged"}, done.json["changes"]
    assert stored(crawled.root) == before


def test_stricter_settings_reach_stored_articles_without_a_request(crawled: Crawled) -> None:
    before, requests = stored(crawled.root), len(crawled.sites.requests)
    config = crawled.root / "collector.toml"
    config.write_text(config.read_text("utf-8") + "\n[clean]\nmin_words = 200\n", "utf-8")
    done = collector("reclean", "--json", "--corpus", crawled.root)
    assert done.code == 0, done.stderr
    assert done.json["changes"]["kept -> removed/too-short"] > 0
    assert stored(crawled.root).keys() < before.keys()
    config.write_text(config.read_text("utf-8").replace("min_words = 200", "min_words = 50"), "utf-8")
    assert collector("reclean", "--json", "--corpus", crawled.root).code == 0
    assert stored(crawled.root) == before
    assert len(crawled.sites.requests) == requests
