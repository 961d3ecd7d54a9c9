"""A search finds what the texts say, in any script, and the index follows the corpus whatever becomes of it."""

import os
import shutil
import signal
import sqlite3
import string
import time
from datetime import date
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, story
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import open_corpus
from corpus.articles import Selection
from corpus.errors import ConfigError, StoreError
from corpus.folder import CorpusFolder
from corpus.likeness import Keep
from corpus.search import finding, index
from corpus.search.finding import Order, searching
from corpus.search.frequency import Span
from corpus.search.index import bring_up_to_date, forget_index, index_file
from corpus.search.kwic import Context, Sort
from corpus.search.query import parse_query
from corpus.search.tokens import fold, spelled_out, units

POST, LEDGER = "https://post.example", "https://ledger.example"
TEXTS = {
    "ferry": ("The slow ferry sails. A ferry is slow.\n\nFerries again, says the Économie.", "en", "2024-11-02"),
    "tokyo": ("東京で会議が開かれた。京都ではない。", "ja", "2024-12-05"),
    "beijing": ("北京大学的学生在图书馆用iPhone手机。", "zh", "2024-12-06"),
    "thai": ("ประเทศไทยมีการเลือกตั้งในวันอาทิตย์", "th", "2025-02-01"),
    "hindi": ("यह किताब पढ़ना अच्छा है और स्कूल भी", "hi", "2025-02-02"),
    "arabic": ("وقال الرئيس إن العَبّارة تأخرت اليوم", "ar", None),
    "russian": ("Йога и ёлка стояли у зелёного дома", "ru", "2025-02-03"),
    "korean": ("서울에서 회의가 열렸다", "ko", "2025-02-04"),
    "persian": ("او می\u200cرود به خانه", "fa", "2025-02-05"),
    "strasse": ("Die Straße war naß, DON'T walk: COVID-19 rules.", "de", "2025-02-06"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("search") / "corpus"
    with Builder.begin(root) as builder:
        for name, (text, language, day) in TEXTS.items():
            site = LEDGER if name in ("thai", "hindi") else POST
            title = "Ferry news" if name == "ferry" else name
            builder.take(Shot(url=f"{site}/{name}", text=text, title=title, language=language, published=day))
        builder.take(Shot(url=f"{POST}/long", text="Page one of it.", title="A long one"))
        builder.take(Shot(url=f"{POST}/long?page=2", text="Page two has a zebra.", part=(f"{POST}/long", 2)))
    return root


def found(root: Path, query: str, selection: Selection | None = None, order: Order = Order.RELEVANCE) -> list[str]:
    with open_corpus(root) as corpus:
        return [
            match.url.rpartition("/")[2] for match in corpus.search(query, selection=selection, order=order).matches
        ]


# -- what is found -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ferry", ["ferry"]),
        ("FERRY slow", ["ferry"]),
        ('"slow ferry"', ["ferry"]),
        ('"ferry slow"', []),
        ("“slow ferry”", ["ferry"]),
        ("ferr*", ["ferry"]),
        ('"the slow ferr*"', ["ferry"]),
        ('"the slow ferr"*', ["ferry"]),
        ("ferr", []),
        ("economie", ["ferry"]),
        ("news", ["ferry"]),  # in the title
        ("ferry NOT slow", []),
        ("ferry NOT (train OR tram)", ["ferry"]),
        ("NOT train ferry", ["ferry"]),
        ("zebra", ["long"]),
        ("東京", ["tokyo"]),
        ("京", ["beijing", "tokyo"]),
        ("東京都", []),
        ("会議が開", ["tokyo"]),
        ("会議開", []),
        ("北京 OR 京都", ["beijing", "tokyo"]),
        ("图书馆", ["beijing"]),
        ("大学*", ["beijing"]),
        ("用iPhone手机", ["beijing"]),
        ("iphone", ["beijing"]),
        ("ไทย", ["thai"]),
        ("เลือกตั้ง", ["thai"]),
        ("किताब", ["hindi"]),
        ("किता*", ["hindi"]),
        ("कताब", []),  # without its vowel sign it is another word
        ("العبارة", ["arabic"]),  # with and without vowel points
        ("елка", ["russian"]),
        ("иога", []),  # й is no accented и
        ("서울*", ["korean"]),
        ("میرود", ["persian"]),
        ("strasse nass", ["strasse"]),
        ("don't", ["strasse"]),
        ("covid-19", ["strasse"]),
    ],
)
def test_a_query_finds_what_the_texts_say(root: Path, query: str, names: list[str]) -> None:
    assert sorted(found(root, query)) == names


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "the query is empty"),
        ("  ", "the query is empty"),
        ("(ferry", "a parenthesis is not closed"),
        ("ferry)", "a parenthesis is closed that was not opened"),
        ('"ferry', "a quotation mark is not closed"),
        ("ferry AND", "something is missing at its end"),
        ("OR ferry", "something is missing before OR"),
        ("NOT ferry", "NOT needs something beside it"),
        ("f*ry", r"\* may only end a word"),
        ("*ferry", r"\* may only end a word"),
        ("!?", "neither letters nor digits"),
        ("*", "neither letters nor digits"),
        ("()", r"something is missing before \)"),
        ("(" * 51 + "a" + ")" * 51, "more than 50 parentheses"),
    ],
)
def test_a_query_that_cannot_be_understood_is_refused_with_the_reason(query: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        parse_query(query)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=f'{string.printable}東京é"*()\u0e01\u093f', max_size=25))
def test_no_query_breaks_the_index(query: str) -> None:
    try:
        expression = parse_query(query).expression
    except ConfigError:
        return
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE indexed USING fts5 (title, text, content = '', tokenize = 'ascii')")
    db.execute("SELECT count(*) FROM indexed WHERE indexed MATCH ?", (expression,)).fetchone()
    db.close()


