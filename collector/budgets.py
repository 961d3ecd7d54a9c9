"""How many requests a site may still have today."""

from collections import Counter

from collector.crawl import Crawl
from corpus.revisits import count_request, requests_today


class Budgets:
    """The daily budgets (``requests_per_day``) of the sites that a crawl works on; a day begins at midnight, UTC."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._limits = {
            name: site.requests_per_day
            for name in crawl.scope.sites
            if (site := crawl.site(name)) is not None and site.requests_per_day
        }
        self._leased: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()

    def leased(self, site: str) -> None:
        """Note that a URL of a site was leased, which may become a request."""
        self._leased[site] += 1

    def sent(self, site: str, *, leased: bool) -> None:
        """Count a request, inside the caller's transaction; ``leased`` unless it is for robots.txt."""
        self._sent[site] += leased
        count_request(self._crawl.store.db, site, self._crawl.now())

    def left(self, now: float) -> dict[str, int]:
        """Return how many URLs of each site with a budget may still be leased today."""
        if not self._limits:
            return {}
        spent = requests_today(self._crawl.store.db, tuple(self._limits), now)
        return {
            name: max(0, limit - spent.get(name, 0) - (self._leased[name] - self._sent[name]))
            for name, limit in self._limits.items()
        }
