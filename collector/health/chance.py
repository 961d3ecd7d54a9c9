"""How improbable something is by a site's own history.

**Shares.** Of ``n`` pages ``x`` are odd (consent walls, say). Their number is taken for beta-binomial: the site's share
of odd pages is not known but drawn from a beta distribution, that of the prior updated with the history (Gelman et al.,
*Bayesian Data Analysis*, 3rd edition, sections 2.4 and 5.3). The prior is worth ten pages of which a tenth of one is
odd: nearly all sites have none of a given oddity, and a few have many, and such a U-shape is what ``a < 1`` says. Where
the share differs between the history's days by more than chance, the history is worth less: at most ``1/rho - 1``
pages, where ``rho`` is the correlation within a day, by the method of moments (Kleinman, *Proportions with Extraneous
Variance*, JASA 68, 1973). This is how a site whose Sundays are full of galleries widens its own bounds.

**Counts.** The number of articles in a stretch of time is taken for Poisson with a variance that is ``phi`` times the
mean, ``phi`` estimated by the median absolute deviation of the days from what their weekday leads to expect, times
1.4826, which makes it a standard deviation where errors are normal (Rousseeuw and Croux, *Alternatives to the Median
Absolute Deviation*, JASA 88, 1993). No article at all then has the probability ``exp(-expected / phi)``.

**Levels.** An alarm is raised where the probability falls below a level that is a share of the false alarms that are
allowed in a year. A site that is asked 40 times a day has many chances to look odd, so that the share is divided by the
looks. While the history is short there were few looks yet, and the probability of two odd pages in a row falls with the
square of the history's length; so the sum over all looks stays within the same share if the level falls in the same way
(alpha spending: Foster and Stine, *Alpha-investing*, JRSS B 70, 2008). The level is the larger of the two.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

#: The prior: worth so many pages, of which so many are odd.
PRIOR_PAGES, PRIOR_ODD = 10.0, 0.1
#: Days with fewer pages tell nothing about the correlation within a day, and fewer days than this neither.
_LEAST_PAGES_OF_DAY, _LEAST_DAYS = 5, 5
#: More pages than this are scaled down: the probability is far below any level then.
_MOST_PAGES = 200
#: Below this length of history the level does not rise any further.
_SHORT_HISTORY = 100.0
#: Turns a median absolute deviation into a standard deviation.
_MAD = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What is known of a share: a beta distribution."""

    odd: float
    pages: float

    @property
    def mean(self) -> float:
        """The share to expect, in (0, 1)."""
        return self.odd / self.pages

    def tail(self, odd: int, pages: int) -> float:
        """Return the probability of so many odd pages, or more.

        >>> share = Share(odd=0.1, pages=210)
        >>> f"{share.tail(1, 1):.1e} {share.tail(2, 2):.1e} {share.tail(0, 9):.0f}"
        '4.8e-04 2.5e-06 1'
        """
        if odd <= 0:
            return 1.0
        if pages > _MOST_PAGES:
            odd, pages = round(odd * _MOST_PAGES / pages), _MOST_PAGES
        a, b = self.odd, self.pages - self.odd
        terms = (
            _log_choose(pages, k) + _log_beta(k + a, pages - k + b) - _log_beta(a, b) for k in range(odd, pages + 1)
        )
        return min(1.0, math.fsum(map(math.exp, terms)))


def know_share(days: Sequence[tuple[int, int]]) -> Share:
    """Return what a history tells of a share.

    Args:
        days: Odd pages and all pages, of each day.

    >>> know_share([(0, 100), (0, 100)])
    Share(odd=0.1, pages=210.0)
    """
    odd, pages = sum(x for x, _ in days), sum(n for _, n in days)
    known = Share(odd=PRIOR_ODD + odd, pages=PRIOR_PAGES + pages)
    rho = _correlation([(x, n) for x, n in days if n >= _LEAST_PAGES_OF_DAY])
    worth = min(known.pages, max(1 / rho - 1, PRIOR_PAGES)) if rho > 0 else known.pages
    return Share(odd=known.mean * worth, pages=worth)


def _correlation(days: Sequence[tuple[int, int]]) -> float:
    """Return the correlation of pages within a day, 0 where the days differ by chance only."""
    if len(days) < _LEAST_DAYS:
        return 0.0
    mean = sum(x for x, _ in days) / sum(n for _, n in days)
    if not 0 < mean < 1:
        return 0.0
    variance = sum((x / n - mean) ** 2 for x, n in days) / (len(days) - 1)
    chance = sum(1 / n for _, n in days) / len(days)
    by_chance = mean * (1 - mean)
    return max(0.0, (variance - by_chance * chance) / (by_chance * (1 - chance)))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def dispersion(found: Sequence[float], expected: Sequence[float]) -> float:
    """Return how many times its mean the variance of counts is, at least 1.

    >>> dispersion([10, 12, 8, 11, 9, 400], [10] * 6)
    1.0
    >>> round(dispersion([4, 22, 10, 17, 2], [10] * 5), 1)
    10.8
    """
    residuals = [(y - m) / math.sqrt(m) for y, m in zip(found, expected, strict=True) if m > 0]
    if not residuals:
        return 1.0
    middle = median(residuals)
    return max(1.0, (_MAD * median(abs(r - middle) for r in residuals)) ** 2)


def level(share_a_year: float, *, pages: float, looks_a_year: float) -> float:
    """Return below which probability an alarm is raised.

    Args:
        share_a_year: False alarms that are allowed, of this measure and site, a year; also in all of a short history.
        pages: Length of the history.
        looks_a_year: How often it is looked at.

    >>> f"{level(0.0025, pages=100, looks_a_year=14_600):.1e}"
    '2.5e-05'
    """
    spent = share_a_year * _SHORT_HISTORY / max(pages, _SHORT_HISTORY) ** 2
    return max(spent, share_a_year / max(looks_a_year, 1.0))
