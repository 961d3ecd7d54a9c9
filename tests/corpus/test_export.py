"""Exports: the same bytes for the same corpus, complete or absent, and what the store holds."""

import errno
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import small_corpus
import zstandard

from corpus import Corpus, open_corpus
from corpus.errors import ConfigError, CorpusBusyError, ExportError
from corpus.export import (
    FIELDS,
    Filters,
    Format,
    Settings,
    count_articles,
    export,
    read_manifest,
    record_of,
    verify,
)
from corpus.export import FORMATS as REGISTRY
from corpus.export import parquet as parquet_module
from corpus.export.jsonl import format_line
from corpus.export.records import Record
from corpus.folder import CorpusFolder
from corpus.ledger import parse_time

ROOT = Path(__file__).parents[2]
ARTICLES = 39
#: Those that need no more than the articles.
FORMATS = [Format.JSONL, Format.PARQUET, Format.TEXT, Format.MARKDOWN, Format.WARC]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("export") / "corpus")


@pytest.fixture
def corpus(built: CorpusFolder) -> Iterator[Corpus]:
    with open_corpus(built.root) as opened:
        yield opened


def settings(form: Format, **more: object) -> Settings:
    shard = {"shard_articles": 10} if REGISTRY[form].sharded else {}
    return Settings(**({"format": form} | shard | more))  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def json_lines(folder: Path) -> list[Record]:
    lines: list[Record] = []
    for path in sorted((folder / "articles").iterdir()):
        packed = path.read_bytes()
        plain = zstandard.ZstdDecompressor().decompress(packed) if path.suffix == ".zst" else packed
        lines += [json.loads(line) for line in plain.decode().split("\n")[:-1]]
    return lines


# -- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_exporting_twice_gives_the_same_bytes(corpus: Corpus, tmp_path: Path, form: Format) -> None:
    export(corpus, tmp_path / "a", settings(form))
    export(corpus, tmp_path / "b", settings(form))
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("form", FORMATS)
def test_the_order_in_which_a_corpus_grew_changes_no_byte(tmp_path: Path, form: Format, seed: int) -> None:
    groups = small_corpus.stories()
    folder = small_corpus.make_folder(tmp_path / "one")
    in_order = [page for group in groups for page in group]
    records = small_corpus.archive(folder, in_order)
    # An article with several URLs is named after the one that came first, so pages of one group keep their order.
    random.Random(seed).shuffle(groups)
    twin = small_corpus.build_twin(tmp_path / "two", folder, [page for group in groups for page in group], records)
    small_corpus.store_all(folder, in_order, records)
    for each in (folder, twin):
        with open_corpus(each.root) as opened:
            export(opened, each.exports / "it", settings(form))
    assert tree(folder.exports / "it") == tree(twin.exports / "it")


