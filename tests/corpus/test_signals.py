"""Signals are what their papers say, are computed once, and choose what is exported without removing anything."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from corpus_builder import Builder, Shot, story
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import open_corpus
from corpus.articles import Selection
from corpus.errors import ConfigError
from corpus.export import Filters
from corpus.schema import connect
from corpus.signals import storing
from corpus.signals.conditions import condition_as_sql
from corpus.signals.definitions import NAMES, SIGNALS
from corpus.signals.measuring import Signals, measure, split_words
from corpus.signals.storing import measure_missing
from corpus.types import Cut
from corpus.words import count_words

POST, LEDGER = "https://post.example", "https://ledger.example"
REPEATED = "the ferry sails to the far island at noon every day of the week and back again"
TEXTS = {
    "plain": "The ferry sails to the island. It is late, and that is not new.\nWe have it with us to be sure of it.",
    "lists": "- one thing\n- another thing\n• a third thing\nThe end of the list is here.\nshort",
    "hashes": "#ferry #harbour #late and more #news ... of the day … and so on ...\nRead on ...\nYes.",
    "again": f"{REPEATED}.\n{REPEATED}.\nThen something else is said of the boat.\n{REPEATED}",
    "runs": f"{REPEATED} and then {REPEATED} and then {REPEATED} until the end",
    "numbers": "12 34 56 78 90 to 2026 3.5 % of it\n1 2 3",
    "paragraphs": "One two three.\n\nFour five six.\n\nOne two three.\n\nSeven.",
}


def of(text: str) -> Signals:
    return measure(text, "en", language_confidence=0.99)


# -- the same figures as datatrove -------------------------------------------------------------------------------------


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Return a function that asks a filter of datatrove, given our words, whether a text passes a threshold."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter

    for module in (fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter):
        monkeypatch.setattr(module, "split_into_words", lambda text, _: split_words(text))
    kinds = {
        "quality": gopher_quality_filter.GopherQualityFilter,
        "repetition": gopher_repetition_filter.GopherRepetitionFilter,
        "fineweb": fineweb_quality_filter.FineWebQualityFilter,
    }
    off: dict[str, dict[str, Any]] = {
        "quality": dict.fromkeys(
            [
                "min_doc_words",
                "max_doc_words",
                "min_avg_word_length",
                "max_avg_word_length",
                "max_symbol_word_ratio",
                "max_bullet_lines_ratio",
                "max_ellipsis_lines_ratio",
                "max_non_alpha_words_ratio",
                "min_stop_words",
            ]
        ),
        "repetition": dict.fromkeys(["dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac"])
        | {"top_n_grams": (), "dup_n_grams": ()},
        "fineweb": {
            "line_punct_thr": -1.0,
            "short_line_thr": 2.0,
            "char_duplicates_ratio": 2.0,
            "new_line_ratio": 1e9,
        },
    }

    def passes(kind: str, text: str, **thresholds: object) -> bool:
        verdict = kinds[kind](**off[kind] | thresholds).filter(Document(text=text, id="1"))
        return verdict is True

    return passes


#: Signal, filter, the threshold's name, and whether it is the least that passes (otherwise the most).
AGREES = [
    ("bullet_lines", "quality", "max_bullet_lines_ratio", False),
    ("ellipsis_lines", "quality", "max_ellipsis_lines_ratio", False),
    ("alphabetic_words", "quality", "max_non_alpha_words_ratio", True),
    ("english_stop_words", "quality", "min_stop_words", True),
    ("duplicate_lines", "repetition", "dup_line_frac", False),
    ("duplicate_line_characters", "repetition", "dup_line_char_frac", False),
    ("duplicate_paragraphs", "repetition", "dup_para_frac", False),
    ("duplicate_paragraph_characters", "repetition", "dup_para_char_frac", False),
    *((f"top_{n}_gram", "repetition", f"top_n_grams/{n}", False) for n in (2, 3, 4)),
    *((f"duplicate_{n}_grams", "repetition", f"dup_n_grams/{n}", False) for n in range(5, 11)),
    ("punctuated_lines", "fineweb", "line_punct_thr", True),
    ("short_lines", "fineweb", "short_line_thr", False),
    ("repeated_characters", "fineweb", "char_duplicates_ratio", False),
    ("line_ends", "fineweb", "new_line_ratio", False),
]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("signal", "kind", "threshold", "least"), AGREES, ids=[row[0] for row in AGREES])
def test_a_signal_has_the_value_that_datatrove_compares(
    passes: Callable[..., bool], name: str, signal: str, kind: str, threshold: str, least: bool
) -> None:
    # Blank lines are no lines for us; datatrove's Gopher filter counts them, so here only the paragraphs have some.
    if name == "paragraphs" and kind == "quality":
        pytest.skip("datatrove counts blank lines as lines")
    text = TEXTS[name]
    value = of(text)[signal]
    assert value is not None
    whole = isinstance(value, int)
    nudge = 1 if whole else 0.0002

    def passes_at(limit: float) -> bool:
        option, _, n = threshold.partition("/")
        return passes(kind, text, **{option: ((int(n), limit),) if n else limit})

    rounding = 0 if whole else 0.00006
    inside, outside = (value - rounding, value + nudge) if least else (value + rounding, value - nudge)
    if inside > 0:  # datatrove takes 0 for "not asked for"
        assert passes_at(inside)
    if outside > 0:
        assert not passes_at(outside)


def test_symbols_in_proportion_to_words_are_those_of_datatrove(passes: Callable[..., bool]) -> None:
    found = of(TEXTS["hashes"])
    for signal in ("hashes", "ellipses"):
        text = TEXTS["hashes"].replace("…", "").replace("...", "") if signal == "hashes" else TEXTS["hashes"]
        value = of(text)[signal]
        assert value
        if signal == "ellipses":
            text = text.replace("#", "")
        assert passes("quality", text, max_symbol_word_ratio=value + 0.0001)
        assert not passes("quality", text, max_symbol_word_ratio=value - 0.0001)
    assert found["hashes"] == round(4 / count_words(TEXTS["hashes"]), 4)


def test_the_lines_that_c4_keeps_are_those_of_datatrove() -> None:
    from datatrove.data import Document
    from datatrove.pipeline.filters.c4_filters import C4QualityFilter

    text = (
        "This line is kept as it is.\nThis one has no end\nToo short.\nPlease enable javascript to go on.\n"
        'He said "so it is."\nRead our privacy policy to know more.\nIt goes on and on ...\n'
        "Is that so?\nIt is so! [12]\n"
        f"One {'x' * 1001} word."
    )
    document = Document(text=text, id="1")
    assert C4QualityFilter(min_num_sentences=-1).filter(document) is True
    lines = len(text.splitlines())
    found = of(text)
    assert found["c4_lines"] == round(len(document.text.splitlines()) / lines, 4)
    assert (found["javascript_lines"], found["policy_lines"]) == (round(1 / lines, 4), round(1 / lines, 4))


# -- what each says ----------------------------------------------------------------------------------------------------


def test_every_signal_is_measured_in_the_order_of_its_definition() -> None:
    assert tuple(of("A text.")) == NAMES
    assert [one.name for one in SIGNALS if one.optional] == ["stop_words", "cut_confidence"]


@pytest.mark.parametrize(
    ("text", "signal", "value"),
    [
        ("lorem ipsum dolor. Lorem Ipsum.", "lorem_ipsum", 2),
        ("a { b { c }", "curly_brackets", 2),
        ("One. Two! Three? And four", "sentences", 3),
        ("東京で会議が開かれた。京都ではない。", "sentences", 2),
        ("यह अच्छा है। वह भी।", "sentences", 2),
        ("no end", "sentences", 1),
        ("„Zitat.“ Er ging.", "sentences", 2),
        ("東京 two", "words", 3),
        ("“Well,” (she) said.", "mean_word_length", 3.6667),
        ("ab 12 ++", "symbols", 0.3333),
        ("ab 12 ++", "digits", 0.3333),
        ("किताब", "symbols", 0.0),
        ("The ferry of the harbour", "english_stop_words", 2),
        (f"{'x' * 30}\n{'x' * 31}", "short_lines", 0.5),
    ],
)
def test_a_signal_says_what_its_meaning_says(text: str, signal: str, value: float) -> None:
    assert of(text)[signal] == value


@pytest.mark.parametrize(
    ("text", "language", "share"),
    [
        ("The ferry of the harbour sails", "en", 0.5),
        ("Das Boot und der Hafen", "de", 0.6),
        ("ЭТО НЕ ТАК", "ru", 1.0),
        ("東京で会議", "ja", None),
        ("ଏହା ଏକ", "or", None),
        ("The ferry", "und", None),
    ],
)
def test_stop_words_are_those_of_the_language_or_unknown(text: str, language: str, share: float | None) -> None:
    assert measure(text, language, language_confidence=1.0)["stop_words"] == share


def test_confidence_in_the_extraction_is_how_sure_the_cuts_were_by_their_length() -> None:
    cuts = [Cut(text="a" * 30, rule="boilerplate", score=1.0), Cut(text="b" * 10, rule="boilerplate", score=0.5)]
    unweighed = Cut(text="c" * 100, rule="byline")
    assert measure("A text.", "en", language_confidence=1, cuts=[*cuts, unweighed])["cut_confidence"] == 0.75
    assert measure("A text.", "en", language_confidence=1, cuts=[unweighed])["cut_confidence"] is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab .\n東।-…#1", min_size=1, max_size=80).filter(str.strip))
def test_shares_are_shares_and_words_are_counted_as_everywhere(text: str) -> None:
    found = of(text)
    assert found["words"] == count_words(text)
    shares = {one.name for one in SIGNALS if one.name.endswith(("_lines", "_words", "_grams")) and not one.whole}
    assert all(0 <= (found[name] or 0) <= 1 for name in shares)


# -- conditions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("words", "is no condition on quality"),
        ("words>=many", "is no condition on quality"),
        ("words>=1.2.3", "compares with no number"),
        ("words<1e400", "compares with a number that is too large"),
        ("word>=1", "there is no signal 'word'; did you mean 'words'"),
        ("words>=1; DROP TABLE article", "is no condition on quality"),
    ],
)
def test_a_condition_that_cannot_be_understood_is_refused_with_the_reason(condition: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        condition_as_sql(condition)
    with pytest.raises(ConfigError):
        Filters(conditions=(condition,))


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    builder = Builder.begin(tmp_path)
    builder.take(Shot(url=f"{POST}/long", text=story("ferry", 14), title="Long", published="2024-11-02"))
    builder.take(Shot(url=f"{POST}/short", text="A short one of six words.", title="Short"))
    builder.take(Shot(url=f"{LEDGER}/odia", text="ଏହା ଏକ ଛୋଟ ଲେଖା ଅଟେ।", title="Odia", language="or"))
    yield builder
    builder.store.close()


def chosen(root: Path, *conditions: str) -> list[str]:
    with open_corpus(root) as corpus:
        selection = Selection(conditions=conditions)
        found = sorted(one.url.rpartition("/")[2] for one in corpus.select(selection))
        assert corpus.count(selection) == len(found)
    return found


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        (("words>=6",), ["long", "short"]),
        (("words>=7",), ["long"]),
        (("words<6",), ["odia"]),
        (("words=6",), ["short"]),
        (("words!=6",), ["long", "odia"]),
        (("stop_words>0",), ["long", "short"]),
        (("stop_words>0?",), ["long", "odia", "short"]),
        (("stop_words>0?", "words<=6"), ["odia", "short"]),
    ],
)
def test_conditions_choose_articles_and_measure_them_first(
    builder: Builder, conditions: tuple[str, ...], names: list[str]
) -> None:
    assert chosen(builder.root, *conditions) == names


# -- storing -----------------------------------------------------------------------------------------------------------


def test_the_table_has_a_column_for_every_signal(tmp_path: Path) -> None:
    db = connect(tmp_path / "corpus.db")
    columns = [row["name"] for row in db.execute("PRAGMA table_info(quality)")]
    assert tuple(columns[5:]) == NAMES
    db.close()


def test_only_what_is_new_or_changed_is_measured(builder: Builder) -> None:
    database = builder.root / "corpus.db"
    assert (measure_missing(database), measure_missing(database)) == (3, 0)
    builder.take(Shot(url=f"{POST}/long", text=story("zebra", 3), title="Long", hour=2))
    assert (measure_missing(database), measure_missing(database)) == (1, 0)
    builder.take(Shot(url=f"{POST}/short?page=2", text="Page two.", part=(f"{POST}/short", 2), hour=3))
    assert (measure_missing(database), measure_missing(database)) == (1, 0)
    with open_corpus(builder.root) as corpus:
        article = corpus.article(f"{POST}/short")
        assert article is not None
        signals = corpus.signals(article)
        assert signals == measure(article.text, "en", language_confidence=0.99)


def test_what_is_gone_has_no_signals_left(builder: Builder) -> None:
    measure_missing(builder.root / "corpus.db")
    with builder.store.transaction() as db:
        gone = db.execute("SELECT article_id FROM alias WHERE url = ?", (f"{POST}/short",)).fetchone()[0]
        for table in ("alias", "capture"):
            db.execute(f"DELETE FROM {table} WHERE article_id = ?", (gone,))
        # Not even the digest of a text that went is kept, though its article may live on.
        assert db.execute("SELECT count(*) FROM quality").fetchone()[0] == 2
        db.execute("DELETE FROM article WHERE id = ?", (gone,))
    assert builder.store.db.execute("SELECT count(*) FROM quality").fetchone()[0] == 2


def test_measuring_goes_on_where_it_was(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "_BATCH", 1)
    database = builder.root / "corpus.db"

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_missing(database, shown=stop)
    assert measure_missing(database) == 2


def test_two_processes_store_what_one_does(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    database = builder.root / "corpus.db"

    def stored() -> list[tuple[object, ...]]:
        with sqlite3.connect(database) as db:
            rows = db.execute("SELECT * FROM quality ORDER BY article_id").fetchall()
            db.execute("DELETE FROM quality")
        db.close()
        return rows

    measure_missing(database)
    alone = stored()
    monkeypatch.setattr(storing, "_WORTH_PROCESSES", 1)
    monkeypatch.setattr(storing, "_BATCH", 1)
    measure_missing(database, processes=2)
    assert stored() == alone


def test_the_spread_of_a_signal_is_told_by_group(builder: Builder) -> None:
    measure_missing(builder.root / "corpus.db")
    with open_corpus(builder.root) as corpus:
        (words,) = corpus.spreads(["words"], Selection())
        by_site = corpus.spreads(["words", "stop_words"], Selection(), by="site")
        dated = corpus.spreads(["words"], Selection(since=date(2024, 1, 1)))
    assert (words.articles, words.percentiles[3]) == (3, 6.0)
    assert [(one.signal, one.group, one.articles, one.unknown) for one in by_site] == [
        ("words", "ledger", 1, 0),
        ("words", "post", 2, 0),
        ("stop_words", "ledger", 0, 1),
        ("stop_words", "post", 2, 0),
    ]
    assert [one.articles for one in dated] == [1]
