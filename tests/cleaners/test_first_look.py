"""Plain pages are decided at first look, without the extractor; all others as if nobody had looked."""

from dataclasses import replace

import pytest
from cleaning import PARAGRAPH, metadata, p, page_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import looks
from cleaners.blocks import read_blocks
from cleaners.clean import clean, clean_and_outline
from cleaners.config import DEFAULT, CleanerConfig
from cleaners.draft import BOILERPLATE, Draft
from cleaners.explain import explain
from cleaners.first_look import Doubts, choose_paragraphs, count_scraps, is_decided, measure_doubts
from cleaners.judge import Gauge
from cleaners.judge_context import Evidence
from cleaners.look_config import LookConfig
from corpus.errors import ConfigError
from corpus.types import Article

STORY = [f"{word} {PARAGRAPH}" for word in ("First", "Then", "Later", "Afterwards", "Finally", "At last", "Now")]
RUNNING = sum(map(len, STORY))
MENU = "<ul>" + "".join(f'<li><a href="/{word}">{word}</a>' for word in ("News", "Sport", "Weather")) + "</ul>"
HEAD = "<title>Storm hits coast</title>"
NEWS = f"{HEAD}<body>{MENU}<article><h1>Storm hits coast</h1>{p(*STORY)}</article>{MENU}"
#: Scraps without a paragraph, of which nobody knows what they are.
SCRAPS = HEAD + "<body>" + "".join(f"<div>Storm and rain {number}</div>" for number in range(40))


def looking(**settings: object) -> CleanerConfig:
    return replace(DEFAULT, look=LookConfig(**settings))  # type: ignore[arg-type]


SURE = looking(max_doubt=1.0, max_block_doubt=1000.0)
BLIND = looking(enabled=False)


def looked(html: str, config: CleanerConfig = SURE) -> tuple[bool, Draft, Evidence]:
    seen = looks.survey(parse(html), page_of(html), metadata(title="Storm hits coast"), config)
    draft, evidence = looks.draft_by_paragraphs(seen, config)
    return is_decided(draft, evidence, Gauge(seen.blocks), config), draft, evidence


def doubts_of(html: str, monkeypatch: pytest.MonkeyPatch) -> Doubts:
    found: list[Doubts] = []

    def spy(*arguments: object) -> Doubts:
        found.append(measure_doubts(*arguments))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr("cleaners.first_look.measure_doubts", spy)
    looked(html)
    return found[0]


def test_a_plain_story_is_read_without_the_extractor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "extract", lambda *_: pytest.fail("the extractor was asked"))
    verdict = clean(page_of(NEWS))
    assert isinstance(verdict, Article)
    assert verdict.text == "\n\n".join(STORY)


def test_the_first_look_and_the_whole_path_say_the_same_of_a_plain_story() -> None:
    assert clean(page_of(NEWS), BLIND) == clean(page_of(NEWS))


def test_whoever_does_not_look_asks_the_extractor() -> None:
    assert explain(page_of(NEWS)).look == "first"
    assert explain(page_of(NEWS), BLIND).look == "whole"


@pytest.mark.parametrize(("more", "decided"), [(0, True), (1, False)])
def test_a_page_with_little_running_text_goes_the_whole_way(more: int, decided: bool) -> None:
    config = looking(min_running=RUNNING + more, max_doubt=1.0, max_block_doubt=1000.0)
    assert looked(NEWS, config)[0] is decided


@pytest.mark.parametrize(("most", "decided"), [(1.0, True), (0.99, False)])
def test_a_page_of_scraps_goes_the_whole_way(most: float, decided: bool) -> None:
    html = NEWS.replace("<p>", "<div>And so</div><p>")
    config = looking(max_doubt=1.0, max_block_doubt=1000.0, max_scraps=most * 6 / 7)
    draft = looks.draft_by_paragraphs(looks.survey(parse(html), page_of(html), metadata()))[0]
    assert count_scraps(draft) == (len(STORY) - 1) / len(STORY)
    assert looked(html, config)[0] is decided


@pytest.mark.parametrize("name", ["max_doubt", "max_block_doubt"])
def test_a_page_in_doubt_goes_the_whole_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    doubts = doubts_of(NEWS, monkeypatch)
    limit = doubts.page if name == "max_doubt" else doubts.block
    assert limit > 0
    for most, decided in ((limit, True), (limit * 0.999, False)):
        config = replace(SURE, look=replace(SURE.look, **{name: most}))
        assert looked(NEWS, config)[0] is decided


@pytest.mark.parametrize("html", [NEWS, SCRAPS, "<body>", f"{HEAD}{p(*STORY[:2])}"])
def test_a_page_that_is_not_decided_is_cleaned_as_if_nobody_had_looked(html: str) -> None:
    undecided = looking(max_doubt=0.0, max_block_doubt=0.0)
    assert clean_and_outline(page_of(html), undecided).verdict == clean(page_of(html), BLIND)
    assert explain(page_of(html), undecided) == explain(page_of(html), BLIND)


