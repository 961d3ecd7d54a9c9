"""Whatever happens to the corpus and to its consumers, a consumer's copy comes to be what the corpus is."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from corpus_builder import Builder, Shot, at, site_of, story
from happenings import (
    DOLPHINS,
    FERRY,
    FERRY_LATER,
    HAPPENINGS,
    A,
    B,
    C,
    D,
    Happening,
    forget,
    judge_again,
    let_happen,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import feed as feed_module
from corpus.backup import back_up
from corpus.captures import store_text
from corpus.changes import log_name, nothing_noted
from corpus.consumers import forget_consumer, list_consumers
from corpus.errors import ConfigError
from corpus.export.records import Record, record_of
from corpus.feed import Batch, Change, Feed, Kind
from corpus.folder import CorpusFolder
from corpus.reader import Corpus, open_corpus
from corpus.restore import restore
from corpus.store import Store
from corpus.upkeep import rebuild

Copy = dict[str, Record]


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


@pytest.fixture
def corpus(builder: Builder) -> Iterator[Corpus]:
    with open_corpus(builder.root) as corpus:
        yield corpus


def of_the_store(corpus: Corpus, *, language: str | None = None) -> Copy:
    return {one.id: record_of(one) for one in corpus.articles(language=language)}


def told(corpus: Corpus, consumer: str = "copy", *, confirm: bool = True) -> list[Change]:
    """Return all that a consumer is told now."""
    with corpus.feed(consumer) as feed:
        batches = list(feed)
        if confirm and batches:
            feed.confirm(batches[-1].cursor)
    return [change for batch in batches for change in batch.changes]


def kinds(changes: list[Change]) -> list[tuple[Kind, str]]:
    return sorted((change.kind, change.id) for change in changes)


def apply(copy: Copy, change: Change) -> None:
    if change.record is None:
        copy.pop(change.id, None)
    else:
        assert change.record["id"] == change.id
        copy[change.id] = change.record


# -- what is told -----------------------------------------------------------------------------------------------------


def test_a_new_consumer_is_told_of_every_article(builder: Builder, corpus: Corpus) -> None:
    for url, text in ((A, FERRY), (D, DOLPHINS)):
        builder.take(Shot(url=url, text=text))
    changes = told(corpus)
    assert {change.id: change.record for change in changes} == of_the_store(corpus)
    assert {change.kind for change in changes} == {Kind.NEW}


def test_what_was_confirmed_is_not_told_again_and_what_was_not_is(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    assert kinds(told(corpus, confirm=False)) == kinds(told(corpus, confirm=True)) != []
    assert told(corpus) == []


def test_consumers_are_independent(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus, "one")
    assert len(told(corpus, "other")) == 1


def test_an_updated_text_is_told_as_a_change(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    (new,) = told(corpus)
    builder.take(Shot(url=A, text=DOLPHINS, hour=1))
    (changed,) = told(corpus)
    assert (changed.kind, changed.id) == (Kind.CHANGED, new.id)
    assert changed.record is not None
    assert changed.record["text"] == DOLPHINS


def test_a_visit_that_brings_nothing_new_is_no_change(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    assert builder.take(Shot(url=A, text=FERRY, hour=1)) == "unchanged"
    assert told(corpus) == []


def test_every_article_of_a_cluster_that_grows_is_told_of(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY, published="2024-11-14T08:00"))
    (first,) = told(corpus)
    builder.take(Shot(url=C, text=FERRY_LATER, hour=1, published="2024-11-14T09:00"))
    changes = {change.id: change for change in told(corpus)}
    assert {kind for kind, _ in kinds(list(changes.values()))} == {Kind.NEW, Kind.CHANGED}
    record = changes[first.id].record
    assert record is not None
    assert record["appearances"] == [C, A]


def test_an_article_that_another_took_over_is_told_as_merged_into_it(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    builder.take(Shot(url=D, text=DOLPHINS))
    ids = {change.record["url"]: change.id for change in told(corpus) if change.record}
    builder.take(Shot(url=D, text=FERRY, hour=1))
    changes = {change.kind: change for change in told(corpus)}
    assert {change.id for change in changes.values()} == set(ids.values())
    assert changes[Kind.MERGED].into == changes[Kind.CHANGED].id


def test_an_article_whose_text_was_lost_is_told_of_when_it_is_found_again(builder: Builder, corpus: Corpus) -> None:
    for url, text in ((A, FERRY), (D, DOLPHINS)):
        builder.take(Shot(url=url, text=text))
    assert len(told(corpus)) == 2
    db = builder.store.db
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("DELETE FROM text WHERE body = ?", (DOLPHINS,))
    assert [len(told(corpus, "late")) for _ in range(2)] == [1, 0]
    with builder.store.transaction():
        store_text(db, DOLPHINS)
        db.execute("UPDATE capture SET text_hash = text_hash")  # as cleaning it again does
    for consumer in ("copy", "late"):
        assert [change.record["text"] for change in told(corpus, consumer) if change.record] == [DOLPHINS]


def test_an_article_is_merged_into_the_last_of_those_that_took_each_other_over(
    builder: Builder, corpus: Corpus
) -> None:
    """Also where nobody was told of the ones between."""
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    (first,) = (row["uid"] for row in corpus.query("SELECT uid FROM article"))
    builder.take(Shot(url=D, text=DOLPHINS, hour=1))
    (last,) = (row["uid"] for row in corpus.query("SELECT uid FROM article") if row["uid"] != first)
    with builder.store.transaction() as db:
        for table in ("alias", "capture", "article"):
            name = "id" if table == "article" else "article_id"
            db.execute(f"DELETE FROM {table} WHERE {name} = (SELECT id FROM article WHERE uid = ?)", (first,))
        db.execute("UPDATE gone_article SET into_uid = '0'")
        db.execute("INSERT INTO gone_article VALUES ('0', ?, NULL, 0)", (last,))
    assert {(one.id, one.into) for one in told(corpus) if one.kind is Kind.MERGED} == {(first, last)}


def test_an_article_that_a_cleaner_no_longer_keeps_is_withdrawn_with_its_reason(
    builder: Builder, corpus: Corpus
) -> None:
    builder.take(Shot(url=A, text=FERRY))
    (new,) = told(corpus)
    judge_again(builder, A, None)
    (gone,) = told(corpus)
    assert (gone.kind, gone.id, gone.reason, gone.record) == (Kind.WITHDRAWN, new.id, "too-short", None)


def test_an_article_that_comes_back_is_told_as_new(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    judge_again(builder, A, None)
    told(corpus)
    judge_again(builder, A, FERRY)
    assert [change.kind for change in told(corpus)] == [Kind.NEW]


def test_a_forgotten_article_is_withdrawn_by_its_id_alone(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    (new,) = told(corpus)
    forget(builder, A)
    (gone,) = told(corpus)
    assert set(gone.as_fields()) == {"change", "cursor", "id", "at", "reason"}
    assert (gone.kind, gone.id, gone.reason) == (Kind.WITHDRAWN, new.id, "forgotten")


def test_a_consumer_is_told_of_a_withdrawal_even_if_it_never_confirmed_the_article(
    builder: Builder, corpus: Corpus
) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus, confirm=False)
    forget(builder, A)
    assert [change.kind for change in told(corpus)] == [Kind.WITHDRAWN]


def test_what_nobody_can_have_been_told_of_leaves_no_trace(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    forget(builder, A)
    assert told(corpus) == []
    assert corpus.query("SELECT * FROM change") == []


def test_articles_that_moved_in_the_archive_are_told_of(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    with builder.store.transaction() as db:
        db.execute("UPDATE warc SET file = 'run000001-00000.c1.warc.gz'")
    (change,) = told(corpus)
    assert change.record is not None
    assert change.record["warc"] == {"file": "run000001-00000.c1.warc.gz", "offset": 0, "length": 900}


@pytest.mark.parametrize(
    "written",
    [
        "UPDATE fetch SET fetched_at = fetched_at + 60",
        "UPDATE fetch SET warc_offset = warc_offset + 1, warc_length = 7",
        "UPDATE url SET site = 'another'",
        "UPDATE capture SET title = 'Another'",
        'UPDATE capture SET metadata = \'{"tags": ["ferry"]}\'',
        "UPDATE capture SET cleaner = 'another'",
        "UPDATE article SET capture_id = (SELECT min(fetch_id) FROM capture WHERE article_id = article.id)",
        "UPDATE document SET canonical = id",
        "UPDATE document SET site = site || 'another'",
        "DELETE FROM document WHERE canonical = id",
        "DELETE FROM document WHERE canonical != id",
        "DELETE FROM capture WHERE fetch_id NOT IN (SELECT capture_id FROM article)",
    ],
)
def test_whoever_writes_what_a_record_shows_is_heard(builder: Builder, corpus: Corpus, written: str) -> None:
    """By SQL, past everything that knows what else has to be written."""
    for hour, (url, text) in enumerate(((A, FERRY), (B, FERRY), (D, FERRY_LATER), (A, DOLPHINS), (A, FERRY))):
        builder.take(Shot(url=url, text=text, hour=hour, canonical=A if url == B else None))
    builder.take(Shot(url=C, text=f"{FERRY_LATER} Again.", hour=9))
    copy: Copy = {}
    for change in told(corpus):
        apply(copy, change)
    assert copy == of_the_store(corpus)
    builder.store.db.execute(written)
    assert copy != of_the_store(corpus)
    for change in told(corpus):
        apply(copy, change)
    assert copy == of_the_store(corpus)


def test_making_the_clusters_again_changes_nothing(builder: Builder, corpus: Corpus) -> None:
    for url, text in ((A, FERRY), (C, FERRY_LATER), (D, DOLPHINS)):
        builder.take(Shot(url=url, text=text))
    told(corpus)
    rebuild(builder.store)
    assert told(corpus) == []


def test_all_is_told_again_when_records_get_another_field(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    builder.store.db.execute("UPDATE change_state SET value = 'older' WHERE name = 'fields'")
    builder.store.db.execute("UPDATE change SET digest = x'00'")
    assert [change.kind for change in told(corpus)] == [Kind.CHANGED]


def test_a_line_is_the_record_of_an_export_with_change_and_cursor(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    (change,) = told(corpus)
    line = change.as_fields()
    assert list(line)[:3] == ["change", "cursor", "id"]
    assert {key: value for key, value in line.items() if key not in ("change", "cursor")} == change.record


def test_a_copy_with_filters_loses_what_no_longer_meets_them(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    builder.take(Shot(url=D, text=DOLPHINS, language="fr"))
    with corpus.feed("english", languages=["en"]) as feed:
        (batch,) = feed
        feed.confirm(batch.cursor)
    assert [change.record and change.record["url"] for change in batch.changes] == [A]
    builder.take(Shot(url=A, text=FERRY_LATER, language="fr", hour=1))
    assert [(one.kind, one.reason) for one in told(corpus, "english")] == [(Kind.WITHDRAWN, "outside-filters")]


# -- cursors and consumers --------------------------------------------------------------------------------------------


def test_the_cursor_of_a_line_confirms_it_and_all_before_it(builder: Builder, corpus: Corpus) -> None:
    for number in range(5):
        builder.take(Shot(url=f"{D}/{number}", text=story(f"subject{number}x")))
    changes = told(corpus, confirm=False)
    with corpus.feed("copy") as feed:
        feed.confirm(changes[2].cursor)
        feed.confirm(changes[0].cursor)
    assert kinds(told(corpus)) == kinds(changes[3:])


@pytest.mark.parametrize(
    ("cursor", "told_of"),
    [("", "no cursor"), ("12", "no cursor"), ("00000000-1", "no cursor"), ("{log}-2", "not told yet")],
)
def test_a_cursor_of_something_else_is_refused(builder: Builder, corpus: Corpus, cursor: str, told_of: str) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus, confirm=False)
    with corpus.feed("copy") as feed:
        with pytest.raises(ConfigError, match=told_of):
            feed.confirm(cursor.format(log=log_name(builder.store.db)))
        feed.confirm(f"{log_name(builder.store.db)}-1")


@pytest.mark.parametrize(("name", "good"), [("search-index.v2", True), ("", False), ("a/b", False), ("x" * 65, False)])
def test_names_of_consumers_are_plain(corpus: Corpus, name: str, *, good: bool) -> None:
    if good:
        corpus.feed(name).close()
    else:
        with pytest.raises(ConfigError, match="consumer's name"):
            corpus.feed(name)


def test_a_consumer_keeps_its_filters(corpus: Corpus) -> None:
    corpus.feed("english", languages=["en"]).close()
    corpus.feed("english").close()
    with pytest.raises(ConfigError, match="other filters"):
        corpus.feed("english", languages=["fr"])


def test_a_reset_consumer_is_told_everything_a_forgotten_one_is_no_more(builder: Builder, corpus: Corpus) -> None:
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    with corpus.feed("copy") as feed:
        feed.reset()
    folder = CorpusFolder(builder.root)
    assert [(one.name, one.waiting) for one in list_consumers(folder)] == [("copy", 1)]
    assert len(told(corpus)) == 1
    with corpus.feed("copy") as feed:
        forget_consumer(folder, "copy")
        with pytest.raises(ConfigError, match="no consumer"):
            feed.confirm(f"{log_name(builder.store.db)}-1")
    assert list_consumers(folder) == ()
    with pytest.raises(ConfigError, match="no consumer"):
        forget_consumer(folder, "copy")
    with pytest.raises(ConfigError, match="no consumer"):
        Feed(folder, "copy", known=True)


def test_a_corpus_from_before_there_was_a_feed_is_told_whole(builder: Builder, corpus: Corpus) -> None:
    """What migration 0009 leaves: all articles noted, none in the log."""
    for url, text in ((A, FERRY), (C, FERRY_LATER), (D, DOLPHINS)):
        builder.take(Shot(url=url, text=text))
    assert not nothing_noted(builder.store.db)
    with builder.store.transaction() as db:
        db.execute("DELETE FROM changed_cluster")
        db.execute("UPDATE changed_article SET spread = 1")
    assert {change.id: change.record for change in told(corpus)} == of_the_store(corpus)


def test_after_a_restore_consumers_have_to_begin_anew(builder: Builder, corpus: Corpus, tmp_path: Path) -> None:
    """They may have been told of what the backup knows nothing of."""
    builder.take(Shot(url=A, text=FERRY))
    told(corpus)
    corpus.feed("idle").close()
    (builder.root / "archive").mkdir()
    (builder.root / "archive" / "run000001-00000.warc.gz").write_bytes(bytes(9000))
    back_up(CorpusFolder(builder.root), tmp_path / "backup", at(1).timestamp())
    builder.take(Shot(url=D, text=DOLPHINS, hour=2))
    (lost,) = told(corpus)
    restore(tmp_path / "backup", tmp_path / "restored")
    with open_corpus(tmp_path / "restored") as restored:
        with restored.feed("copy") as feed:
            with pytest.raises(ConfigError, match="restored from a backup"):
                list(feed)
            with pytest.raises(ConfigError, match="restored from a backup"):
                feed.confirm(lost.cursor)
            feed.reset()
            with pytest.raises(ConfigError, match="no cursor of this corpus"):
                feed.confirm(lost.cursor)
        assert {change.id: change.record for change in told(restored)} == of_the_store(restored)
        # Nobody knows what one has confirmed since that had not by then.
        with restored.feed("idle") as feed, pytest.raises(ConfigError, match="restored from a backup"):
            list(feed)


def test_a_feed_that_is_read_while_others_write_misses_nothing(builder: Builder, corpus: Corpus) -> None:
    """Numbers are given inside of write transactions: none comes in below one that was told."""
    copies: dict[str, Copy] = {"one": {}, "other": {}}
    written = Event()

    def consume(name: str) -> None:
        while True:
            last = written.is_set()
            for change in told(corpus, name):
                apply(copies[name], change)
            if last:
                return

    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(consume, name) for name in copies]
        for number in range(60):
            builder.take(Shot(url=f"{D}/{number % 20}", text=story(f"subject{number % 7}x"), hour=number))
        written.set()
        for one in waiting:
            one.result()
    assert copies["one"] == copies["other"] == of_the_store(corpus)


def test_a_record_is_never_read_while_a_note_of_its_change_waits(builder: Builder, corpus: Corpus) -> None:
    """Read and changed back before the note was looked at, it would stay with the consumer for good."""
    builder.take(Shot(url=A, text=FERRY))
    builder.take(Shot(url=D, text=DOLPHINS))
    copy: Copy = {}
    for change in told(corpus):
        apply(copy, change)
    with corpus.feed("copy") as feed:
        judge_again(builder, A, FERRY_LATER, hour=3)
        for batch in feed:
            for change in batch.changes:
                apply(copy, change)
            feed.confirm(batch.cursor)
            judge_again(builder, A, FERRY, hour=3)
    assert copy == of_the_store(corpus)


# -- every order ------------------------------------------------------------------------------------------------------


@dataclass
class Replica:
    """A consumer with a durable copy; its process dies whenever a step says so."""

    name: str
    languages: tuple[str, ...] = ()
    copy: Copy = field(default_factory=dict)

    def work(self, folder: CorpusFolder, dies: str, between: Callable[[], object] = lambda: None) -> None:
        """Take batches until there are none, or until it dies: before, amid or after applying, or after confirming."""
        with closing(Feed(folder, self.name, languages=self.languages)) as feed:
            for batch in feed:
                if dies == "before applying":
                    return
                self.apply(batch, half=dies == "amid applying")
                if dies in ("amid applying", "before confirming"):
                    return
                feed.confirm(batch.cursor)
                if dies == "after confirming":
                    return
                between()

    def apply(self, batch: Batch, *, half: bool) -> None:
        for change in batch.changes[: len(batch.changes) // 2] if half else batch.changes:
            apply(self.copy, change)


#: What happens to the corpus, and when consumers work and die.
STEPS = st.one_of(
    HAPPENINGS,
    st.tuples(
        st.just("feed"),
        st.integers(0, 2),
        st.sampled_from(("before applying", "amid applying", "before confirming", "after confirming", "never")),
    ),
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("empty") / "corpus"
    Builder.begin(root).store.close()
    return root


@given(steps=st.lists(STEPS, min_size=4, max_size=14))
@settings(max_examples=60, deadline=None)
def test_every_copy_comes_to_be_the_corpus_whatever_happens_and_whoever_dies(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Happening]
) -> None:
    root = tmp_path_factory.mktemp("feed") / "corpus"
    shutil.copytree(empty, root)
    folder = CorpusFolder(root)
    replicas = (Replica("one"), Replica("other"), Replica("english", languages=("en",)))
    with pytest.MonkeyPatch.context() as patched, closing(Store(root / "corpus.db", site_of)) as store:
        patched.setattr(feed_module, "BATCH_CHANGES", 2)
        run = store.begin_run("crawl", ["post"], at(0).timestamp(), config={}, versions={})
        builder = Builder(root, store, run)
        for hour, step in enumerate(steps):
            if step[0] == "feed":
                work_on(replicas, builder, folder, step, hour)
            else:
                let_happen(builder, step, hour)
        with open_corpus(root) as corpus:
            for replica in replicas:
                replica.work(folder, "never")
                assert replica.copy == of_the_store(corpus, language="en" if replica.languages else None)
    shutil.rmtree(root)


def work_on(replicas: tuple[Replica, ...], builder: Builder, folder: CorpusFolder, step: Happening, hour: int) -> None:
    """Let a consumer work; meanwhile the corpus changes once more under its hands."""
    _, which, dies = step
    assert isinstance(which, int)
    again = iter([lambda: judge_again(builder, A, FERRY_LATER, hour)])
    replicas[which].work(folder, str(dies), lambda: next(again, lambda: None)())