LETTERS = st.text(alphabet="abé ß,.東京คิต\n'-\ufe0f\u200d\uff76\uff9e", max_size=60)


@settings(max_examples=150, deadline=None)
@given(LETTERS)
def test_the_index_is_given_the_very_words_that_lines_are_made_of(text: str) -> None:
    words = [unit.token for unit in units(text)]
    assert spelled_out(text) == (" ".join(words), len(words))


@settings(max_examples=150, deadline=None)
@given(LETTERS, st.data())
def test_any_piece_of_an_unspaced_text_is_found_in_it(text: str, draw: st.DataObject) -> None:
    text = "".join(unit.own for unit in units(text) if unit.unspaced)
    words = units(text)
    if not words:
        return
    begin = draw.draw(st.integers(0, len(words) - 1))
    end = draw.draw(st.integers(begin + 1, len(words)))
    (phrase,) = parse_query(text[words[begin].start : words[end - 1].end]).phrases
    assert begin in list(phrase.places(words))
    assert phrase.width == end - begin


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I \u2764\ufe0f NY \u2600\ufe0f", ["i", "ny"]),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 met", ["met"]),
        ("1\ufe0f\u20e3 goal", ["1", "goal"]),
        ("\u845b\U000e0100城", ["\u845b城", "城"]),
        ("\uff76\uff9e\uff72\uff84\uff9e", ["ガイ", "イド", "ド"]),
        ("KADIN kadın", ["kadin", "kadin"]),
    ],
)
def test_how_a_character_looks_makes_no_word_and_no_other_word(text: str, words: list[str]) -> None:
    assert [unit.token for unit in units(text)] == words
    assert spelled_out(text) == (" ".join(words), len(words))


@given(st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_folding_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(sites=("ledger",)), ["hindi", "thai"]),
        (Selection(languages=("ja", "th")), ["thai", "tokyo"]),
        (Selection(since=date(2025, 2, 2)), ["hindi"]),
        (Selection(until=date(2025, 2, 2)), ["thai", "tokyo"]),
        (Selection(until=date(2025, 2, 1)), ["tokyo"]),
    ],
)
def test_conditions_narrow_a_search(root: Path, selection: Selection, names: list[str]) -> None:
    assert sorted(found(root, "会議 OR ไทย OR किताब", selection)) == names


def test_the_newest_come_first_where_that_is_asked_for(root: Path) -> None:
    query = "ferry OR 京 OR الرئيس"
    assert found(root, query, order=Order.DATE) == ["beijing", "tokyo", "ferry", "arabic"]


