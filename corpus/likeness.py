"""What it means that two articles resemble each other: the thresholds, and the verdicts they lead to.

Pure functions of scores, sites and headlines. Scores are exact (`corpus.shingles`); no guess of the index is a verdict.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from corpus.shingles import containment, resemblance, words_of

#: Pairs are kept with their scores from here on, so that thresholds above can be changed without comparing anew.
LEAST_RESEMBLANCE = 0.3
LEAST_CONTAINMENT = 0.6
#: Words of the shortest headline that says anything: "Weather" and "Morning briefing" stand above different texts.
_LEAST_HEADLINE_WORDS = 3


class Likeness(StrEnum):
    """How one article stands to another."""

    #: The very same text, but for case, spacing and punctuation: one article with several URLs.
    SAME = "same"
    #: Nearly the same text on another site: a reprint, wire copy.
    COPY = "copy"
    #: The same story on the same site, changed.
    VERSION = "version"
    #: One is an excerpt of the other, or the other extends it.
    CONTAINS = "contains"
    #: A page of an article of several pages.
    PART = "part"


class Keep(StrEnum):
    """What an export keeps of the articles of a cluster."""

    #: The canonical one.
    CANONICAL = "canonical"
    #: The first of each site.
    FIRST_PER_SITE = "first-per-site"
    #: All of them.
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Thresholds of the verdicts.

    Raises:
        ValueError: when one is out of its range.
    """

    #: Least resemblance of copies, and of versions whose headlines agree, in [0.3, 1]. Reprints that were cut by a
    #: third still have 0.6; two reports of one event that were written apart have less than 0.1.
    copy_resemblance: float = 0.5
    #: Least resemblance of versions whose headlines do not agree, in [0.3, 1]. Different articles of one site that
    #: share its standing phrases (a weekly column, last year's notice, a template) were met with up to 0.55.
    version_resemblance: float = 0.7
    #: Least containment of an excerpt, in [0.6, 1].
    containment: float = 0.8
    #: Texts of fewer shingles are short (at least 0): they need more, for they are mostly formula.
    short_shingles: int = 40
    #: Least resemblance of a short text, in [0.3, 1], unless the headlines agree.
    short_resemblance: float = 0.8
    #: Least resemblance of two headlines (Jaccard coefficient of their words) that agree, in [0, 1].
    headline_resemblance: float = 0.6

    def __post_init__(self) -> None:
        for name in ("copy_resemblance", "version_resemblance", "short_resemblance"):
            _check(name, getattr(self, name), LEAST_RESEMBLANCE)
        _check("containment", self.containment, LEAST_CONTAINMENT)
        _check("headline_resemblance", self.headline_resemblance, 0.0)
        if self.short_shingles < 0:
            raise ValueError(f"short_shingles must not be negative: {self.short_shingles}")

    def to_text(self) -> str:
        """Return the rules as the database remembers them."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Rules":
        """Return rules that were written by `to_text`; what they do not name has its default."""
        known = json.loads(text)
        return cls(**{name: known[name] for name in cls.__dataclass_fields__ if name in known})


def _check(name: str, value: float, least: float) -> None:
    if not least <= value <= 1:
        raise ValueError(f"{name} must lie in [{least:g}, 1]: {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What two articles share."""

    #: Shingles that both have, and how many each has.
    shared: int
    one: int
    other: int

    @property
    def resemblance(self) -> float:
        """Jaccard coefficient of the shingles, in [0, 1]."""
        return resemblance(self.shared, self.one, self.other)

    @property
    def containment(self) -> float:
        """Share of the smaller one's shingles that the larger one has, in [0, 1]."""
        return containment(self.shared, self.one, self.other)

    @property
    def noteworthy(self) -> bool:
        """Whether any rules could make a verdict of it."""
        return self.resemblance >= LEAST_RESEMBLANCE or self.containment >= LEAST_CONTAINMENT


def headlines_agree(one: str | None, other: str | None, least: float) -> bool:
    """Tell whether two headlines share so much of their words.

    >>> headlines_agree("Ferry sinks off Cuttack, 12 missing", "Ferry sinks off Cuttack; 14 missing", 0.6)
    True
    """
    words, others = set(words_of(one or "")), set(words_of(other or ""))
    if min(len(words), len(others)) < _LEAST_HEADLINE_WORDS:
        return False
    return resemblance(len(words & others), len(words), len(others)) >= least


def judge(scores: Scores, rules: Rules, *, same_site: bool, agree: Callable[[], bool]) -> Likeness | None:
    """Return how two articles stand to each other: copy, version or contains; None for no relation.

    Args:
        scores: What they share; it does not matter which is named first.
        rules: The thresholds.
        same_site: Whether both are of one site.
        agree: Tells whether their headlines agree; asked only where that matters.
    """
    short = min(scores.one, scores.other) < rules.short_shingles
    # What is likely to be alike by formula has to be more so, or to have the same headline.
    strict = max(rules.version_resemblance if same_site else 0.0, rules.short_resemblance if short else 0.0)
    if scores.resemblance >= rules.copy_resemblance and (scores.resemblance >= strict or agree()):
        return Likeness.VERSION if same_site else Likeness.COPY
    return Likeness.CONTAINS if scores.containment >= rules.containment and not short else None
