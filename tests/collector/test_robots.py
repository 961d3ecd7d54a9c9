"""What RFC 9309 allows is allowed, and the line that decides is named."""

import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.robots import MAX_ROBOTS_BYTES, RobotsRules

SITE = "https://example.com"


def rules(text: str, user_agent: str = "newsbot/1.0") -> RobotsRules:
    return RobotsRules.parse(200, text.encode(), user_agent, url=f"{SITE}/robots.txt")


def allows(text: str, path: str, user_agent: str = "newsbot/1.0") -> bool:
    return rules(text, user_agent).decide(SITE + path).allowed


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_file_without_rules_allows_everything(status: int) -> None:
    decision = RobotsRules.parse(status, b"", "newsbot").decide(f"{SITE}/a")
    assert (decision.allowed, decision.evidence) == (True, "no line forbids it")


@pytest.mark.parametrize("status", [300, 301, 400, 401, 403, 404, 410, 428, 430, 499])
def test_no_file_allows_everything(status: int) -> None:
    decision = RobotsRules.parse(status, b"User-agent: *\nDisallow: /", "newsbot").decide(f"{SITE}/a")
    assert (decision.allowed, decision.evidence) == (True, f"robots.txt answered {status}")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599, 199, 600])
def test_a_server_in_trouble_allows_nothing(status: int) -> None:
    decision = RobotsRules.parse(status, b"", "newsbot").decide(f"{SITE}/a")
    assert (decision.allowed, decision.evidence) == (False, f"robots.txt answered {status}")


def test_no_answer_allows_nothing() -> None:
    decision = RobotsRules.parse(None, b"", "newsbot").decide(f"{SITE}/a")
    assert (decision.allowed, decision.evidence) == (False, "robots.txt did not answer")


def test_robots_txt_itself_may_always_be_fetched() -> None:
    assert allows("User-agent: *\nDisallow: /", "/robots.txt")


