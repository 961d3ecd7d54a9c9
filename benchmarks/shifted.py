"""Runs the command line at another time: ``shifted.py SECONDS ARGUMENT…``; the clock goes on at its own pace.

So days go by between two crawls, and within one a Crawl-delay is as long as it is.
"""

import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).parents[1]))

_offset = float(sys.argv.pop(1)) if __name__ == "__main__" else 0.0
_real = time.time


def shifted() -> float:
    return _real() + _offset


class ShiftedDatetime(datetime):
    """A datetime whose now is the shifted one."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(shifted(), tz)


def main() -> None:
    time.time = shifted  # before anything reads it
    from collector import response
    from collector.cli import main as run
    from corpus.archive import writer

    response.datetime = writer.datetime = ShiftedDatetime  # type: ignore[attr-defined, misc]
    run()


if __name__ == "__main__":
    main()
