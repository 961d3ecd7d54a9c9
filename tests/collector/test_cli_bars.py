"""Progress says how much is done of how much."""

import pytest

from collector.cli import bars


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        (3, ["cleaning: 1 of 3", "cleaning: 2 of 3"]),
        (1, ["cleaning: 1 of 1", "cleaning: 2 of 2"]),
        (None, ["cleaning: 1", "cleaning: 2"]),
    ],
)
def test_no_more_is_done_than_there_is(
    total: int | None, lines: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bars, "_PLAIN_SECONDS", 0.0)
    with bars.progress("cleaning", total) as advance:
        advance("one")
        advance("two")
    assert capsys.readouterr().err.splitlines() == lines
