"""A snapshot stays what it was, whatever becomes of the corpus; only a takedown takes from it, and it says so."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot, at, site_of, story
from happenings import DOLPHINS, FERRY, FERRY_LATER, HAPPENINGS, A, B, C, D, Happening, forget, judge_again, let_happen
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import snapshots as snapshots_module
from corpus.errors import ConfigError, CorpusBusyError
from corpus.export import CorpusSource, Filters, Format, Settings, Source, export
from corpus.export.records import Record
from corpus.folder import CorpusFolder
from corpus.holding import hold
from corpus.likeness import Keep
from corpus.reader import open_corpus
from corpus.search.index import bring_up_to_date
from corpus.signals.storing import measure_missing
from corpus.snapshots import (
    Snapshot,
    SnapshotSource,
    diff_snapshots,
    drop_snapshot,
    list_snapshots,
    make_snapshot,
    read_manifest,
    verify_snapshot,
)
from corpus.snapshots.making import LOCK
from corpus.store import Store
from corpus.targets import find_target, name_targets

CONFIGURATION = {"rights": {"noai": "obey"}, "sites": {"post": {}, "ledger": {}}}
#: Everything that decides which articles an export takes, and which of their paragraphs.
EVERY_WAY = (
    Settings(keep=Keep.ALL),
    Settings(keep=Keep.CANONICAL),
    Settings(keep=Keep.FIRST_PER_SITE),
    Settings(keep=Keep.CANONICAL, filters=Filters(sites=("ledger",))),
    Settings(keep=Keep.FIRST_PER_SITE, filters=Filters(languages=("en",))),
    Settings(keep=Keep.ALL, filters=Filters(since=date(2024, 11, 14), until=date(2024, 11, 15))),
    Settings(keep=Keep.CANONICAL, filters=Filters(query="ferr* NOT later")),
    Settings(keep=Keep.FIRST_PER_SITE, filters=Filters(query="cashew OR ferry", conditions=("words>=20",))),
    Settings(keep=Keep.CANONICAL, filters=Filters(conditions=("words<=100", "stop_words>0.01"), languages=("en",))),
    Settings(keep=Keep.ALL, cut_paragraphs=(2, 2)),
)


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as builder:
        yield builder


@pytest.fixture
def folder(builder: Builder) -> CorpusFolder:
    return CorpusFolder(builder.root)


def fill(builder: Builder) -> None:
    """Store a story with a version and a copy, a split article, and articles of their own."""
    appeal = "Support our journalism: become a member of the Harbour Fund today."
    for number, (url, text, day) in enumerate(
        (
            (A, f"{FERRY}\n\n{appeal}", "2024-11-14T08:00"),
            (C, f"{FERRY_LATER}\n\n{appeal}", "2024-11-14T09:00"),
            (D, f"{DOLPHINS}\n\n{appeal}", "2024-11-15"),
            (f"{D}/cashew", f"{story('cashew')}\n\n{appeal}", None),
            (f"{A}/long", "Page one of it.", "2024-11-13"),
        )
    ):
        builder.take(Shot(url=url, text=text, published=day, hour=number / 10, language="fr" if url == D else "en"))
    builder.take(Shot(url=f"{A}/long?page=2", text="Page 2 of it.", part=(f"{A}/long", 2), hour=1))


def change_much(builder: Builder) -> None:
    """A month of changes: new pages, other texts, pages that turn out to be one, another cleaner, a compaction."""
    for day in range(30):
        builder.take(Shot(url=f"{D}/{day}", text=story(f"subject{day}x"), hour=24 * day + 2))
    builder.take(Shot(url=A, text=f"{FERRY_LATER} It was found later.", hour=200))
    builder.take(Shot(url=D, text=story("cashew"), hour=300))
    builder.take(Shot(url=B, text=FERRY, canonical=A, hour=301))
    judge_again(builder, f"{A}/long", None, 400)
    judge_again(builder, C, FERRY, 401)
    with builder.store.transaction() as db:
        db.execute("UPDATE warc SET file = 'run000001-00000.c1.warc.gz'")
    builder.store.documents.forget()
    with builder.store.transaction():
        pass  # and the clusters are made again


def snapshot(folder: CorpusFolder, tag: str, hour: float = 10) -> Snapshot:
    return make_snapshot(
        folder, tag, configuration=CONFIGURATION, software={"news-corpus-collector": "1"}, clock=at(hour).timestamp
    )


def records_of(source: Source) -> list[list[Record]]:
    """Return what each way of exporting takes."""
    with source.moment():
        found = [list(source.records(way)) for way in EVERY_WAY]
        assert [len(some) for some in found] == [source.count(way) for way in EVERY_WAY]
    return found


def records_today(folder: CorpusFolder) -> list[list[Record]]:
    bring_up_to_date(folder)
    measure_missing(folder.database)
    with open_corpus(folder.root) as corpus:
        return records_of(CorpusSource(corpus))


def records_then(folder: CorpusFolder, tag: str) -> list[list[Record]]:
    with open_corpus(folder.root) as corpus, closing(SnapshotSource(corpus, tag)) as source:
        return records_of(source)


def without(records: list[list[Record]], ids: set[str]) -> list[list[Record]]:
    return [[record for record in some if record["id"] not in ids] for some in records]


# -- the same as then -------------------------------------------------------------------------------------------------


def test_a_snapshot_gives_the_records_of_the_corpus_in_every_selection(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    today = records_today(folder)
    assert len({len(some) for some in today}) > 2, "the selections differ"
    assert any(record["cut_paragraphs"] for record in today[-1])
    snapshot(folder, "then")
    assert records_then(folder, "then") == today
    change_much(builder)
    assert records_then(folder, "then") == today
    assert records_today(folder) != today
    assert verify_snapshot(folder, "then").faults == ()


@pytest.mark.parametrize("form", [Format.JSONL, Format.TEXT])
def test_an_export_of_an_old_snapshot_has_the_same_bytes_as_then_but_for_what_was_forgotten(
    builder: Builder, folder: CorpusFolder, tmp_path: Path, form: Format
) -> None:
    fill(builder)
    snapshot(folder, "then")

    def exported(name: str) -> dict[str, bytes]:
        way = Settings(format=form, keep=Keep.ALL, compress=form is not Format.JSONL)
        with open_corpus(folder.root) as corpus, closing(SnapshotSource(corpus, "then")) as source:
            export(source, tmp_path / name, way, configuration=CONFIGURATION)
        files = (file for file in (tmp_path / name).rglob("*") if file.is_file())
        return {file.relative_to(tmp_path / name).as_posix(): file.read_bytes() for file in files}

    then = exported("then")
    change_much(builder)
    assert exported("later") == then
    with open_corpus(folder.root) as corpus:
        gone = corpus.article(D)
    assert gone is not None
    forget(builder, D)
    after = exported("after")
    manifest, manifest_then = json.loads(after["manifest.json"]), json.loads(then["manifest.json"])
    assert manifest["forgotten"] == [gone.id]
    assert manifest["origin"] == manifest_then["origin"] | {"withdrawn": 1}
    assert manifest["articles"] == manifest_then["articles"] - 1
    if form is Format.JSONL:
        name = "articles/articles-00000.jsonl"
        lines = then[name].splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["id"] != gone.id]
        assert (after[name], len(kept)) == (b"".join(kept), len(lines) - 1)
    else:
        texts = {file: text for file, text in then.items() if file.startswith("texts/")}
        left = {file: text for file, text in after.items() if file.startswith("texts/")}
        assert left.items() < texts.items()
        assert len(left) == len(texts) - 1


def test_what_stays_as_it_is_costs_a_further_snapshot_nothing(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    snapshot(folder, "one")
    before = sizes(builder)
    builder.take(Shot(url=f"{D}/new", text=story("subject"), hour=20))
    snapshot(folder, "two")
    assert sizes(builder) == tuple(number + 1 for number in before)
    snapshot(folder, "three")
    assert sizes(builder) == tuple(number + 1 for number in before)
    assert records_then(folder, "two") == records_then(folder, "three") != records_then(folder, "one")


def sizes(builder: Builder) -> tuple[int, ...]:
    tables = ("record", "snapshot_article")
    return tuple(builder.store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def test_a_condition_on_what_was_cut_from_pages_is_refused(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    snapshot(folder, "then")
    way = Settings(filters=Filters(conditions=("cut_confidence>0.5",)))
    with (
        open_corpus(folder.root) as corpus,
        closing(SnapshotSource(corpus, "then")) as source,
        pytest.raises(ConfigError, match="what was cut from a page"),
    ):
        source.count(way)


def test_signals_are_measured_when_they_are_asked_for(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    snapshot(folder, "then")
    way = Settings(keep=Keep.ALL, with_signals=True)
    with open_corpus(folder.root) as corpus, closing(SnapshotSource(corpus, "then")) as source:
        then, today = list(source.records(way)), list(CorpusSource(corpus).records(way))
    assert then == today
    assert all("signals" in record for record in then)


# -- takedowns --------------------------------------------------------------------------------------------------------


def texts_of(builder: Builder) -> list[str]:
    return [row[0] for row in builder.store.db.execute("SELECT body FROM text")]


@pytest.mark.parametrize(
    "then",
    [
        lambda _: None,
        lambda builder: builder.take(Shot(url=D, text=story("cashew"), hour=300)),  # it was merged into another since
        lambda builder: judge_again(builder, D, story("cleaned"), 300),  # another cleaner made another text of it
        lambda builder: judge_again(builder, D, None, 300),  # … or none
    ],
)
def test_a_takedown_reaches_what_only_snapshots_hold(
    builder: Builder, folder: CorpusFolder, then: Callable[[Builder], object]
) -> None:
    fill(builder)
    today = records_today(folder)
    ids = {record["id"] for record in today[0] if record["url"] == D}
    first, second = snapshot(folder, "one"), snapshot(folder, "two")
    then(builder)
    forget(builder, D, hour=500)
    assert not any("dolphin" in text for text in texts_of(builder))
    for tag in ("one", "two"):
        found = verify_snapshot(folder, tag)
        assert (found.faults, {one.id for one in found.withdrawn}) == ((), ids)
        assert [one.at for one in found.withdrawn] == [at(500)]
        assert (found.snapshot.checksum, found.snapshot.withdrawn) == ((first if tag == "one" else second).checksum, 1)
        assert records_then(folder, tag)[0] == without(today, {str(uid) for uid in ids})[0]


@pytest.mark.parametrize("text", [story("cleaned"), None])
def test_what_only_a_snapshot_has_is_found_by_its_words_and_by_its_id(
    builder: Builder, folder: CorpusFolder, text: str | None
) -> None:
    builder.take(Shot(url=D, text=DOLPHINS))
    snapshot(folder, "then")
    (record,) = records_then(folder, "then")[0]
    judge_again(builder, D, text)
    (url_id,) = builder.store.db.execute("SELECT id FROM url").fetchone()
    by_words = find_target(builder.store.db, "dolphin")
    (by_id,) = name_targets(builder.store.db, [str(record["id"])])
    assert by_words is not None
    assert by_words.url_ids == by_id.url_ids == {url_id}
    forget(builder, str(record["id"]))
    assert find_target(builder.store.db, "dolphin") is None
    with pytest.raises(KeyError):
        name_targets(builder.store.db, [str(record["id"])])


def test_an_article_in_pages_that_stays_in_the_corpus_stays_in_its_snapshots(
    builder: Builder, folder: CorpusFolder
) -> None:
    """Its whole text is no page's, so it must not be taken for one that only snapshots hold."""
    builder.take(Shot(url=A, text="Page one of it."))
    builder.take(Shot(url=f"{A}/2", text="Page 2 of it.", part=(A, 2), hour=1))
    builder.take(Shot(url=C, text="Page one of it.\n\nPage 2 of it.", hour=2))
    snapshot(folder, "then")
    forget(builder, C)
    assert verify_snapshot(folder, "then").articles == len(records_today(folder)[0]) == 1


