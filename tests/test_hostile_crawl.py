"""Whatever a server does, each URL ends in a counted, explained outcome, and the crawl goes on."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from crawling import QUICK, Finished, collector, make_corpus
from hostile import HostileServer

from corpus import UrlStory, open_corpus

pytestmark = pytest.mark.slow

IMPATIENT = QUICK.replace("timeout_seconds = 10", "timeout_seconds = 4\nattempts = 2").replace(
    "patience_seconds = 20", "patience_seconds = 90"
)

#: What each route must come to; "kept" for honest pages in odd wrapping.
OUTCOMES = {
    "/ok": "kept",
    "/slow?seconds=0.5": "unchanged|kept|duplicate",
    "/close": "failed/connection",
    "/reset": "failed/connection",
    "/reset-mid-header": "failed/connection",
    "/reset-mid-body": "failed/truncated|failed/connection",
    "/stall": "failed/timeout",
    "/stall-mid-header": "failed/timeout",
    "/stall-mid-body": "failed/timeout",
    "/drip": "failed/timeout",
    "/drip-header": "failed/timeout",
    "/length-too-long": "failed/truncated|failed/connection",
    "/length-too-short": "removed|kept|failed",
    "/length-garbage": "failed|kept|duplicate",
    "/length-negative": "failed|kept|duplicate",
    "/length-twice": "failed|kept|duplicate|removed",
    "/huge": "removed/too-large",
    "/huge-unannounced": "removed/too-large",
    "/huge-chunked": "removed/too-large",
    "/gzip-bomb": "removed/too-large",
    "/gzip-bomb-twice": "removed/too-large",
    "/gzip-lie": "kept|duplicate",
    "/gzip-truncated": "failed/decode",
    "/gzip-checksum": "failed/decode",
    "/gzip-trailing": "kept|duplicate",
    "/deflate-raw": "kept|duplicate|failed/decode",
    "/encoding-unknown": "kept|duplicate",
    "/chunked-garbage": "failed",
    "/chunked-truncated": "failed",
    "/chunked-oversized": "failed|removed/too-large",
    "/empty": "removed/no-text",
    "/binary-as-html": "removed/not-html",
    "/nul-bytes": "kept|duplicate",
    "/invalid-utf-8": "kept|duplicate",
    "/deep-html": "removed",
    "/long-line": "removed|kept",
    "/r/1": "removed/redirected",
    "/loop/a": "removed/redirected|removed/redirect-loop",
    "/redirect-self": "removed/redirect-loop",
    "/cookie-wall": "kept|duplicate",
    "/redirect-file": "removed/redirected",
    "/redirect-javascript": "removed/redirected",
    "/redirect-data": "removed/redirected",
    "/redirect-nowhere": "removed",
    "/redirect-broken": "removed",
    "/redirect-raw": "removed/redirected",
    "/flapping": "failed/http-502",
    "/always-500": "failed/http-500",
    "/retry-429": "kept|duplicate",
    "/retry-503": "kept|duplicate",
    "/retry-date": "kept|duplicate",
    "/retry-garbage": "kept|duplicate",
    "/status-999": "removed/http-error",
    "/status-invalid": "failed",
    "/not-http": "failed",
    "/header-flood": "failed|kept|duplicate",
    "/header-huge": "failed|kept|duplicate",
    "/no-headers": "kept|duplicate|failed",
    "/http-0.9": "failed",
    "/header-malformed": "failed|kept|duplicate",
    "/entities.xml": "removed/not-html|removed",
}


ONCE = IMPATIENT.replace("attempts = 2", "attempts = 1")


def story_of(root: Path, url: str) -> UrlStory:
    with open_corpus(root) as corpus:
        story = corpus.why(url)
    assert story is not None
    return story


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, HostileServer, Finished]:
    root = make_corpus(tmp_path_factory.mktemp("hostile") / "c", {}, IMPATIENT)
    with HostileServer() as server:
        urls = "\n".join(server.url(path) for path in OUTCOMES)
        done = collector("ingest", "-", "--corpus", root, "--json", stdin=urls)
    return root, server, done


@pytest.mark.parametrize("path", OUTCOMES)
def test_each_trick_has_its_outcome_and_evidence(path: str, crawled: tuple[Path, HostileServer, Finished]) -> None:
    root, server, done = crawled
    assert done.code == 0, done.stderr
    story = story_of(root, server.url(path))
    assert story.outcome is not None
    assert story.outcome.startswith(tuple(OUTCOMES[path].split("|"))), (story.outcome, story.evidence)
    assert story.evidence
    assert story.state == "done"


def test_no_redirect_chain_is_followed_for_ever(crawled: tuple[Path, HostileServer, Finished]) -> None:
    _, server, _ = crawled
    assert sum(path.startswith("/r/") for path in server.paths()) <= 12


def test_a_huge_body_is_not_taken_to_its_end(crawled: tuple[Path, HostileServer, Finished]) -> None:
    _, server, _ = crawled
    assert max(request.sent_bytes for request in server.requests) < 60_000_000


def test_a_broken_certificate_is_a_failure_that_says_so(tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "c", {}, ONCE)
    with HostileServer() as server:
        urls = [
            server.tls_url(kind, "/ok")
            for kind in ("self-signed", "untrusted", "expired", "wrong-host", "plain", "reset")
        ]
        done = collector("ingest", *urls, "--corpus", root, "--json")
    assert done.code == 4, done.stderr
    for url in urls:
        story = story_of(root, url)
        assert (story.outcome or "").startswith("failed/"), story.outcome
        assert story.evidence


#: Modes of the server's robots.txt, and what the page behind it comes to.
ROBOTS_OUTCOMES = {
    **dict.fromkeys(("404", "403", "empty", "html", "binary", "redirect", "redirect-loop"), "kept|duplicate"),
    **dict.fromkeys(("500", "503", "429", "reset", "timeout"), "failed/robots-unreachable"),
    "disallow-all": "removed/robots",
}


def test_robots_txt_is_read_after_rfc_9309(tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "c", {}, ONCE)
    with ExitStack() as serving:
        servers = {mode: serving.enter_context(HostileServer(robots=mode)) for mode in ROBOTS_OUTCOMES}
        urls = {mode: server.url("/ok") for mode, server in servers.items()}
        collector("ingest", *urls.values(), "--corpus", root, "--json")
        fetched = {mode for mode, server in servers.items() if "/ok" in server.paths()}
    assert fetched == {mode for mode, outcome in ROBOTS_OUTCOMES.items() if outcome.startswith("kept")}
    for mode, url in urls.items():
        story = story_of(root, url)
        assert (story.outcome or "").startswith(tuple(ROBOTS_OUTCOMES[mode].split("|"))), (mode, story.outcome)
        assert story.evidence


def test_retry_after_holds_the_whole_host(tmp_path: Path) -> None:
    root = make_corpus(tmp_path / "c", {}, IMPATIENT)
    with HostileServer() as server:
        first, second = server.url("/retry-never"), server.url("/ok")
        collector("ingest", first, "--corpus", root, "--json")
        before = len(server.requests)
        done = collector("ingest", second, "--corpus", root, "--json")
        assert len(server.requests) == before
    assert done.code == 4
    assert story_of(root, second).state == "due"
