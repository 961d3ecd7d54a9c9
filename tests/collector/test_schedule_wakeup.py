"""Waiting ends with a signal or a child process, whenever they come."""

import os
import signal
import subprocess
import sys
import time

import pytest

from collector.schedule.wakeup import Wakeup


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_that_came_before_the_wait_is_not_slept_over(number: int) -> None:
    with Wakeup(signal.SIGHUP, signal.SIGTERM) as wakeup:
        os.kill(os.getpid(), number)
        began = time.monotonic()
        wakeup.wait(20)
        assert time.monotonic() - began < 10
        assert wakeup.caught == [number]


def test_the_end_of_a_child_process_ends_the_wait_and_is_no_signal_to_obey() -> None:
    with Wakeup(signal.SIGHUP) as wakeup:
        child = subprocess.Popen([sys.executable, "-c", ""])
        wakeup.wait(20)
        assert child.wait(10) == 0
        assert wakeup.caught == []


def test_without_a_signal_the_time_is_waited_for() -> None:
    with Wakeup(signal.SIGHUP) as wakeup:
        began = time.monotonic()
        wakeup.wait(0.05)
        assert time.monotonic() - began >= 0.05


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Wakeup(signal.SIGTERM):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
