"""Requests leave one after the other, whatever held the event loop up before."""

import asyncio
import time
from itertools import pairwise

from collector.pacing import Spacing

DELAY = 0.05
#: Between two looks at a clock, as each is taken a little after its request may leave.
LEAST = 0.04


async def sent(*hosts: str, seconds: float) -> list[float]:
    """Return when requests that were all ready at once may leave, in the order in which they were."""
    spacing = Spacing()

    async def send(host: str) -> float:
        await spacing.keep(host, seconds)
        return time.monotonic()

    return await asyncio.gather(*map(send, hosts))


def test_requests_to_a_host_that_are_ready_at_once_leave_its_delay_apart() -> None:
    times = sorted(asyncio.run(sent("a", "a", "a", seconds=DELAY)))
    assert all(later - earlier >= LEAST for earlier, later in pairwise(times))


def test_a_stalled_loop_does_not_send_two_at_once() -> None:
    async def stalled() -> tuple[float, float]:
        spacing = Spacing()
        await spacing.keep("a", DELAY)
        first = time.monotonic()
        second = asyncio.ensure_future(spacing.keep("a", DELAY))
        third = asyncio.ensure_future(spacing.keep("a", DELAY))
        await asyncio.sleep(0)
        time.sleep(0.2)  # the machine is busy elsewhere
        await second
        at = time.monotonic()
        await third
        return at - first, time.monotonic() - at

    first, second = asyncio.run(stalled())
    assert first >= LEAST
    assert second >= LEAST


def test_hosts_do_not_wait_for_each_other_and_no_delay_is_none() -> None:
    began = time.monotonic()
    asyncio.run(sent("a", "b", "c", seconds=5.0))
    asyncio.run(sent("a", "a", "a", seconds=0.0))
    assert time.monotonic() - began < 2
