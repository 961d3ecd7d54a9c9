"""Real crawls in real processes of a site that breaks: it is noticed, told, explained, and closed again."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import QUICK, collector, crawl, make_corpus

from benchmarks.broken_pages import State, page
from collector.demo.server import LoopbackServer, QuietHandler

pytestmark = pytest.mark.slow


class Site:
    """A site that publishes when it is told to, and breaks when it is told to."""

    def __init__(self) -> None:
        self.published = 0
        self.denied = False
        self.requests: list[str] = []
        site = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 - the base class' name
                site.requests.append(self.path)
                status, kind, body = site.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = LoopbackServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path == "/robots.txt":
            return 200, "text/plain", b"User-agent: *\nDisallow: /private/\n"
        if self.denied:
            return 403, "text/html", b"<h1>Forbidden</h1>"
        if path == "/rss":
            items = "".join(
                f"<item><title>Story {number}</title><link>{self.url}/story-{number}</link></item>"
                for number in range(self.published)
            )
            feed = f'<rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'
            return 200, "application/rss+xml", feed.encode()
        number = path.removeprefix("/story-")
        if number.isdigit() and int(number) < self.published:
            body, kind = page(0, int(number), State.SOUND)
            return 200, kind, body
        return 404, "text/html", b"<h1>Not found</h1>"


@pytest.fixture
def site() -> Iterator[Site]:
    serving = Site()
    with serving.server:
        yield serving


def test_a_wall_is_noticed_after_two_crawls_told_by_a_command_explained_and_closed_again(
    site: Site, tmp_path: Path
) -> None:
    script = "import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write(sys.stdin.read() + chr(10))"
    hook = json.dumps([sys.executable, "-c", script, str(tmp_path / "told")])
    revisit = "[revisit]\narticle_hours = 0\narticle_spacing = 0\n"
    alarms = f"[alarms]\nfalse_alarms_a_year = 365\ncommand = {hook}\n"
    entry = f'url = "{site.url}/"\nfeeds = ["{site.url}/rss"]\nfollow_links = false\nrobots_sitemaps = false'
    root = make_corpus(tmp_path / "c", {"post": entry}, f"{QUICK}\n{revisit}{alarms}")
    metrics = tmp_path / "collector.prom"

    site.published = 3
    first = crawl(root)
    assert first.outcomes["kept"] == 3
    assert first.json["nothing_new"] == first.json["alarms"] == []

    site.denied = True
    explained = crawl(root, "--due-within", "100000")
    (why,) = explained.json["nothing_new"]
    assert why.startswith("post: 4 of 4 visits were refused by the server")
    assert explained.json["alarms"] == []
    second = crawl(root, "--due-within", "100000", "--metrics-file", str(metrics))
    (alarm,) = second.json["alarms"]
    assert alarm["cause"] == "blocked"
    assert "(alarm: blocked, since " in second.json["nothing_new"][0]
    assert 'collector_alarm_open{cause="blocked",site="post"} 1.0' in metrics.read_text()

    told = collector("health", "--corpus", root)
    assert told.code == 5
    assert f"    {site.url}/story-" in told.stdout
    assert "write to the owner" in told.stdout

    site.denied, site.published = False, 5
    assert crawl(root, "--due-within", "100000").outcomes["kept"] == 2
    last = collector("crawl", "--corpus", root, "--quiet", "--due-within", "100000")
    assert "nothing new on post: 1 feed read, which named nothing new" in last.stderr
    assert "post: blocked is over" in last.stderr
    events = [json.loads(line)["event"] for line in (tmp_path / "told").read_text().splitlines()]
    assert events == ["opened", "closed"]
