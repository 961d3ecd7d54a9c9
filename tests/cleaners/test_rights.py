"""What pages and headers say of their use is read, settled, and obeyed, recorded or ignored as the policy says."""

from dataclasses import replace

import pytest
from cleaning import PARAGRAPH, URL, page_of

from cleaners.clean import clean
from cleaners.config import CleanerConfig, SiteKnowledge
from cleaners.metadata import read_metadata
from cleaners.metadata.rights import speaks_of_rights
from cleaners.parse import parse
from cleaners.rights import decide
from corpus.rights import Action, Policies, Policy, Signal, Stance, Statement
from corpus.types import Article, Reason, Removal

OBEY = Policy(action=Action.OBEY)
STORY = (
    f"<html><head>{{}}</head><body><article><h1>Storm</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article></body></html>"
)
RSL = "application/rsl+xml"

#: Head of the page, header fields, and what they say.
SAYING = [
    ('<meta name="tdm-reservation" content="1">', (), [("tdm-reservation", "reserved", "page")]),
    ('<meta name="TDM-Reservation" content=" 0 ">', (), [("tdm-reservation", "open", "page")]),
    ("", (("TDM-Reservation", "1"),), [("tdm-reservation", "reserved", "header")]),
    ("", (("tdm-reservation", "0"),), [("tdm-reservation", "open", "header")]),
    ('<meta name="robots" content="index, NoAI">', (), [("noai", "reserved", "page")]),
    ('<meta name="robots" content="noml">', (), [("noai", "reserved", "page")]),
    ("", (("X-Robots-Tag", "noai"),), [("noai", "reserved", "header")]),
    ("", (("X-Robots-Tag", "NewsCorpusCollector: noai"),), [("noai", "reserved", "header")]),
    ('<meta name="robots" content="noimageai">', (), [("noimageai", "reserved", "page")]),
    ("", (("X-Robots-Tag", "noimageai"),), [("noimageai", "reserved", "header")]),
    ("", (("Content-Signal", "search=yes, ai-train=no"),), [("content-signal", "reserved", "header")]),
    ("", (("Content-Signal", "ai-train=yes"),), [("content-signal", "open", "header")]),
    ("", (("Content-Usage", "train-ai=n"),), [("content-signal", "reserved", "header")]),
    ("", (("Content-Usage", "train-ai=?1"),), [("content-signal", "open", "header")]),
    (f'<link rel="license" type="{RSL}" href="/rsl.xml">', (), [("rsl", "terms", "page")]),
    ("", (("Link", f'</a.css>; rel=preload, </rsl.xml>; rel="license"; type="{RSL}"'),), [("rsl", "terms", "header")]),
]
SILENT = [
    ('<meta name="tdm-reservation" content="2">', ()),
    ('<meta name="tdm-policy" content="https://www.planet.example/terms">', ()),
    ('<meta name="robots" content="index, follow, max-image-preview:large">', ()),
    ('<meta name="GPTBot" content="noai">', ()),
    ("", (("X-Robots-Tag", "otherbot: noai"),)),
    ("", (("Content-Signal", "search=no"),)),
    ("", (("Link", "</style.css>; rel=preload"),)),
    ('<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">', ()),
]


def said(head: str, headers: tuple[tuple[str, str], ...] = ()) -> tuple[Statement, ...]:
    page = page_of(STORY.format(head), headers=headers)
    return read_metadata(parse(STORY.format(head)), page).rights


def under(policy: Policy) -> CleanerConfig:
    return CleanerConfig(rights=Policies(**dict.fromkeys(Policies.__dataclass_fields__, policy)))


@pytest.mark.parametrize(("head", "headers", "expected"), SAYING)
def test_a_signal_is_read_where_it_stands(
    head: str, headers: tuple[tuple[str, str], ...], expected: list[tuple[str, str, str]]
) -> None:
    assert [(one.signal, one.stance, one.place) for one in said(head, headers)] == expected
    assert speaks_of_rights(headers) is bool(headers)


@pytest.mark.parametrize(("head", "headers"), SILENT)
def test_what_speaks_of_no_use_or_to_others_is_no_signal(head: str, headers: tuple[tuple[str, str], ...]) -> None:
    assert not said(head, headers)


def test_the_terms_of_a_reservation_are_kept_and_those_beside_0_are_not() -> None:
    policy = '<meta name="tdm-policy" content="/terms.json">'
    (reserved,) = said(f'<meta name="tdm-reservation" content="1">{policy}')
    (open_,) = said(f'<meta name="tdm-reservation" content="0">{policy}')
    assert (reserved.terms, open_.terms) == ("https://www.planet.example/terms.json", None)


# -- what is done about it -------------------------------------------------------------------------------------------

