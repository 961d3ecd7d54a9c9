"""What a publisher says of the use of a page, and what is done about it.

Whether a page may be fetched is the affair of robots.txt; these signals speak of what may be done with it then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class Signal(StrEnum):
    """A way in which publishers speak of use, by the standard or custom that it follows."""

    #: TDM Reservation Protocol (W3C community group, final report of May 2024): file, header or meta element.
    TDM_RESERVATION = "tdm-reservation"
    #: Robots directives ``noai`` and ``noml``.
    NOAI = "noai"
    #: Robots directive ``noimageai``: speaks of the page's images.
    NOIMAGEAI = "noimageai"
    #: Spawning's ai.txt.
    AI_TXT = "ai-txt"
    #: robots.txt refuses crawlers that gather training data.
    AI_TRAINING = "ai-training"
    #: robots.txt refuses crawlers that look up answers for an assistant.
    AI_ANSWERS = "ai-answers"
    #: Content signals (``ai-train=no``), and the IETF's Content-Usage (``train-ai=n``), in robots.txt or a header.
    CONTENT_SIGNAL = "content-signal"
    #: Really Simple Licensing: a file of terms that robots.txt, a header or a link names.
    RSL = "rsl"


class Stance(StrEnum):
    """What is said."""

    #: The use is refused, or reserved to whoever is allowed it.
    RESERVED = "reserved"
    #: The use is expressly allowed.
    OPEN = "open"
    #: The use depends on terms that stand elsewhere.
    TERMS = "terms"


class Action(StrEnum):
    """What is done about a signal."""

    #: What is reserved, or depends on terms, does not become an article.
    OBEY = "obey"
    #: It becomes one, and the signal is kept with it.
    RECORD = "record"
    #: As `RECORD`, for a stated reason; files that hold nothing else are not asked for.
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is done about a signal, and why."""

    action: Action = Action.RECORD
    #: Why it is ignored; None for the other actions.
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What is done about each signal."""

    tdm_reservation: Policy = Policy()
    noai: Policy = Policy()
    noimageai: Policy = Policy()
    ai_txt: Policy = Policy()
    ai_training: Policy = Policy()
    ai_answers: Policy = Policy()
    content_signal: Policy = Policy()
    rsl: Policy = Policy()

    def of(self, signal: Signal) -> Policy:
        """Return what is done about a signal."""
        policy: Policy = getattr(self, signal.value.replace("-", "_"))
        return policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one signal says of a page."""

    signal: Signal
    stance: Stance
    #: Where: ``/robots.txt``, ``/.well-known/tdmrep.json``, ``/ai.txt``, ``header`` or ``page``.
    place: str
    #: What stands there: ``line 12: Disallow: / (GPTBot, CCBot)``.
    evidence: str
    #: URL of the terms, where one is named.
    terms: str | None = None
    #: What was done about it; None while that is not decided.
    policy: Policy | None = None

    @property
    def refuses(self) -> bool:
        """Whether the policy lets the statement refuse what it speaks of."""
        return self.stance is not Stance.OPEN and self.policy is not None and self.policy.action is Action.OBEY

    def under(self, policies: Policies) -> Self:
        """Return the statement with what is done about it."""
        return replace(self, policy=policies.of(self.signal))

    def to_fields(self) -> dict[str, str | None]:
        """Return the statement as it is stored and exported."""
        policy = self.policy or Policy()
        return {
            "signal": self.signal.value,
            "stance": self.stance.value,
            "place": self.place,
            "evidence": self.evidence,
            "terms": self.terms,
            "action": policy.action.value,
            "reason": policy.reason,
        }

    @classmethod
    def from_fields(cls, fields: Mapping[str, str | None]) -> Self:
        """Return the statement that `to_fields` wrote."""
        return cls(
            signal=Signal(fields["signal"] or ""),
            stance=Stance(fields["stance"] or ""),
            place=fields["place"] or "",
            evidence=fields["evidence"] or "",
            terms=fields.get("terms"),
            policy=Policy(action=Action(fields["action"] or ""), reason=fields.get("reason")),
        )

    def __str__(self) -> str:
        """Return the statement in words."""
        terms = f", terms at {self.terms}" if self.terms else ""
        where = {"header": "in the response's header", "page": "in the page"}.get(self.place, f"in {self.place}")
        return f"{self.signal} {self.stance}: {self.evidence} {where}{terms}"


def fields_of(statements: Iterable[Statement]) -> list[dict[str, str | None]]:
    """Return statements as they are stored and exported."""
    return [one.to_fields() for one in statements]