def test_a_text_too_short_for_a_passage_goes_from_snapshots_wherever_it_stood(
    builder: Builder, folder: CorpusFolder
) -> None:
    builder.take(Shot(url=C, text="The ferry is late."))
    snapshot(folder, "then")
    judge_again(builder, C, DOLPHINS)
    builder.take(Shot(url=D, text="The ferry is late!", hour=1))
    assert "The ferry is late." in texts_of(builder)
    forget(builder, D)
    assert not any("ferry" in text for text in texts_of(builder))
    assert len(verify_snapshot(folder, "then").withdrawn) == 1


def test_copies_of_a_withdrawn_article_do_not_take_its_place(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    today = records_today(folder)
    snapshot(folder, "then")
    forget(builder, A)
    (gone,) = (one.id for one in verify_snapshot(folder, "then").withdrawn)
    assert records_then(folder, "then")[1] == without(today, {gone})[1]


def test_a_site_that_is_forgotten_leaves_what_others_print(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    today = records_today(folder)
    snapshot(folder, "then")
    forget(builder, "ledger")
    ids = {str(record["id"]) for record in today[0] if record["site"] == "ledger"}
    assert {one.id for one in verify_snapshot(folder, "then").withdrawn} == ids
    assert records_then(folder, "then")[0] == without(today, ids)[0]


# -- verifying --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE text SET body = body || '.'", "is not what it was"),
        ("UPDATE record SET body = (SELECT max(body) FROM record)", "is not what it was"),
        ("DELETE FROM snapshot_article WHERE uid = (SELECT max(uid) FROM snapshot_article)", "articles are missing"),
        ("UPDATE snapshot_article SET place = 1", "articles are missing, or do not belong to it"),
        ("UPDATE snapshot SET manifest = replace(manifest, 'post', 'past')", "the manifest is not what it was"),
        ("UPDATE record SET body = NULL", "its record is gone"),
    ],
)
def test_damage_is_found(builder: Builder, folder: CorpusFolder, damage: str, told: str) -> None:
    fill(builder)
    snapshot(folder, "then")
    assert verify_snapshot(folder, "then").faults == ()
    builder.store.db.execute(damage)
    assert any(told in fault.message for fault in verify_snapshot(folder, "then").faults)