@pytest.mark.parametrize("many", [0.0, 1.0])
def test_the_newest_come_first_whether_few_or_many_are_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, many: float
) -> None:
    monkeypatch.setattr(finding, "_MANY", many)
    query = "ferry OR 京 OR الرئيس OR किताब"
    assert found(root, query, order=Order.DATE) == ["hindi", "beijing", "tokyo", "ferry", "arabic"]
    assert found(root, query, Selection(sites=("post",)), Order.DATE) == ["beijing", "tokyo", "ferry", "arabic"]
    with open_corpus(root) as corpus:
        assert [line.keyword for line in corpus.kwic("京 OR किताब").lines] == ["किताब", "京", "京", "京"]


def test_where_very_many_are_found_those_that_were_stored_last_are_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_MOST_RANKED", 2)
    with Builder.begin(tmp_path) as builder:
        for number, times in enumerate((9, 1, 2)):
            text = f"{story(f'cat{number}x')} {'zebra ' * times}"
            builder.take(Shot(url=f"{POST}/{number}", text=text, title="Animals", hour=number))
    with open_corpus(tmp_path) as corpus:
        told = corpus.search("zebra")
    assert (told.articles, [one.url[-1] for one in told.matches]) == (3, ["2", "1"])


def test_a_word_in_the_title_weighs_more(tmp_path: Path) -> None:
    with Builder.begin(tmp_path) as builder:
        builder.take(Shot(url=f"{POST}/text", text=f"{story('cat')} Here a zebra comes.", title="Cats"))
        builder.take(Shot(url=f"{POST}/title", text=f"{story('dog')} Here a horse comes.", title="Zebra"))
    assert found(tmp_path, "zebra") == ["title", "text"]


def test_of_a_cluster_only_the_canonical_one_is_found_where_that_is_asked_for(tmp_path: Path) -> None:
    with Builder.begin(tmp_path) as builder:
        builder.take(Shot(url=f"{POST}/a", text=story("ferry", 14), title="First"))
        builder.take(Shot(url=f"{LEDGER}/b", text=f"{story('ferry', 14)} More.", title="Second", hour=1))
    assert len(found(tmp_path, "ferry0")) == 2
    assert len(found(tmp_path, "ferry0", Selection(keep=Keep.CANONICAL))) == 1
    assert found(tmp_path, "more", Selection(keep=Keep.CANONICAL)) == ["b"]  # the first of those that say it


def test_an_export_may_ask_for_a_query(root: Path) -> None:
    with open_corpus(root) as corpus:
        selection = Selection(query="ferr* OR 東京", keep=Keep.CANONICAL)
        assert corpus.count(selection) == 2
        assert {one.url for one in corpus.select(selection)} == {f"{POST}/ferry", f"{POST}/tokyo"}


# -- lines in context --------------------------------------------------------------------------------------------------


def test_a_line_is_what_stands_around_a_hit(root: Path) -> None:
    with open_corpus(root) as corpus:
        found = corpus.kwic('"slow ferry" OR again', context=Context(size=2))
    assert [(line.left, line.keyword, line.right) for line in found.lines] == [
        ("The", "slow ferry", "sails. A"),
        ("slow. Ferries", "again", ", says the"),
    ]
    assert (found.hits, found.articles) == (2, 1)


def test_context_may_be_counted_in_characters(root: Path) -> None:
    with open_corpus(root) as corpus:
        (line,) = corpus.kwic("会議", context=Context(size=3, characters=True)).lines[:1]
    assert (line.left, line.keyword, line.right) == ("東京で", "会議", "が開か")


def test_hits_of_several_phrases_at_one_place_are_one_line(root: Path) -> None:
    with open_corpus(root) as corpus:
        lines = corpus.kwic('slow OR "slow ferry"').lines
    assert [line.keyword for line in lines] == ["slow ferry", "slow"]


