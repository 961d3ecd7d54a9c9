"""The one way through all metadata of a page."""

from functools import cache

from lxml.html import HtmlElement

from cleaners.dates import day_of, split_language
from cleaners.metadata.address import read_amp, read_canonical, read_image, read_licence
from cleaners.metadata.authors import Credits, read_authors
from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.fallback import ask_author, ask_date, ask_title
from cleaners.metadata.jsonld import LinkedData, read_linked_data
from cleaners.metadata.labels import (
    read_article_body,
    read_descriptions,
    read_keywords,
    read_language,
    read_paywall,
    read_questions,
    read_section,
    read_type,
)
from cleaners.metadata.model import Metadata, PageTime
from cleaners.metadata.name_kinds import has_name_shape
from cleaners.metadata.names import split_names
from cleaners.metadata.nearby import survey
from cleaners.metadata.posts import body_of, read_posts
from cleaners.metadata.rights import read_rights
from cleaners.metadata.robots import read_robots
from cleaners.metadata.shown import texts_shown
from cleaners.metadata.site import country_of, read_site
from cleaners.metadata.tags import Tags, read_tags
from cleaners.metadata.text import clean_line
from cleaners.metadata.times import read_times
from cleaners.metadata.title import find_heading, read_headlines, read_title
from corpus.types import Page, Published


def read_metadata(tree: HtmlElement, page: Page, config: MetadataConfig | None = None) -> Metadata:
    """Read what a page states about itself.

    JSON-LD and meta elements come first; what they leave open is looked for near the headline, and then asked of
    trafilatura and htmldate. Broken values are passed over; no page raises.

    Args:
        tree: The parsed page, its JSON-LD scripts included; it is not changed.
        page: The response, for its URL, headers and provenance.
        config: Thresholds; the defaults where None.
    """
    config = config or MetadataConfig()
    return _Reader(tree, page, config).read()


class _Reader:
    """What is shared by the fields of one page."""

    def __init__(self, tree: HtmlElement, page: Page, config: MetadataConfig) -> None:
        self._tree, self._page, self._config = tree, page, config
        self._tags = read_tags(tree)
        self._canonical = read_canonical(self._tags, page.url)
        self._linked = _read_linked(self._tags, page.url, self._canonical, config)
        self._site = read_site(self._tags, self._linked, page.url)
        self._language = read_language(self._tags, self._linked, page)
        self._title = self._read_title()
        self._around = cache(
            lambda: survey(tree, find_heading(tree, self._tags, self._title[0] if self._title else ""))
        )

    def read(self) -> Metadata:
        tags, linked, url = self._tags, self._linked, self._page.url
        title = self._title
        found, agency = self._credits()
        time = page_time(self._page, self._language[0] if self._language else None)
        published, modified = self._times(time)
        posts = read_posts(self._tree, linked, time)
        descriptions = read_descriptions(tags, linked)
        section, keywords = read_section(tags, linked, self._site), read_keywords(tags, linked, self._config.max_tags)
        image, licence = read_image(tags, linked, url), read_licence(tags, linked, url)
        paywall, page_type = read_paywall(tags, linked), read_type(tags, linked)
        authors = found.names
        where = {
            "title": title and title[1],
            "authors": found.source if authors else None,
            "published": published and published.source,
            "modified": modified and modified.source,
            "site_name": self._site.source,
            "description": descriptions[0][1] if descriptions else None,
            "section": section and section[1],
            "tags": keywords and keywords[1],
            "image": image and image[1],
            "licence": licence and licence[1],
            "paywalled": paywall and paywall[1],
            "page_type": page_type and page_type[1],
            "canonical_url": self._canonical and self._canonical[1],
            "declared_language": self._language and self._language[1],
        }
        return Metadata(
            title=title[0] if title else None,
            headlines=read_headlines(tags, linked, self._site, self._config),
            authors=authors,
            agency=agency,
            published=published,
            modified=modified,
            site_name=self._site.name,
            description=descriptions[0][0] if descriptions else None,
            standfirsts=tuple(line for line, _ in descriptions),
            section=section[0] if section else (),
            tags=keywords[0] if keywords else (),
            image=image[0] if image else None,
            licence=licence[0] if licence else None,
            paywalled=paywall[0] if paywall else None,
            page_type=page_type[0] if page_type else None,
            canonical_url=self._canonical[0] if self._canonical else None,
            amp_url=read_amp(tags, url),
            declared_language=self._language[0] if self._language else None,
            robots=read_robots(tags, self._page.header_values("X-Robots-Tag"), self._config.agent),
            rights=read_rights(tags, self._page, self._config.agent),
            article_body=read_article_body(linked) or body_of(posts),
            questions=read_questions(linked),
            posts=posts,
            sources={field: source for field, source in where.items() if source},
        )

    def _read_title(self) -> tuple[str, str] | None:
        shown = cache(lambda: texts_shown(self._tree))
        title = read_title(self._tags, self._linked, self._site, self._config, shown)
        if title is None and self._config.fallback:
            asked = clean_line(ask_title(self._tree, self._page.url) or "")
            return (asked, "trafilatura") if 0 < len(asked) <= self._config.max_title_chars else None
        return title

    def _credits(self) -> tuple[Credits, str | None]:
        found, agency = read_authors(self._tags, self._linked, self._around, self._site, self._config)
        if found.names or not self._config.fallback:
            return found, agency
        asked = split_names(ask_author(self._tree, self._page.url) or "")
        names = tuple(name for name in asked if has_name_shape(name, single=True))
        return Credits("trafilatura", names[: self._config.max_authors]), agency

    def _times(self, time: PageTime) -> tuple[Published | None, Published | None]:
        published, modified = read_times(self._tags, self._linked, self._around, time, self._config)
        if published and modified and published.source == "text" and day_of(published.on) > day_of(modified.on):
            published = None  # a day that stands on the page by itself, its masthead's most likely, and not the story's
            return published, modified
        if published is None and self._config.fallback:
            day = ask_date(self._tree, time, self._config.earliest)
            published = Published(on=day, source="htmldate") if day else None
        return published, modified


def page_time(page: Page, language: str | None) -> PageTime:
    """Return the place and time that a page's dates were written in.

    Args:
        page: The response.
        language: The language that the page declares (BCP 47).
    """
    spoken, region = split_language(language)
    return PageTime(
        url=page.url,
        fetched_at=page.provenance.fetched_at,
        hint=page.provenance.published_hint,
        language=spoken,
        country=country_of(page.url) or region,
    )


def _read_linked(tags: Tags, url: str, canonical: tuple[str, str] | None, config: MetadataConfig) -> LinkedData:
    urls = (url, canonical[0]) if canonical else (url,)
    titles = [clean_line(content) for _, content in tags.every("og:title")]
    titles += [clean_line(heading.text_content()) for heading in tags.headings[:3]]
    titles += [tags.title] if tags.title else []
    scripts = [script for script in tags.scripts if len(script) <= config.max_jsonld_chars]
    return read_linked_data(scripts, urls=urls, titles=titles)
