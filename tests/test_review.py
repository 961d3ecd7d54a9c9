"""What cleaning did can be looked at: block by block for one URL, worst first for a site."""

import json
from pathlib import Path

import pytest
from crawling import collector, crawl, make_corpus

from collector.demo import DemoNewsSites
from collector.review import sample_articles
from corpus import open_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("review") / "c"
    with DemoNewsSites(addresses=("127.0.0.1",), crawl_delay_seconds=0) as sites:
        outlet = sites.outlets[0]
        make_corpus(root, {"post": f'url = "{outlet.url}"\nfeeds = ["{outlet.feed_url}"]'})
        assert crawl(root).code == 0
    return root


def test_every_block_of_a_page_is_told_and_the_kept_ones_are_the_text(corpus: Path) -> None:
    with open_corpus(corpus) as opened:
        article = max(opened.articles(site="post"), key=lambda one: one.words)
    done = collector("why", article.url, "--blocks", "--json", "--corpus", corpus)
    assert done.code == 0, done.stderr
    told = json.loads(done.stdout)
    kept = [block["text"] for block in told if block["kept"]]
    assert article.text.startswith(kept[0])
    assert set(kept) <= set(article.paragraphs)
    assert {block["rule"] for block in told if not block["kept"]} >= {"navigation", "share"}
    lines = collector("why", article.url, "--blocks", "--corpus", corpus).stdout.splitlines()
    assert len([line for line in lines if line.startswith("kept")]) == len(kept)


def test_a_page_that_was_never_judged_has_no_blocks_to_tell(corpus: Path) -> None:
    with open_corpus(corpus) as opened:
        (feed,) = (row["url"] for row in opened.query("SELECT url FROM url WHERE kind = 'feed' LIMIT 1"))
    done = collector("why", feed, "--blocks", "--corpus", corpus)
    assert done.code == 2
    assert "no page of" in done.stderr


def test_a_review_shows_the_page_beside_the_text_in_one_file(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "review.html"
    done = collector("review", "post", "--sample", "9", "--most", "4", "-o", file, "--corpus", corpus)
    assert done.code == 0, done.stderr
    page = file.read_text("utf-8")
    assert page.count("<section id=") == 4
    assert "4 of 9 articles" in page
    assert "<script" not in page
    assert 'class="rule">navigation' in page
    told = collector("review", "post", "--sample", "9", "--json", "--corpus", corpus).json
    doubts = [one["doubt"] for one in told["pages"]]
    assert doubts == sorted(doubts, reverse=True)
    assert len(doubts) == told["looked_at"] == 9
    assert {one["note"] for one in told["pages"]} == {None}


def test_what_a_page_says_is_text_on_the_review(corpus: Path, tmp_path: Path) -> None:
    html = tmp_path / "saved.html"
    story = "<p>The river rose by two metres in the night &lt;script&gt;alert(1)&lt;/script&gt; and fell again.</p>" * 9
    html.write_text(
        f"<title>High &lt;b&gt; water</title><article><h1>High &lt;b&gt; water</h1>{story}</article>", "utf-8"
    )
    root = make_corpus(tmp_path / "c", {})
    assert collector("ingest", html, "--corpus", root).code == 0
    assert collector("review", "ingest", "-o", tmp_path / "r.html", "--corpus", root).code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


def test_a_text_dump_has_no_blocks_to_tell(tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text("High water\n\n" + "The river rose by two metres in the night and fell again.\n\n" * 9, "utf-8")
    root = make_corpus(tmp_path / "c", {})
    assert collector("ingest", dump, "--corpus", root).code == 0
    for arguments in (("why", dump.as_uri(), "--blocks"), ("review", "ingest")):
        done = collector(*arguments, "--corpus", root)
        assert done.code == 2
        assert "text dump" in done.stderr


def test_blocks_are_told_as_the_sites_own_policy_has_them_judged(tmp_path: Path) -> None:
    html = tmp_path / "saved.html"
    story = "<p>The river rose by two metres in the night and left the mill without a wheel.</p>" * 9
    html.write_text(f'<meta name="robots" content="noai"><title>High water</title><h1>High water</h1>{story}', "utf-8")
    root = make_corpus(tmp_path / "c", {"post": 'url = "https://post.example/"'})
    url = "https://post.example/water"
    assert collector("ingest", html, "--url", url, "--corpus", root).code == 0
    assert "removed" not in collector("why", url, "--blocks", "--corpus", root).stdout
    with (root / "collector.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sites.post.rights]\nnoai = "obey"\n')
    assert "removed: opt-out" in collector("why", url, "--blocks", "--corpus", root).stdout


def test_the_sample_is_the_same_each_time_and_grows_by_what_is_added(corpus: Path) -> None:
    with open_corpus(corpus) as opened:
        five, nine = ([one.id for one in sample_articles(opened, "post", most)] for most in (5, 9))
    assert nine[:5] == five
    assert len(set(nine)) == 9


def test_a_site_that_is_not_there_is_named(corpus: Path) -> None:
    done = collector("review", "pots", "--corpus", corpus)
    assert done.code == 2
    assert "post" in done.stderr
