"""What an export has written so far: its counts, and the shards that are finished, so that a killed one can go on.

The journal of an export is a hidden file in the folder it is written to. It names the finished shards with their
checksums and, for each series of shards, the last article that was seen before the shard ended; and it holds a
fingerprint of everything that decides the bytes. An export with the same fingerprint begins behind those articles.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from corpus.errors import ExportError
from corpus.export.manifest import ExportedFile
from corpus.export.records import Record

JOURNAL_NAME = ".journal.json"


@dataclass(slots=True)
class Tally:
    """Counts the articles of an export, or of a part of it."""

    articles: int = 0
    words: int = 0
    sites: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    cleaners: Counter[str] = field(default_factory=Counter)
    #: Statements on use, as ``signal stance action``.
    rights: Counter[str] = field(default_factory=Counter)
    #: Articles with such a statement, whatever it says.
    articles_with_rights: int = 0
    #: Licences that articles state.
    licences: Counter[str] = field(default_factory=Counter)
    #: Articles that the format has no place for, by the reason.
    left_out: Counter[str] = field(default_factory=Counter)
    #: Pieces of personal data that were masked, by kind.
    masked: Counter[str] = field(default_factory=Counter)

    def count(self, record: Record) -> None:
        """Count an article."""
        self.articles += 1
        self.words += int(str(record["words"]))
        self.sites[str(record["site"])] += 1
        self.languages[str(record["language"])] += 1
        self.cleaners[str(record["cleaner"])] += 1
        if record["licence"] is not None:
            self.licences[str(record["licence"])] += 1
        statements = record["rights"]
        if isinstance(statements, list) and statements:
            self.articles_with_rights += 1
            for one in {(one["signal"], one["stance"], one["action"]) for one in statements if isinstance(one, dict)}:
                self.rights[" ".join(map(str, one))] += 1

    def include(self, other: "Tally") -> None:
        """Add the counts of another part."""
        for name in self.__slots__:
            mine, others = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(others)
            else:
                setattr(self, name, mine + others)

    def to_fields(self) -> dict[str, object]:
        """Return the counts as JSON knows them."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_fields(cls, fields: Mapping[str, object]) -> "Tally":
        """Return a tally from what `to_fields` made of it."""
        return cls(**{name: Counter(value) if isinstance(value, dict) else value for name, value in fields.items()})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedShard:
    """A shard that is on the disk for good."""

    #: The series it belongs to.
    series: str
    file: ExportedFile
    #: Id of the last article of the series that was seen before it ended, left out or not.
    last: str
    #: What is in it.
    tally: Tally


