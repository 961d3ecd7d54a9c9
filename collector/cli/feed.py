"""``collector feed``."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from fcntl import F_GETFL, fcntl
from io import BytesIO, TextIOWrapper, UnsupportedOperation
from pathlib import Path
from stat import S_ISREG
from typing import IO, Annotated

import typer

from collector.cli.app import CorpusOption, JsonOption, app, err, give_up_output, print_json
from collector.cli.exits import Exit
from collector.cli.options import LanguageOption
from collector.cli.output import check_sites, columns, moment, refuse, show
from collector.config import read_config
from corpus import open_corpus
from corpus.consumers import Consumer, all_counted, forget_consumer, list_consumers
from corpus.errors import StoreError
from corpus.export.jsonl import format_line
from corpus.feed import Batch, Change, Feed
from corpus.folder import CorpusFolder

#: Value of ``--confirm`` for "when all is written".
_AUTO = "auto"
#: Seconds between two looks at the corpus with ``--follow``.
_LOOK_SECONDS = 2.0


@app.command(
    epilog="Examples:\n\n  collector feed --consumer search --into 'python load.py'\n\n"
    "  collector feed --consumer search > changes.jsonl\n\n"
    "  collector feed --consumer search --confirm $(tail -n 1 changes.jsonl | jq -r .cursor)\n\n"
    "  collector feed --consumer copy --confirm auto >> copy.jsonl\n\n  collector feed --list"
)
def feed(
    corpus: CorpusOption = Path(),
    consumer: Annotated[str | None, typer.Option(metavar="NAME", help="Who asks; a new name begins anew.")] = None,
    confirm: Annotated[
        str | None,
        typer.Option(
            metavar="CURSOR|auto",
            help="Note that it has everything up to the line with this cursor, and print nothing; or auto: print, and "
            "note it when all is written.",
        ),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Give the lines to a command; note that it has them when it succeeds."),
    ] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only of this site (may be repeated).")] = None,
    language: LanguageOption = None,
    most: Annotated[int | None, typer.Option(min=1, help="Lines at most.", show_default="all")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Let it begin anew, with an empty copy.")] = False,
    forget: Annotated[
        str | None, typer.Option("--forget-consumer", metavar="NAME", help="Forget how far it is, and its filters.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the consumers and what waits for them.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Print what is new, changed, merged or withdrawn since a consumer last confirmed, one JSON object a line.

    What is not confirmed is printed again the next time, so nothing is missed whoever dies. Lines with "change": "new"
    and "changed" are records as in an export: put them, by their id. On "merged" and "withdrawn" take the id out.
    """
    if sum((consumer is not None, forget is not None, listed)) != 1:
        refuse("name a --consumer, or give --list or --forget-consumer NAME")
    if follow and (into is not None or most is not None):
        refuse("--follow goes with neither --into nor --most")
    if into is not None and confirm is not None:
        refuse("--into confirms by itself; --confirm does not go with it")
    if reset and (follow or any(one is not None for one in (confirm, into, most))):
        refuse("--reset prints and confirms nothing: give it by itself, and then ask for the lines")
    folder = CorpusFolder(corpus)
    config = read_config(folder.config)
    if listed:
        return _list(folder, as_json=as_json)
    if forget is not None:
        forget_consumer(folder, forget)
        return Exit.OK
    assert consumer is not None, "one of the three is given"
    only_notes = reset or confirm not in (None, _AUTO)
    with open_corpus(corpus) as opened:
        check_sites(opened, config.sites, site or ())
    with Feed(folder, consumer, sites=site or (), languages=language or (), known=only_notes) as opened_feed:
        if reset:
            opened_feed.reset()
        elif confirm is not None and confirm != _AUTO:
            opened_feed.confirm(confirm)
        elif into is not None:
            return _give(opened_feed, into, most)
        else:
            with _output():
                _print(opened_feed, most, confirms=confirm == _AUTO, follows=follow)
    return Exit.OK


def _lines(batches: Iterator[Batch], most: int | None) -> Iterator[tuple[tuple[Change, ...], str]]:
    """Yield the changes of batches, ``most`` in all, each time with the cursor that confirms all so far."""
    left = sys.maxsize if most is None else most
    for batch in batches:
        if len(batch.changes) > left:
            yield batch.changes[:left], batch.changes[left - 1].cursor
            return
        yield batch.changes, batch.cursor
        left -= len(batch.changes)
        if not left:
            return


