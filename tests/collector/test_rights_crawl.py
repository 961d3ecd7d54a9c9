"""Opt-outs in a real crawl: each signal, allowed and denied, under each policy, each on a host of its own."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import Call
from crawling import QUICK, collector, crawl, make_corpus

from collector.demo.server import LoopbackServer, QuietHandler
from corpus import open_corpus
from corpus.rights import Action, Stance

pytestmark = pytest.mark.slow

POLICIES = {"obey": "obey", "record": "record", "ignore": "ignore: they told us so"}
#: What the hosts of a signal serve beside their pages …
FILES = {
    "tdm_reservation": {"/.well-known/tdmrep.json": '[{"location": "/*closed", "tdm-reservation": 1}]'},
    "ai_txt": {"/ai.txt": "User-Agent: *\nDisallow: /*closed"},
    "ai_training": {"/robots.txt": "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /*closed"},
    "ai_answers": {"/robots.txt": "User-agent: PerplexityBot\nDisallow: /*closed"},
    "content_signal": {"/robots.txt": "User-agent: *\nContent-Usage: /2026/05/02/closed train-ai=n\nAllow: /"},
}
#: … and what they send with the page that is closed: header fields, or elements of its head.
HEADERS = {"rsl": ("Link", '</rsl.xml>; rel="license"; type="application/rsl+xml"')}
HEADS = {"noai": '<meta name="robots" content="noai">', "noimageai": '<meta name="robots" content="noimageai">'}
SIGNALS = [*FILES, *HEADERS, *HEADS]
OPEN, CLOSED = "/2026/05/01/open-story/", "/2026/05/02/closed-story/"


@dataclass
class Host:
    """A host that speaks one signal of its closed page, and the policy it is crawled under."""

    signal: str
    policy: str
    root: str = ""
    asked: list[tuple[float, str]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.asked]

    def answer(self, path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        if path in FILES.get(self.signal, {}):
            return FILES[self.signal][path], ()
        if path == "/robots.txt" and self.signal == "slow":
            return "User-agent: *\nCrawl-delay: 0.8", ()
        if path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{self.root}{one}</loc></url>" for one in (OPEN, CLOSED))
            return f"<urlset>{urls}</urlset>", ()
        if path not in {OPEN, CLOSED}:
            return "", ()
        words = " ".join(
            f"{self.signal} {self.policy} {path[-13:-1]} told the harbour of ferry {n}." for n in range(12)
        )
        head = HEADS.get(self.signal, "") if path == CLOSED else ""
        headers = (HEADERS[self.signal],) if path == CLOSED and self.signal in HEADERS else ()
        image = '<meta property="og:image" content="/ferry.jpg">'
        page = (
            f"<html><head><title>Ferry</title>{head}{image}</head><body><article><h1>Ferry</h1><p>{words}</p></article>"
        )
        return page, headers


def serve(host: Host, address: str, stack: ExitStack) -> None:
    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            host.asked.append((time.monotonic(), self.path))
            body, headers = host.answer(self.path)
            self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
            for name, value in (("Content-Type", "text/html; charset=utf-8"), *headers):
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

    server = stack.enter_context(LoopbackServer((address, 0), Handler))
    host.root = f"http://{address}:{server.server_port}"


def entry(host: Host) -> str:
    rights = f'rights = {{ {host.signal} = "{POLICIES[host.policy]}" }}\n' if host.policy in POLICIES else ""
    return (
        f'url = "{host.root}/"\nsitemaps = ["{host.root}/sitemap.xml"]\nfollow_links = false\n'
        f"robots_sitemaps = false\n{rights}"
    )


@dataclass
class Crawled:
    root: Path
    hosts: dict[tuple[str, str], Host]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    hosts = [Host(signal, policy) for signal in SIGNALS for policy in POLICIES]
    hosts += [Host("slow", "none"), Host("tdm_reservation", "default")]
    with ExitStack() as stack:
        for number, host in enumerate(hosts):
            serve(host, f"127.0.0.{number + 10}", stack)
        sites = {f"{host.signal}-{host.policy}".replace("_", "-"): entry(host) for host in hosts}
        root = make_corpus(tmp_path_factory.mktemp("rights") / "corpus", sites)
        done = crawl(root, "--sources", "sitemaps")
        assert done.code == 0, done.stderr
        again = crawl(root, "--sources", "sitemaps")
        assert again.code == 0, again.stderr
        yield Crawled(root, {(host.signal, host.policy): host for host in hosts})


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_allowed_is_kept_under_every_policy(crawled: Crawled, signal: str, policy: str) -> None:
    with open_corpus(crawled.root) as corpus:
        article = corpus.article(crawled.hosts[signal, policy].root + OPEN)
    assert article is not None
    assert not article.rights


@pytest.mark.parametrize("signal", [signal for signal in SIGNALS if signal != "noimageai"])
def test_what_is_denied_and_obeyed_becomes_no_article(crawled: Crawled, signal: str) -> None:
    host = crawled.hosts[signal, "obey"]
    with open_corpus(crawled.root) as corpus:
        story = corpus.why(host.root + CLOSED)
        assert corpus.article(host.root + CLOSED) is None
    assert story is not None
    assert story.outcome == "removed/opt-out"
    assert signal.replace("_", "-") in (story.evidence or "")
    place = {"tdm_reservation": "tdmrep.json", "ai_txt": "ai.txt", "rsl": "header", "noai": "page"}.get(
        signal, "robots"
    )
    assert place in (story.evidence or "")
    # What a file says is known before the page is asked for.
    assert (CLOSED in host.paths) is (signal not in FILES)


@pytest.mark.parametrize("policy", ["record", "ignore"])
@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_denied_and_not_obeyed_is_kept_with_the_evidence(crawled: Crawled, signal: str, policy: str) -> None:
    host = crawled.hosts[signal, policy]
    with open_corpus(crawled.root) as corpus:
        article = corpus.article(host.root + CLOSED)
    assert article is not None
    if (signal, policy) in {("tdm_reservation", "ignore"), ("ai_txt", "ignore")}:
        assert not article.rights  # a file that nobody wants to know of is not asked for
        return
    (statement,) = article.rights
    assert statement.signal == signal.replace("_", "-")
    assert statement.stance is (Stance.TERMS if signal == "rsl" else Stance.RESERVED)
    assert statement.policy is not None
    assert (statement.policy.action, statement.policy.reason) == (
        (Action.IGNORE, "they told us so") if policy == "ignore" else (Action.RECORD, None)
    )


def test_an_image_opt_out_that_is_obeyed_keeps_the_article_without_its_image(crawled: Crawled) -> None:
    with open_corpus(crawled.root) as corpus:
        images = {
            policy: article.image
            for policy in POLICIES
            if (article := corpus.article(crawled.hosts["noimageai", policy].root + CLOSED)) is not None
        }
    assert images["obey"] is None
    assert images["record"] == images["ignore"].replace(
        *(crawled.hosts["noimageai", p].root for p in ("ignore", "record"))
    )


def test_by_default_a_reservation_is_recorded(crawled: Crawled) -> None:
    with open_corpus(crawled.root) as corpus:
        article = corpus.article(crawled.hosts["tdm_reservation", "default"].root + CLOSED)
    assert article is not None
    assert [one.policy.action for one in article.rights if one.policy] == [Action.RECORD]


def test_files_are_asked_for_once_a_day_and_only_if_they_matter(crawled: Crawled) -> None:
    for (signal, policy), host in crawled.hosts.items():
        wanted = {"/robots.txt": 1, "/.well-known/tdmrep.json": 1, "/ai.txt": 1}
        ignored = {"tdm_reservation": "/.well-known/tdmrep.json", "ai_txt": "/ai.txt"}.get(signal)
        if policy == "ignore" and ignored:
            wanted[ignored] = 0
        assert {path: host.paths.count(path) for path in wanted} == wanted, (signal, policy)
        first_page = next(n for n, path in enumerate(host.paths) if path not in wanted)
        assert set(host.paths[:first_page]) == {path for path, times in wanted.items() if times}


def test_the_files_are_asked_for_at_the_hosts_pace(crawled: Crawled) -> None:
    asked = [at for at, _ in crawled.hosts["slow", "none"].asked]
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    # The rest is what a busy machine may lose between sending and serving.
    assert min(gaps) > 0.5, gaps


# -- what users see of it --------------------------------------------------------------------------------------------


def test_show_why_stats_and_export_tell_of_it(crawled: Crawled, call: Call, tmp_path: Path) -> None:
    recorded = crawled.hosts["tdm_reservation", "record"].root + CLOSED
    refused = crawled.hosts["tdm_reservation", "obey"].root + CLOSED
    line = r"tdm-reservation reserved: rule 1 \(/\*closed\): tdm-reservation: 1 in /.well-known/tdmrep.json \(record\)"
    assert re.search(line, call("show", recorded, "--corpus", crawled.root).out)
    assert re.search(line, call("why", recorded, "--corpus", crawled.root).out)
    assert "removed/opt-out" in call("why", refused, "--corpus", crawled.root).out
    stats = json.loads(call("stats", "--corpus", crawled.root, "--json").out)
    assert stats["removals"] == {"opt-out": len(SIGNALS) - 1}
    assert stats["rights"]["tdm-reservation reserved (record)"] == 2
    assert stats["rights"]["noai reserved (ignore)"] == 1
    call("export", "--corpus", crawled.root, "--to", tmp_path / "out", "--no-compress")
    exported = "".join(file.read_text("utf-8") for file in (tmp_path / "out").rglob("*.jsonl"))
    assert exported.count('"signal":"noai"') == 2


def test_why_tells_that_a_page_that_was_never_found_would_be_refused(crawled: Crawled, call: Call) -> None:
    host = crawled.hosts["ai_txt", "obey"]
    told = call("why", f"{host.root}/2026/06/01/also-closed/", "--corpus", crawled.root).out
    assert "its use is reserved: ai-txt reserved: line 2" in told


def test_a_policy_that_changes_is_applied_by_reclean_without_a_request(crawled: Crawled) -> None:
    file = crawled.root / "collector.toml"
    before = sum(len(host.asked) for host in crawled.hosts.values())
    file.write_text(f'[rights]\nnoai = "obey"\ndefault = "obey"\n{QUICK}' + file.read_text("utf-8").replace(QUICK, ""))
    done = collector("reclean", "--corpus", crawled.root, "--json")
    assert done.code == 0, done.stderr
    with open_corpus(crawled.root) as corpus:
        assert corpus.article(crawled.hosts["tdm_reservation", "default"].root + CLOSED) is None
        assert corpus.article(crawled.hosts["noai", "record"].root + CLOSED) is not None  # the site's own goes before
    assert sum(len(host.asked) for host in crawled.hosts.values()) == before


def test_what_is_no_longer_obeyed_is_fetched_by_the_next_crawl(crawled: Crawled) -> None:
    host = crawled.hosts["tdm_reservation", "obey"]
    file = crawled.root / "collector.toml"
    file.write_text(re.sub(r"rights = .*\n", "", re.sub(r"\[rights\]\n.*\n.*\n", "", file.read_text("utf-8"))), "utf-8")
    done = collector("reclean", "--corpus", crawled.root, "--json")
    assert done.json["due"] == len(FILES)
    with open_corpus(crawled.root) as corpus:
        assert corpus.article(crawled.hosts["noai", "obey"].root + CLOSED) is not None
        assert corpus.article(host.root + CLOSED) is None
    assert crawl(crawled.root, "--sources", "sitemaps").code == 0
    with open_corpus(crawled.root) as corpus:
        assert corpus.article(host.root + CLOSED) is not None
