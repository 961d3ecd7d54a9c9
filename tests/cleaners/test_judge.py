from dataclasses import replace

import numpy as np
import pytest
from cleaning import PARAGRAPH, URL, metadata, p, page_of, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.clean import clean_html
from cleaners.config import DEFAULT, BlockConfig, LookConfig
from cleaners.draft import BOILERPLATE, Draft
from cleaners.judge import JUDGED, judge_blocks, may_restore, measure_doubt, measure_page
from cleaners.judge_context import Evidence
from cleaners.looks import draft_by_rules
from corpus.errors import ConfigError
from corpus.types import Removal

STORY = [f"{word} {PARAGRAPH}" for word in ("First", "Then", "Later", "Afterwards", "Finally")]
MENU = "<ul>" + "".join(f'<li><a href="/{word}">{word}</a>' for word in ("News", "Sport", "Weather")) + "</ul>"


def drafted(html: str) -> tuple[Draft, Evidence]:
    page = page_of(html)
    return draft_by_rules(parse(html), page, metadata(title="Storm hits coast"), DEFAULT)


def judged(html: str, config: BlockConfig | None = None) -> Draft:
    draft, evidence = drafted(html)
    judge_blocks(draft, evidence, config or BlockConfig())
    return draft


def news(*more: str) -> str:
    return f"<body>{MENU}<article><h1>Storm hits coast</h1>{p(*STORY)}{''.join(more)}</article>{MENU}"


def test_a_plain_story_stays_as_it_is() -> None:
    assert [block.text for block in judged(news()).kept] == STORY


def test_a_plain_story_is_hardly_doubted() -> None:
    assert judged(news()).doubt < 0.2


def test_every_cut_of_the_judge_says_how_sure_it_is() -> None:
    everything = judged(news(), BlockConfig(keep_score=10_000, min_left_share=0.0))
    assert not everything.kept
    scores = [score for block, _, score in everything.account() if block.text in STORY]
    assert all(score is not None and 0 <= score <= 1 for score in scores)


def test_a_cut_that_no_place_explains_is_called_judged() -> None:
    everything = judged(news(), BlockConfig(keep_score=10_000, min_left_share=0.0))
    assert {rule for block, rule, _ in everything.account() if block.text in STORY} == {JUDGED}


@pytest.mark.parametrize(("share", "left"), [(0.0, 0), (0.01, len(STORY))])
def test_a_judge_that_leaves_nothing_is_not_believed(share: float, left: int) -> None:
    assert len(judged(news(), BlockConfig(keep_score=10_000, min_left_share=share)).kept) == left


@pytest.mark.parametrize(("rule", "stays"), [("related", True), (BOILERPLATE, False)])
def test_what_a_rule_cut_for_a_reason_stays_cut(rule: str, stays: bool) -> None:
    draft, evidence = drafted(news())
    draft.cut(draft.kept[2], rule)
    judge_blocks(draft, replace(evidence, rules=draft.rules), BlockConfig(restore_score=-10_000))
    assert (STORY[2] not in [block.text for block in draft.kept]) is stays


@pytest.mark.parametrize(
    ("rule", "named", "other_article", "card", "allowed"),
    [
        (BOILERPLATE, 40, 0, 0, True),
        (BOILERPLATE, 5, -1, 0, True),
        (BOILERPLATE, 4, 0, 0, False),
        (BOILERPLATE, 40, 1, 0, False),
        (BOILERPLATE, 40, 0, 1, False),
        ("related", 40, 0, 0, False),
        ("title-repeated", 40, 0, 0, False),
        (None, 40, 0, 0, False),
    ],
)
def test_only_what_nothing_speaks_against_is_restored(
    rule: str | None, named: int, other_article: int, card: int, allowed: bool
) -> None:
    assert may_restore([rule], {"in=named": [named], "other-article": [other_article], "card": [card]}) == [allowed]


def test_a_standfirst_that_is_the_pages_description_is_cut_only_on_plain_evidence() -> None:
    summary = "Hundreds of people left their houses in the night and none came back"
    html = f"<body><article><h1>Storm hits coast</h1><h2>{summary}</h2>{p(*STORY)}</article>"
    for stated, lead_score, stays in ((summary, -10_000, True), (summary, 10_000, False), ("", -10_000, False)):
        draft, evidence = drafted(html)
        draft.restore(next(block for block in draft.blocks if block.text == summary))
        known = replace(evidence, rules=draft.rules, metadata=metadata(standfirsts=(stated,)))
        judge_blocks(draft, known, BlockConfig(keep_score=10_000, lead_score=lead_score, min_left_share=0.0))
        assert (summary in [block.text for block in draft.kept]) is stays


