"""The one way from a response to an article or a removal.

Everything here is pure: the same page and configuration give the same verdict on every machine and in every order, so
the crawl, a second cleaning of the archive, an ingest of WARC files and a batch engine all call `clean`.
"""

from dataclasses import replace
from datetime import UTC, datetime

from lxml.html import HtmlElement

from cleaners.blocks import read_blocks
from cleaners.body import settle_body
from cleaners.config import DEFAULT, CleanerConfig, SiteKnowledge
from cleaners.decode import Decoded, decode
from cleaners.draft import Draft
from cleaners.extract import extract
from cleaners.frame import settle_frame
from cleaners.headline import find_headline
from cleaners.language import UNDETERMINED, identify
from cleaners.metadata import Metadata, read_metadata
from cleaners.parse import parse
from cleaners.quality import judge_page, judge_response, judge_robots
from cleaners.typography import fold
from cleaners.witness import text_of_witness
from corpus.types import Article, Page, Provenance, Reason, Removal, Verdict, Via

#: Changes whenever a change of the code may change a verdict: what an older version cleaned can be cleaned again.
CLEANER_VERSION = "1"

#: When nobody says when a page was fetched: a time before which nothing was published on the Web would make every date
#: on the page a date of the future, so it is the end of the calendar.
_SOMETIME = datetime(9998, 12, 31, tzinfo=UTC)


def clean(page: Page, config: CleanerConfig = DEFAULT, site: SiteKnowledge | None = None) -> Verdict:
    """Turn a response into an article, or say why it is none.

    Args:
        page: The response, its body decompressed but not decoded.
        config: Thresholds and policies.
        site: What is known of the site.

    Raises:
        ExtractionError: The extractor failed on the page.
    """
    if removal := judge_response(page):
        return removal
    decoded = decode(page.body, page.header("Content-Type"), config.decode)
    tree = parse(decoded.text, config.parse)
    metadata = read_metadata(tree, page, config.metadata)
    if removal := judge_robots(page, metadata, config):
        return removal
    draft = _draft(tree, page, metadata, config)
    text = draft.text()
    stated = text_of_witness(draft, metadata.article_body, config)
    text = stated or text
    if removal := judge_page(page, tree, metadata, draft, text, config):
        return removal
    return _article(page, decoded, metadata, draft, text, config, site)
