"""The log of a corpus: ``logs/collector.jsonl``, a JSON object a line, written to by every process at work on it.

A line a run, warnings that somebody should look at, and no more. Several processes write at once: each line is one
write to a file opened for appending. Files are turned over by whoever begins a run and finds them full, under a lock;
the others see the new file at their next line.
"""

import fcntl
import json
import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler, WatchedFileHandler
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from collector.redaction import redact_value
from corpus.errors import StoreError
from corpus.folder import CorpusFolder

#: Loggers of ours; of others only warnings are kept.
_OURS = ("collector", "corpus", "cleaners", "spiders")
#: The daemon's loggers tell standard error more than the others do, and so do not propagate.
_APART = "collector.schedule"
#: Attribute of records that are not written to the log, as another process has written there what they tell.
JOURNAL_ONLY = "journal_only"
_DAY_SECONDS = 86_400
#: Shorter secrets are too common to be looked for.
_LEAST_SECRET = 6

#: Logs that this process writes.
_open: set[Path] = set()


class Logs(BaseModel):
    """``[logs]``: the file ``logs/collector.jsonl``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: What is kept: "info" has a line for each run, "warning" only what somebody should look at.
    level: Literal["debug", "info", "warning", "error"] = "info"
    #: A new file is begun when one is larger than this …
    max_mb: Annotated[float, Field(gt=0, le=10_000)] = 10.0
    #: … and so many earlier ones are kept …
    files: Annotated[int, Field(ge=1, le=1000)] = 10
    #: … for so many days.
    days: Annotated[float, Field(gt=0, le=36_500)] = 365.0


class JsonLines(logging.Formatter):
    """Formats a record as a JSON object.

    It has ``at``, ``level``, ``logger``, ``process``, ``message``, then what the record brings in
    ``extra={"fields": {...}}``, then ``error`` with a traceback.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(redact_value(line, self._secrets), ensure_ascii=True, default=str)


class _File(WatchedFileHandler):
    """The open log. Where it cannot be written, that is told once, and nothing stops for it."""

    _told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            super().emit(record)
        except OSError:  # it could not be opened again
            self.handleError(record)

    def close(self) -> None:
        """Close the file; what was still to be written is lost where there is no room for it."""
        try:
            super().close()
        except OSError:
            self._tell()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's hook
        self._tell()

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            with suppress(OSError, ValueError):
                sys.stderr.write(f"{self.baseFilename}: cannot be written: {sys.exc_info()[1]}\n")


@contextmanager
def keep_log(folder: CorpusFolder, config: BaseModel, logs: Logs) -> Iterator[None]:
    """Write the log of a corpus while the block runs; within such a block for the same corpus it does nothing.

    Args:
        folder: The corpus folder.
        config: The configuration, whose secrets are kept out.
        logs: How to write.
    """
    path = folder.log.absolute()
    if path in _open:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        turn_over(folder, logs, time.time())
        handler = _File(path, encoding="utf-8")
    except (OSError, StoreError) as error:
        logging.getLogger(__name__).warning("%s: no log is kept: %s", path, error)
        yield
        return
    handler.setFormatter(JsonLines(secrets_of(config)))
    handler.setLevel(logs.level.upper())
    handler.addFilter(_is_wanted)
    loggers = [logging.getLogger(), logging.getLogger(_APART)]
    if loggers[1].propagate:
        del loggers[1]
    levels = _let_through(handler.level)
    for logger in loggers:
        logger.addHandler(handler)
    _open.add(path)
    try:
        yield
    finally:
        _open.discard(path)
        for logger in loggers:
            logger.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        handler.close()


def _let_through(level: int) -> dict[str, int]:
    """Let our loggers pass on what is wanted, whatever the root's level is; return what their levels were."""
    before = {name: logging.getLogger(name).level for name in _OURS}
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.setLevel(min(level, logger.getEffectiveLevel()))
    return before


def _is_wanted(record: logging.LogRecord) -> bool:
    if getattr(record, JOURNAL_ONLY, False):
        return False
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in _OURS


def turn_over(folder: CorpusFolder, logs: Logs, now: float) -> None:
    """Begin a new file where the present one is full, and delete earlier ones that are too many or too old.

    Raises:
        OSError: A file cannot be renamed.
        StoreError: The lock file cannot be written.
    """
    path = folder.log
    descriptor = folder.open_lock("log.lock")
    with os.fdopen(descriptor, "rb"):  # closing it gives the lock up
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists() and path.stat().st_size >= logs.max_mb * 1e6:
            turning = RotatingFileHandler(path, backupCount=logs.files, delay=True)
            turning.doRollover()
            turning.close()
        for earlier in path.parent.glob(f"{path.name}.*"):
            number = earlier.suffix[1:]
            if number.isdigit() and (
                int(number) > logs.files or earlier.stat().st_mtime < now - logs.days * _DAY_SECONDS
            ):
                earlier.unlink()


def forget_lines(path: Path, names: Iterable[str]) -> None:
    """Take the lines that say any of some names out of a log.

    Raises:
        OSError: The file cannot be read or written.
    """
    wanted = [json.dumps(name)[1:-1] for name in names]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text("".join(line for line in lines if not any(name in line for name in wanted)), "utf-8")
    new.replace(path)


def secrets_of(config: BaseModel) -> tuple[str, ...]:
    """Return the secrets of a configuration and of the environment, the longest first.

    These are `pydantic.SecretStr` fields, and environment variables of ours that end in ``PASSWORD``, ``TOKEN``,
    ``KEY`` or ``SECRET``.
    """
    named = ("PASSWORD", "TOKEN", "KEY", "SECRET")
    found = {value for name, value in os.environ.items() if name.startswith("COLLECTOR_") and name.endswith(named)}
    found |= set(_secret_fields(config))
    return tuple(sorted((one for one in found if len(one) >= _LEAST_SECRET), key=len, reverse=True))


def _secret_fields(value: object) -> Iterable[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secret_fields(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _secret_fields(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _secret_fields(one)
