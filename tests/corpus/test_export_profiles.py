"""Variants and formats for certain readers: field conventions, splits and dataset card, Markdown, WARC."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_corpus
import zstandard
from fastwarc.warc import ArchiveIterator as FastArchiveIterator
from hypothesis import given, settings, strategies
from markdown_it import MarkdownIt
from warcio.archiveiterator import ArchiveIterator

from corpus import Corpus, open_corpus
from corpus.archive import ArchiveWriter
from corpus.archive.reader import read_page
from corpus.archive.records import BrokenRecord, iter_records
from corpus.archive.writer import Original
from corpus.errors import ConfigError, EmptyExportError
from corpus.export import FORMATS, Filters, Format, Settings, export, read_manifest, record_of, verify
from corpus.export.frontmatter import front_matter
from corpus.export.huggingface import size_category
from corpus.export.markdown import escape
from corpus.folder import CorpusFolder
from corpus.likeness import Keep
from corpus.types import Discovery, Kind, Part, Via, WarcRecord

yaml = pytest.importorskip("yaml")
ARTICLES = 39


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("profiles") / "corpus")


@pytest.fixture
def corpus(built: CorpusFolder) -> Iterator[Corpus]:
    with open_corpus(built.root) as opened:
        yield opened


# -- the registry -----------------------------------------------------------------------------------------------------


def test_every_format_has_an_entry() -> None:
    assert set(FORMATS) == set(Format)
    for entry in FORMATS.values():
        assert entry.help.endswith(".")
        assert entry.sharded != bool(entry.table)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"profile": "nobody"}, "JSON Lines has no profile called nobody; its profiles: datatrove, dolma"),
        (
            {"format": Format.MARKDOWN, "profile": "dolma"},
            "Markdown has no profile called dolma; its profiles: it has none",
        ),
        ({"format": Format.MARKDOWN, "splits": (("train", 1.0),)}, "splits do not go with Markdown"),
        ({"splits": (("train", 0.5), ("test", 0.4))}, "sum up to 1: train=0.5, test=0.4"),
        ({"splits": (("train", 1.0), ("test", 0.0))}, "must be above 0"),
        ({"splits": (("train", float("nan")), ("test", 0.5))}, "must be above 0"),
        ({"splits": (("train", 0.5), ("train", 0.5))}, "splits need different names"),
        ({"splits": (("../up", 1.0),)}, "splits need different names of letters, digits and underscores"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(more: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        Settings(**more)  # type: ignore[arg-type]


def test_shares_may_be_off_by_what_floating_point_takes() -> None:
    Settings(splits=(("train", 0.7), ("validation", 0.2), ("test", 0.1)))


# -- nothing to export ------------------------------------------------------------------------------------------------

NOTHING = Filters(languages=("xx",))


def test_an_export_of_nothing_does_not_replace_the_last_one_unless_it_is_forced(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x")
    with pytest.raises(EmptyExportError, match="left as it is, because no article meets the conditions"):
        export(corpus, tmp_path / "x", Settings(filters=NOTHING))
    assert verify(tmp_path / "x").manifest.articles == ARTICLES
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert export(corpus, tmp_path / "x", Settings(filters=NOTHING), force=True).articles == 0
    assert verify(tmp_path / "x").manifest.articles == 0


def test_an_export_of_nothing_goes_to_an_empty_place(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "y").mkdir()
    for name in ("x", "y"):
        assert export(corpus, tmp_path / name, Settings(filters=NOTHING)).articles == 0


# -- field conventions ------------------------------------------------------------------------------------------------


def lines_of(folder: Path) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for path in sorted(folder.iterdir()):
        packed = path.read_bytes()
        plain = gzip.decompress(packed) if path.suffix == ".gz" else zstandard.ZstdDecompressor().decompress(packed)
        lines += [json.loads(line) for line in plain.decode().split("\n")[:-1]]
    return lines


def test_datatrove_gets_text_id_and_metadata(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", Settings(profile="datatrove"))
    for line, article in zip(lines_of(tmp_path / "x" / "articles"), corpus.articles(), strict=True):
        assert list(line) == ["text", "id", "metadata"]
        record = record_of(article)
        assert (line["text"], line["id"]) == (record["text"], record["id"])
        metadata = line["metadata"]
        assert isinstance(metadata, dict)
        assert (metadata["url"], metadata["date"]) == (record["url"], record["fetched_at"])
        assert metadata["language_score"] == record["language_confidence"]
        assert len(metadata) == len(record) - 2


def test_dolma_gets_its_fields_in_documents(corpus: Corpus, tmp_path: Path) -> None:
    manifest = export(corpus, tmp_path / "x", Settings(profile="dolma"))
    assert [file.file for file in manifest.files] == ["documents/articles-00000.jsonl.gz"]
    assert manifest.settings["profile"] == "dolma"
    for line, article in zip(lines_of(tmp_path / "x" / "documents"), corpus.articles(), strict=True):
        created = {} if article.published is None else {"created": article.published.isoformat()}
        metadata = line.pop("metadata")
        assert (
            line
            == {
                "id": article.id,
                "text": article.text,
                "source": article.site,
                "added": article.fetched_at.isoformat(),
            }
            | created
        )
        assert isinstance(metadata, dict)
        assert metadata["title"] == article.title
        assert {*metadata, "id", "text", "site", "fetched_at", "published"} == set(record_of(article))


def test_a_gzip_file_names_neither_itself_nor_a_time(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", Settings(profile="dolma"))
    head = (tmp_path / "x" / "documents" / "articles-00000.jsonl.gz").read_bytes()[:10]
    assert head[3] == 0
    assert head[4:8] == bytes(4)


# -- splits -----------------------------------------------------------------------------------------------------------

SPLITS = (("train", 0.6), ("validation", 0.2), ("test", 0.2))


@pytest.fixture(scope="module")
def told_again(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    """Return a corpus of 40 stories that two sites tell almost alike."""
    groups = []
    for number in range(40):
        words = [f"word{number}x{place}" for place in range(120)]
        pages = [
            small_corpus.printed(
                f"https://{site}.example/story/{number}", " ".join([*words, *end]), after_minutes=minutes
            )
            for minutes, (site, end) in enumerate([("harbour-post", ["end"]), ("valley-ledger", ["close"])])
        ]
        groups.append(pages)
    return small_corpus.build(tmp_path_factory.mktemp("told") / "corpus", groups)


def test_no_story_stands_in_two_splits(told_again: CorpusFolder, tmp_path: Path) -> None:
    with open_corpus(told_again.root) as corpus:
        manifest = export(corpus, tmp_path / "x", Settings(splits=SPLITS, keep=Keep.ALL, shard_articles=7))
    splits: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for path in sorted((tmp_path / "x" / "articles").iterdir()):
        name = path.name.partition("-")[0]
        for line in zstandard.ZstdDecompressor().decompress(path.read_bytes()).decode().splitlines():
            splits.setdefault(json.loads(line)["cluster"], set()).add(name)
            counts[name] += 1
    assert len(splits) == 40
    assert all(len(names) == 1 for names in splits.values())
    assert dict(manifest.splits) == dict(counts)
    assert sum(counts.values()) == 80
    assert counts["train"] > counts["test"] > 0


def test_a_story_stays_in_its_split_whatever_else_is_exported(told_again: CorpusFolder, tmp_path: Path) -> None:
    with open_corpus(told_again.root) as corpus:
        export(corpus, tmp_path / "all", Settings(splits=SPLITS))
        export(corpus, tmp_path / "some", Settings(splits=SPLITS, filters=Filters(sites=("harbour-post",))))
    where = [
        {json.loads(line)["cluster"]: path.name for path in (tmp_path / name / "articles").iterdir()
         for line in zstandard.ZstdDecompressor().decompress(path.read_bytes()).decode().splitlines()}
        for name in ("all", "some")
    ]  # fmt: skip
    assert where[1].items() <= where[0].items()


def test_splits_get_their_share() -> None:
    chosen = Settings(splits=(("train", 0.98), ("validation", 0.01), ("test", 0.01)))
    counts = Counter(chosen.series_of({"cluster": f"{number:016x}"}) for number in range(20_000))
    assert abs(counts["train"] / 20_000 - 0.98) < 0.004
    assert min(counts["validation"], counts["test"]) > 140


# -- Hugging Face -----------------------------------------------------------------------------------------------------


def test_a_dataset_has_numbered_shards_and_a_card(corpus: Corpus, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    manifest = export(
        corpus, tmp_path / "x", Settings(format=Format.PARQUET, profile="huggingface", splits=SPLITS, shard_articles=20)
    )
    train = manifest.splits["train"]
    names = [file.file for file in manifest.files]
    of = -(-train // 20)
    assert names[:of] == [f"data/train-{number:05d}-of-{of:05d}.parquet" for number in range(of)]
    assert names[-1] == "README.md"
    assert not verify(tmp_path / "x").faults
    card = (tmp_path / "x" / "README.md").read_text("utf-8")
    fields = yaml.safe_load(card.split("---\n")[1])
    assert fields["language"] == ["en", "hi", "or"]
    assert fields["size_categories"] == ["n<1K"]
    assert fields["license"] == "other"
    assert fields["configs"][0]["data_files"] == [
        {"split": name, "path": f"data/{name}-*"} for name in ("train", "validation", "test")
    ]
    assert f"| train | {train} |" in card
    assert "| https://creativecommons.org/licenses/by/4.0/ | 1 |" in card
    assert "None of the articles comes from a page that states a preference" in card


def test_without_splits_everything_is_for_training(corpus: Corpus, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    manifest = export(corpus, tmp_path / "x", Settings(format=Format.PARQUET, profile="huggingface"))
    assert dict(manifest.splits) == {"train": ARTICLES}
    assert read_manifest(tmp_path / "x").splits == manifest.splits


@pytest.mark.parametrize(
    ("articles", "category"),
    [
        (0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (9_999, "1K<n<10K"), (10_000, "10K<n<100K"),
        (10**6 - 1, "100K<n<1M"), (10**6, "1M<n<10M"), (10**9, "n>1B"),
    ],
)  # fmt: skip
def test_size_categories_are_those_of_the_hub(articles: int, category: str) -> None:
    assert size_category(articles) == category


# -- front matter and Markdown ----------------------------------------------------------------------------------------

TEXTS = strategies.text(strategies.characters(exclude_categories=("Cs",)), max_size=60)


@settings(max_examples=150, deadline=None)
@given(strategies.dictionaries(strategies.sampled_from(["a", "b", "c"]), TEXTS | strategies.lists(TEXTS, max_size=3)))
def test_yaml_reads_front_matter_as_it_was_meant(fields: dict[str, object]) -> None:
    written = front_matter(fields)
    assert yaml.safe_load(written.removesuffix("---\n") or "{}") == (fields or None)


MARKUP = strategies.lists(
    strategies.sampled_from(
        ["*", "_", "#", "# ", "- ", "+", "1. ", "12) ", ">", "`", "```", "~~~", "[a](b)", "[a]: b", "![i](j)", "<b>",
         "===", "&amp;", "---", "\\", "|a|b|", "|-|-|", "    ", "\t", "word", " ", "two", "\n", "\n\n", "x_y", "é", "।"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(MARKUP)
def test_markdown_renders_as_the_text(text: str) -> None:
    # As the texts of articles: no blanks at the ends of lines, one blank line between paragraphs.
    lines = [line.strip() for line in text.strip().split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(escape(text))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    inlines = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inlines} <= {"text", "softbreak"}
    paragraphs = [
        "".join("\n" if child.type == "softbreak" else child.content for child in token.children or ())
        for token in tokens if token.type == "inline"
    ]  # fmt: skip
    assert "\n\n".join(paragraphs) == text


def test_a_markdown_file_holds_the_article(corpus: Corpus, tmp_path: Path) -> None:
    manifest = export(corpus, tmp_path / "x", Settings(format=Format.MARKDOWN))
    assert manifest.articles == ARTICLES
    assert verify(tmp_path / "x").files == ARTICLES + 1
    for article in corpus.articles():
        body = (tmp_path / "x" / "texts" / article.site / f"{article.id}.md").read_text("utf-8")
        _, front, text = body.split("---\n", 2)
        record = record_of(article)
        assert yaml.safe_load(front) == {name: value for name, value in record.items() if name != "text"}
        assert text == f"\n{escape(article.text)}\n"


# -- AntConc ----------------------------------------------------------------------------------------------------------


def test_antconc_gets_files_in_the_order_of_the_table(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", Settings(format=Format.TEXT, profile="antconc"))
    head, *rows = [line.split("\t") for line in (tmp_path / "x" / "articles.tsv").read_text("utf-8").split("\n")[:-1]]
    table = [dict(zip(head, row, strict=True)) for row in rows]
    files = sorted((tmp_path / "x" / "texts").iterdir())
    assert [row["file"] for row in table] == [f"texts/{path.name}" for path in files]
    assert [row["doc_id"] for row in table] == [str(number) for number in range(ARTICLES)]
    for row, article in zip(table, corpus.articles(), strict=True):
        assert (tmp_path / "x" / row["file"]).read_text("utf-8") == f"{article.text}\n"
        assert (row["id"], row["site"], row["language"]) == (article.id, article.site, article.language)
        assert row["authors"] == "; ".join(article.authors)
        assert row["year"] == ("" if article.published is None else str(article.published.year))
    assert not any(cell.startswith(("[", "{")) for row in rows for cell in row)
    assert verify(tmp_path / "x").files == ARTICLES + 1
    assert not verify(tmp_path / "x").faults
    files[3].write_text("changed")
    assert [fault.file for fault in verify(tmp_path / "x").faults] == [f"texts/{files[3].name}"]


# -- WARC -------------------------------------------------------------------------------------------------------------


def warc_of(folder: Path) -> Path:
    (path,) = (folder / "articles").iterdir()
    return path


def bodies(path: Path) -> list[tuple[str, str, bytes]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file)
        ]


def test_a_warc_export_holds_the_pages_behind_the_articles(corpus: Corpus, tmp_path: Path) -> None:
    manifest = export(corpus, tmp_path / "x", Settings(format=Format.WARC))
    assert manifest.left_out == {}
    read = bodies(warc_of(tmp_path / "x"))
    assert read[0][0] == "warcinfo"
    assert [kind for kind, _, _ in read[1:]] == ["response", "request"] * ARTICLES
    responses = {url: body for kind, url, body in read if kind == "response"}
    for article in corpus.articles():
        (page,) = corpus.pages([article.fetch_id])
        assert responses[article.url] == page.body  # type: ignore[union-attr]
    with warc_of(tmp_path / "x").open("rb") as file:
        # Every digest is right, too.
        assert (
            sum(1 for record in FastArchiveIterator(file, parse_http=False) if record.verify_block_digest())
            == 1 + 2 * ARTICLES
        )


def test_records_are_copied_byte_by_byte(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", Settings(format=Format.WARC))
    copied = warc_of(tmp_path / "x").read_bytes()
    for article in corpus.articles():
        place = article.warc_record
        assert place is not None
        assert place.length is not None
        with (corpus.folder.archive / place.file).open("rb") as file:
            file.seek(place.offset)
            assert file.read(place.length) in copied


@pytest.fixture
def odd(tmp_path: Path) -> CorpusFolder:
    """Return a corpus of a page, a revisit of it, one not archived, one gone, and one of each kind of file."""
    folder = small_corpus.make_folder(tmp_path / "odd")
    pages = [
        small_corpus.printed(
            f"https://harbour-post.example/{name}", f"Words of the page {name}.", after_minutes=minutes
        )
        for minutes, name in enumerate(["first", "again", "noarchive", "plain", "gone", "arc", "zstd_"])
    ]
    with ArchiveWriter(folder.archive, prefix="run000001") as writer:
        first = small_corpus.write(writer, pages[0])
        original = Original(url=pages[0].url, fetched_at=pages[0].fetched_at, record=first)
        again = writer.write_revisit(
            url=pages[1].url,
            fetched_at=pages[1].fetched_at,
            request_line_and_headers=b"GET / HTTP/1.1\r\n\r\n",
            status=304,
            reason="Not Modified",
            headers=[],
            profile="server-not-modified",
            refers_to=original,
            protocol="HTTP/1.1",
        )
        gone = small_corpus.write(writer, pages[4])
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Words of the page plain.</p>"
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://harbour-post.example/plain\r\n"
        b"WARC-Date: 2026-11-20T06:00:00Z\r\nWARC-Record-ID: <urn:uuid:1234>\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(response)
    )
    (folder.archive / "plain.warc").write_bytes(head + response + b"\r\n\r\n")
    plain = WarcRecord(file="plain.warc", offset=0, length=len(head + response) + 4)
    frame = zstandard.compress(head.replace(b"plain", b"zstd_") + response + b"\r\n\r\n")
    (folder.archive / "packed.warc.zst").write_bytes(frame + frame)
    packed = WarcRecord(file="packed.warc.zst", offset=len(frame), length=len(frame))
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Words of the page arc.</p>"
    line = b"https://harbour-post.example/arc 192.0.2.1 20261120060000 text/html %d\n" % len(body)
    (folder.archive / "old.arc").write_bytes(line + body + b"\n")
    arc = WarcRecord(file="old.arc", offset=0, length=len(line + body))
    places = {
        page.body: place
        for page, place in zip(
            pages, [first, again, None, plain, small_corpus.replace(gone, offset=10**6), arc, packed], strict=True
        )
    }
    small_corpus.store_all(folder, pages, places)  # type: ignore[arg-type]
    return folder


def test_what_cannot_be_copied_is_counted_and_what_is_referred_to_comes_along(
    odd: CorpusFolder, tmp_path: Path
) -> None:
    with open_corpus(odd.root) as corpus:
        manifest = export(corpus, tmp_path / "x", Settings(format=Format.WARC))
        again = next(article.url for article in corpus.articles() if article.url.endswith("again"))
    assert manifest.articles == 5
    assert manifest.left_out == {
        "no copy of the page in the archive": 1,
        "the copy of the page cannot be read": 1,
    }
    read = bodies(warc_of(tmp_path / "x"))
    kinds = Counter((kind, url.rpartition("/")[2]) for kind, url, _ in read[1:])
    assert kinds == Counter(
        [("response", "first"), ("request", "first"), ("revisit", "again"), ("request", "again"), ("response", "plain"),
         ("response", "arc"), ("response", "zstd_")]
    )  # fmt: skip
    order = [(kind, url) for kind, url, _ in read]
    assert order.index(("response", again.replace("again", "first"))) < order.index(("revisit", again))
    assert b"<p>Words of the page plain.</p>" in {body for _, _, body in read}
    assert not verify(tmp_path / "x").faults


def test_the_export_of_a_page_is_read_as_the_page(odd: CorpusFolder, tmp_path: Path) -> None:
    with open_corpus(odd.root) as corpus:
        export(corpus, tmp_path / "x", Settings(format=Format.WARC))
    path = warc_of(tmp_path / "x")
    offsets = {
        (record.type, record.url or ""): record.location.offset
        for record in iter_records(path)
        if not isinstance(record, BrokenRecord) and record.location
    }
    place = WarcRecord(file=path.name, offset=offsets["response", "https://harbour-post.example/plain"])
    assert read_page(path.parent, place).body == b"<p>Words of the page plain.</p>"
    place = WarcRecord(file=path.name, offset=offsets["response", "https://harbour-post.example/arc"])
    page = read_page(path.parent, place)
    assert (page.status, page.header("content-type"), page.body) == (200, "text/html", b"<p>Words of the page arc.</p>")
    original = WarcRecord(file=path.name, offset=offsets["response", "https://harbour-post.example/first"])
    revisit = WarcRecord(file=path.name, offset=offsets["revisit", "https://harbour-post.example/again"])
    assert b"Words of the page first." in read_page(path.parent, revisit, refers_to=original).body


def test_all_pages_of_a_split_article_come_along(tmp_path: Path) -> None:
    folder = small_corpus.make_folder(tmp_path / "split")
    first = "https://harbour-post.example/long"
    shots = [
        (first, None, "one"),
        (f"{first}?page=2", 2, "old"),
        (f"{first}?page=2", 2, "two"),
        (f"{first}?page=3", 3, "end"),
    ]
    pages = [
        small_corpus.printed(url, f"Words of the page {text}.", after_minutes=minutes)
        for minutes, (url, _, text) in enumerate(shots)
    ]
    places = small_corpus.archive(folder, pages)
    store = small_corpus.open_store(folder)
    run = small_corpus.begin_run(store)
    for page, (url, number, _) in zip(pages, shots, strict=True):
        part = None if number is None else Part(first_url=first, number=number)
        found = Discovery(url=url, kind=Kind.ARTICLE, via=Via.INGEST, part=part)
        small_corpus.commit(store, run, page, places[page.body], found=found)
    store.end_run(run, small_corpus.BEGAN.timestamp() + 7200)
    store.close()
    with open_corpus(folder.root) as corpus:
        (article,) = corpus.articles()
        assert article.paragraphs == ("Words of the page one.", "Words of the page two.", "Words of the page end.")
        export(corpus, tmp_path / "x", Settings(format=Format.WARC))
    responses = [body for kind, _, body in bodies(warc_of(tmp_path / "x")) if kind == "response"]
    assert [re.search(rb"page (\w+)", body)[1] for body in responses] == [b"one", b"two", b"end"]  # type: ignore[index]


def test_a_warc_has_the_time_of_its_first_page(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "x", Settings(format=Format.WARC, shard_articles=20))
    first, *_ = corpus.articles()
    path = tmp_path / "x" / "articles" / "articles-00000.warc.gz"
    with path.open("rb") as file:
        head = next(iter(ArchiveIterator(file))).rec_headers
    assert head.get_header("WARC-Filename") == path.name
    expected = first.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert head.get_header("WARC-Date") == expected
