"""``/ai.txt`` as Spawning proposed it in 2023: robots.txt's syntax, read by those who gather training data.

Its rules name kinds of content by their file names (``Disallow: *.html``). Pages mostly have names without an ending,
and are HTML all the same: they are asked for under such a name, too.
"""

from pathlib import PurePosixPath
from typing import Self
from urllib.parse import urlsplit

from collector.robots import RobotsGroup, decode_robots, product_token, read_groups
from corpus.rights import Signal, Stance, Statement

#: Where the file stands.
AI_TXT_PATH = "/ai.txt"
_ENDING = ".html"


class AiTxt:
    """What one host's ai.txt says to us."""

    def __init__(self, group: RobotsGroup | None) -> None:
        self._group = group

    @classmethod
    def parse(cls, body: bytes, user_agent: str) -> Self:
        """Read a file; a page in its place (other proposals use the name for prose) has no rules."""
        groups = read_groups("" if body.lstrip()[:1] == b"<" else decode_robots(body))
        lines = groups.get(product_token(user_agent), groups.get("*"))
        return cls(RobotsGroup(lines) if lines else None)

    def of(self, url: str) -> Statement | None:
        r"""Return what the file says of a URL; None where it allows it.

        >>> print(AiTxt.parse(b"User-Agent: *\nDisallow: *.html", "bot").of("https://a.example/news/ferry"))
        ai-txt reserved: line 2: Disallow: *.html in /ai.txt
        """
        if self._group is None:
            return None
        for name in (url, *_named_as_html(url)):
            decision = self._group.decide(name)
            if not decision.allowed:
                return Statement(
                    signal=Signal.AI_TXT, stance=Stance.RESERVED, place=AI_TXT_PATH, evidence=decision.evidence
                )
        return None


def _named_as_html(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    if PurePosixPath(parts.path).suffix:
        return ()
    return (parts._replace(path=(parts.path.rstrip("/") or "/index") + _ENDING, query="").geturl(),)
