"""Third parties that are asked for what no machine-readable place states: trafilatura and htmldate.

They search the whole page with heuristics of their own, on copies of the tree, and cost as much as an extraction.
"""

import logging
from datetime import date

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura.metadata import extract_author, extract_title

from cleaners.metadata.model import PageTime

_LOGGER = logging.getLogger(__name__)


def ask_title(tree: HtmlElement, url: str) -> str | None:
    """Return the headline that trafilatura finds among headings, or None."""
    try:
        title = extract_title(tree)
    except Exception as error:  # noqa: BLE001  # a third party's heuristics must not cost us the page
        _LOGGER.warning("trafilatura failed to find a title (%s): %r", url, error)
        return None
    return title if isinstance(title, str) else None


def ask_author(tree: HtmlElement, url: str) -> str | None:
    """Return the byline that trafilatura finds, names separated by ``; ``, or None."""
    try:
        author = extract_author(tree)
    except Exception as error:  # noqa: BLE001  # as above
        _LOGGER.warning("trafilatura failed to find an author (%s): %r", url, error)
        return None
    return author if isinstance(author, str) else None


def ask_date(tree: HtmlElement, page: PageTime, earliest: date) -> date | None:
    """Return the day of publication that htmldate finds in markup and datelines, or None.

    Its extensive search is left off: it takes any date in the page's text.
    """
    try:
        found = find_date(
            tree,
            extensive_search=False,
            original_date=True,
            url=page.url,
            min_date=earliest.isoformat(),
            max_date=page.fetched_at.date().isoformat(),
        )
        return date.fromisoformat(found) if found else None
    except Exception as error:  # noqa: BLE001  # as above
        _LOGGER.warning("htmldate failed (%s): %r", page.url, error)
        return None
