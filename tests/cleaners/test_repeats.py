"""What a site repeats is cut from its pages; a page whose site is not known is cleaned as it always was."""

import pytest
from cleaning import PARAGRAPH, blocks_of, draft_of, numbered, p, page_of

from cleaners.clean import Cleaned, clean, clean_and_outline
from cleaners.config import DEFAULT, CleanerConfig, RepeatsConfig, SiteKnowledge, SiteTemplate
from cleaners.repeats import count_repeats, sketch
from cleaners.template import learn
from corpus.types import Article, Reason, Removal

#: Kept by the extractor: nothing but its standing on every page tells that it is no part of the story.
BOX = (
    '<div class="tide"><p>Our reporters walk where the news is, and you can walk beside them every day for the price '
    "of a cup of tea in the harbour cafe.</p></div>"
)


def html(subject: str, *more: str, paragraphs: int = 6) -> str:
    own = [f"<p>{number}: the {subject}, it is told. {PARAGRAPH}</p>" for number in range(paragraphs)]
    return (
        f"<html><head><title>The {subject}</title></head>"
        f"<body class='page-{len(subject)}'><nav><a href='/'>Home</a></nav>"
        f"<article><h1>The {subject}</h1>{''.join([*own[:3], *more, *own[3:]])}</article></body></html>"
    )


def cleaned(page: str, template: SiteTemplate | None = None, config: CleanerConfig = DEFAULT) -> Cleaned:
    return clean_and_outline(page_of(page), config, SiteKnowledge(template=template))


def learned(*pages: str) -> SiteTemplate:
    outlines = {str(n): outline for n, page in enumerate(pages) if (outline := cleaned(page).outline) is not None}
    template = learn(outlines)
    assert template is not None
    return template


@pytest.fixture(scope="module")
def template() -> SiteTemplate:
    return learned(*(html(f"ferry {n}", BOX) for n in "abcdefghijkl"))


def test_a_box_on_every_article_is_cut_with_the_share_of_articles_that_have_it(template: SiteTemplate) -> None:
    page = html("lighthouse", BOX)
    alone, known = cleaned(page).verdict, cleaned(page, template).verdict
    assert isinstance(alone, Article)
    assert isinstance(known, Article)
    assert "cup of tea" in alone.text
    assert "cup of tea" not in known.text
    (cut,) = [cut for cut in known.cuts if cut.rule == "repeated"]
    assert cut.score == 1.0
    assert cut.text.startswith("Our reporters")
    assert [one for one in alone.paragraphs if "cup of tea" not in one] == list(known.paragraphs)


def test_a_page_without_anything_repeated_is_cleaned_as_if_nothing_were_known(template: SiteTemplate) -> None:
    page = html("museum")
    assert cleaned(page, template).verdict == cleaned(page).verdict == clean(page_of(page))


def test_the_outline_is_that_of_the_page_whatever_is_known_of_its_site(template: SiteTemplate) -> None:
    page = html("lighthouse", BOX)
    assert cleaned(page, template).outline == cleaned(page).outline
    assert cleaned(page).repeated == ()
    assert len(cleaned(page, template).repeated) == 1


def test_a_page_that_is_no_article_teaches_nothing(template: SiteTemplate) -> None:
    short = cleaned("<html><body><article><p>Too short.</p></article></body></html>")
    assert isinstance(short.verdict, Removal)
    assert short.outline is None


def test_a_page_that_is_too_short_without_what_its_site_repeats_is_removed_and_still_teaches() -> None:
    pages = [html(f"ferry {n}", *[BOX.replace("Our", f"{m}: our") for m in range(5)]) for n in "abcdefghijkl"]
    template = learned(*pages)
    stub = html("stub", *[BOX.replace("Our", f"{m}: our") for m in range(5)], paragraphs=1)
    alone, known = cleaned(stub), cleaned(stub, template)
    assert isinstance(alone.verdict, Article)
    assert isinstance(known.verdict, Removal)
    assert known.verdict.reason is Reason.TOO_SHORT
    assert known.outline == alone.outline is not None


def test_numbers_in_names_do_not_make_another_place(template: SiteTemplate) -> None:
    page = html("lighthouse", BOX.replace('class="tide"', 'class="block-77 tide post-9" id="b-12"'))
    assert len(cleaned(page, template).repeated) == 1
    elsewhere = html("lighthouse", BOX.replace('class="tide"', 'class="chapter"'))
    assert cleaned(elsewhere, template).repeated == ()


def test_a_judge_can_ask_how_often_blocks_stand_at_their_places(template: SiteTemplate) -> None:
    blocks = blocks_of(html("lighthouse", BOX))
    counts = count_repeats(blocks, template)
    assert {blocks[index].text[:13]: times for index, times in counts.items()} == {"Home": 12, "Our reporters": 12}
    assert template.articles == 12


def test_deep_pages_have_places_too() -> None:
    blocks = sketch(draft_of("<x-a>" * 1500 + p(PARAGRAPH) + "</x-a>" * 1500), DEFAULT)
    assert len(blocks.outline.lines) == 1


@pytest.mark.parametrize(("margin", "lines"), [(0, 3), (1, 5), (2, 7), (9, 7)])
def test_an_outline_holds_the_text_and_its_margin(margin: int, lines: int) -> None:
    draft = draft_of(p("one", "two", *numbered(1, 2, 3), "three", "four"), "one", "two", "three", "four")
    config = CleanerConfig(repeats=RepeatsConfig(margin=margin))
    assert len(sketch(draft, config).outline.lines) == lines


def test_of_too_many_lines_those_of_the_text_come_first_and_its_edges_before_its_middle() -> None:
    texts = [f"line {n}" for n in range(30)]
    draft = draft_of(p("before", *texts, "behind"), "before", "behind")
    taken = sketch(draft, CleanerConfig(repeats=RepeatsConfig(max_lines=10)))
    assert [block.text for block in taken.blocks] == [*texts[:5], *texts[-5:]]


def test_a_draft_without_a_text_has_an_empty_outline() -> None:
    assert sketch(draft_of(p("one"), "one"), DEFAULT).outline.lines == ()
