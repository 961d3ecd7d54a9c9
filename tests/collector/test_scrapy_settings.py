"""Of what Scrapy puts in by default, a crawl has what it needs and nothing else."""

import pytest
from scrapy.settings import Settings

#: Whose work the ledger, the pipeline and the pacing middleware do, and what opens a port.
NOT_OURS = ("Retry", "Redirect", "MetaRefresh", "HttpCompression", "HttpCache", "RobotsTxt", "Offsite", "AutoThrottle")
OPENS_A_PORT = ("RemoteControl", "TelnetConsole")


@pytest.mark.parametrize("name", ["EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"])
def test_nothing_is_there_that_runs_posted_code_or_does_the_ledgers_work(name: str) -> None:
    settings = Settings()
    settings.setmodule("collector.settings", priority="project")
    there = settings.get_component_priority_dict_with_base(name)
    classes = [one if isinstance(one, str) else one.__qualname__ for one, place in there.items() if place is not None]
    assert classes
    assert not [one for one in classes if any(other in one for other in (*NOT_OURS, *OPENS_A_PORT))]
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")


def test_only_the_web_is_fetched() -> None:
    settings = Settings()
    settings.setmodule("collector.settings", priority="project")
    assert set(settings.getwithbase("DOWNLOAD_HANDLERS")) == {"http", "https"}