@pytest.mark.parametrize(("container", "back"), [("story", True), ("more", False)])
def test_a_paragraph_that_stands_as_those_of_the_text_do_is_restored_on_less(container: str, back: bool) -> None:
    parts = [f'<div class="{name}"><p>{text}</p></div>' for name, text in zip(["story"] * 4, STORY, strict=False)]
    draft, evidence = drafted(
        f"<body><h1>Storm hits coast</h1>{''.join(parts)}<div class={container}>{p(STORY[4])}</div>"
    )
    for block in draft.blocks:
        draft.restore(block) if block.text in STORY[:4] else draft.cut(block, BOILERPLATE)
    config = BlockConfig(restore_score=10_000, sister_score=-10_000)
    judge_blocks(draft, replace(evidence, rules=draft.rules), config)
    assert (STORY[4] in [block.text for block in draft.kept]) is back


@pytest.mark.parametrize(
    ("tag", "line", "stays"), [("h2", "x" * 40, True), ("h2", "x" * 39, False), ("figcaption", "x" * 40, False)]
)
def test_a_standfirst_that_is_called_so_is_cut_only_on_plain_evidence(tag: str, line: str, stays: bool) -> None:
    draft, evidence = drafted(
        f"<article><h1>Storm hits coast</h1><{tag} class=standfirst>{line}</{tag}>{p(*STORY)}</article>"
    )
    draft.restore(next(block for block in draft.blocks if block.text == line))
    known = replace(evidence, rules=draft.rules)
    judge_blocks(draft, known, BlockConfig(keep_score=10_000, lead_score=-10_000, min_left_share=0.0))
    assert (line in [block.text for block in draft.kept]) is stays


def test_a_page_without_blocks_is_not_judged() -> None:
    assert not judged("<body>").kept


def test_a_model_that_is_not_there_is_a_setting_that_is_wrong() -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        judged(news(), BlockConfig(model="/nowhere/trees.json"))


def test_every_figure_is_a_whole_number_for_every_block() -> None:
    draft, evidence = drafted(news())
    columns = measure_page(evidence)
    assert all(len(column) == len(draft.blocks) for column in columns.values())
    assert all(np.issubdtype(column.dtype, np.integer) for column in columns.values())


def test_a_page_is_judged_alike_whatever_its_classes_are_called() -> None:
    plain = judged(news())
    strange = judged(news().replace("<p>", '<p class="x9-a">').replace("<li>", '<li class="q7">'))
    assert [block.text for block in plain.kept] == [block.text for block in strange.kept]


PIECES = st.sampled_from(
    ["<div>", "</div>", "<ul>", "<li>", "<a href=/x>", "</a>", "<h2>", "Share", "© 2024", PARAGRAPH]
)


@given(st.lists(PIECES, max_size=25))
@settings(max_examples=40, deadline=None)
def test_any_page_is_judged_twice_alike(pieces: list[str]) -> None:
    html = "<body>" + " ".join(pieces)
    first, second = judged(html), judged(html)
    assert list(map(str, first.rules)) == list(map(str, second.rules))
    assert 0 <= first.doubt == second.doubt <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_doubt_is_a_share(chances: list[float]) -> None:
    draft, _ = drafted("<body>" + p(*(f"{number} {PARAGRAPH}" for number in range(len(chances)))))
    assert 0 <= measure_doubt(draft.blocks, chances) <= 1


def test_the_score_of_a_cut_reaches_the_article() -> None:
    judge = BlockConfig(keep_score=10_000, restore_score=10_000, min_left_share=0.0)
    config = replace(DEFAULT, look=LookConfig(enabled=False), judge=judge, min_words=1)
    verdict = clean_html(news(), URL, config=config)
    assert isinstance(verdict, Removal)
    assert [cut.rule for cut in verdict.cuts if cut.score is not None] == [JUDGED]


def test_a_headline_that_the_judge_restores_is_no_part_of_the_text() -> None:
    head = "<title>Storm hits coast</title>"
    html = f"{head}<header><h1>Storm hits coast</h1></header>{MENU}<article>{p(*STORY)}</article>{MENU}"
    eager = replace(DEFAULT, look=LookConfig(enabled=False), judge=BlockConfig(restore_score=-10_000))
    article = clean_html(html, URL, config=eager)
    assert not isinstance(article, Removal)
    assert article.text.split("\n\n") == ["News", "Sport", "Weather", *STORY]
