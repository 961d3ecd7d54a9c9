"""The one way from a response to an article or a removal.

Everything here is pure: the same page and configuration give the same verdict on every machine and in every order, so
the crawl, a second cleaning of the archive, an ingest of WARC files and a batch engine all call `clean`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cleaners.alike import restore_alike
from cleaners.beside import cut_beside
from cleaners.body import read_witness
from cleaners.closing import cut_closing, cut_loose_ends
from cleaners.config import DEFAULT, CleanerConfig, SiteKnowledge
from cleaners.credit_lines import lines_around
from cleaners.decode import decode
from cleaners.draft import Draft
from cleaners.elsewhere import cut_elsewhere
from cleaners.frame import cut_doubled_lead, cut_tail, cut_unseen
from cleaners.language import identify
from cleaners.lead import restore_lead
from cleaners.looks import decide_blocks
from cleaners.metadata import Metadata, add_told, page_time, read_metadata
from cleaners.missed import restore_missed
from cleaners.notices import cut_notices
from cleaners.outline import Outline
from cleaners.parse import parse
from cleaners.quality import judge_response, judge_robots, judge_text
from cleaners.questions import restore_questions
from cleaners.repeats import cut_repeated, sketch
from cleaners.rights import decide, judge_rights, refuses_images
from cleaners.sections import restore_headings, restore_lists
from cleaners.site import apply_site
from cleaners.stated import cut_stated
from cleaners.wholes import restore_wholes
from corpus.rights import Policies, Statement
from corpus.types import Article, Page, Provenance, Verdict, Via

#: The time of a fetch that nobody told: late enough that no date on the page lies behind it.
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
    return clean_and_outline(page, config, site).verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A verdict, and what the page teaches of its site."""

    verdict: Verdict
    #: What the site can be learned from; None where the page alone is no article.
    outline: Outline | None = None
    #: Numbers of the outline's lines that were cut because the site repeats them.
    repeated: tuple[int, ...] = ()
    #: The page's blocks, each kept or cut; None where they were not looked at.
    draft: Draft | None = None


def clean_and_outline(page: Page, config: CleanerConfig = DEFAULT, site: SiteKnowledge | None = None) -> Cleaned:
    """Clean a page as `clean` does, and take its outline before anything that is known of its site changes it.

    Raises:
        ExtractionError: The extractor failed on the page.
    """
    if removal := judge_response(page):
        return Cleaned(verdict=removal)
    decoded = decode(page.body, page.header("Content-Type"), config.decode)
    tree = parse(decoded.text, config.parse)
    metadata = read_metadata(tree, page, config.metadata)
    rights = decide((*site.declared, *metadata.rights) if site else metadata.rights, _policies(config, site))
    refused = judge_robots(page, metadata, config)
    if removal := refused or judge_rights(page.url, rights, page.provenance, metadata.title):
        return Cleaned(verdict=removal)
    draft, evidence = decide_blocks(tree, page, metadata, config)
    cut_unseen(draft)
    restore_missed(draft, evidence.cards, page.url, config)
    restore_alike(draft, evidence.cards, config)
    restore_lead(draft, evidence.headline, evidence.cards, metadata, config)
    restore_headings(draft, page.url, config)
    restore_wholes(draft, config)
    restore_questions(draft, metadata.questions, config)
    restore_lists(draft, evidence.cards, config)
    cut_stated(draft, metadata, config)
    cut_doubled_lead(draft)
    cut_beside(draft)
    cut_notices(draft, config.notices)
    cut_elsewhere(draft, page.url, config)
    cut_closing(draft, metadata, page.url, config)
    draft.cut_signs()
    cut_tail(draft, config)
    cut_loose_ends(draft, config)
    cards = evidence.cards
    text = read_witness(draft, metadata.article_body, config.body) or draft.text(config.text)
    if removal := judge_text(page, tree, metadata, draft, text, config, cards):
        return Cleaned(verdict=removal, draft=draft)
    taken = sketch(draft, config)
    repeated = cut_repeated(draft, taken, site.template if site else None)
    if repeated:
        text = read_witness(draft, metadata.article_body, config.body) or draft.text(config.text)
    removal = judge_text(page, tree, metadata, draft, text, config, cards) if repeated else None
    if removal is None:
        around = lines_around(draft, evidence.headline, cards)
        metadata = add_told(metadata, around, page_time(page, metadata.declared_language), config.metadata)
    verdict = removal or apply_site(_article(page, metadata, rights, draft, text, config), site)
    if isinstance(verdict, Article):
        verdict = replace(verdict, charset=decoded.charset)
    return Cleaned(verdict=verdict, outline=taken.outline, repeated=repeated, draft=draft)


def _policies(config: CleanerConfig, site: SiteKnowledge | None) -> Policies:
    return site.policies if site and site.policies else config.rights


def clean_html(
    html: bytes | str,
    url: str = "",
    *,
    fetched_at: datetime | None = None,
    content_type: str = "text/html",
    config: CleanerConfig = DEFAULT,
    site: SiteKnowledge | None = None,
) -> Verdict:
    """Clean a page that one holds in one's hands, without a response around it.

    Args:
        html: The page; bytes are decoded as a browser would, text is taken as it is.
        url: Its address: relative links, dates and fronts are told by it.
        fetched_at: When it was fetched, aware; dates behind that are not believed.
        content_type: The ``Content-Type`` it came with.
        config: Thresholds and policies.
        site: What is known of the site.

    Raises:
        ExtractionError: The extractor failed on the page.

    >>> story = "The river rose by two metres in the night and left the mill without a wheel. " * 8
    >>> clean_html(f"<title>High water</title><article><h1>High water</h1><p>{story}</article>").words
    128
    """
    text = isinstance(html, str)
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    page = Page(
        url=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8" if text else content_type),),
        body=body,
        provenance=Provenance(requested_url=url, fetched_at=fetched_at or _SOMETIME, via=Via.INGEST),
    )
    verdict = clean(page, config, site)
    return replace(verdict, charset=None) if text and isinstance(verdict, Article) else verdict


def _article(
    page: Page, metadata: Metadata, rights: tuple[Statement, ...], draft: Draft, text: str, config: CleanerConfig
) -> Article:
    identification = identify(text, declared=metadata.declared_language, config=config.language)
    return Article(
        url=page.url,
        canonical_url=metadata.canonical_url or page.url,
        title=metadata.title,
        text=text,
        language=identification.language,
        language_confidence=identification.confidence,
        provenance=page.provenance,
        declared_language=metadata.declared_language,
        authors=metadata.authors,
        agency=metadata.agency,
        published=metadata.published,
        modified=metadata.modified,
        site_name=metadata.site_name,
        description=metadata.description,
        section=metadata.section,
        tags=metadata.tags,
        image=None if refuses_images(rights) else metadata.image,
        licence=metadata.licence,
        paywalled=metadata.paywalled,
        page_type=metadata.page_type,
        rights=rights,
        posts=metadata.posts,
        sources=metadata.sources,
        cuts=draft.cuts(config.text),
    )
