"""``/.well-known/tdmrep.json`` of the TDM Reservation Protocol (W3C community group, final report of 10 May 2024)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin, urlsplit

from cleaners.metadata.rights import tdm_stance
from corpus.rights import Signal, Stance, Statement

#: Where the file stands.
TDMREP_PATH = "/.well-known/tdmrep.json"
#: Rules that are read; the file lists folders, not pages.
_MOST_RULES = 1000
_UNRESERVED = re.compile(r"%(2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    location: str
    #: What stands between the asterisks.
    pieces: tuple[str, ...]
    #: Whether the path must end with the last piece.
    ends: bool
    stance: Stance | None
    policy: str | None


class TdmRules:
    """The rules of one host, in the order of the file."""

    def __init__(self, rules: tuple[_Rule, ...], url: str) -> None:
        self._rules = rules
        self._url = url

    @classmethod
    def parse(cls, body: bytes, url: str) -> Self:
        """Read a file; what is no JSON, or says nothing that the protocol knows, has no rules.

        The protocol wants a list even of one rule. Some publish the bare rule; what they mean is plain, and is taken.

        Args:
            body: The file.
            url: Where it stands.
        """
        try:
            stated = json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            stated = []
        entries = stated if isinstance(stated, list) else [stated]
        rules = (_rule(number, entry) for number, entry in enumerate(entries[:_MOST_RULES], start=1))
        return cls(tuple(rule for rule in rules if rule is not None), url)

    def of(self, url: str) -> Statement | None:
        """Return what the first rule that matches a URL says; None where none does, or it is in error.

        >>> rules = TdmRules.parse(b'[{"location": "/news/*", "tdm-reservation": 1}]', "https://a.example/x")
        >>> print(rules.of("https://a.example/news/ferry"))
        tdm-reservation reserved: rule 1 (/news/*): tdm-reservation: 1 in /.well-known/tdmrep.json
        """
        parts = urlsplit(url)
        path = _normalised((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        rule = next((rule for rule in self._rules if _matches(rule, path)), None)
        if rule is None or rule.stance is None:
            return None
        reserved = rule.stance is Stance.RESERVED
        return Statement(
            signal=Signal.TDM_RESERVATION,
            stance=rule.stance,
            place=TDMREP_PATH,
            evidence=f"rule {rule.number} ({rule.location}): tdm-reservation: {int(reserved)}",
            terms=urljoin(self._url, rule.policy) if reserved and rule.policy else None,
        )


def _rule(number: int, entry: object) -> _Rule | None:
    if not isinstance(entry, Mapping) or "tdm-reservation" not in entry:
        return None
    location, policy = entry.get("location", "/"), entry.get("tdm-policy")
    if not isinstance(location, str) or not location.strip():
        return None
    location = location.strip()[:1000]
    path = _normalised(location if location.startswith(("/", "*")) else f"/{location}")
    return _Rule(
        number=number,
        location=location,
        pieces=tuple(re.split(r"\*+", path.removesuffix("$"))),
        ends=path.endswith("$"),
        stance=tdm_stance(entry["tdm-reservation"]),
        policy=policy if isinstance(policy, str) and policy.strip() else None,
    )


def _matches(rule: _Rule, path: str) -> bool:
    """Match a path with a pattern in which ``*`` and a final ``$`` mean what they do in robots.txt.

    Each piece is taken where it first occurs, which no other choice could better: a hostile pattern costs no more than
    an honest one.
    """
    first, *others = rule.pieces
    if not path.startswith(first):
        return False
    at = len(first)
    last = others.pop() if rule.ends and others else None
    for piece in others:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if last is not None:
        return len(path) - len(last) >= at and path.endswith(last)
    return not rule.ends or at == len(path)


def _normalised(path: str) -> str:
    """Decode what needs no encoding (RFC 3986, section 2.3), so that ``%7E`` and ``~`` are the same."""
    return _UNRESERVED.sub(lambda found: chr(int(found[1], 16)), path)
