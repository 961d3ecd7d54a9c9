"""Waiting that signals and the end of a child process cut short, without a thread and without a race."""

import os
import select
import signal
from types import FrameType
from typing import Self


class Wakeup:
    """Catches signals while it is entered, and notes their numbers in the order in which they came.

    A signal that comes just before `wait` is not slept over: it has left a byte in a pipe
    (https://cr.yp.to/docs/selfpipe.html).
    """

    def __init__(self, *numbers: int) -> None:
        self._numbers = (*numbers, signal.SIGCHLD)
        #: Signals that came and were not taken yet, without those of child processes.
        self.caught: list[int] = []

    def __enter__(self) -> Self:
        self._readable, self._writable = os.pipe()
        os.set_blocking(self._readable, False)
        os.set_blocking(self._writable, False)
        self._handlers = {number: signal.signal(number, self._catch) for number in self._numbers}
        self._waker = signal.set_wakeup_fd(self._writable, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._waker)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._readable)
        os.close(self._writable)

    def wait(self, seconds: float) -> None:
        """Wait until a signal comes, a child process ends, or the time is up."""
        select.select([self._readable], [], [], seconds)
        try:
            while os.read(self._readable, 4096):
                pass
        except BlockingIOError:
            pass

    def _catch(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.caught.append(number)
