import gzip
import json
from pathlib import Path

import pytest
from cleaning import PARAGRAPH, numbered, p
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.etree import _Element, tostring
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from cleaners.blocks import mark, read_blocks
from cleaners.cascade import Cascade
from cleaners.parse import parse

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("*/page.html"))


def written(body: _Element | None) -> bytes | None:
    return None if body is None else tostring(body)


def theirs(tree: HtmlElement, *, fast: bool) -> bytes | None:
    document = bare_extraction(tree, fast=fast, include_comments=False)
    return written(document.body) if isinstance(document, Document) else None


def assert_as_trafilatura_says(tree: HtmlElement) -> None:
    cascade = Cascade(tree)
    for fast in (True, False):
        assert written(cascade.ask(fast=fast)) == theirs(tree, fast=fast)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.parent.name)
def test_the_cascade_answers_as_trafilatura_does(file: Path) -> None:
    assert_as_trafilatura_says(parse(file.read_text("utf-8", "replace")))


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Short.",
        f"<article>{p(*numbered(1, 2, 3))}</article>",
        f"<div>one</div><div>two</div><aside>{p(*numbered(1, 2))}</aside>",
        f"<div class=teaser><p>{PARAGRAPH}</div><div class=comments>{p(*numbered(1, 2))}</div>",
        f'<script type="application/ld+json">{{"@type": "DiscussionForumPosting"}}</script><article><p>{PARAGRAPH}'
        f"</article><div class=comments>{p(*numbered(1, 2, 3))}</div>",
        f'<script type="application/ld+json">{{"articleBody": "{PARAGRAPH}"}}</script><div>Nothing here.',
        f"<article><p>{PARAGRAPH}</article>" + "".join(f"<div>{text}</div>" for text in numbered(*range(30))),
    ],
    ids=["empty", "short", "article", "aside", "teaser", "forum", "linked data", "little of the page"],
)
def test_each_stage_is_reached_as_in_trafilatura(html: str) -> None:
    assert_as_trafilatura_says(parse(html))


PIECES = st.sampled_from(
    ["<div>", "</div>", "<div class=teaser>", "<article>", "<ul>", "<li>", "<a href=/x>", "</a>", "<h2>", "<table><td>",
     "Share", "<aside>", PARAGRAPH, f"<p>{PARAGRAPH}</p>", "<br>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=60, deadline=None)
def test_on_any_page_the_cascade_answers_as_trafilatura_does(pieces: list[str]) -> None:
    assert_as_trafilatura_says(parse("<body>" + " ".join(pieces)))


def test_the_page_stays_as_it_was() -> None:
    tree = parse(f"<nav>Menu</nav><div class=comments>No.</div><article>{p(*numbered(1, 2))}</article>")
    before = tostring(tree)
    cascade = Cascade(tree)
    cascade.ask(fast=True)
    cascade.ask(fast=False)
    assert tostring(tree) == before


@pytest.mark.shared
def test_the_cascade_answers_as_trafilatura_does_on_real_pages(shared: Path) -> None:
    with gzip.open(shared / "data" / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows[::150]:
        tree = parse(gzip.decompress((shared / "data" / row["html"]).read_bytes()).decode("utf-8", "replace"))
        mark(read_blocks(tree))
        assert_as_trafilatura_says(tree)
