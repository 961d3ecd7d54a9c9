"""The layout of a dataset on the Hugging Face Hub: ``data/<split>-00000-of-00003.parquet``, and a card.

``datasets.load_dataset`` finds the splits by the card's ``configs``; the Hub shows the rest of it. See "Repository
structure" and "Dataset cards" in the Hub's documentation (https://huggingface.co/docs/hub/datasets-cards).
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from corpus.export.frontmatter import front_matter
from corpus.export.journal import Tally
from corpus.export.manifest import ExportedFile, Manifest

CARD_NAME = "README.md"
#: The Hub's size categories: the least number of articles of each.
_SIZES = (
    (10**9, "n>1B"),
    (10**8, "100M<n<1B"),
    (10**7, "10M<n<100M"),
    (10**6, "1M<n<10M"),
    (10**5, "100K<n<1M"),
    (10**4, "10K<n<100K"),
    (10**3, "1K<n<10K"),
    (0, "n<1K"),
)
#: Lines of a table of sites or licences; a corpus may have thousands.
_MOST_LINES = 50


def complete_dataset(folder: Path, manifest: Manifest, tally: Tally) -> Manifest:
    """Name the shards by their number and how many there are, and write the card; return the manifest with both.

    A split without articles is left out, because ``load_dataset`` fails on it; it has no more than an empty shard.
    """
    held = [file for file in manifest.files if file.articles or not manifest.articles]
    for file in manifest.files:
        if file not in held:
            (folder / file.file).unlink()
    series = Counter(_series(file) for file in held)
    shards = tuple(_numbered(folder, file, series[_series(file)]) for file in held)
    path = folder / CARD_NAME
    with path.open("w", encoding="utf-8", newline="\n") as written:
        written.write(format_card(manifest, tally))
        written.flush()
        os.fsync(written.fileno())
    card = ExportedFile.measure(folder, path, 0)
    files = (*shards, card)
    return replace(manifest, files=files, bytes=sum(file.bytes for file in files))


def format_card(manifest: Manifest, tally: Tally) -> str:
    """Return the dataset card of an export."""
    splits = [name for name, articles in manifest.splits.items() if articles or not manifest.articles]
    fields = {
        # Not of the corpus but of each publisher; the Hub knows no better word for it.
        "license": "other",
        "license_name": "publishers",
        "license_link": CARD_NAME,
        "language": [code for code in manifest.languages if code != "und"],
        "multilinguality": ["multilingual" if len(manifest.languages) > 1 else "monolingual"],
        "size_categories": [size_category(manifest.articles)],
        "source_datasets": ["original"],
        "task_categories": ["text-generation"],
        "tags": ["news"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": name, "path": f"data/{name}-*"} for name in splits],
            }
        ],
    }
    parts = (_composition(manifest), _use(manifest, tally), _fields(manifest), _making(manifest))
    return f"{front_matter(fields)}\n# News articles\n\n" + "\n".join(parts)


def size_category(articles: int) -> str:
    """Return the Hub's name for a size.

    >>> size_category(999), size_category(1000), size_category(1_500_000)
    ('n<1K', '1K<n<10K', '1M<n<10M')
    """
    return next(name for least, name in _SIZES if articles >= least)


def _series(file: ExportedFile) -> str:
    return PurePosixPath(file.file).name.rpartition("-")[0]


def _numbered(folder: Path, file: ExportedFile, of: int) -> ExportedFile:
    old = PurePosixPath(file.file)
    new = old.with_name(f"{old.stem}-of-{of:05d}{old.suffix}")
    (folder / old).rename(folder / new)
    return replace(file, file=str(new))


def _composition(manifest: Manifest) -> str:
    splits = _table(("split", "articles"), manifest.splits.items()) if len(manifest.splits) > 1 else ""
    together = " Copies and versions of a story are always in the same split." if splits else ""
    return (
        f"{manifest.articles:,} articles of {len(manifest.sites):,} news sites, {manifest.words:,} words. One row is "
        f"one article: its text and what the page says of it.{together}\n\n{splits}"
        f"{_table(('language', 'articles'), _most(manifest.languages))}"
        f"{_table(('site', 'articles'), _most(manifest.sites))}"
    )


def _use(manifest: Manifest, tally: Tally) -> str:
    stated = (
        "Number of articles from pages that state a preference on automated use (column `rights`: what is said, where, "
        f"and what was done about it): {tally.articles_with_rights:,}\n\n"
        + _table(
            ("signal", "stance", "what was done", "articles"),
            ((*key.split(" "), count) for key, count in sorted(tally.rights.items())),
        )
        if tally.articles_with_rights
        else "None of the articles comes from a page that states a preference on automated use.\n"
    )
    licences = sum(tally.licences.values())
    licensed = (
        f"Number of articles that state a licence (column `licence`): {licences:,}\n\n"
        + _table(("licence", "articles"), _most(tally.licences))
        if licences
        else "No article states a licence.\n"
    )
    removed = (
        f"\nNumber of articles that were removed from the corpus on request: {len(manifest.forgotten):,}. Whoever has "
        "an earlier edition takes them out: their ids are in `manifest.json` under `forgotten`.\n"
        if manifest.forgotten
        else ""
    )
    return (
        "## Use and rights\n\nThe texts belong to their publishers. No licence is given with this collection: whoever "
        "passes it on, or trains on it, needs a right to do so for each text, by law or by permission.\n\n"
        f"{stated}\n{licensed}{removed}"
    )


def _fields(manifest: Manifest) -> str:
    rows = (
        (f"`{field.name}`", field.kind, "yes" if field.optional else "no", field.meaning) for field in manifest.fields
    )
    return f"## Fields\n\n{_table(('column', 'type', 'null', 'meaning'), rows)}"


def _making(manifest: Manifest) -> str:
    settings = json.dumps(dict(manifest.settings), ensure_ascii=False, sort_keys=True)
    lines = {
        "Snapshot": manifest.origin.get("snapshot"),
        "Settings": f"`{settings}`",
        "Personal data masked in the texts": ", ".join(f"{count:,} {kind}" for kind, count in manifest.masked.items()),
        "Software": ", ".join(f"{name} {number}" for name, number in manifest.software.items()),
    }
    return (
        "## How it was made\n\nPages were fetched and archived, their main text extracted, and articles that are "
        "nearly the same text grouped into clusters. `manifest.json` holds checksums, the configuration and the "
        "versions of the cleaner.\n\n" + "".join(f"- {name}: {value}\n" for name, value in lines.items() if value)
    )


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the greatest counts, and the rest in one."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ordered[_MOST_LINES:])
    return [*ordered[:_MOST_LINES], *([(f"{len(ordered) - _MOST_LINES} others", rest)] if rest else [])]


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(_cell(cell) for cell in row) for row in rows]
    return "".join(f"| {line} |\n" for line in lines) + "\n"


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return " ".join(text.split()).replace("|", "\\|")
