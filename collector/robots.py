"""robots.txt after RFC 9309: what a site allows us to fetch, how fast, and which line says so.

Groups are chosen here, patterns are matched by Protego. Protego chooses a group by the beginning of its token, so that
``User-agent: news`` would speak for ``news-corpus-collector``, where RFC 9309, section 2.2.1, wants equal tokens; and
to have chosen the group is to know which line decided.
"""

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from protego import Protego

from corpus.urls import resolve

#: Bytes of a robots.txt that are read; RFC 9309, section 2.5, asks for at least 500 KiB.
MAX_ROBOTS_BYTES = 500 * 1024

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_USER_AGENT = re.compile(r"user[- ]?agent(?:\s*:|\s)\s*(.*)", re.IGNORECASE)
# With the misspellings that Protego (and Google) read as Disallow.
_RULE = re.compile(r"(?:(allow)|diss?all?ow|diasllow|disallaw)(?:\s*:|\s)\s*(\S.*)", re.IGNORECASE)
# Records that hold for the whole site, and so end no group; License after RSL 1.0.
_SITE_WIDE = re.compile(r"(?:site-?maps?|host|licen[cs]e)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s/;*()]+|\*(?!\S)")
_ANYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsDecision:
    """Whether a URL may be fetched, and what says so."""

    allowed: bool
    #: The line that decided (``line 3: Disallow: /private/``), or why none did.
    evidence: str


#: Number and text of a line.
Line = tuple[int, str]


class RobotsGroup:
    """The lines of robots.txt that concern one crawler."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)
        self.matcher = Protego.parse("\n".join(["User-agent: *", *(line for _, line in lines)]))

    def decide(self, url: str) -> RobotsDecision:
        """Tell whether the crawler may fetch ``url``, written as it will be requested, and which line says so."""
        allowed = self.matcher.can_fetch(url, _ANYONE)
        return RobotsDecision(allowed=allowed, evidence=self._deciding_line(url, allowed=allowed))

    def _deciding_line(self, url: str, *, allowed: bool) -> str:
        """Return the longest line that matches ``url`` (RFC 9309, section 2.2.2) and agrees with the decision."""
        deciding, longest = "no line forbids it", 0
        for number, line in self.lines:
            rule = _RULE.match(line)
            if rule is None or bool(rule[1]) is not allowed or len(rule[2]) <= longest:
                continue
            # As an Allow alone decides nothing, the pattern is asked as a Disallow.
            if not Protego.parse(f"User-agent: *\nDisallow: {rule[2]}").can_fetch(url, _ANYONE):
                deciding, longest = f"line {number}: {line}", len(rule[2])
        return deciding


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What one host's robots.txt says to one crawler; built by `parse`."""

    #: Seconds between two requests that the site asks for: Crawl-delay, or Request-rate where that is slower.
    crawl_delay_seconds: float | None = None
    #: URLs of the sitemaps that it names, in order, each once.
    sitemaps: tuple[str, ...] = ()
    #: The decision for every URL where there is no file to ask; None where the lines decide.
    blanket: RobotsDecision | None = None
    _group: RobotsGroup

    @classmethod
    def parse(cls, status: int | None, body: bytes, user_agent: str, *, url: str | None = None) -> Self:
        r"""Read the answer to a request for robots.txt.

        4xx means that there is no such file and everything is allowed (RFC 9309, section 2.3.1.3), and so does a
        chain of redirects that was given up (2.3.1.2); 5xx and no answer mean that nothing is (2.3.1.4). 429 counts
        with the latter: a server that asks us to slow down has not said that it has no rules.

        Args:
            status: HTTP status of the last response, None where there was none.
            body: Its decompressed body; `MAX_ROBOTS_BYTES` of it are read.
            user_agent: Our product token or whole User-Agent header, of which the part before ``/`` counts.
            url: Where the file stands, to resolve relative sitemaps; without it those are dropped.

        >>> rules = RobotsRules.parse(200, b"User-agent: *\nDisallow: /private/", "news-collector/1.0")
        >>> rules.decide("https://example.com/private/a")
        RobotsDecision(allowed=False, evidence='line 2: Disallow: /private/')
        """
        blanket = _blanket(status)
        text = "" if blanket else decode_robots(body)
        groups = read_groups(text)
        group = RobotsGroup(groups.get(product_token(user_agent), groups.get(_ANYONE, [])))
        return cls(
            crawl_delay_seconds=_delay_seconds(group.matcher),
            sitemaps=_resolve_all(Protego.parse(text).sitemaps, url),
            blanket=blanket,
            _group=group,
        )

    def decide(self, url: str) -> RobotsDecision:
        """Tell whether we may fetch ``url``, written as it will be requested, and which line says so."""
        return self.blanket or self._group.decide(url)


def _blanket(status: int | None) -> RobotsDecision | None:
    if status is None:
        return RobotsDecision(allowed=False, evidence="robots.txt did not answer")
    if 200 <= status < 300:
        return None
    return RobotsDecision(
        allowed=300 <= status < 500 and status != 429,
        evidence=f"robots.txt answered {status}",
    )


def product_token(user_agent: str) -> str:
    """Return the lower-case product token that a User-Agent header begins with.

    Raises:
        ValueError: It begins with none.
    """
    token = _TOKEN.match(user_agent.strip())
    if token is None:
        raise ValueError(f"user_agent must begin with a product token: {user_agent!r}")
    return token[0].lower()


def decode_robots(body: bytes) -> str:
    """Return the text of a robots.txt, as far as it is read."""
    if len(body) > MAX_ROBOTS_BYTES:
        # A line cut in half may forbid what the whole line does not.
        body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.removeprefix(bom).decode(encoding, errors="replace")
    if b"\0" in body[:2]:
        return body.decode("utf-16-be" if body.startswith(b"\0") else "utf-16-le", errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def read_groups(text: str) -> dict[str, list[Line]]:
    """Return the records of each group, by the lower-case product token (or ``*``) that it is for."""
    groups: dict[str, list[Line]] = {}
    agents: set[str] = set()
    rules_begun = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.partition("#")[0].strip()
        if user_agent := _USER_AGENT.match(line):
            agents = agents if not rules_begun else set()
            rules_begun = False
            if named := _TOKEN.match(user_agent[1]):
                agents.add(named[0].lower())
                groups.setdefault(named[0].lower(), [])
        elif (":" in line or _RULE.match(line)) and not _SITE_WIDE.match(line):
            rules_begun = True
            for agent in agents:
                groups[agent].append((number, line))
    return groups


def _delay_seconds(matcher: Protego) -> float | None:
    rate = matcher.request_rate(_ANYONE)
    delays = [matcher.crawl_delay(_ANYONE), rate and rate.seconds / rate.requests]
    return max((delay for delay in delays if delay), default=None)


def _resolve_all(urls: Iterable[str], base: str | None) -> tuple[str, ...]:
    resolved: dict[str, None] = {}
    for url in urls:
        try:
            resolved[resolve(url, base)] = None
        except ValueError:
            continue
    return tuple(resolved)
