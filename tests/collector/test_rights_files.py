"""tdmrep.json, ai.txt and robots.txt say of a URL's use what their specifications make of them."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.config import Config
from collector.rights.ai_txt import AiTxt
from collector.rights.robots import RobotsRights, crawlers
from collector.rights.settings import Rights, SiteRights, parse_policy
from collector.rights.tdmrep import TdmRules
from corpus.rights import Action, Policy, Signal, Stance

SITE = "https://post.example"
TDMREP = f"{SITE}/.well-known/tdmrep.json"


def rules(*entries: object) -> TdmRules:
    return TdmRules.parse(json.dumps(entries).encode(), TDMREP)


def reserving(location: str) -> TdmRules:
    return rules({"location": location, "tdm-reservation": 1})


# -- tdmrep.json -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "path", "matches"),
    [
        ("/", "/", True),
        ("/", "/news/ferry", True),
        ("/news/", "/news/ferry", True),
        ("/news/", "/news", False),
        ("/news/", "/News/ferry", False),
        ("news/", "/news/ferry", True),
        ("/*.html", "/news/ferry.html?page=2", True),
        ("/*.html$", "/news/ferry.html", True),
        ("/*.html$", "/news/ferry.html?page=2", False),
        ("/a*b*c$", "/a1b2b3c", True),
        ("/a*b*c$", "/a1c", False),
        ("/ab*b$", "/ab", False),
        ("/exactly$", "/exactly", True),
        ("/exactly$", "/exactly/not", False),
        ("*ferry", "/news/ferry", True),
        ("/%7Enews/", "/~news/ferry", True),
        ("/~news/", "/%7enews/ferry", True),
        ("/a.b", "/axb", False),
    ],
)
def test_a_location_matches_as_in_robots_txt(location: str, path: str, matches: bool) -> None:
    assert (reserving(location).of(SITE + path) is not None) is matches


@settings(max_examples=200, deadline=None)
@given(st.text("ab*", max_size=12), st.text("ab", max_size=12), st.booleans())
def test_a_location_matches_what_the_expression_matches(location: str, path: str, ends: bool) -> None:
    expression = re.escape("/" + location).replace(r"\*", ".*") + ("$" if ends else "")
    found = reserving(f"/{location}{'$' if ends else ''}").of(f"{SITE}/{path}")
    assert (found is not None) is (re.match(expression, f"/{path}") is not None)


def test_a_hostile_location_takes_no_time() -> None:
    assert reserving("/" + "*a" * 400 + "$").of(f"{SITE}/" + "a" * 5000 + "b") is None


def test_the_first_rule_that_matches_decides() -> None:
    found = rules({"location": "/open/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1})
    assert [found.of(f"{SITE}/{path}").stance for path in ("open/a", "a")] == [Stance.OPEN, Stance.RESERVED]


def test_a_rule_in_error_that_comes_first_leaves_the_reservation_unset() -> None:
    assert rules({"location": "/", "tdm-reservation": 2}, {"location": "/", "tdm-reservation": 1}).of(SITE) is None


def test_the_evidence_names_the_rule_and_the_terms() -> None:
    found = rules({"location": "/a"}, {"location": "/b", "tdm-reservation": "1", "tdm-policy": "/terms.json"})
    statement = found.of(f"{SITE}/b/1")
    assert statement is not None
    assert (statement.evidence, statement.terms) == ("rule 2 (/b): tdm-reservation: 1", f"{SITE}/terms.json")


def test_a_rule_without_brackets_or_location_is_understood() -> None:
    for body in (b'{"location": "/", "tdm-reservation": 1}', b'\xef\xbb\xbf[{"tdm-reservation": 1}]'):
        assert TdmRules.parse(body, TDMREP).of(f"{SITE}/a") is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><p>Not found",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"null",
        b"[1, null, [], {}]",
        b'[{"location": 7, "tdm-reservation": 1}]',
        b'[{"location": " ", "tdm-reservation": 1}]',
        b'[{"location": "/", "tdm-reservation": true}]',
    ],
)
def test_what_is_no_such_file_reserves_nothing(body: bytes) -> None:
    assert TdmRules.parse(body, TDMREP).of(f"{SITE}/a") is None


# -- ai.txt ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path", "refused"),
    [
        ("User-Agent: *\nDisallow: /", "/news/ferry", True),
        ("User-Agent: *\nDisallow: *", "/news/ferry", True),
        ("User-Agent: *\nDisallow: *.html", "/news/ferry", True),
        ("User-Agent: *\nDisallow: *.html", "/news/ferry/?p=1", True),
        ("User-Agent: *\nDisallow: *.html", "/news/ferry.php", False),
        ("User-Agent: *\nDisallow: *.html", "/", True),
        ("User-Agent: *\nDisallow: *.jpg\nDisallow: *.png", "/news/ferry", False),
        ("User-Agent: *\nAllow: *.html\nDisallow: *.jpg", "/news/ferry", False),
        ("User-Agent: *\nDisallow: /private/", "/news/ferry", False),
        ("User-Agent: otherbot\nDisallow: /", "/news/ferry", False),
        ("User-Agent: *\nDisallow: /\nUser-Agent: newsbot\nAllow: /", "/news/ferry", False),
        ("<html>User-Agent: *\nDisallow: /", "/news/ferry", False),
        ("# The Post\n\nWe are a newspaper: ask us.", "/news/ferry", False),
        ("", "/news/ferry", False),
    ],
)
def test_ai_txt_is_read_like_robots_txt_with_pages_as_html(text: str, path: str, refused: bool) -> None:
    statement = AiTxt.parse(text.encode(), "newsbot").of(SITE + path)
    assert (statement is not None) is refused


# -- robots.txt ------------------------------------------------------------------------------------------------------


def robots(text: str, path: str = "/news/ferry") -> dict[Signal, tuple[Stance, str]]:
    found = RobotsRights.parse(text.encode(), "newsbot/1.0", f"{SITE}/robots.txt").of(SITE + path)
    return {one.signal: (one.stance, one.evidence) for one in found}


@pytest.mark.parametrize("token", ["GPTBot", "CCBot", "Google-Extended", "anthropic-ai", "claudebot", "Bytespider/1.0"])
def test_a_refused_crawler_of_training_data_is_a_reservation(token: str) -> None:
    stance, evidence = robots(f"User-agent: {token}\nDisallow: /")[Signal.AI_TRAINING]
    assert stance is Stance.RESERVED
    assert evidence.lower().startswith(f"line 2: disallow: / ({token.partition('/')[0].lower()}")


def test_a_crawler_that_looks_up_answers_is_a_signal_of_its_own() -> None:
    assert list(robots("User-agent: PerplexityBot\nDisallow: /")) == [Signal.AI_ANSWERS]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow: /",
        "User-agent: GPTBot\nAllow: /",
        "User-agent: GPTBot\nDisallow:",
        "User-agent: GPTBot\nDisallow: /private/",
        "User-agent: Googlebot\nDisallow: /",
        "User-agent: GPTBot\nDisallow: /\nAllow: /news/",
    ],
)
def test_an_allowed_or_unnamed_crawler_says_nothing(text: str) -> None:
    assert not robots(text)


def test_evidence_names_some_crawlers_and_counts_the_others() -> None:
    names = sorted(name for name, signal in crawlers().values() if signal is Signal.AI_TRAINING)
    text = "".join(f"User-agent: {name}\n" for name in names) + "Disallow: /\n"
    _, evidence = robots(text)[Signal.AI_TRAINING]
    assert evidence == f"line {len(names) + 1}: Disallow: / ({', '.join(names[:4])} and {len(names) - 4} more)"


@pytest.mark.parametrize(
    ("lines", "stance"),
    [
        ("Content-Signal: ai-train=no", Stance.RESERVED),
        ("Content-Signal: search=yes, ai-input=no, ai-train=no", Stance.RESERVED),
        ("content-signal: ai-train=yes", Stance.OPEN),
        ("Content-Signal: search=yes", None),
        ("Content-Usage: train-ai=n", Stance.RESERVED),
        ("Content-Usage: /news/ train-ai=n", Stance.RESERVED),
        ("Content-Usage: /sport/ train-ai=n", None),
        ("Content-Usage: train-ai=n\nContent-Usage: /news/ train-ai=y", Stance.OPEN),
        ("Content-Signal: ai-train=yes\nContent-Signal: ai-train=no", Stance.RESERVED),
    ],
)
def test_a_content_signal_holds_for_the_longest_path(lines: str, stance: Stance | None) -> None:
    found = robots(f"User-agent: *\n{lines}\nAllow: /").get(Signal.CONTENT_SIGNAL)
    assert (found and found[0]) == stance


def test_the_content_signals_of_our_own_group_hold_alone() -> None:
    text = "User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: NewsBot\nContent-Signal: ai-train=yes\n"
    assert robots(text)[Signal.CONTENT_SIGNAL] == (Stance.OPEN, "line 5: Content-Signal: ai-train=yes")


def test_a_licence_names_its_terms_and_ends_no_group() -> None:
    text = "User-agent: GPTBot\nLicense: https://post.example/license.xml\nUser-agent: CCBot\nDisallow: /\n"
    (rsl,) = [
        one
        for one in RobotsRights.parse(text.encode(), "newsbot", f"{SITE}/robots.txt").of(f"{SITE}/a")
        if one.signal is Signal.RSL
    ]
    assert (rsl.stance, rsl.evidence, rsl.terms) == (Stance.TERMS, "line 2: License", f"{SITE}/license.xml")
    assert "GPTBot, CCBot" in robots(text)[Signal.AI_TRAINING][1]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(body: bytes) -> None:
    RobotsRights.parse(body, "newsbot", f"{SITE}/robots.txt").of(f"{SITE}/a")
    TdmRules.parse(body, TDMREP).of(f"{SITE}/a")
    AiTxt.parse(body, "newsbot").of(f"{SITE}/a")


# -- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "allow", "ignore", "ignore:", "ignore:  ", "Obey", "ignore because"])
def test_a_policy_that_is_none_or_gives_no_reason_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"REASON|needs a reason"):
        parse_policy(text)
    with pytest.raises(ValidationError):
        Rights(noai=text)


def test_a_sites_own_setting_goes_before_its_default_and_that_before_the_shared_ones() -> None:
    shared = Rights(default="record", noai="obey", rsl="obey")
    own = SiteRights(default="ignore: licensed", rsl="record")
    policies = shared.policies(own)
    ignored = Policy(action=Action.IGNORE, reason="licensed")
    assert (policies.noai, policies.rsl, policies.ai_txt) == (ignored, Policy(), ignored)
    assert shared.policies(SiteRights(rsl="record")).noai == Policy(action=Action.OBEY)
    assert shared.policies().rsl == Policy(action=Action.OBEY)
    assert Config(rights=shared).policies("unknown") == shared.policies()
