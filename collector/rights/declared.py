"""What a host's own files say of the use of a page, from the copies that the ledger keeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaners.rights import asks_for
from collector.rights.ai_txt import AI_TXT_PATH, AiTxt
from collector.rights.robots import ROBOTS_PATH, RobotsRights
from collector.rights.tdmrep import TDMREP_PATH, TdmRules
from corpus.host_files import HostFiles
from corpus.rights import Policies, Signal, Statement

#: Files that are asked for because of a signal.
FILES = {TDMREP_PATH: Signal.TDM_RESERVATION, AI_TXT_PATH: Signal.AI_TXT}
#: Hosts whose files are held in memory.
_MOST_HOSTS = 2000


def origin_of(url: str) -> str:
    """Return ``scheme://host:port`` of a URL."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def wanted_files(policies: Policies) -> tuple[str, ...]:
    """Return the paths of the files that are worth a request."""
    return tuple(path for path, signal in FILES.items() if asks_for(policies, signal))


@dataclass(frozen=True, slots=True)
class _Host:
    robots: RobotsRights | None
    tdmrep: TdmRules | None
    ai_txt: AiTxt | None

    def of(self, url: str) -> Iterator[Statement]:
        for file in (self.tdmrep, self.ai_txt):
            statement = None if file is None else file.of(url)
            if statement is not None:
                yield statement
        if self.robots is not None:
            yield from self.robots.of(url)


class DeclaredRights:
    """Asks the files of all hosts, as they were last fetched."""

    def __init__(self, files: HostFiles, user_agent: str) -> None:
        self._files = files
        self._user_agent = user_agent
        self._hosts: dict[str, _Host] = {}

    def of(self, url: str) -> tuple[Statement, ...]:
        """Return what the files of a URL's host say of it; nothing for what is no page of the Web.

        Raises:
            sqlite3.Error: The database cannot be read.
        """
        if not url.startswith(("http://", "https://")):
            return ()
        origin = origin_of(url)
        if origin not in self._hosts:
            if len(self._hosts) >= _MOST_HOSTS:
                self._hosts.clear()
            self._hosts[origin] = self._read(origin)
        return tuple(self._hosts[origin].of(url))

    def forget(self, origin: str) -> None:
        """Read a host's files again when they are next asked."""
        self._hosts.pop(origin, None)

    def _read(self, origin: str) -> _Host:
        robots = self._files.find_robots(origin)
        tdmrep = self._files.find(origin, TDMREP_PATH)
        ai_txt = self._files.find(origin, AI_TXT_PATH)
        return _Host(
            robots=None if robots is None else RobotsRights.parse(robots, self._user_agent, origin + ROBOTS_PATH),
            tdmrep=TdmRules.parse(tdmrep.body, origin + TDMREP_PATH) if tdmrep and tdmrep.there else None,
            ai_txt=AiTxt.parse(ai_txt.body, self._user_agent) if ai_txt and ai_txt.there else None,
        )
