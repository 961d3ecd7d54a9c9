import gzip
import json
import random
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cleaning import FETCHED_AT, PARAGRAPH, URL, numbered, p, page_of
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.blocks import read_blocks
from cleaners.clean import clean, clean_html
from cleaners.config import CleanerConfig, SiteKnowledge, TextConfig
from cleaners.decode import decode
from cleaners.parse import parse
from cleaners.version import CLEANER_VERSION
from corpus.types import Article, Reason, Removal, Verdict

PAGES = Path(__file__).parents[1] / "pages"
CASES = sorted(folder.name for folder in PAGES.iterdir())
STORY = f"<title>Storm hits coast</title><article><h1>Storm hits coast</h1>{p(*numbered(1, 2, 3))}</article>"
#: Every page is an article, however short, and everything that is cut is kept.
ALL = CleanerConfig(min_words=1, obey_noindex=False, text=TextConfig(max_cut_chars=10_000_000))


def article_of(verdict: Verdict) -> Article:
    assert isinstance(verdict, Article), verdict
    return verdict


def removal_of(verdict: Verdict) -> Removal:
    assert isinstance(verdict, Removal), verdict
    return verdict


def expected_of(case: str) -> dict[str, object]:
    return json.loads((PAGES / case / "expected.json").read_text("utf-8"))


def clean_case(case: str, config: CleanerConfig | None = None) -> Verdict:
    html, url = (PAGES / case / "page.html").read_bytes(), str(expected_of(case)["url"])
    return clean_html(html, url, fetched_at=FETCHED_AT, config=config or CleanerConfig())


@pytest.mark.parametrize("case", CASES)
def test_a_page_becomes_what_it_should(case: str) -> None:
    verdict, expected = clean_case(case), expected_of(case)
    found: dict[str, object] = {"url": verdict.url, "title": verdict.title}
    if isinstance(verdict, Removal):
        found["removal"] = {"reason": verdict.reason, "evidence": verdict.evidence}
    else:
        found |= {
            "authors": list(verdict.authors),
            "published": verdict.published and verdict.published.on.isoformat(),
            "language": verdict.language,
            "charset": verdict.charset,
            "paragraphs": list(verdict.paragraphs),
            "cuts": [[cut.rule, cut.text] for cut in verdict.cuts],
        }
    assert found == expected


def missing(html: str, article: Article) -> list[str]:
    """Return the visible blocks of a page that are neither in the text nor in the cuts."""
    held = "\n".join((article.text, *(cut.text for cut in article.cuts)))
    return [block.text for block in read_blocks(parse(html)) if not block.hidden and block.text not in held]


def out_of_order(html: str, article: Article) -> list[str]:
    """Return the paragraphs of a text that stand before an earlier one on the page."""
    texts = [block.text for block in read_blocks(parse(html))]
    known, blocks = set(texts), iter(texts)
    cells = (text for row in article.paragraphs for text in ([row] if row in known else row.split(" | ")))
    return [text for text in cells if text not in blocks]


@pytest.mark.parametrize("case", [case for case in CASES if case != "client_rendered"])
def test_every_block_of_a_page_is_in_the_text_or_in_the_cuts_and_in_order(case: str) -> None:
    html = decode((PAGES / case / "page.html").read_bytes()).text
    verdict = clean_case(case, ALL)
    if isinstance(verdict, Article):
        assert missing(html, verdict) == []
        assert out_of_order(html, verdict) == []


PIECES = st.sampled_from(
    [
        *(
            "<div>",
            "</div>",
            "<article>",
            "</article>",
            "<ul><li>",
            "</ul>",
            "<nav>",
            "</nav>",
            "<br>",
            "<table><tr><td>",
        ),
        *(
            '<div class="related">',
            '<aside id="comments">',
            "<h1>",
            "</h1>",
            "<p>",
            "<b>",
            "</b>",
            "<a href=/x>",
            "</a>",
        ),
        *(
            "Storm hits coast",
            "Share",
            "By Jane Doe",
            "© 2024",
            "光の塔。",
            PARAGRAPH,
            PARAGRAPH[::-1],
            PARAGRAPH.upper(),
        ),
    ]
)


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=120, deadline=None)
def test_nothing_of_any_page_is_lost(pieces: list[str]) -> None:
    html = "<title>Storm hits coast</title><body>" + " ".join(pieces)
    verdict = clean_html(html, URL, config=ALL)
    if isinstance(verdict, Article):
        assert missing(html, verdict) == []