def test_the_order_of_filters_changes_no_byte(corpus: Corpus, tmp_path: Path) -> None:
    for name, languages in (("a", ("en", "hi", "en")), ("b", ("hi", "en"))):
        export(corpus, tmp_path / name, Settings(filters=Filters(languages=languages)))
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_neither_time_nor_place_of_the_export_stands_in_it(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTNAME", "some-machine")
    export(corpus, tmp_path / "a" / "x", settings(Format.JSONL, compress=False))
    written = b"".join(tree(tmp_path / "a" / "x").values())
    assert str(tmp_path).encode() not in written
    assert os.uname().nodename.encode() not in written
    assert str(corpus.folder.root).encode() not in written


# -- what stands in it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", [True, False])
def test_json_lines_read_back_are_what_the_store_holds(corpus: Corpus, tmp_path: Path, compress: bool) -> None:
    manifest = export(corpus, tmp_path / "x", settings(Format.JSONL, compress=compress))
    read = json_lines(tmp_path / "x")
    stored = list(corpus.articles())
    assert len(read) == len(stored) == manifest.articles == ARTICLES
    for line, article in zip(read, stored, strict=True):
        assert list(line) == [field.name for field in FIELDS]
        for name in ("id", "url", "canonical_url", "site", "title", "text", "language", "language_confidence", "image"):
            assert line[name] == getattr(article, name)
        for name in ("authors", "section", "tags", "appearances"):
            assert line[name] == list(getattr(article, name))
        for name in ("published", "modified", "fetched_at"):
            assert parse_time(line[name]) == getattr(article, name)  # type: ignore[arg-type]
        for name in ("paywalled", "words", "versions", "cleaner", "description", "licence", "page_type", "agency"):
            assert line[name] == getattr(article, name)
        posts = [(post.headline, post.published and post.published.isoformat(), post.text) for post in article.posts]
        assert [tuple(post.values()) for post in line["posts"]] == posts  # type: ignore[union-attr]
        assert {pair["field"]: pair["source"] for pair in line["sources"]} == article.sources  # type: ignore[index,union-attr]
        record = article.warc_record
        assert record is not None
        assert line["warc"] == {"file": record.file, "offset": record.offset, "length": record.length}


def test_records_are_sorted_by_id_over_all_shards(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", settings(Format.JSONL))
    ids = [line["id"] for line in json_lines(tmp_path / "x")]
    assert ids == sorted(ids)  # type: ignore[type-var]


def test_an_article_seen_twice_names_both_urls_and_a_changed_one_counts_its_versions(
    corpus: Corpus, tmp_path: Path
) -> None:
    export(corpus, tmp_path / "x")
    lines = {line["url"]: line for line in json_lines(tmp_path / "x")}
    wire = lines["https://harbour-post.example/wire/1"]
    assert wire["appearances"] == ["https://harbour-post.example/wire/1", "https://valley-ledger.example/wire/1"]
    bridge = lines["https://harbour-post.example/bridge"]
    assert (bridge["versions"], bridge["text"]) == (2, "More cracks were found; it is closed.")


def test_the_manifest_names_what_was_removed_on_request(built: CorpusFolder, tmp_path: Path) -> None:
    root = Path(shutil.copytree(built.root, tmp_path / "c"))
    with closing(sqlite3.connect(root / "corpus.db")) as db, db:
        (there,) = db.execute("SELECT uid FROM article LIMIT 1").fetchone()
        db.executemany(
            "INSERT INTO takedown (target, asked_at, finished_at, articles, urls) VALUES ('x', 1, ?, ?, 1)",
            [(2, '["b", "a"]'), (None, '["unfinished"]'), (3, json.dumps(["a", there]))],
        )
    with open_corpus(root) as corpus:
        assert export(corpus, tmp_path / "e", Settings()).forgotten == ("a", "b")
    assert read_manifest(tmp_path / "e").forgotten == ("a", "b")
    assert not verify(tmp_path / "e").faults


def test_removed_pages_are_not_exported(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x")
    assert "https://harbour-post.example/short" not in {line["url"] for line in json_lines(tmp_path / "x")}


def test_a_compressed_file_is_one_frame_that_names_its_size(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "packed", settings(Format.JSONL))
    export(corpus, tmp_path / "plain", settings(Format.JSONL, compress=False))
    for packed in (tmp_path / "packed" / "articles").iterdir():
        plain = (tmp_path / "plain" / "articles" / packed.name.removesuffix(".zst")).read_bytes()
        assert zstandard.get_frame_parameters(packed.read_bytes()).content_size == len(plain)
        with packed.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as reader:
            assert reader.read() == plain


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\r", "\n"])
def test_no_character_of_a_text_ends_a_line(end: str) -> None:
    line = format_line({"text": f"one{end}two"})
    assert len(line.splitlines()) == 1
    assert json.loads(line) == {"text": f"one{end}two"}


@pytest.mark.parametrize(("each", "sizes"), [(38, [38, 1]), (39, [39]), (40, [39]), (13, [13, 13, 13]), (1, [1] * 39)])
@pytest.mark.parametrize("form", [Format.JSONL, Format.PARQUET])
def test_shards_hold_as_many_articles_as_they_were_told(
    corpus: Corpus, tmp_path: Path, form: Format, each: int, sizes: list[int]
) -> None:
    manifest = export(corpus, tmp_path / "x", settings(form, shard_articles=each))
    assert [file.articles for file in manifest.files] == sizes


def test_parquet_read_back_is_what_json_lines_say(corpus: Corpus, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export(corpus, tmp_path / "x", settings(Format.PARQUET))
    export(corpus, tmp_path / "y", settings(Format.JSONL))
    rows = parquet.read_table(tmp_path / "x" / "articles").to_pylist()
    for row in rows:
        row["fetched_at"] = row["fetched_at"].isoformat()
    assert rows == json_lines(tmp_path / "y")


def test_parquet_without_compression_holds_the_same(corpus: Corpus, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export(corpus, tmp_path / "x", settings(Format.PARQUET))
    export(corpus, tmp_path / "y", settings(Format.PARQUET, compress=False))
    assert parquet.read_table(tmp_path / "x" / "articles").equals(parquet.read_table(tmp_path / "y" / "articles"))
    column = parquet.ParquetFile(tmp_path / "y" / "articles" / "articles-00000.parquet").metadata.row_group(0).column(0)
    assert column.compression == "UNCOMPRESSED"


def test_parquet_has_the_documented_schema() -> None:
    pa = pytest.importorskip("pyarrow")
    schema = parquet_module.arrow_schema()
    assert schema.names == [field.name for field in FIELDS]
    assert schema.field("fetched_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("published").type == pa.string()
    assert schema.field("authors").type.value_type == pa.string()
    assert schema.field("title").nullable
    assert not schema.field("text").nullable
    assert all(schema.field(field.name).metadata == {b"meaning": field.meaning.encode()} for field in FIELDS)


@pytest.mark.parametrize(("rows", "groups"), [(9, 2), (10, 1), (11, 1)])
def test_a_row_group_ends_when_it_has_enough_rows(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, groups: int
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(parquet_module, "_ROWS", rows)
    export(corpus, tmp_path / "x", settings(Format.PARQUET))
    assert parquet.ParquetFile(tmp_path / "x" / "articles" / "articles-00000.parquet").num_row_groups == groups


def test_a_row_group_ends_when_it_has_enough_text(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(parquet_module, "_CHARACTERS", 1)
    export(corpus, tmp_path / "x", settings(Format.PARQUET))
    assert parquet.ParquetFile(tmp_path / "x" / "articles" / "articles-00000.parquet").num_row_groups == 10


def test_without_pyarrow_a_parquet_export_says_how_to_get_it(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'news-corpus-collector\[parquet\]'"):
        export(corpus, tmp_path / "x", settings(Format.PARQUET))
    assert list(tmp_path.iterdir()) == []


def test_plain_text_files_hold_the_text_and_the_table_holds_the_rest(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", settings(Format.TEXT))
    head, *lines = (tmp_path / "x" / "metadata.tsv").read_text("utf-8").split("\n")[:-1]
    rows = {row["id"]: row for row in (dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines)}
    for article in corpus.articles():
        row = rows.pop(article.id)
        assert row["file"] == f"texts/{article.site}/{article.id}.txt"
        assert (tmp_path / "x" / row["file"]).read_bytes() == f"{article.text}\n".encode()
        assert json.loads(row["authors"]) == list(article.authors)
        assert {pair["field"]: pair["source"] for pair in json.loads(row["sources"])} == article.sources
        assert row["paywalled"] == {None: "", True: "true", False: "false"}[article.paywalled]
        assert row["title"] == (article.title or "").replace("\t", " ")
    assert rows == {}


def test_a_site_of_any_name_gets_a_folder_inside_the_export(tmp_path: Path) -> None:
    page = small_corpus.printed("https://harbour-post.example/a", "Some words that were found.")
    page = small_corpus.replace(page, site="../../evil")
    folder = small_corpus.build(tmp_path / "corpus", [[page]])
    with open_corpus(folder.root) as opened:
        export(opened, tmp_path / "deep" / "x", settings(Format.TEXT))
    assert [path.name for path in (tmp_path / "deep" / "x" / "texts").iterdir()] == ["%2E.%2F..%2Fevil"]
    assert not verify(tmp_path / "deep" / "x").faults


def test_the_manifest_counts_what_was_exported(corpus: Corpus, tmp_path: Path) -> None:
    pages = list(corpus.articles())
    made = export(corpus, tmp_path / "x", settings(Format.JSONL), configuration={"clean": {"min_words": 50}})
    read = read_manifest(tmp_path / "x")
    assert read.articles == sum(read.sites.values()) == sum(read.languages.values()) == ARTICLES
    assert read.words == sum(article.words for article in pages)
    assert read.cleaners == {"cleaner 1": ARTICLES}
    assert read.configuration == {"clean": {"min_words": 50}}
    assert read.settings["shard_articles"] == 10
    assert set(read.software) == {"news-corpus-collector", "zstd"}
    assert read.bytes == sum(file.bytes for file in read.files)
    assert read.files == made.files
    assert read.fields == FIELDS


# -- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "articles"),
    [
        (Filters(), ARTICLES),
        (Filters(sites=("harbour-post",)), 21),
        (Filters(sites=("harbour-post", "valley-ledger")), ARTICLES),
        (Filters(languages=("or",)), 12),
        (Filters(languages=("or", "hi")), 24),
        (Filters(sites=("valley-ledger",), languages=("en", "hi")), 12),
        (Filters(since=date(2026, 11, 5)), 2),  # story 35 of this very day, and the ferry of the 19th
        (Filters(since=date(2026, 11, 6)), 1),
        (Filters(until=date(2026, 10, 2)), 0),  # story 0 has no date, story 1 is of this day
        (Filters(until=date(2026, 10, 3)), 1),
        (Filters(since=date(2026, 11, 19), until=date(2026, 11, 20)), 1),
        (Filters(languages=("xx",)), 0),
    ],
)
def test_filters_choose_articles(corpus: Corpus, tmp_path: Path, filters: Filters, articles: int) -> None:
    manifest = export(corpus, tmp_path / "x", Settings(filters=filters))
    lines = json_lines(tmp_path / "x")
    assert manifest.articles == len(lines) == count_articles(corpus, filters) == articles
    assert {line["site"] for line in lines} <= set(filters.sites or manifest.sites)
    assert {line["language"] for line in lines} <= set(filters.languages or manifest.languages)
    assert [line["id"] for line in lines] == sorted(str(line["id"]) for line in lines)


@pytest.mark.parametrize(("until", "fine"), [(date(2026, 5, 2), True), (date(2026, 5, 1), False)])
def test_a_day_must_lie_between_since_and_until(until: date, fine: bool) -> None:
    if fine:
        Filters(since=date(2026, 5, 1), until=until)
    else:
        with pytest.raises(ConfigError, match="since must lie before until"):
            Filters(since=date(2026, 5, 1), until=until)


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_of_nothing_is_a_whole_export(corpus: Corpus, tmp_path: Path, form: Format) -> None:
    manifest = export(corpus, tmp_path / "x", settings(form, filters=Filters(languages=("xx",))))
    assert (manifest.articles, [file.articles for file in manifest.files]) == (0, [0])
    assert not verify(tmp_path / "x").faults


@pytest.mark.parametrize(("each", "fine"), [(1, True), (0, False)])
def test_a_shard_needs_an_article(each: int, fine: bool) -> None:
    if fine:
        Settings(shard_articles=each)
    else:
        with pytest.raises(ConfigError, match="shard_articles must be at least 1: 0"):
            Settings(shard_articles=each)


def test_plain_text_has_no_shards() -> None:
    with pytest.raises(ConfigError, match="shard_articles does not go with plain text"):
        Settings(format=Format.TEXT, shard_articles=10)


def test_an_export_is_of_one_moment_while_a_crawl_goes_on(tmp_path: Path) -> None:
    folder = small_corpus.build(tmp_path / "corpus")
    store = small_corpus.open_store(folder)
    run = small_corpus.begin_run(store)

    def crawl_on(articles: int) -> None:
        page = small_corpus.printed(f"https://harbour-post.example/new/{articles}", f"News of the moment {articles}.")
        small_corpus.commit(store, run, page, None)

    with open_corpus(folder.root) as opened:
        manifest = export(opened, tmp_path / "x", settings(Format.JSONL), progress=crawl_on)
        assert manifest.articles == ARTICLES
        assert export(opened, tmp_path / "x", settings(Format.JSONL)).articles == 2 * ARTICLES
    store.close()


# -- whole or absent --------------------------------------------------------------------------------------------------

_KILLED = """
import os, pathlib, signal, sys
from corpus import open_corpus
from corpus.export import Filters, Format, Settings, export
import corpus.export.target as target

root, to, form, moment = sys.argv[1:]
renames = 0

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def rename(self, to):
    global renames
    renames += 1
    os.rename(self, to)
    if renames == int(moment.removeprefix("rename ")):
        die()

if moment == "before the renames":
    target._swap = die
elif moment.startswith("rename"):
    pathlib.Path.rename = rename
with open_corpus(root) as corpus:
    settings = Settings(format=Format(form), filters=Filters(languages=("en",)))
    export(corpus, pathlib.Path(to), settings, progress=lambda n: n == 7 and moment == "article 7" and die())
"""


def kill_an_export(corpus: Corpus, to: Path, form: Format, moment: str) -> None:
    command = [sys.executable, "-c", _KILLED, str(corpus.folder.root), str(to), form.value, moment]
    ended = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_is_killed_leaves_nothing_that_looks_like_one(
    corpus: Corpus, tmp_path: Path, form: Format
) -> None:
    kill_an_export(corpus, tmp_path / "x", form, "article 7")
    assert [path.name for path in tmp_path.iterdir()] == [".x.partial"]
    with pytest.raises(ExportError, match="it is no export"):
        verify(tmp_path / ".x.partial")
    export(corpus, tmp_path / "x", settings(form))
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert not verify(tmp_path / "x").faults


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("article 7", ARTICLES),
        ("before the renames", ARTICLES),
        ("rename 1", None),  # the older one stands aside; the next export brings it back
        ("rename 2", 15),
    ],
)
def test_an_export_that_is_killed_at_any_moment_leaves_the_older_or_the_newer_one_whole(
    corpus: Corpus, tmp_path: Path, moment: str, there: int | None
) -> None:
    export(corpus, tmp_path / "x", settings(Format.JSONL))
    kill_an_export(corpus, tmp_path / "x", Format.JSONL, moment)
    found = tmp_path / ("x" if there else ".x.previous")
    whole = verify(found)
    assert (whole.faults, whole.manifest.articles) == ((), there or ARTICLES)
    with pytest.raises(RuntimeError):
        export(corpus, tmp_path / "x", progress=_fail)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert verify(tmp_path / "x").manifest.articles == (there or ARTICLES)


def _fail(articles: int) -> None:
    if articles == 7:
        raise RuntimeError("something nobody thought of")


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_fails_leaves_what_was_there(corpus: Corpus, tmp_path: Path, form: Format) -> None:
    with pytest.raises(RuntimeError):
        export(corpus, tmp_path / "x", settings(form), progress=_fail)
    assert list(tmp_path.iterdir()) == []
    export(corpus, tmp_path / "x", settings(form))
    before = tree(tmp_path)
    with pytest.raises(RuntimeError):
        export(corpus, tmp_path / "x", settings(form, filters=Filters(languages=("or",))), progress=_fail)
    assert tree(tmp_path) == before


def test_a_full_disk_is_said_so(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ExportError, match="the disk is full"):
        export(corpus, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_two_exports_to_one_folder_do_not_mix(built: CorpusFolder, corpus: Corpus, tmp_path: Path) -> None:
    def export_too(articles: int) -> None:
        with (
            open_corpus(built.root) as other,
            pytest.raises(CorpusBusyError, match="another process exports to this folder"),
        ):
            export(other, tmp_path / "x")

    export(corpus, tmp_path / "x", progress=export_too)
    assert not verify(tmp_path / "x").faults


# -- what may be replaced ---------------------------------------------------------------------------------------------


def test_an_older_export_is_replaced_whatever_its_format(corpus: Corpus, tmp_path: Path) -> None:
    for form in (Format.TEXT, Format.PARQUET, Format.JSONL):
        export(corpus, tmp_path / "x", settings(form))
        assert verify(tmp_path / "x").manifest.format is form


def test_an_empty_folder_is_replaced(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    export(corpus, tmp_path / "x")
    assert not verify(tmp_path / "x").faults


def test_a_folder_that_is_no_export_is_replaced_only_by_force(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match=r"no export of ours .*--force"):
        export(corpus, tmp_path / "x")
    assert (tmp_path / "x" / "thesis.tex").read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    export(corpus, tmp_path / "x", force=True)
    assert not verify(tmp_path / "x").faults


def test_a_file_somebody_put_into_an_export_is_not_deleted_unasked(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x")
    (tmp_path / "x" / "my-notes.md").write_text("mine")
    with pytest.raises(ConfigError, match=r"my-notes\.md"):
        export(corpus, tmp_path / "x")
    assert (tmp_path / "x" / "my-notes.md").exists()


def test_a_file_is_never_replaced(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(ConfigError, match="is a file"):
        export(corpus, tmp_path / "x", force=True)


@pytest.mark.parametrize("where", ["", "archive", "exports", "locks", "archive/x", "..", "corpus.db", "logs"])
def test_no_force_lets_an_export_overwrite_the_corpus(tmp_path: Path, where: str) -> None:
    folder = small_corpus.build(tmp_path / "deep" / "corpus", small_corpus.stories()[:2])
    before = tree(tmp_path)
    with (
        open_corpus(folder.root) as opened,
        pytest.raises(ConfigError, match="an export needs a folder of its own"),
    ):
        export(opened, folder.root / where, force=True)
    assert {name: body for name, body in tree(tmp_path).items() if "corpus.db" not in name} == {
        name: body for name, body in before.items() if "corpus.db" not in name
    }


@pytest.mark.parametrize("inside", ["y", "texts/harbour-post/y"])
def test_no_export_goes_into_another_one(corpus: Corpus, tmp_path: Path, inside: str) -> None:
    export(corpus, tmp_path / "x", settings(Format.TEXT))
    with pytest.raises(ConfigError, match=r"y lies inside the export .*x; an export needs a folder of its own"):
        export(corpus, tmp_path / "x" / inside)
    assert not verify(tmp_path / "x").faults


# -- verification -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_copy_of_an_export_is_found_whole(corpus: Corpus, tmp_path: Path, form: Format) -> None:
    export(corpus, tmp_path / "x", settings(form))
    (tmp_path / "x").rename(tmp_path / "copy")
    (tmp_path / "copy" / ".DS_Store").write_text("left by a file manager")
    found = verify(tmp_path / "copy")
    assert found.faults == ()
    assert found.files == (4 if REGISTRY[form].sharded else ARTICLES + 1)


def _flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_flip, "another SHA-256"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), r"has \d+ bytes, not \d+"),
        (Path.unlink, "is missing"),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_harm_to_a_file_is_found(corpus: Corpus, tmp_path: Path, form: Format, harm: object, message: str) -> None:
    export(corpus, tmp_path / "x", settings(form))
    pattern = "articles/articles-00001*" if REGISTRY[form].sharded else "texts/*/*.*"
    path = min((tmp_path / "x").glob(pattern))
    harm(path)  # type: ignore[operator]
    (fault,) = verify(tmp_path / "x").faults
    assert fault.file == path.relative_to(tmp_path / "x").as_posix()
    assert re.search(message, fault.message)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_does_not_belong_is_found(corpus: Corpus, tmp_path: Path, form: Format) -> None:
    export(corpus, tmp_path / "x", settings(form))
    (tmp_path / "x" / "articles").mkdir(exist_ok=True)
    (tmp_path / "x" / "articles" / "articles-00099.jsonl").write_text("{}\n")
    (fault, *_) = verify(tmp_path / "x").faults[::-1]
    assert (fault.file, fault.message) == ("articles/articles-00099.jsonl", "does not belong to the export")


def test_a_text_that_does_not_belong_is_counted(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", settings(Format.TEXT))
    (tmp_path / "x" / "texts" / "harbour-post" / "more.txt").write_text("more")
    (fault,) = verify(tmp_path / "x").faults
    assert (fault.file, fault.message) == ("texts", "holds 1 files that metadata.tsv does not name")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "has no manifest.json"),
        ("{", "cannot be read"),
        ("[]", "is no manifest of a news-corpus-collector export"),
        ('{"kind": "something else"}', "is no manifest of a news-corpus-collector export"),
        ('{"kind": "news-corpus-collector export", "version": 99}', "has version 99, this software knows 1"),
        ('{"kind": "news-corpus-collector export", "version": 1}', "is damaged"),
    ],
)
def test_what_is_no_export_is_not_verified(tmp_path: Path, manifest: str | None, message: str) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ExportError, match=message):
        verify(tmp_path)


# -- documentation ----------------------------------------------------------------------------------------------------


def test_every_field_is_documented() -> None:
    text = (ROOT / "docs" / "export.md").read_text("utf-8")
    for field in FIELDS:
        assert f"| `{field.name}` |" in text, field.name


def test_a_record_has_a_value_for_every_field_and_null_only_where_it_may(corpus: Corpus) -> None:
    for article in corpus.articles():
        record = record_of(article)
        assert [name for name, value in record.items() if value is None] == [
            field.name for field in FIELDS if field.optional and record[field.name] is None
        ]
