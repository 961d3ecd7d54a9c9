"""Text dumps to articles: the judgement that `cleaners.clean` passes on pages, for text without markup.

Common Crawl's WET files, other people's corpora and copies from a browser hold a page's text and nothing else. What
the page's elements would tell must be told from its lines: `line_judge` says which are the article's, `line_title` and
`line_facts` read headline, site, dates, byline, section and keywords off the lines around it.

Cleaning what is clean changes nothing. That is no property of a fitted model, so it is made one: the text is cleaned
again until it stays as it is, each time losing lines or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cleaners.config import DEFAULT, CleanerConfig, SiteKnowledge
from cleaners.dates import Role, find_dates, is_plausible
from cleaners.dumps import Line, split_lines
from cleaners.language import UNDETERMINED, identify
from cleaners.line_facts import Facts, find_stamps, read_facts, sharper, split_stamp
from cleaners.line_judge import Judgement, judge
from cleaners.line_shapes import PROSE_MASS, Measured, is_age, is_dated, key_of, measure
from cleaners.line_title import Headline, cut_title_off, find_headline, find_site, repeats
from cleaners.metadata.site import country_of
from cleaners.site import apply_site
from corpus.types import Article, Cut, Provenance, Published, Reason, Removal, Verdict
from corpus.words import count_words

#: Rounds after which a text that still loses lines is taken as it is; the second round changes one text in fifty.
_MOST_ROUNDS = 6
#: Lines at the head of a text that a labelled date may be glued to.
_STAMPED_LINES = 2
#: Dates among the lines of a listing, and dates for each of its lines: every teaser has one. Of 300 articles 2 have
#: as many, of 25 listings that hold sentences at all a third.
_LISTING_DATES = 5
_LISTING_DATE_SHARE = 0.3


def clean_text(
    text: str,
    provenance: Provenance,
    config: CleanerConfig = DEFAULT,
    *,
    url: str | None = None,
    site: SiteKnowledge | None = None,
) -> Verdict:
    """Find the article in a page's text, or say why there is none.

    Args:
        text: The text of one page; which encoding it had is the caller's matter.
        provenance: Where the page came from.
        config: Thresholds.
        url: URL of the page, where it is not the one that was asked for.
        site: What is known of the site.
    """
    url = url or provenance.requested_url
    found = _settle(text, url, config)
    title = found.title.text if found.title else None
    if removal := _judge(found, config):
        reason, evidence = removal
        return Removal(
            url=url, reason=reason, evidence=evidence, provenance=provenance, title=title, cuts=tuple(found.cuts)
        )
    return apply_site(_article(found, url, provenance, config), site)


@dataclass(slots=True)
class _Found:
    """What one reading of a dump found."""

    paragraphs: list[str]
    cuts: list[Cut]
    #: Lines of the dump.
    lines: int
    #: Short lines with a date between the first and the last line of the text.
    dates: int
    title: Headline | None
    facts: Facts
    site: tuple[str, str] | None
    language: str


def _settle(text: str, url: str, config: CleanerConfig) -> _Found:
    """Read a dump, then its text, until the text stays as it is."""
    found = _read(split_lines(text), url, config)
    for _ in range(_MOST_ROUNDS):
        again = _read(split_lines("\n\n".join(found.paragraphs)), url, config, language=found.language)
        if again.paragraphs == found.paragraphs:
            break
        found = replace(found, paragraphs=again.paragraphs, cuts=found.cuts + again.cuts)
    return found


def _read(lines: Sequence[Line], url: str, config: CleanerConfig, *, language: str | None = None) -> _Found:
    """Judge the lines of a dump once and read what stands around the article.

    Args:
        lines: The dump.
        url: URL of the page: its country decides what some dates mean.
        config: Thresholds.
        language: Language of the text, where it is known.
    """
    measured = measure(lines)
    judged = judge(measured, config.lines)
    kept = [index for index, judgement in enumerate(judged) if judgement.kept]
    start, end = _bounds(measured, kept)
    if language is None:
        language = identify("\n".join(lines[index].text for index in kept), config=config.language).language
    spoken, country = None if language == UNDETERMINED else language, country_of(url)
    texts = [line.text for line in lines]
    stamps = find_stamps(texts, start, end, language=spoken, country=country)
    title = find_headline(measured, start, end, frozenset(stamps))
    facts = read_facts(texts, start, end, title=title.index if title else None, stamps=stamps)
    rules = _rules(measured, judged, start, title, facts)
    draft = _Draft(texts, rules, judged)
    draft.unglue(title, facts, language=spoken, country=country)
    draft.drop_repeated(measured)
    return _Found(
        paragraphs=draft.paragraphs,
        cuts=draft.cuts,
        lines=len(lines),
        dates=_count_dates(measured, range(start, end + 1), spoken, country),
        title=title,
        facts=facts,
        site=find_site(measured, title, facts.source),
        language=language,
    )


def _count_dates(measured: Measured, span: range, language: str | None, country: str | None) -> int:
    """Count the short lines that hold a whole date or a relative age."""
    return sum(
        "ages" in measured.coverage[index]
        or bool(find_dates(measured.lines[index].text, language=language, country=country))
        for index in span
        if is_dated(measured, index) or is_age(measured, index)
    )


def _bounds(measured: Measured, kept: Sequence[int]) -> tuple[int, int]:
    """Return first and last line of the article; it begins with a sentence where it has sentences at all.

    What stands between headline and first sentence is a caption, a kicker or a byline nine times in ten.
    """
    if not kept:
        return 0, -1
    whole = [index for index in kept if measured.sentence[index] and measured.mass[index] >= 40]
    punctuated = len(whole) >= max(2, 0.3 * len(kept)) or len(whole) == len(kept)
    return (whole[0] if punctuated else kept[0]), kept[-1]


def _rules(
    measured: Measured, judged: Sequence[Judgement], start: int, title: Headline | None, facts: Facts
) -> list[str | None]:
    """Return for each line the rule that cuts it, or None."""
    rules: list[str | None] = []
    for index, judgement in enumerate(judged):
        line = measured.lines[index]
        if title is not None and index == title.index:
            rules.append("title")
        elif title is not None and repeats(line.text, title.text) and not measured.sentence[index]:
            rules.append("title-repeated")
        elif index in facts.lines and (not judgement.kept or not measured.prose[index]):
            rules.append(facts.lines[index])
        elif not judgement.kept:
            rules.append(_kind(measured, index))
        else:
            rules.append("heading" if index < start else None)
    return rules


def _kind(measured: Measured, index: int) -> str:
    """Name the furniture that a line is made of, or `boilerplate`."""
    kinds = {kind: share for kind, share in measured.coverage[index].items() if kind not in ("ages", "facts")}
    kind, share = max(kinds.items(), key=lambda item: item[1], default=("boilerplate", 0.0))
    return kind if share >= 0.3 else "boilerplate"


class _Draft:
    """The lines of a dump on their way to paragraphs."""

    def __init__(self, texts: Sequence[str], rules: Sequence[str | None], judged: Sequence[Judgement]) -> None:
        self._texts = list(texts)
        self._rules = list(rules)
        self._judged = judged
        self._scraps: dict[int, list[Cut]] = {}

    @property
    def paragraphs(self) -> list[str]:
        """The text."""
        return [text for text, rule in zip(self._texts, self._rules, strict=True) if rule is None]

    @property
    def cuts(self) -> list[Cut]:
        """What was cut, in the order of the dump; a line's score is how sure the judge is that it is no text."""
        found: list[Cut] = []
        for index, (text, rule) in enumerate(zip(self._texts, self._rules, strict=True)):
            found += self._scraps.get(index, [])
            if rule is not None:
                score = None if self._judged[index].kept else round(1 - self._judged[index].probability, 4)
                found.append(Cut(text=text, rule=rule, score=score))
        return found

    def unglue(self, title: Headline | None, facts: Facts, *, language: str | None, country: str | None) -> None:
        """Cut the headline and the date off paragraphs that they are glued to."""
        kept = [index for index, rule in enumerate(self._rules) if rule is None]
        if title is not None:
            for index in {*kept[:1], *kept[-1:]}:
                self._shorten(index, cut_title_off(self._texts[index], title.text), "title-repeated")
        for index in kept[:_STAMPED_LINES]:
            stamp = split_stamp(self._texts[index], language=language, country=country)
            if stamp is not None:
                value, role, rest = stamp
                if role is Role.MODIFIED:
                    facts.modified = sharper(facts.modified, value)
                else:
                    facts.published = sharper(facts.published, value)
                self._shorten(index, rest, "date")

    def _shorten(self, index: int, rest: str, rule: str) -> None:
        text = self._texts[index]
        if rest != text:
            scrap = text[: -len(rest)] if text.endswith(rest) else text[len(rest) :]
            self._scraps.setdefault(index, []).append(Cut(text=scrap.strip(), rule=rule))
            self._texts[index] = rest

    def drop_repeated(self, measured: Measured) -> None:
        """Cut paragraphs that stood in the text before: pages hold them twice, for wide and for narrow screens."""
        seen: set[str] = set()
        for index, rule in enumerate(self._rules):
            if rule is None and measured.mass[index] >= PROSE_MASS:
                key = key_of(self._texts[index])
                if key in seen:
                    self._rules[index] = "repeated"
                seen.add(key)


