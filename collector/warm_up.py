"""Loads what the first page needs, in the fork server: importing this module studies a page.

Tables of words and languages are read when first used: half a second of processor time and 100 MB. What the fork
server has read, the cleaning processes that are forked from it share, those too that take the place of others.
"""

import contextlib
import gc
from dataclasses import replace
from datetime import UTC, datetime

from cleaners.clean import clean_html
from cleaners.config import DEFAULT
from cleaners.language import Identification, identify
from collector.config import Config
from collector.study import study
from collector.tasks import Findings, Task
from corpus.types import Kind, Provenance, Verdict

_URL = "http://localhost/2024/05/01/bridge-over-the-sable-is-mended/"
_PARAGRAPH = "<p>The bridge over the Sable was mended before the winter, the council said, and opens in May.</p>"
_PAGE = f"""<!doctype html><html lang="en"><head><title>Bridge over the Sable is mended</title>
<meta property="article:published_time" content="2024-05-01"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Bridge over the Sable is mended</h1><p class="byline">By Ines Marlow</p>{_PARAGRAPH * 8}</article>
<footer><p>All rights reserved.</p></footer></body></html>"""


def study_a_page() -> Findings:
    """Study a page that goes all the way to an article."""
    return study(
        Task(
            url=_URL,
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            wire_body=_PAGE.encode(),
            provenance=Provenance(requested_url=_URL, fetched_at=datetime(2024, 5, 2, tzinfo=UTC)),
            kind=Kind.ARTICLE,
            site="",
        ),
        Config(),
    )


def clean_without_a_first_look() -> Verdict:
    """Clean the page as one that the first look cannot decide, so that extractor and judge are loaded."""
    return clean_html(_PAGE, _URL, config=replace(DEFAULT, look=replace(DEFAULT.look, enabled=False)))


def identify_in_doubt() -> Identification:
    """Identify the language of a text that one witness alone is not sure of, so that both are loaded."""
    return identify("Ja, det er en bro.")


with contextlib.suppress(Exception):  # what is wrong with cleaning shows, and is counted, with the first real page
    study_a_page()
    clean_without_a_first_look()
    identify_in_doubt()
gc.collect()
gc.freeze()  # a collection that visits shared objects would copy them