DENYING = [
    (head, headers) for head, headers, expected in SAYING if expected[0][0] != "noimageai" and expected[0][1] != "open"
]


@pytest.mark.parametrize(("head", "headers"), DENYING)
def test_what_is_obeyed_removes_the_page_and_names_signal_and_place(
    head: str, headers: tuple[tuple[str, str], ...]
) -> None:
    (statement,) = said(head, headers)
    verdict = clean(page_of(STORY.format(head), headers=headers), under(OBEY))
    assert isinstance(verdict, Removal)
    assert verdict.reason is Reason.OPT_OUT
    assert statement.signal in verdict.evidence
    assert {"header": "header", "page": "in the page"}[statement.place] in verdict.evidence


@pytest.mark.parametrize("policy", [Policy(), Policy(action=Action.IGNORE, reason="we have a licence")])
@pytest.mark.parametrize(("head", "headers"), DENYING)
def test_what_is_recorded_or_ignored_stays_with_the_article(
    head: str, headers: tuple[tuple[str, str], ...], policy: Policy
) -> None:
    (statement,) = said(head, headers)
    verdict = clean(page_of(STORY.format(head), headers=headers), under(policy))
    assert isinstance(verdict, Article)
    assert verdict.rights == (replace(statement, policy=policy),)


@pytest.mark.parametrize(("head", "headers"), [(h, f) for h, f, said in SAYING if said[0][1] == "open"] + SILENT)
def test_what_is_allowed_is_kept_where_opt_outs_are_obeyed(head: str, headers: tuple[tuple[str, str], ...]) -> None:
    assert isinstance(clean(page_of(STORY.format(head), headers=headers), under(OBEY)), Article)


@pytest.mark.parametrize(("policy", "image"), [(OBEY, None), (Policy(), "https://www.planet.example/storm.jpg")])
def test_noimageai_obeyed_costs_the_article_its_image_and_no_more(policy: Policy, image: str | None) -> None:
    head = '<meta name="robots" content="noimageai"><meta property="og:image" content="/storm.jpg">'
    verdict = clean(page_of(STORY.format(head)), under(policy))
    assert isinstance(verdict, Article)
    assert verdict.image == image


def test_nothing_is_obeyed_by_default() -> None:
    verdict = clean(page_of(STORY.format('<meta name="tdm-reservation" content="1">')))
    assert isinstance(verdict, Article)
    assert [one.policy for one in verdict.rights] == [Policy()]


def test_a_site_may_have_a_policy_of_its_own() -> None:
    page = page_of(STORY.format('<meta name="robots" content="noai">'))
    own = SiteKnowledge(policies=Policies(noai=OBEY))
    assert isinstance(clean(page, site=own), Removal)
    assert isinstance(clean(page, under(OBEY), SiteKnowledge(policies=Policies())), Article)


# -- several statements ----------------------------------------------------------------------------------------------


def tdm(place: str, stance: Stance) -> Statement:
    return Statement(signal=Signal.TDM_RESERVATION, stance=stance, place=place, evidence=stance)


@pytest.mark.parametrize("last", [Stance.OPEN, Stance.RESERVED])
def test_the_page_supersedes_the_header_and_that_the_file(last: Stance) -> None:
    first = Stance.RESERVED if last is Stance.OPEN else Stance.OPEN
    in_file, in_header, in_page = tdm("/x.json", first), tdm("header", first), tdm("page", last)
    noai = Statement(signal=Signal.NOAI, stance=Stance.RESERVED, place="header", evidence="noai")
    decided = decide([in_file, in_header, noai, in_page], Policies())
    assert [(one.place, one.stance) for one in decided] == [("header", Stance.RESERVED), ("page", last)]
    assert [one.place for one in decide([in_file, noai], Policies())] == ["/x.json", "header"]


def test_what_a_site_declares_is_obeyed_like_what_a_page_says() -> None:
    declared = (tdm("/.well-known/tdmrep.json", Stance.RESERVED),)
    obeying = Policies(tdm_reservation=OBEY)
    refused = clean(page_of(STORY.format("")), site=SiteKnowledge(declared=declared, policies=obeying))
    assert isinstance(refused, Removal)
    opened = '<meta name="tdm-reservation" content="0">'
    assert isinstance(
        clean(page_of(STORY.format(opened)), site=SiteKnowledge(declared=declared, policies=obeying)), Article
    )


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize("policy", [OBEY, Policy(), Policy(action=Action.IGNORE, reason="because")])
def test_a_statement_survives_being_stored(signal: Signal, policy: Policy) -> None:
    one = Statement(signal=signal, stance=Stance.TERMS, place="page", evidence="line 1", terms=URL, policy=policy)
    assert Statement.from_fields(one.to_fields()) == one
    assert Policies(**{signal.replace("-", "_"): policy}).of(signal) == policy