@given(st.lists(PIECES, max_size=20))
@settings(max_examples=60, deadline=None)
def test_cleaning_clean_text_changes_nothing(pieces: list[str]) -> None:
    verdict = clean_html("<title>Storm hits coast</title><body>" + " ".join(pieces), URL, config=ALL)
    if not isinstance(verdict, Article) or any(len(text) < 80 for text in verdict.paragraphs):
        return
    if verdict.title in verdict.paragraphs:  # what repeats the title is cut
        return
    again = clean_html(f"<title>{verdict.title}</title><article>{p(*verdict.paragraphs)}</article>", URL, config=ALL)
    assert article_of(again).text == verdict.text


def test_the_same_page_gives_the_same_verdict_whatever_was_cleaned_before() -> None:
    first = {case: clean_case(case) for case in CASES}
    again = {case: clean_case(case) for case in reversed(CASES)}
    assert first == again


def test_text_is_paragraphs_of_one_line() -> None:
    article = article_of(clean_html(STORY.replace("goat, crossed", "goat,\n   crossed&nbsp;"), URL))
    assert article.text == "\n\n".join(numbered(1, 2, 3))
    assert article.paragraphs == tuple(numbered(1, 2, 3))


def test_an_article_without_a_canonical_address_has_its_own() -> None:
    assert article_of(clean_html(STORY, URL)).canonical_url == URL
    linked = f'<link rel="canonical" href="/other">{STORY}'
    assert article_of(clean_html(linked, URL)).canonical_url == "https://www.planet.example/other"


def test_the_version_is_a_name() -> None:
    assert CLEANER_VERSION


@pytest.mark.parametrize(("words", "kept"), [(39, True), (40, False)])
def test_the_minimum_of_words_is_a_threshold(words: int, kept: bool) -> None:
    verdict = clean_html(f"<h1>Storm</h1><p>{PARAGRAPH}</p>", URL, config=CleanerConfig(min_words=words))
    assert isinstance(verdict, Article) is kept


@pytest.mark.parametrize("markup", ['<meta name="robots" content="noindex">', '<meta name="robots" content="NONE">'])
def test_a_page_that_refuses_to_be_kept_is_not(markup: str) -> None:
    assert removal_of(clean_html(markup + STORY, URL)).reason is Reason.NOINDEX
    article_of(clean_html(markup + STORY, URL, config=CleanerConfig(obey_noindex=False)))


@pytest.mark.parametrize(
    ("header", "kept"), [("noindex", False), ("otherbot: noindex", True), ("max-snippet:0", False), ("noarchive", True)]
)
def test_a_header_may_refuse_for_the_page(header: str, kept: bool) -> None:
    verdict = clean(page_of(STORY, headers=(("X-Robots-Tag", header),)))
    assert isinstance(verdict, Article) is kept


@pytest.mark.parametrize(("languages", "kept"), [((), True), (("en",), True), (("or", "en"), True), (("or",), False)])
def test_an_article_in_a_language_that_the_site_does_not_write_is_removed(
    languages: tuple[str, ...], kept: bool
) -> None:
    verdict = clean_html(STORY, URL, site=SiteKnowledge(languages=languages))
    assert isinstance(verdict, Article) is kept
    if not kept:
        assert removal_of(verdict).reason is Reason.LANGUAGE
        assert removal_of(verdict).evidence.endswith("is none of or")


def test_text_has_no_charset_and_bytes_have_one() -> None:
    assert article_of(clean_html(STORY, URL)).charset is None
    assert article_of(clean_html(STORY.encode(), URL)).charset == "utf-8"


def test_text_is_taken_as_it_is_whatever_it_declares() -> None:
    html = f'<meta charset="iso-8859-1">{STORY.replace("ferry", "Fähre")}'
    assert "Fähre" in article_of(clean_html(html, URL)).text


def test_a_page_may_be_cleaned_without_an_address_or_a_time() -> None:
    dated = '<meta property="article:published_time" content="2024-03-08T07:30:00Z">' + STORY
    published = article_of(clean_html(dated)).published
    assert published is not None
    assert published.on == datetime(2024, 3, 8, 7, 30, tzinfo=UTC)


def test_cuts_are_bounded() -> None:
    html = STORY + f"<div><p>{PARAGRAPH * 200}</p></div>" * 3
    article = article_of(clean_html(html, URL, config=CleanerConfig(text=TextConfig(max_cut_chars=100))))
    assert sum(len(cut.text) for cut in article.cuts) <= 100