def test_the_checksum_is_that_of_what_is_in_it(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    one = snapshot(folder, "one")
    manifest = read_manifest(builder.store.db, one)
    text = builder.store.db.execute("SELECT manifest FROM snapshot").fetchone()[0]
    assert one.checksum == hashlib.sha256(text.encode()).hexdigest()
    assert read_manifest(builder.store.db, snapshot(folder, "two"))["articles_sha256"] == manifest["articles_sha256"]
    builder.take(Shot(url=A, text=DOLPHINS, hour=9))
    assert read_manifest(builder.store.db, snapshot(folder, "three"))["articles_sha256"] != manifest["articles_sha256"]


def test_the_manifest_says_what_is_in_it_and_names_no_article(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    manifest = read_manifest(builder.store.db, snapshot(folder, "then"))
    today = records_today(folder)
    assert (manifest["articles"], manifest["stories"]) == (len(today[0]), len(today[1]))
    assert manifest["words"] == sum(int(str(record["words"])) for record in today[0])
    assert manifest["languages"] == {"en": 4, "fr": 1}
    assert manifest["months"] == {"2024-11": {"ledger": 2, "post": 2}, "undated": {"ledger": 1}}
    assert manifest["rights"] == CONFIGURATION["rights"]
    told = json.dumps(manifest)
    for record in today[0]:
        assert not any(str(record[name]) in told for name in ("url", "title", "id"))


def test_days_without_an_article_are_told_as_gaps(builder: Builder, folder: CorpusFolder) -> None:
    for hour in (0, 24, 24 * 5):
        builder.take(Shot(url=f"{D}/{hour}", text=story(f"subject{hour}x"), hour=hour))
    manifest = read_manifest(builder.store.db, snapshot(folder, "then", hour=24 * 7))
    assert manifest["gaps"] == {"ledger": [{"from": "2024-11-16", "to": "2024-11-18", "days": 3, "visited": 0}]}


# -- more than one ----------------------------------------------------------------------------------------------------


def test_two_snapshots_differ_by_what_happened_between_them(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    snapshot(folder, "one")
    with open_corpus(folder.root) as corpus:
        ids = {article.url: article.id for article in corpus.articles()}
    builder.take(Shot(url=f"{D}/new", text=story("subject"), hour=20))
    builder.take(Shot(url=f"{D}/cashew", text=story("cashew"), title="Another title", hour=21))
    judge_again(builder, D, story("cleaned"), 22)
    judge_again(builder, f"{A}/long", None, 23)
    snapshot(folder, "two")
    forget(builder, D, hour=24)
    with open_corpus(folder.root) as corpus:
        # The page that was behind the first one of the split article is one of its own now.
        new = {article.id for article in corpus.articles()} - set(ids.values())
    found = diff_snapshots(folder, "one", "two")
    assert (set(found.added), len(new)) == (new, 2)
    assert ids[f"{A}/long"] in found.removed
    assert set(found.rewritten) == {ids[f"{D}/cashew"]}
    assert found.withdrawn == (ids[D],)
    back = diff_snapshots(folder, "two", "one")
    assert (back.added, back.removed, back.rewritten) == (found.removed, found.added, found.rewritten)
    same = diff_snapshots(folder, "one", "one")
    assert (same.added, same.removed, same.rewritten, same.changed) == ((), (), (), ())


def test_dropping_one_leaves_the_others_and_takes_what_only_it_had(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    snapshot(folder, "one")
    judge_again(builder, D, story("cleaned"), 22)
    snapshot(folder, "two")
    two = records_then(folder, "two")
    assert any("dolphin" in text for text in texts_of(builder))
    drop_snapshot(folder, "one")
    assert not any("dolphin" in text for text in texts_of(builder))
    assert records_then(folder, "two") == two
    assert verify_snapshot(folder, "two").faults == ()
    assert [one.tag for one in list_snapshots(builder.store.db)] == ["two"]
    drop_snapshot(folder, "two")
    assert sizes(builder) == (0, 0)
    snapshot(folder, "two")
    assert records_then(folder, "two") == records_today(folder)


def test_dropping_the_newest_makes_way_for_another(builder: Builder, folder: CorpusFolder) -> None:
    fill(builder)
    snapshot(folder, "one")
    one = records_then(folder, "one")
    change_much(builder)
    snapshot(folder, "two")
    drop_snapshot(folder, "two")
    builder.take(Shot(url=f"{D}/newer", text=story("subject"), hour=900))
    snapshot(folder, "two")
    assert records_then(folder, "two") == records_today(folder)
    assert records_then(folder, "one") == one
    assert not verify_snapshot(folder, "one").faults + verify_snapshot(folder, "two").faults


def test_a_snapshot_has_nothing_of_dropped_ones_before_it(builder: Builder, folder: CorpusFolder) -> None:
    """What ended with a dropped one would be in the next one that got its number."""
    fill(builder)
    snapshot(folder, "one")
    snapshot(folder, "two")
    change_much(builder)
    snapshot(folder, "three")
    drop_snapshot(folder, "three")
    drop_snapshot(folder, "two")
    assert snapshot(folder, "four").articles == len(records_today(folder)[0])
    assert records_then(folder, "four") == records_today(folder)


def test_articles_of_which_an_older_version_made_other_records_are_in_it(
    builder: Builder, folder: CorpusFolder
) -> None:
    fill(builder)
    with open_corpus(folder.root) as corpus, corpus.feed("copy") as feed:
        assert len(list(feed)) == 1
    builder.store.db.execute("UPDATE change SET digest = x'00' WHERE seq != 2")
    snapshot(folder, "then")
    assert records_then(folder, "then") == records_today(folder)


@pytest.mark.parametrize(
    ("tag", "good"), [("2026-11", True), ("v1.0_b", True), ("", False), ("a b", False), ("../a", False)]
)
def test_names_are_plain_and_given_once(builder: Builder, folder: CorpusFolder, tag: str, *, good: bool) -> None:
    if not good:
        with pytest.raises(ConfigError, match="name is made of"):
            snapshot(folder, tag)
        return
    snapshot(folder, tag)
    with pytest.raises(ConfigError, match="already"):
        snapshot(folder, tag)
    with pytest.raises(ConfigError, match=f"no snapshot 'x'; there are: {tag}"):
        drop_snapshot(folder, "x")


def test_two_processes_do_not_make_snapshots_at_once(builder: Builder, folder: CorpusFolder) -> None:
    with hold(folder, LOCK, 0), pytest.raises(CorpusBusyError, match="snapshot"):
        snapshot(folder, "then")


@pytest.mark.parametrize("step", ["settle", "_store_records", "describe"])
def test_one_that_dies_half_way_is_not_there_and_the_next_one_is_whole(
    builder: Builder, folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    fill(builder)
    snapshot(folder, "before")
    change_much(builder)
    making = snapshots_module.making
    with monkeypatch.context() as patched:
        whole, calls = getattr(making, step), iter(range(100))

        def dies(*words: object, **more: object) -> object:
            if next(calls) == (2 if step == "_store_records" else 0):
                raise KeyboardInterrupt
            return whole(*words, **more)

        patched.setattr(making, step, dies)
        patched.setattr(making, "_BATCH", 3)
        with pytest.raises(KeyboardInterrupt):
            snapshot(folder, "then")
    assert [one.tag for one in list_snapshots(builder.store.db)] == ["before"]
    snapshot(folder, "then")
    assert records_then(folder, "then") == records_today(folder)
    assert not verify_snapshot(folder, "before").faults + verify_snapshot(folder, "then").faults


# -- every order ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("empty") / "corpus"
    Builder.begin(root).store.close()
    return root


@given(steps=st.lists(st.one_of(HAPPENINGS, HAPPENINGS, st.tuples(st.just("snapshot"))), min_size=4, max_size=12))
@settings(max_examples=40, deadline=None)
def test_snapshots_stay_what_they_were_but_for_what_was_forgotten(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Happening]
) -> None:
    root = tmp_path_factory.mktemp("snapshots") / "corpus"
    shutil.copytree(empty, root)
    folder, kept = CorpusFolder(root), dict[str, list[list[Record]]]()
    with closing(Store(root / "corpus.db", site_of)) as store:
        run = store.begin_run("crawl", ["post"], at(0).timestamp(), config={}, versions={})
        builder = Builder(root, store, run)
        for hour, step in enumerate(steps):
            if step[0] != "snapshot":
                let_happen(builder, step, hour)
                continue
            snapshot(folder, f"at-{hour}", hour)
            kept[f"at-{hour}"] = records_today(folder)
        blocked = {row[0] for row in store.db.execute("SELECT key FROM tombstone WHERE kind = 'url'")}
        for tag, then in kept.items():
            found = verify_snapshot(folder, tag)
            withdrawn = {one.id for one in found.withdrawn}
            assert found.faults == ()
            assert withdrawn >= {record["id"] for record in then[0] if record["url"] in blocked}
            # Common paragraphs are counted in what is left.
            assert records_then(folder, tag)[:-1] == without(then, withdrawn)[:-1]
        for tag in kept:
            drop_snapshot(folder, tag)
        assert sizes(builder) == (0, 0)
    shutil.rmtree(root)