# RFC 9309, section 5.1
SIMPLE = """\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("user_agent", "path", "allowed"),
    [
        ("newsbot", "/publications/a", True),
        ("newsbot", "/a.gif", False),
        ("newsbot", "/a.gif?b", True),
        ("newsbot", "/example/a", False),
        ("foobot", "/a", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/example/allowed.gif", True),
        ("quxbot", "/example/page.html", True),
    ],
)
def test_section_5_1_simple_example(user_agent: str, path: str, *, allowed: bool) -> None:
    assert allows(SIMPLE, path, user_agent) is allowed


def test_section_5_2_longest_match() -> None:
    text = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
    found = rules(text, "foobot")
    assert found.decide(f"{SITE}/example/page/").evidence == "line 2: Allow: /example/page/"
    assert (
        found.decide(f"{SITE}/example/page/disallowed.gif").evidence == "line 3: Disallow: /example/page/disallowed.gif"
    )


@pytest.mark.parametrize(
    ("group", "ours"),
    [
        ("newsbot", True),
        ("NewsBot", True),
        ("newsbot/2.0", True),
        ("newsbot and others", True),
        ("news", False),
        ("newsbot-images", False),
        ("bot", False),
    ],
)
def test_section_2_2_1_a_group_speaks_for_its_own_token(group: str, *, ours: bool) -> None:
    assert allows(f"User-agent: {group}\nDisallow: /", "/a", "newsbot/1.0 (+https://example.com/bot)") is not ours


def test_section_2_2_1_groups_of_one_token_are_one() -> None:
    text = "user-agent: newsbot\ndisallow: /foo\n\nuser-agent: *\ndisallow: /bar\n\nuser-agent: newsbot\ndisallow: /baz"
    found = rules(text)
    assert [found.decide(SITE + path).allowed for path in ("/foo", "/bar", "/baz")] == [False, True, False]


def test_section_2_2_1_other_records_do_not_part_user_agents() -> None:
    assert not allows("User-agent: newsbot\n\n# us\nSitemap: /s.xml\nUser-agent: other\nDisallow: /", "/a")


def test_section_2_2_1_rules_before_any_group_are_nobody_s() -> None:
    assert allows("Disallow: /\nUser-agent: other\nDisallow: /", "/a")


@pytest.mark.parametrize(
    ("rule", "path", "matches"),
    [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/ツ", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/a%3cd.html", "/a%3Cd.html", True),
        ("/Foo", "/foo", False),
    ],
)
def test_section_2_2_2_paths_are_compared_decoded(rule: str, path: str, *, matches: bool) -> None:
    assert allows(f"User-agent: *\nDisallow: {rule}", path) is not matches


def test_section_2_2_2_allow_wins_a_tie() -> None:
    assert allows("User-agent: *\nDisallow: /page\nAllow: /page", "/page")


@pytest.mark.parametrize(
    ("rule", "path", "matches"),
    [
        ("/*.php$", "/a/b.php", True),
        ("/*.php$", "/a/b.php5", False),
        ("/this/*/exactly", "/this/is/exactly", True),
        ("/a # comment", "/a", True),
        ("", "/a", False),
    ],
)
def test_section_2_2_3_special_characters(rule: str, path: str, *, matches: bool) -> None:
    assert allows(f"User-agent: *\nDisallow: {rule}", path) is not matches


def test_section_2_5_what_stands_beyond_the_limit_is_not_read() -> None:
    head = b"User-agent: *\n"
    filler = b"# " + b"x" * 97 + b"\n"
    padding = filler * ((MAX_ROBOTS_BYTES - len(head)) // len(filler))
    room = MAX_ROBOTS_BYTES - len(head) - len(padding)
    within = head + padding + b"Disallow: /a\n".rjust(room)
    assert len(within) == MAX_ROBOTS_BYTES
    assert not RobotsRules.parse(200, within, "newsbot").decide(f"{SITE}/a").allowed
    assert RobotsRules.parse(200, b" " + within, "newsbot").decide(f"{SITE}/a").allowed


def test_a_line_cut_by_the_limit_does_not_forbid_more_than_it_says() -> None:
    head = b"User-agent: *\nDisallow: /"
    body = b"#" * (MAX_ROBOTS_BYTES - len(head) - 1) + b"\n" + head + b"private/"
    assert RobotsRules.parse(200, body, "newsbot").decide(f"{SITE}/a").allowed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_seen_through(encoding: str) -> None:
    body = "User-agent: *\r\nDisallow: /é/\r\n".encode(encoding)
    assert not RobotsRules.parse(200, body, "newsbot").decide(f"{SITE}/%C3%A9/").allowed


def test_bytes_in_no_encoding_are_latin_1() -> None:
    body = "User-agent: *\nDisallow: /é/\nDisallow: /a".encode("latin-1")
    assert not RobotsRules.parse(200, body, "newsbot").decide(f"{SITE}/a").allowed


@pytest.mark.parametrize(
    ("record", "seconds"),
    [
        ("Crawl-delay: 5", 5.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Request-rate: 1/10", 10.0),
        ("Request-rate: 30/1m", 2.0),
        ("Crawl-delay: 1\nRequest-rate: 1/10", 10.0),
        ("Crawl-delay: 20\nRequest-rate: 1/10", 20.0),
        ("Crawl-delay: 0", None),
        ("Crawl-delay: soon", None),
        ("Disallow: /a", None),
    ],
)
def test_the_slower_of_the_delays_counts(record: str, seconds: float | None) -> None:
    assert rules(f"User-agent: *\n{record}").crawl_delay_seconds == seconds


def test_another_group_s_delay_is_not_ours() -> None:
    assert rules("User-agent: other\nCrawl-delay: 5\nUser-agent: *\nDisallow: /a").crawl_delay_seconds is None


def test_sitemaps_are_resolved_and_named_once() -> None:
    text = "Sitemap: /a.xml\nsitemap: https://example.com/a.xml\nUser-agent: x\nDisallow: /\nSitemap: https://cdn.example/b.xml"
    assert rules(text).sitemaps == ("https://example.com/a.xml", "https://cdn.example/b.xml")


def test_relative_sitemaps_without_a_base_are_dropped() -> None:
    assert RobotsRules.parse(200, b"Sitemap: /a.xml\nSitemap: https://e.example/b.xml", "newsbot").sitemaps == (
        "https://e.example/b.xml",
    )


def test_misspelt_disallow_is_obeyed_and_named() -> None:
    decision = rules("useragent *\ndissalow: /a").decide(f"{SITE}/a")
    assert (decision.allowed, decision.evidence) == (False, "line 2: dissalow: /a")


@pytest.mark.parametrize("user_agent", ["", " ", "/1.0"])
def test_a_user_agent_without_a_token_is_refused(user_agent: str) -> None:
    with pytest.raises(ValueError, match="user_agent"):
        RobotsRules.parse(200, b"", user_agent)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="User-agent:*\nDisallow/$ab #", max_size=200).map(str.encode))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    decision = RobotsRules.parse(200, body, "newsbot").decide(f"{SITE}/a?b=c")
    assert decision.evidence


@pytest.mark.shared
def test_real_files_are_read_and_decide_quickly_and_name_their_line(shared: Path) -> None:
    paths = ("/", "/news/2026/05/a-story-12345.html", "/search?q=a", "/wp-admin/", "/tag/x/")
    files = 0
    with tarfile.open(shared / "data/robots/protego-real.tar.xz") as archive:
        for member in archive:
            if not member.isfile():
                continue
            body = archive.extractfile(member)
            assert body is not None
            began = time.process_time()
            found = RobotsRules.parse(200, body.read(), "newsbot", url="https://example.com/robots.txt")
            for decision in (found.decide(SITE + path) for path in paths):
                assert decision.allowed or decision.evidence.startswith("line "), member.name
            assert time.process_time() - began < 2
            files += 1
    assert files > 1600


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "user_agent", "path", "allowed"),
    [
        ("robots-with-utf16be-bom.txt", "newsbot", "/login.aspx", False),
        ("robots-with-utf16le-bom.txt", "newsbot", "/login.aspx", False),
        ("robots-with-utf8-bom.txt", "newsbot", "/login.aspx", False),
        ("merge-rules.txt", "wget", "/tmp/bar", False),
        ("merge-rules.txt", "wget", "/foo/bar", True),
        ("merge-rules.txt", "testy", "/a", False),
        ("precedence-of-rules.txt", "testy", "/foo/bar", True),
        ("precedence-of-rules.txt", "testy", "/foo/b", False),
        ("precedence-of-rules.txt", "wget", "/foo", True),
        ("many-user-agents.txt", "wget", "/a", False),
        ("wildcards.txt", "newsbot", "/wishlist/bogus/reserve", False),
        ("malformed-path.txt", "newsbot", "/wiki/Wikipedia_talk:Mediation_Committee/", False),
        ("directive-typos-robots.txt", "bot1", "/dissalow/", False),
        ("directive-typos-robots.txt", "bot2", "/useragent/", False),
        ("directive-typos-robots.txt", "bot4", "/useragent-no-colon/", False),
        ("format-errors-robots.txt", "bot1", "/whitespace-before-colon/", False),
        ("format-errors-robots.txt", "bot1", "/no-colon/", False),
        ("rfc9309-example-rule-group-merging.txt", "ExampleBot", "/baz", False),
    ],
)
def test_quirks_are_read_as_meant(shared: Path, name: str, user_agent: str, path: str, *, allowed: bool) -> None:
    body = (shared / "data/robots/crawler-commons" / name).read_bytes()
    assert RobotsRules.parse(200, body, user_agent).decide(SITE + path).allowed is allowed


@pytest.mark.shared
def test_every_quirk_file_is_read(shared: Path) -> None:
    for file in (shared / "data/robots/crawler-commons").iterdir():
        assert RobotsRules.parse(200, file.read_bytes(), "newsbot").decide(f"{SITE}/a").evidence