def test_lines_are_sorted_by_either_side(tmp_path: Path) -> None:
    with Builder.begin(tmp_path) as builder:
        text = "Old zebra runs. New zebra walks. A small zebra eats."
        builder.take(Shot(url=f"{POST}/a", text=text, title="Animals"))
    with open_corpus(tmp_path) as corpus:
        left = corpus.kwic("zebra", sort=Sort.LEFT)
        right = corpus.kwic("zebra", sort=Sort.RIGHT, most=2)
    assert [line.left.split()[-1] for line in left.lines] == ["New", "Old", "small"]
    assert [line.right.split()[0] for line in right.lines] == ["eats", "runs."]
    assert (right.hits, right.articles) == (3, 1)


@pytest.mark.parametrize(("most", "shown", "hits"), [(2, 2, None), (3, 3, 3), (4, 3, 3), (None, 3, 3)])
def test_hits_in_all_are_told_where_all_were_seen(
    tmp_path: Path, most: int | None, shown: int, hits: int | None
) -> None:
    with Builder.begin(tmp_path) as builder:
        builder.take(Shot(url=f"{POST}/a", text="A zebra, a zebra and a zebra.", title="Animals"))
    with open_corpus(tmp_path) as corpus:
        found = corpus.kwic("zebra", most=most)
    assert (len(found.lines), found.hits) == (shown, hits)


def test_a_negative_context_is_refused() -> None:
    with pytest.raises(ValueError, match="size must not be negative: -1"):
        Context(size=-1)


# -- frequencies -------------------------------------------------------------------------------------------------------


def test_hits_are_counted_by_month_beside_all_words(root: Path) -> None:
    with open_corpus(root) as corpus:
        found = corpus.frequency("ferr*", "京", '"slow ferry" OR ferry')
    assert [period.name for period in found.periods] == ["2024-11", "2024-12", "2025-01", "2025-02"]
    assert [[count.hits for count in period.counts] for period in found.periods[:3]] == [
        [4, 0, 4],
        [0, 3, 0],
        [0, 0, 0],
    ]
    november = found.periods[0]
    assert november.words == 2 + len(units(TEXTS["ferry"][0]))
    assert november.per_million(0) == round(4e6 / november.words, 2)
    assert found.periods[2].per_million(0) is None
    assert found.undated.articles == 2


@pytest.mark.parametrize(("span", "names"), [(Span.YEAR, ["2024", "2025"]), (Span.DAY, 97)])
def test_periods_are_days_months_or_years(root: Path, span: Span, names: list[str] | int) -> None:
    with open_corpus(root) as corpus:
        periods = [period.name for period in corpus.frequency("ferry", span=span).periods]
    assert (periods if isinstance(names, list) else len(periods)) == names


QUERIES = ["ferr*", "京", '"slow ferry"', "slow OR ferry", "the", "な*", '"京都で"', "ferry NOT train", "a zebra"]


@pytest.mark.parametrize("query", QUERIES)
def test_frequencies_count_the_lines_of_kwic(root: Path, query: str) -> None:
    with open_corpus(root) as corpus:
        found = corpus.frequency(query)
        lines = corpus.kwic(query, most=None).lines
    assert sum(period.counts[0].hits for period in (*found.periods, found.undated)) == len(lines)


# -- the index follows -------------------------------------------------------------------------------------------------


def test_the_index_follows_every_change(tmp_path: Path) -> None:
    with Builder.begin(tmp_path) as builder:
        builder.take(Shot(url=f"{POST}/a", text=story("ferry"), title="One"))
        assert found(tmp_path, "ferry0") == ["a"]
        builder.take(Shot(url=f"{POST}/b", text=story("zebra"), title="Two", hour=1))
        assert found(tmp_path, "zebra0") == ["b"]
        builder.take(Shot(url=f"{POST}/a", text=story("camel"), title="One", hour=2))
        assert (found(tmp_path, "camel0"), found(tmp_path, "ferry0")) == (["a"], [])
        builder.take(Shot(url=f"{POST}/b?page=2", text="Then a giraffe.", part=(f"{POST}/b", 2), hour=3))
        assert found(tmp_path, "giraffe") == ["b"]
        builder.take(Shot(url=f"{POST}/b?page=2", text="Then an okapi.", part=(f"{POST}/b", 2), hour=4))
        assert (found(tmp_path, "okapi"), found(tmp_path, "giraffe")) == (["b"], [])
        with builder.store.transaction() as db:
            gone = db.execute("SELECT article_id FROM alias WHERE url = ?", (f"{POST}/a",)).fetchone()[0]
            for table in ("alias", "capture"):
                db.execute(f"DELETE FROM {table} WHERE article_id = ?", (gone,))
            db.execute("DELETE FROM article WHERE id = ?", (gone,))
        assert found(tmp_path, "camel0") == []


