"""What robots.txt says of use: to crawlers that feed machine learning, and by content signals and licences.

Sources: contentsignals.org (2025), draft-ietf-aipref-attach (Content-Usage), RSL 1.0 (``License:``). The crawlers stand
in ``crawlers.toml``.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Self
from urllib.parse import urljoin

from cleaners.metadata.rights import training_stance
from collector.robots import Line, RobotsGroup, decode_robots, product_token, read_groups
from corpus.rights import Signal, Stance, Statement

#: Where the file stands.
ROBOTS_PATH = "/robots.txt"
#: Crawlers that evidence names; the others are counted.
_MOST_NAMED = 4
#: Lines that are read of each kind.
_MOST_LINES = 20
_LICENCE = re.compile(r"^[ \t]*licen[cs]e[ \t]*:[ \t]*(\S+)", re.IGNORECASE)
_SIGNAL = re.compile(r"content-(?:signals?|usage)\s*:\s*(/\S*)?\s*(.*)", re.IGNORECASE)


@cache
def crawlers() -> dict[str, tuple[str, Signal]]:
    """Return name and signal of each known crawler, by its lower-case product token."""
    lists = tomllib.loads((resources.files("collector.rights") / "crawlers.toml").read_text("utf-8"))
    signals = {"training": Signal.AI_TRAINING, "answers": Signal.AI_ANSWERS}
    return {name.lower(): (name, signals[purpose]) for purpose, names in lists.items() for name in names}


class RobotsRights:
    """What one host's robots.txt says of use."""

    def __init__(
        self,
        groups: list[tuple[Signal, tuple[str, ...], RobotsGroup]],
        signals: list[tuple[str, str, Stance]],
        licences: list[Statement],
    ) -> None:
        self._groups = groups
        self._signals = signals
        self._licences = licences

    @classmethod
    def parse(cls, body: bytes, user_agent: str, url: str) -> Self:
        """Read a file.

        Args:
            body: The file, decompressed.
            user_agent: Our product token: the group of content signals that holds for us.
            url: Where it stands.
        """
        text = decode_robots(body)
        groups = read_groups(text)
        ours = groups.get(product_token(user_agent), groups.get("*", []))
        return cls(_refusing(groups), list(_content_signals(ours))[:_MOST_LINES], list(_licences(text, url)))

    def of(self, url: str) -> tuple[Statement, ...]:
        """Return what the file says of a URL."""
        return (*self._of_crawlers(url), *self._of_signals(url), *self._licences)

    def _of_crawlers(self, url: str) -> Iterator[Statement]:
        for wanted in (Signal.AI_TRAINING, Signal.AI_ANSWERS):
            refused: list[str] = []
            line = ""
            for signal, names, group in self._groups:
                if signal is not wanted:
                    continue
                decision = group.decide(url)
                if not decision.allowed:
                    refused += names
                    line = line or decision.evidence
            if refused:
                evidence = f"{line} ({_name(refused)})"
                yield Statement(signal=wanted, stance=Stance.RESERVED, place=ROBOTS_PATH, evidence=evidence)

    def _of_signals(self, url: str) -> Iterator[Statement]:
        """Yield the content signal that holds for a URL: the one whose path is the longest that it begins with."""
        path = "/" + url.partition("://")[2].partition("/")[2]
        fitting = [one for one in self._signals if path.startswith(one[0])]
        if fitting:
            _, line, stance = max(fitting, key=lambda one: (len(one[0]), one[2] is Stance.RESERVED))
            yield Statement(signal=Signal.CONTENT_SIGNAL, stance=stance, place=ROBOTS_PATH, evidence=line)


def _refusing(groups: dict[str, list[Line]]) -> list[tuple[Signal, tuple[str, ...], RobotsGroup]]:
    """Return the groups that name known crawlers, those with the same lines together."""
    named: dict[tuple[Signal, tuple[Line, ...]], list[str]] = {}
    for token, lines in groups.items():
        if lines and token in crawlers():
            name, signal = crawlers()[token]
            named.setdefault((signal, tuple(lines)), []).append(name)
    return [(signal, tuple(names), RobotsGroup(lines)) for (signal, lines), names in named.items()]


def _content_signals(lines: list[Line]) -> Iterator[tuple[str, str, Stance]]:
    """Yield path, line and stance of each content signal."""
    for number, line in lines:
        found = _SIGNAL.match(line)
        stance = training_stance(found[2]) if found else None
        if found and stance:
            yield found[1] or "/", f"line {number}: {line}"[:300], stance


def _licences(text: str, url: str) -> Iterator[Statement]:
    found = [(number, match) for number, line in enumerate(text.splitlines(), 1) if (match := _LICENCE.match(line))]
    for number, match in found[:1]:
        try:
            terms = urljoin(url, match[1])
        except ValueError:
            terms = match[1]
        evidence = f"line {number}: License"
        yield Statement(signal=Signal.RSL, stance=Stance.TERMS, place=ROBOTS_PATH, evidence=evidence, terms=terms)


def _name(names: list[str]) -> str:
    left = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")
