"""``collector add``: looks at a site politely, tells what it found, and writes that down."""

import json
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import Call

from collector.config import read_config
from collector.demo import DemoNewsSites, Outlet
from collector.demo.server import LoopbackServer, QuietHandler

QUICK = "[fetch]\ndelay_seconds = 0\ntimeout_seconds = 5\n"


@pytest.fixture(scope="module")
def _demo() -> Iterator[DemoNewsSites]:
    with DemoNewsSites(crawl_delay_seconds=0) as sites:
        yield sites


@pytest.fixture
def demo(_demo: DemoNewsSites) -> DemoNewsSites:
    _demo.forget_requests()
    return _demo


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the configuration of a new corpus folder, which commands work on."""
    monkeypatch.setenv("COLLECTOR_CORPUS", str(tmp_path))
    (tmp_path / "collector.toml").write_text(f"# by hand\n{QUICK}", "utf-8")
    return tmp_path / "collector.toml"


def entries(config: Path) -> dict[str, dict[str, object]]:
    read_config(config)
    return tomllib.loads(config.read_text("utf-8")).get("sites", {})


def named(outlet: Outlet) -> str:
    return outlet.host.replace(":", "-")


# -- what is found ----------------------------------------------------------------------------------------------------


def test_a_site_is_written_down_with_its_feeds(demo: DemoNewsSites, config: Path, call: Call) -> None:
    outlet = demo.outlet("harbour-post")
    told = call("add", outlet.url)
    assert told.code == 0
    assert entries(config) == {
        named(outlet): {"url": outlet.url, "name": "The Harbour Post", "feeds": [outlet.feed_url]}
    }
    assert config.read_text("utf-8").startswith(f"# by hand\n{QUICK}")
    assert f"collector crawl {named(outlet)}" in told.out


def test_feeds_and_sitemaps_are_told_with_what_they_name(demo: DemoNewsSites, config: Path, call: Call) -> None:
    outlet = demo.outlet("valley-ledger")
    lines = call("add", outlet.url).out.splitlines()
    found = [line.split(maxsplit=4)[:4] for line in lines if line.startswith(("feed ", "sitemap "))]
    assert found[0] == ["feed", "10", "articles", "2026-11-12"]
    assert [line[:3] for line in found[1:]] == [["sitemap", "2", "sitemaps"], ["sitemap", "4", "articles"]]
    assert "language    en-US" in lines


def test_a_home_page_drawn_by_script_is_called_that_and_its_feed_found_at_a_usual_place(
    demo: DemoNewsSites, config: Path, call: Call
) -> None:
    outlet = demo.outlet("dakshin-samachar")
    told = json.loads(call("add", outlet.url, "--json").out)
    assert told["survey"]["drawn_by_script"] is True
    assert told["entry"]["feeds"] == [outlet.feed_url]
    assert told["written"] is True


def test_the_report_fits_on_a_terminal(demo: DemoNewsSites, config: Path, call: Call, terminal: None) -> None:
    lines = call("add", demo.outlets[0].url, "--dry-run").out.splitlines()
    assert max(map(len, lines)) <= 80


# -- manners ----------------------------------------------------------------------------------------------------------


def test_robots_txt_comes_first_and_nothing_that_it_forbids_is_asked_for(
    demo: DemoNewsSites, config: Path, call: Call
) -> None:
    call("add", demo.outlets[0].url)
    paths = [request.path for request in demo.requests]
    assert paths[0] == "/robots.txt"
    assert paths[1] == "/"
    assert len(paths) == len(set(paths))
    assert not [path for path in paths if path.startswith("/private/")]


def test_requests_keep_the_delay_and_come_one_at_a_time(demo: DemoNewsSites, config: Path, call: Call) -> None:
    config.write_text("[fetch]\ndelay_seconds = 0.15\n", "utf-8")
    call("add", demo.outlets[0].url)
    times = [request.time for request in demo.requests]
    assert len(times) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.15


def test_requests_say_who_asks(demo: DemoNewsSites, config: Path, call: Call) -> None:
    config.write_text(f'[collector]\ncontact = "https://example.org/bot"\n{QUICK}', "utf-8")
    call("add", demo.outlets[0].url)
    assert all("https://example.org/bot" in request.headers["user-agent"] for request in demo.requests)


# -- twice ------------------------------------------------------------------------------------------------------------


def test_adding_a_site_twice_changes_nothing_and_asks_nothing(demo: DemoNewsSites, config: Path, call: Call) -> None:
    outlet = demo.outlets[0]
    call("add", outlet.url)
    before = config.read_bytes()
    demo.forget_requests()
    told = call("add", f"{outlet.url}some/page")
    assert (told.code, config.read_bytes(), demo.requests) == (0, before, ())
    assert "is there already" in told.out


def test_force_looks_again_and_keeps_what_was_written_by_hand(demo: DemoNewsSites, config: Path, call: Call) -> None:
    outlet = demo.outlets[0]
    mine = f'[sites.mine]\nurl = "{outlet.url}"  # home\nmax_pages = 5\nfeeds = ["{outlet.url}own.xml"]\n'
    config.write_text(QUICK + mine, "utf-8")
    assert call("add", outlet.url, "--force").code == 0
    assert entries(config)["mine"] == {
        "url": outlet.url,
        "max_pages": 5,
        "feeds": [f"{outlet.url}own.xml", outlet.feed_url],
    }
    assert "# home" in config.read_text("utf-8")
    once = config.read_bytes()
    call("add", outlet.url, "--force")
    assert config.read_bytes() == once


def test_a_dry_run_writes_nothing(demo: DemoNewsSites, config: Path, call: Call) -> None:
    before = config.read_bytes()
    told = call("add", demo.outlets[0].url, "--dry-run", "--name", "post", "--language", "en")
    assert (told.code, config.read_bytes()) == (0, before)
    assert "[sites.post]" in told.out
    assert 'languages = ["en"]' in told.out


# -- what cannot be added ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ftp://example.com/",), "no address of a web site"),
        (("https://exa mple.com/",), "no address of a web site"),
        (("https://example.com/", "--language", "English"), "ISO 639"),
        (("https://example.com/", "--name", "My Site"), "a site's name is made of"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    config: Path, call: Call, arguments: tuple[str, ...], message: str
) -> None:
    told = call("add", *arguments)
    assert told.code == 2
    assert message in told.err


def test_a_name_that_another_site_has_is_refused(demo: DemoNewsSites, config: Path, call: Call) -> None:
    call("add", demo.outlets[0].url, "--name", "post")
    told = call("add", demo.outlets[1].url, "--name", "post")
    assert told.code == 2
    assert "there is a site called 'post' already" in told.err
    told = call("add", demo.outlets[0].url, "--name", "other")
    assert "belongs to the site 'post' already" in told.err


def test_a_host_that_does_not_exist_is_called_that(config: Path, call: Call) -> None:
    told = call("add", "https://nowhere.invalid/")
    assert (told.code, entries(config)) == (4, {})
    assert "there is no such host" in told.err


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nothing-here/", "the server answered 404"),
        ("assets/logo.png", "no HTML page but image/png"),
        ("feed/", "no HTML page but application/rss+xml"),
        ("private/", "robots.txt forbids it: line"),
        ("go/round/", "redirects"),
    ],
)
def test_what_is_no_home_page_is_explained(
    demo: DemoNewsSites, config: Path, call: Call, path: str, message: str
) -> None:
    told = call("add", f"{demo.outlets[0].url}{path}")
    assert (told.code, entries(config)) == (4, {})
    assert message in told.err


def test_a_site_that_leads_to_no_article_is_written_down_with_a_warning(config: Path, call: Call) -> None:
    class Empty(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            body = b"<html><title>Soon</title><p>Under construction.</p></html>" if self.path == "/" else b""
            self.send_response_only(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with LoopbackServer(("127.0.0.1", 0), Empty) as server:
        told = call("add", f"http://127.0.0.1:{server.server_port}/", "--name", "soon")
    assert (told.code, list(entries(config))) == (4, ["soon"])
    assert "nothing leads to articles" in told.err


def test_without_a_corpus_folder_it_says_how_to_make_one(tmp_path: Path, call: Call) -> None:
    told = call("add", "https://example.com/", "--corpus", tmp_path)
    assert told.code == 2
    assert "collector init" in told.err
