"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from collector.cli.app import err

#: Seconds between two plain lines.
_PLAIN_SECONDS = 10.0


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """Show progress on standard error; the block calls what it is given once for each thing done.

    Args:
        what: What is being done.
        total: How many things there are, as far as is known: where more are done, there are as many; None where nobody
            knows.
    """
    done, last = 0, time.monotonic()
    if err.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task(what, total=total)

            def advance_bar(_: str) -> None:
                nonlocal done
                done += 1
                bar.update(task, completed=done, total=None if total is None else max(total, done))

            yield advance_bar
        return

    def advance(_: str) -> None:
        nonlocal done, last
        done += 1
        if time.monotonic() - last >= _PLAIN_SECONDS:
            last = time.monotonic()
            err.print(f"{what}: {done}" if total is None else f"{what}: {done} of {max(total, done)}")

    yield advance