def _judge(found: _Found, config: CleanerConfig) -> tuple[Reason, str] | None:
    """Return why the text is no article, with what was measured, or None."""
    words = count_words(" ".join(found.paragraphs))
    if not words:
        return Reason.NO_TEXT, f"no text in {found.lines} lines"
    lines = len(found.paragraphs)
    if found.dates >= _LISTING_DATES and found.dates > _LISTING_DATE_SHARE * lines:
        return Reason.SECTION_FRONT, f"{found.dates} dates among {lines} lines > {_LISTING_DATE_SHARE} each"
    if words < config.min_words:
        return Reason.TOO_SHORT, f"{words} words < {config.min_words}"
    return None


def _article(found: _Found, url: str, provenance: Provenance, config: CleanerConfig) -> Article:
    facts = found.facts
    text = "\n\n".join(found.paragraphs)
    language = identify(text, config=config.language)
    published = _believed(facts.published, provenance, config)
    modified = _believed(facts.modified, provenance, config)
    read = {
        "title": found.title,
        "authors": facts.authors,
        "agency": facts.agency,
        "published": published,
        "modified": modified,
        "section": facts.section,
        "tags": facts.tags,
    }
    sources = {name: "text" for name, value in read.items() if value}
    if found.site is not None:
        sources["site_name"] = found.site[1]
    return Article(
        url=url,
        canonical_url=url,
        title=found.title.text if found.title else None,
        text=text,
        language=language.language,
        language_confidence=language.confidence,
        provenance=provenance,
        authors=facts.authors,
        agency=facts.agency,
        published=published,
        modified=modified,
        site_name=found.site[0] if found.site else None,
        section=facts.section,
        tags=facts.tags,
        sources=sources,
        cuts=tuple(found.cuts),
    )


def _believed(value: date | datetime | None, provenance: Provenance, config: CleanerConfig) -> Published | None:
    if value is None:
        return None
    fine = is_plausible(value, fetched_at=provenance.fetched_at, earliest=config.metadata.earliest)
    return Published(on=value, source="text") if fine else None