@pytest.mark.parametrize("tag", ["div", "span", "b", "ul", "table", "blockquote"])
def test_a_hundred_thousand_levels_are_cleaned_in_time(tag: str) -> None:
    started = time.process_time()
    verdict = clean_html(f"<{tag}>" * 100_000 + f"<p>{PARAGRAPH * 2}</p>", URL)
    assert PARAGRAPH in article_of(verdict).text
    assert time.process_time() - started < 5


def test_half_a_page_is_cleaned() -> None:
    html = STORY.encode()
    for length in range(0, len(html), 97):
        clean_html(html[:length], URL)


SYNTHETIC = "data/badinput/synthetic"


@pytest.mark.shared
@pytest.mark.parametrize("name", ["declared-utf8-is-latin1", "declared-latin1-is-utf8"])
def test_bad_input_lies_about_its_encoding_in_vain(shared: Path, name: str) -> None:
    verdict = clean_html((shared / SYNTHETIC / f"{name}.html").read_bytes(), URL, config=ALL)
    assert "Straße" in article_of(verdict).text


@pytest.mark.shared
@pytest.mark.parametrize("name", ["nul-bytes", "deep-nesting", "huge-attr", "truncated"])
def test_bad_input_is_cleaned_in_time(shared: Path, name: str) -> None:
    started = time.process_time()
    clean_html((shared / SYNTHETIC / f"{name}.html").read_bytes(), URL, config=ALL)
    assert time.process_time() - started < 5


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.html", Reason.NO_TEXT),
        ("binary-as-html.html", Reason.NOT_HTML),
        ("gzip-truncated.html.gz", Reason.NOT_HTML),
        ("gzip-bomb-200MB.html.gz", Reason.NOT_HTML),
        ("billion-laughs-feed.xml", Reason.NOT_HTML),
    ],
)
def test_bad_input_that_is_no_article_is_removed(shared: Path, name: str, reason: Reason) -> None:
    assert removal_of(clean_html((shared / SYNTHETIC / name).read_bytes(), URL)).reason is reason


@pytest.mark.shared
def test_naughty_strings_do_no_harm(shared: Path) -> None:
    for text in json.loads((shared / "data/badinput/blns/blns.json").read_text("utf-8")):
        html = f"<title>{text}</title><h1>{text}</h1><p class='{text}'>{text}</p><p>{PARAGRAPH} {text}</p>"
        verdict = clean_html(html, URL, config=ALL)
        if isinstance(verdict, Article):
            assert missing(decode(html.encode("utf-8", "replace")).text, verdict) == []


def browser_tests(shared: Path) -> Iterator[bytes]:
    with tarfile.open(shared / "data/badinput/html5lib-tests.tar.xz") as archive:
        for member in archive:
            if member.name.endswith(".dat"):
                content = archive.extractfile(member).read()  # type: ignore[union-attr]
                yield from (test.split(b"\n#", 1)[0] for test in content.split(b"#data\n")[1:])


@pytest.mark.shared
def test_the_browsers_own_tests_do_no_harm(shared: Path) -> None:
    tests = list(browser_tests(shared))
    assert len(tests) > 500
    for html in tests:
        clean_html(html, URL, config=ALL)


@pytest.mark.shared
def test_files_of_every_encoding_do_no_harm(shared: Path) -> None:
    with tarfile.open(shared / "data/badinput/charset-files.tar.xz") as archive:
        bodies = [archive.extractfile(member).read() for member in archive if member.isfile()]  # type: ignore[union-attr]
    for body in bodies:
        clean_html(body[:20_000], URL, config=ALL)


@pytest.mark.shared
def test_real_pages_are_in_the_text_or_in_the_cuts_and_in_order(shared: Path) -> None:
    with gzip.open(shared / "data/truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    kept = 0
    for row in random.Random(11).sample(rows, 60):
        body = gzip.decompress((shared / "data" / row["html"]).read_bytes())
        verdict = clean_html(body, row.get("url") or "", fetched_at=datetime(2026, 11, 1, tzinfo=UTC), config=ALL)
        html = decode(body, "text/html").text
        if isinstance(verdict, Article) and len(verdict.cuts):
            kept += 1
            assert missing(html, verdict) == [], row["id"]
            assert out_of_order(html, verdict) == [], row["id"]
    assert kept > 40


def test_a_front_is_removed_unless_the_configuration_keeps_fronts() -> None:
    html = f'<body class="archive">{STORY}'
    assert removal_of(clean(page_of(html))).reason is Reason.SECTION_FRONT
    assert article_of(clean(page_of(html), CleanerConfig(remove_fronts=False))).text