def test_a_look_that_decides_nothing_leaves_the_draft_as_it_was() -> None:
    decided, draft, evidence = looked(NEWS, looking(max_doubt=0.0, max_block_doubt=0.0))
    assert not decided
    assert draft.rules == evidence.rules
    assert not draft.first_look


@given(st.permutations([NEWS, SCRAPS, NEWS.replace("hits", "leaves")]))
@settings(deadline=None, max_examples=6)
def test_what_was_cleaned_before_changes_nothing(pages: list[str]) -> None:
    alone = {html: clean(page_of(html)) for html in sorted(pages)}
    assert {html: clean(page_of(html)) for html in pages} == alone


def test_all_paragraphs_stand_for_the_extractors_answer() -> None:
    blocks = read_blocks(parse(f"<h1>Title</h1>{p('x' * 80, 'y' * 79)}<p><a href=/>{'z' * 90}</a>"))
    assert choose_paragraphs(blocks, DEFAULT.extract) == {1}


@pytest.mark.parametrize(
    ("rule", "chance", "page", "block"),
    [
        (None, 0.9, 0.1, 10.0),
        (BOILERPLATE, 0.9, 0.1, 10.0),
        # What a rule with a name cut stays cut, though the trees would have it.
        ("related", 0.9, 90.0, 90.0),
        ("related", 0.1, 10.0, 10.0),
    ],
)
def test_doubt_is_the_chance_that_a_block_is_decided_wrongly(
    rule: str | None, chance: float, page: float, block: float
) -> None:
    blocks = read_blocks(parse(p("x" * 100)))
    assert measure_doubts(blocks, [rule], [chance]) == Doubts(page, block)


def test_short_blocks_weigh_something_and_long_ones_do_not_weigh_more_than_a_paragraph() -> None:
    blocks = read_blocks(parse(p("x" * 1000, "y" * 2)))
    assert measure_doubts(blocks, [None, None], [0.9, 1.0]).block == pytest.approx(20)
    assert measure_doubts(blocks, [None, None], [1.0, 0.9]).page == pytest.approx(2 / 1002)


def test_lines_that_the_first_look_brings_in_pass_the_rules_of_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    line = 'Read more: <a href="/s">Storm leaves coast and comes back</a>'
    html = NEWS.replace("<p>Later", f"<p>{line}</p><p>Later")
    monkeypatch.setattr(
        "cleaners.first_look.score_blocks",
        lambda rules, *_: [9000 if rule in (None, BOILERPLATE) else -9000 for rule in rules],
    )
    told = {block.text: block.rule for block in explain(page_of(html)).blocks}
    assert told["Read more: Storm leaves coast and comes back"] == "related"
    assert explain(page_of(html)).look == "first"


@pytest.mark.parametrize(("score", "stays"), [(-1399, True), (-1400, False)])
def test_a_standfirst_is_cut_on_as_plain_evidence_as_the_judge_asks_for(
    score: int, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = "Hundreds of people left their houses in the night and none came back"
    html = NEWS.replace("<p>First", f"<h2>{summary}</h2><p>First", 1)
    page = html.replace("<body>", f'<meta name=description content="{summary}"><body>')
    whole = SURE.judge.lead_score
    assert whole == -1400

    def score_all(rules: list[str | None], columns: dict[str, list[int]], _: str) -> list[int]:
        return [score if like == 1000 else 9000 if rule is None else -9000
                for rule, like in zip(rules, columns["summary"], strict=True)]  # fmt: skip

    monkeypatch.setattr("cleaners.first_look.score_blocks", score_all)
    told = {block.text: block.kept for block in explain(page_of(page), SURE).blocks}
    assert told[summary] is stays


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("min_running", -1, 1_000_001),
        ("max_scraps", -1, 1001),
        ("max_doubt", -0.1, 1.1),
        ("max_block_doubt", -1, 1001),
    ],
)
def test_thresholds_have_ranges(name: str, low: float, high: float) -> None:
    for value in (low, high):
        with pytest.raises(ConfigError, match=name):
            LookConfig(**{name: value})


def test_a_gauge_measures_a_page_again_as_if_for_the_first_time() -> None:
    _, _, evidence = looked(NEWS)
    rules = tuple(None if index % 2 else BOILERPLATE for index in range(len(evidence.blocks)))
    gauge = Gauge(evidence.blocks)
    gauge.measure(evidence)
    again = gauge.measure(replace(evidence, rules=rules))
    fresh = Gauge(evidence.blocks).measure(replace(evidence, rules=rules))
    assert again.keys() == fresh.keys()
    assert all((again[name] == fresh[name]).all() for name in fresh)