def test_nothing_is_done_where_nothing_has_changed(root: Path) -> None:
    folder = CorpusFolder(root)
    time.sleep(0.11)
    bring_up_to_date(folder)
    size = index_file(folder).stat().st_mtime_ns
    assert bring_up_to_date(folder) == 0
    assert index_file(folder).stat().st_mtime_ns == size


@pytest.mark.parametrize("harm", ["delete", "damage", "older words"])
def test_an_index_that_is_of_no_use_is_made_again(root: Path, tmp_path: Path, harm: str) -> None:
    folder = CorpusFolder(tmp_path / "copy")
    shutil.copytree(root, folder.root)
    bring_up_to_date(folder)
    if harm == "delete":
        forget_index(folder)
    elif harm == "damage":
        index_file(folder).write_bytes(b"no database at all" * 500)
    else:
        with sqlite3.connect(index_file(folder)) as db:
            db.execute("UPDATE state SET value = 'layout 0' WHERE name = 'made as'")
        db.close()
    assert found(folder.root, "ferry") == ["ferry"]


@pytest.mark.parametrize("table", ["indexed_data", "doc"])
@pytest.mark.parametrize("exported", [False, True])
def test_an_index_whose_damage_shows_late_is_deleted_and_made_again(
    root: Path, tmp_path: Path, table: str, exported: bool
) -> None:
    folder = CorpusFolder(tmp_path / "copy")
    shutil.copytree(root, folder.root)
    bring_up_to_date(folder)
    _damage(index_file(folder), table)

    def names() -> list[str]:
        if not exported:
            return found(folder.root, "ferry")
        with open_corpus(folder.root) as corpus:
            return [article.url.rpartition("/")[2] for article in corpus.select(Selection(query="ferry"))]

    with pytest.raises(StoreError, match=r"index\.db: was damaged and is deleted; run the command again"):
        names()
    assert names() == ["ferry"]


def test_damage_to_the_corpus_is_not_taken_for_damage_to_the_index(root: Path, tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path / "copy")
    shutil.copytree(root, folder.root)
    bring_up_to_date(folder)
    _damage(folder.database, "text")
    with pytest.raises(StoreError, match=r"corpus\.db: is damaged"):
        found(folder.root, "ferry")
    assert index_file(folder).exists()


def _damage(file: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    db = sqlite3.connect(file)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with file.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)


def test_what_is_out_of_date_does_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_LEAST_OUTDATED", 3)
    with Builder.begin(tmp_path) as builder:
        for hour in range(12):
            builder.take(Shot(url=f"{POST}/a", text=story(f"ferry{hour}x"), title="One", hour=hour))
            assert found(tmp_path, f"ferry{hour}x0") == ["a"]
    with sqlite3.connect(index_file(CorpusFolder(tmp_path))) as db:
        assert db.execute("SELECT count(*) FROM indexed_docsize").fetchone()[0] <= 5
    db.close()


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_killed_while_it_indexes_it_goes_on_where_it_was(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    folder = CorpusFolder(tmp_path / "copy")
    shutil.copytree(root, folder.root)
    forget_index(folder)
    monkeypatch.setattr(index, "_BATCH", 4)
    child = os.fork()
    if child == 0:
        done = 0

        def shown(_: int) -> None:
            nonlocal done
            done += 1
            if done == batches:
                os.kill(os.getpid(), signal.SIGKILL)

        def begun(_: int) -> None:
            if batches == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        bring_up_to_date(folder, found=begun, shown=shown)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert bring_up_to_date(folder) == len(TEXTS) + 1 - 4 * batches
    assert sorted(found(folder.root, "京")) == ["beijing", "tokyo"]


def test_an_index_that_cannot_be_written_is_told_of(root: Path, tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path / "copy")
    shutil.copytree(root, folder.root, ignore=shutil.ignore_patterns("search"))
    folder.search.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="search"), searching(folder):
        pass
