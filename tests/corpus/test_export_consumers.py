"""Round trips with the software that exports are for: counts and texts are those of the store."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_corpus

from corpus import Corpus, StoredArticle, open_corpus
from corpus.export import FIELDS, Filters, Format, Manifest, Settings, export, verify
from corpus.folder import CorpusFolder

pytest.importorskip("pyarrow")
pandas = pytest.importorskip("pandas")

SPLITS = (("train", 0.7), ("validation", 0.2), ("test", 0.1))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("consumers") / "corpus")


@pytest.fixture(scope="module")
def corpus(built: CorpusFolder) -> Iterator[Corpus]:
    with open_corpus(built.root) as opened:
        yield opened


@pytest.fixture(scope="module")
def stored(corpus: Corpus) -> dict[str, StoredArticle]:
    return {article.id: article for article in corpus.articles()}


def texts_of(stored: dict[str, StoredArticle]) -> dict[str, str]:
    return {name: article.text for name, article in stored.items()}


@pytest.fixture(scope="module")
def dataset(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """Return a folder in the layout of the Hugging Face Hub, in several shards."""
    folder = tmp_path_factory.mktemp("consumers") / "dataset"
    settings = Settings(format=Format.PARQUET, profile="huggingface", splits=SPLITS, shard_articles=10)
    return folder, export(corpus, folder, settings)


@pytest.fixture(scope="module")
def loaded(dataset: tuple[Path, Manifest], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the dataset as `datasets` loads it, which leaves its own cache in a folder that goes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hf")))
        datasets = pytest.importorskip("datasets")
        datasets.disable_progress_bars()
        return datasets.load_dataset(str(dataset[0]), cache_dir=str(tmp_path_factory.mktemp("hf-cache")))


def test_datasets_loads_the_splits(
    loaded: Any, dataset: tuple[Path, Manifest], stored: dict[str, StoredArticle]
) -> None:
    assert {name: split.num_rows for name, split in loaded.items()} == dict(dataset[1].splits)
    assert list(loaded) == [name for name, _ in SPLITS]
    texts = {row["id"]: row["text"] for split in loaded.values() for row in split}
    assert texts == texts_of(stored)


def test_datasets_knows_the_types(loaded: Any, stored: dict[str, StoredArticle]) -> None:
    features = loaded["train"].features
    assert list(features) == [field.name for field in FIELDS]
    assert features["fetched_at"].dtype == "timestamp[us, tz=UTC]"
    assert features["authors"].feature.dtype == "string"
    rows = {row["id"]: row for split in loaded.values() for row in split}
    rich = next(article for article in stored.values() if article.posts)
    row = rows[rich.id]
    assert row["fetched_at"] == rich.fetched_at
    assert [post["text"] for post in row["posts"]] == [post.text for post in rich.posts]
    assert {pair["field"]: pair["source"] for pair in row["sources"]} == rich.sources


def test_a_split_without_articles_is_none_to_datasets(corpus: Corpus, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    settings = Settings(
        format=Format.PARQUET, profile="huggingface", splits=(("train", 0.999999), ("test", 0.000001)),
        filters=Filters(languages=("hi",)),
    )  # fmt: skip
    manifest = export(corpus, tmp_path / "x", settings)
    assert manifest.splits["test"] == 0
    found = datasets.load_dataset(str(tmp_path / "x"), cache_dir=str(tmp_path / "cache"))
    assert {name: split.num_rows for name, split in found.items()} == {"train": 12}
    assert not verify(tmp_path / "x").faults


def test_duckdb_reads_the_parquet(dataset: tuple[Path, Manifest], stored: dict[str, StoredArticle]) -> None:
    duckdb = pytest.importorskip("duckdb")
    files = f"{dataset[0]}/data/*.parquet"
    with duckdb.connect() as db:
        rows = db.execute("SELECT id, text, len(authors), warc.file, words FROM read_parquet(?)", [files]).fetchall()
        by_language = db.execute(
            "SELECT language, count(*), sum(words) FROM read_parquet(?) GROUP BY 1 ORDER BY 1", [files]
        ).fetchall()
    assert {row[0]: row[1] for row in rows} == texts_of(stored)
    for name, _, authors, file, words in rows:
        article = stored[name]
        assert article.warc_record is not None
        assert (authors, file, words) == (len(article.authors), article.warc_record.file, article.words)
    assert {language: count for language, count, _ in by_language} == dict(dataset[1].languages)
    assert sum(words for _, _, words in by_language) == dataset[1].words


def test_polars_reads_the_parquet(dataset: tuple[Path, Manifest], stored: dict[str, StoredArticle]) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.scan_parquet(f"{dataset[0]}/data/*.parquet").select("id", "text", "tags", "language").collect()
    assert dict(zip(frame["id"], frame["text"], strict=True)) == texts_of(stored)
    assert {row["id"]: row["tags"] for row in frame.to_dicts()} == {
        name: list(article.tags) for name, article in stored.items()
    }
    assert dict(frame.group_by("language").len().iter_rows()) == dict(dataset[1].languages)


def test_pandas_reads_the_parquet(corpus: Corpus, tmp_path: Path, stored: dict[str, StoredArticle]) -> None:
    export(corpus, tmp_path / "x", Settings(format=Format.PARQUET, shard_articles=10))
    frame = pandas.read_parquet(tmp_path / "x" / "articles")
    assert dict(zip(frame["id"], frame["text"], strict=True)) == texts_of(stored)
    assert frame["words"].sum() == sum(article.words for article in stored.values())


def test_pandas_reads_the_json_lines(corpus: Corpus, tmp_path: Path, stored: dict[str, StoredArticle]) -> None:
    export(corpus, tmp_path / "x", Settings())
    frame = pandas.read_json(tmp_path / "x" / "articles" / "articles-00000.jsonl.zst", lines=True, dtype=False)
    assert dict(zip(frame["id"], frame["text"], strict=True)) == texts_of(stored)


def test_datatrove_reads_its_profile(corpus: Corpus, tmp_path: Path, stored: dict[str, StoredArticle]) -> None:
    readers = pytest.importorskip("datatrove.pipeline.readers")
    export(corpus, tmp_path / "x", Settings(profile="datatrove", shard_articles=10))
    reader = readers.JsonlReader(str(tmp_path / "x" / "articles"), add_file_path=False)
    # Two tasks of a cluster: each takes its share of the shards.
    documents = [document for rank in range(2) for document in reader.run(rank=rank, world_size=2)]
    assert {document.id: document.text for document in documents} == texts_of(stored)
    assert len(documents) == len(stored)
    for document in documents:
        article = stored[document.id]
        assert document.media == []
        assert document.metadata["url"] == article.url
        assert document.metadata["authors"] == list(article.authors)
        assert document.metadata["date"] == article.fetched_at.isoformat()


def test_datatrove_reads_dolma_and_the_whole_record_as_well(
    corpus: Corpus, tmp_path: Path, stored: dict[str, StoredArticle]
) -> None:
    readers = pytest.importorskip("datatrove.pipeline.readers")
    for profile, folder in (("dolma", "documents"), (None, "articles")):
        export(corpus, tmp_path / folder, Settings(profile=profile))
        reader = readers.JsonlReader(str(tmp_path / folder / folder))
        assert {document.id: document.text for document in reader.run()} == texts_of(stored)


def test_a_table_of_plain_text_is_read_as_a_spreadsheet_reads_it(
    corpus: Corpus, tmp_path: Path, stored: dict[str, StoredArticle]
) -> None:
    export(corpus, tmp_path / "x", Settings(format=Format.TEXT))
    table = pandas.read_csv(
        tmp_path / "x" / "metadata.tsv", sep="\t", quoting=csv.QUOTE_NONE, dtype=str, keep_default_na=False
    )
    texts = {
        row["id"]: (tmp_path / "x" / row["file"]).read_text("utf-8").removesuffix("\n") for _, row in table.iterrows()
    }
    assert texts == texts_of(stored)