class Journal:
    """Counts what is written, by series, and remembers the shards that are finished."""

    def __init__(self, folder: Path, series: Iterable[str], fingerprint: str | None) -> None:
        """Begin a journal.

        Args:
            folder: The folder that is written to.
            series: Names of the series of shards.
            fingerprint: Of everything that decides the bytes; None keeps no file, so that nothing can go on from it.
        """
        self._folder = folder
        self._fingerprint = fingerprint
        self._open = {name: Tally() for name in series}
        self._last = dict.fromkeys(self._open, "")
        self._finished_until = dict.fromkeys(self._open, "")
        #: Shards that have ended and are not on the disk yet: what is in them, and the last article.
        self._ended: dict[str, tuple[Tally, str]] = {}
        #: In the order in which they were finished.
        self.shards: list[FinishedShard] = []
        #: Number of articles written so far.
        self.articles = 0

    def total(self) -> Tally:
        """Return the counts of everything that was written."""
        total = Tally()
        for tally in (*(shard.tally for shard in self.shards), *self._open.values()):
            total.include(tally)
        return total

    def by_series(self) -> dict[str, int]:
        """Return the number of articles of each series."""
        counts = {name: tally.articles for name, tally in self._open.items()}
        for shard in self.shards:
            counts[shard.series] += shard.tally.articles
        return counts

    def after(self) -> str | None:
        """Return the id of the last article that need not be read again, None where all are to be read."""
        return min(self._finished_until.values()) or None

    def holds(self, series: str, name: str) -> bool:
        """Tell whether the article of this id was seen before a finished shard of its series ended."""
        return name <= self._finished_until[series]

    def count(self, series: str, record: Record, masked: Mapping[str, int] | None = None) -> None:
        """Count an article that was written, and what was masked in it."""
        self._open[series].count(record)
        self._open[series].masked.update(masked or {})
        self.articles += 1
        self._last[series] = str(record["id"])

    def leave_out(self, series: str, record: Record, reason: str) -> None:
        """Count an article that the format has no place for."""
        self._open[series].left_out[reason] += 1
        self._last[series] = str(record["id"])

    def end_shard(self, series: str) -> None:
        """Note that a shard of a series ends with what was counted last."""
        self._ended[series] = (self._open[series], self._last[series])
        self._open[series] = Tally()

    def finish_shard(self, series: str, file: ExportedFile) -> None:
        """Note that the shard of a series that ended last is on the disk."""
        tally, last = self._ended.pop(series)
        self.shards.append(FinishedShard(series=series, file=file, last=last, tally=tally))
        self._finished_until[series] = last
        self._write()

    def files(self, series: str) -> list[ExportedFile]:
        """Return the finished shards of a series."""
        return [shard.file for shard in self.shards if shard.series == series]

    def resume(self) -> None:
        """Take over the finished shards of the journal that lies in the folder, where it is of the same export.

        Whatever else lies there is not touched.

        Raises:
            JournalError: Why nothing can be taken over.
        """
        found = _read(self._folder)
        if self._fingerprint is None or found.get("fingerprint") != self._fingerprint:
            raise JournalError(self._folder, "the corpus, the settings or the software changed since")
        try:
            shards = [_shard_of(one) for one in found["shards"]]  # type: ignore[attr-defined]
        except (KeyError, TypeError, ValueError) as error:
            raise JournalError(self._folder, f"its journal is damaged ({error})") from error
        for shard in shards:
            if not shard.file.is_whole(self._folder):
                raise JournalError(self._folder, f"{shard.file.file} is not as it was written")
        self.shards = shards
        for shard in shards:
            self._last[shard.series] = self._finished_until[shard.series] = shard.last
            self.articles += shard.tally.articles

    def remove(self) -> None:
        """Delete the file: the export is complete."""
        (self._folder / JOURNAL_NAME).unlink(missing_ok=True)

    def _write(self) -> None:
        if self._fingerprint is None:
            return
        fields = {"fingerprint": self._fingerprint, "shards": [_fields_of(shard) for shard in self.shards]}
        new = self._folder / f"{JOURNAL_NAME}.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump(fields, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / JOURNAL_NAME)


class JournalError(ExportError):
    """What an interrupted export left cannot be taken over."""


def fingerprint_of(*parts: object) -> str:
    """Return a name for everything that decides the bytes of an export.

    >>> fingerprint_of({"a": 1}) == fingerprint_of({"a": 1}), fingerprint_of({"a": 1}) == fingerprint_of({"a": 2})
    (True, False)
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _read(folder: Path) -> dict[str, object]:
    try:
        fields = json.loads((folder / JOURNAL_NAME).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise JournalError(folder, f"its journal cannot be read ({error})") from error
    if not isinstance(fields, dict):
        raise JournalError(folder, "its journal is damaged")
    return fields


def _fields_of(shard: FinishedShard) -> dict[str, object]:
    file, tally = asdict(shard.file), shard.tally.to_fields()
    return {"series": shard.series, "file": file, "last": shard.last, "tally": tally}


def _shard_of(fields: Mapping[str, object]) -> FinishedShard:
    return FinishedShard(
        series=str(fields["series"]),
        file=ExportedFile(**fields["file"]),  # type: ignore[arg-type]
        last=str(fields["last"]),
        tally=Tally.from_fields(fields["tally"]),  # type: ignore[arg-type]
    )