def _write(changes: tuple[Change, ...], file: IO[str]) -> None:
    for change in changes:
        file.write(format_line(change.as_fields()))


@contextmanager
def _output() -> Iterator[None]:
    """Let standard output be JSON as others read it, whatever the terminal's encoding is.

    Raises:
        StoreError: The disk behind it is full, or lost.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_output()
        raise StoreError(
            f"standard output: {error.strerror}; what is not confirmed is printed again the next time"
        ) from error


def _print(feed: Feed, most: int | None, *, confirms: bool, follows: bool) -> None:
    """Write the lines to standard output; without ``--follow`` they are confirmed when all of them are written."""
    while True:
        last = None
        for changes, cursor in _lines(iter(feed), most):
            if changes:
                _end_torn_line(sys.stdout)
            _write(changes, sys.stdout)
            last = cursor
            if follows:
                _sync(sys.stdout)
        _sync(sys.stdout)
        if confirms and last is not None:
            feed.confirm(last)
        if not follows:
            return
        time.sleep(_LOOK_SECONDS)


def _end_torn_line(file: IO[str]) -> None:
    """End the line that a run which was killed has left half of, so that the first one of ours is not lost with it."""
    with suppress(OSError, UnsupportedOperation):  # a stream that is no file, or that nobody may read
        appends = fcntl(file.fileno(), F_GETFL) & os.O_APPEND
        if not appends or not S_ISREG(os.fstat(file.fileno()).st_mode):
            return
        file.flush()
        with Path(f"/dev/fd/{file.fileno()}").open("rb") as written:
            size = written.seek(0, os.SEEK_END)
            if size and os.pread(written.fileno(), 1, size - 1) != b"\n":
                file.write("\n")


def _sync(file: IO[str]) -> None:
    """Hand everything to the system, and if it is a file, to the disk."""
    file.flush()
    with suppress(UnsupportedOperation):  # a stream that is none of the system's
        if S_ISREG(os.fstat(file.fileno()).st_mode):
            os.fsync(file.fileno())


def _give(feed: Feed, command: str, most: int | None) -> int:
    """Give the lines to a command, and confirm them when it ends well; it is not begun where there are none."""
    last, code, unread = None, 0, False
    lines = _lines(iter(feed), most)
    first = next(((changes, cursor) for changes, cursor in lines if changes), None)
    if first is None:
        return Exit.OK
    process = subprocess.Popen(  # noqa: S603  # the user's own command
        ["/bin/sh", "-c", command], stdin=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdin is not None, "a pipe was asked for"
    with ExitStack() as at_last:
        try:
            with process.stdin as pipe:
                _write(first[0], pipe)
                last = first[1]
                for changes, cursor in lines:
                    _write(changes, pipe)
                    last = cursor
                pipe.flush()
                remainder = at_last.enter_context(_other_end(pipe))
        except BrokenPipeError:
            last = None
        finally:
            code = process.wait()
        unread = last is not None and bool(remainder.read(1))
    if last is None or code or unread:
        why = f"left with exit code {code}" if code else "did not read all lines"
        err.print(f"not confirmed: the command {why}; the next time it gets the same again")
        return Exit.INCOMPLETE
    feed.confirm(last)
    return Exit.OK


def _other_end(pipe: IO[str]) -> IO[bytes]:
    """Open the end of a pipe that is read from, to see what its reader leaves behind; empty where a system has no such.

    What fits into a pipe can be written without anybody who reads it.
    """
    try:
        end = os.open(f"/proc/self/fd/{pipe.fileno()}", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return BytesIO()
    return os.fdopen(end, "rb", buffering=0)


def _list(folder: CorpusFolder, *, as_json: bool) -> int:
    consumers = list_consumers(folder)
    if as_json:
        print_json({"consumers": consumers, "all_counted": all_counted(folder)})
        return Exit.OK
    table = columns("consumer", "waiting", "confirmed", "filters", "cursor", right=("waiting",))
    for one in consumers:
        confirmed = "never" if one.confirmed_at is None else moment(one.confirmed_at)
        table.add_row(one.name, f"{one.waiting:,}", confirmed, _filters(one), one.cursor)
    show(table if consumers else "no consumers")
    if consumers and not all_counted(folder):
        err.print("there is more: what has changed since one of them last asked is counted when one asks again")
    return Exit.OK


def _filters(consumer: Consumer) -> str:
    return ", ".join((*consumer.sites, *consumer.languages)) or "none"
