import pytest
from cleaning import PARAGRAPH, draft_of, kept, metadata, numbered, p, rules

from cleaners.config import DEFAULT
from cleaners.draft import Draft
from cleaners.frame import cut_doubled_lead, cut_title, cut_unseen, settle_frame
from cleaners.metadata import Metadata

TITLE = "Storm hits coast towns"
SUMMARY = "Hundreds of people left their houses in the night."
BODY = p(*numbered(1, 2))
NOTHING = metadata(title=TITLE)


def framed(html: str, *left_out: str, meta: Metadata = NOTHING) -> Draft:
    draft = draft_of(html, *left_out)
    settle_frame(draft, meta, DEFAULT)
    return draft


@pytest.mark.parametrize("tag", ["h1", "p", "div"])
def test_the_title_before_the_text_is_cut(tag: str) -> None:
    draft = framed(f"<{tag}>{TITLE}</{tag}>{BODY}")
    assert kept(draft) == numbered(1, 2)
    assert rules(draft) == {TITLE: "title-repeated"}


def test_a_sentence_of_the_text_that_is_the_title_stays() -> None:
    draft = framed(f"{BODY}<p>{TITLE}</p><p>{PARAGRAPH}</p>")
    assert TITLE in kept(draft)


def test_a_heading_that_repeats_the_title_goes_wherever_it_stands() -> None:
    draft = framed(f"<p>{PARAGRAPH}</p><h2>{TITLE}</h2>{BODY}")
    assert TITLE not in kept(draft)


def test_the_standfirst_is_known_by_the_pages_summary() -> None:
    html = f"<h1>{TITLE}</h1><p>{SUMMARY}</p><p>By Jane Doe</p>{BODY}"
    draft = framed(html, TITLE, SUMMARY, "By Jane Doe", meta=metadata(title=TITLE, standfirsts=(SUMMARY,)))
    assert kept(draft) == [SUMMARY, *numbered(1, 2)]


@pytest.mark.parametrize(
    ("line", "restored"),
    [
        (SUMMARY + " They came back at noon.", True),
        (SUMMARY[:29], True),
        ("Something quite different happened to people.", False),
        (SUMMARY[:12], False),
        (SUMMARY + PARAGRAPH, False),
    ],
)
def test_a_standfirst_begins_as_the_summary_does(line: str, restored: bool) -> None:
    draft = framed(
        f"<h1>{TITLE}</h1><h2>{line}</h2>{BODY}", TITLE, line, meta=metadata(title=TITLE, standfirsts=(SUMMARY,))
    )
    assert (line in kept(draft)) is restored


@pytest.mark.parametrize(("name", "restored"), [("article__standfirst", True), ("dek", True), ("kicker", False)])
def test_a_standfirst_is_known_by_its_name(name: str, restored: bool) -> None:
    draft = framed(f'<h1>{TITLE}</h1><p class="{name}">{SUMMARY}</p>{BODY}', TITLE, SUMMARY)
    assert (SUMMARY in kept(draft)) is restored


def test_a_summary_in_a_share_box_is_no_standfirst() -> None:
    html = f'<h1>{TITLE}</h1><div class="share-box"><p>{SUMMARY}</p></div>{BODY}'
    draft = framed(html, TITLE, SUMMARY, meta=metadata(title=TITLE, standfirsts=(SUMMARY,)))
    assert SUMMARY not in kept(draft)


@pytest.mark.parametrize(("inside", "restored"), [(True, True), (False, False)])
def test_the_name_of_a_part_that_holds_the_headline_as_well_says_nothing(inside: bool, restored: bool) -> None:
    head, line = f"<h1>{TITLE}</h1>", f"<p>{SUMMARY}</p>"
    html = f'<div class="promo">{head}{line}</div>' if inside else f'{head}<div class="promo">{line}</div>'
    draft = framed(f"{html}{BODY}", TITLE, SUMMARY, meta=metadata(title=TITLE, standfirsts=(SUMMARY,)))
    assert (SUMMARY in kept(draft)) is restored


@pytest.mark.parametrize(
    ("html", "cut"),
    [
        (f"<h2>Boats torn loose</h2>{BODY}", True),
        (f"<p>Boats torn loose</p>{BODY}", False),
        (f"{BODY}<h2>Boats torn loose</h2>{p(*numbered(3))}", False),
    ],
)
def test_a_second_headline_above_the_text_is_one_as_well(html: str, cut: bool) -> None:
    draft = framed(html, meta=metadata(title=TITLE, headlines=(TITLE, "Boats torn loose")))
    assert ("Boats torn loose" not in kept(draft)) is cut


def test_a_summary_above_the_headline_is_no_standfirst() -> None:
    draft = framed(
        f"<p>{SUMMARY}</p><h1>{TITLE}</h1>{BODY}", TITLE, SUMMARY, meta=metadata(title=TITLE, standfirsts=(SUMMARY,))
    )
    assert SUMMARY not in kept(draft)


def test_a_standfirst_is_not_restored_twice() -> None:
    html = f"<h1>{TITLE}</h1><p>{SUMMARY}</p><h2>{SUMMARY}</h2>{BODY}"
    draft = framed(html, TITLE, SUMMARY, meta=metadata(title=TITLE, standfirsts=(SUMMARY,)))
    assert kept(draft) == [SUMMARY, *numbered(1, 2)]


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("By Jane Doe", True),
        ("Jane Doe and John Roe", True),
        ("Jane Doe went to see for herself.", False),
        ("By sea", False),
    ],
)
def test_a_byline_is_all_about_the_authors(line: str, cut: bool) -> None:
    draft = framed(f"<p>{line}</p>{BODY}", meta=metadata(title=TITLE, authors=("Jane Doe", "John Roe")))
    assert (rules(draft).get(line) == "byline") is cut


@pytest.mark.parametrize("name", ["Jane Doe", "Planet Agency"])
def test_a_last_line_that_only_names_who_is_credited_is_cut(name: str) -> None:
    credited = metadata(title=TITLE, authors=("Jane Doe",), agency="Planet Agency")
    assert kept(framed(f"{BODY}<p>{name}</p>", meta=credited)) == numbered(1, 2)
    assert name in kept(framed(f"<p>{PARAGRAPH}</p><p>{name}</p>{BODY}", meta=credited))


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("ALSO READ | <a href=/x>Another story of the day</a>", True),
        ("Auch dazu: <a href=/x>Eine andere Geschichte</a>", True),
        ("And then: <a href=/x>the flood</a> came, and nobody was ready.", False),
        ("Note: it rained on every day of that week", False),
    ],
)
def test_a_label_and_a_link_to_another_story_are_a_reference(line: str, cut: bool) -> None:
    draft = framed(f"<p>{PARAGRAPH}</p><p>{line}</p>{BODY}")
    assert ("related" in rules(draft).values()) is cut


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("<p>Source: <a href=https://port.example/tides>Tables of the harbour office</a></p>", False),
        ("<p>Source: <a href=https://gazette.example/tides>Tables of the harbour office</a></p>", True),
        ("<p>Source: <a href=/tides>Tables of the harbour office</a></p>", True),
        ("<p>ALSO READ: <a href=https://port.example/tides>Tables of the harbour office</a></p>", True),
        ("<ul><li>Source: <a href=https://port.example/tides>Tables of the harbour office</a></ul>", True),
        ("<h2><a href=#tides>Step 2: Read the tables</a></h2>", False),
        ("<h2>Step 2: <a href=#tides>Read the tables</a></h2>", True),
        ("<h2><a href=/tides>Related: Read the tables</a></h2>", True),
    ],
)
def test_amid_the_text_a_reference_is_told_by_its_label_or_leads_to_the_same_site(line: str, cut: bool) -> None:
    draft = draft_of(f"{BODY}{line}<p>{PARAGRAPH}</p>")
    settle_frame(draft, NOTHING, DEFAULT, "https://www.gazette.example/storm")
    assert ("related" in rules(draft).values()) is cut
    below = draft_of(f"{BODY}{line}")
    settle_frame(below, NOTHING, DEFAULT, "https://www.gazette.example/storm")
    assert "related" in rules(below).values()


def test_a_source_is_a_reference_where_the_site_is_not_known() -> None:
    draft = framed(
        f"{BODY}<p>Source: <a href=https://port.example/tides>Tables of the office</a></p><p>{PARAGRAPH}</p>"
    )
    assert "related" in rules(draft).values()


def test_section_and_tags_before_the_text_are_cut() -> None:
    draft = framed(
        p("World", "Weather", "Rain") + BODY, meta=metadata(title=TITLE, section=("World",), tags=("weather",))
    )
    assert kept(draft) == ["Rain", *numbered(1, 2)]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Share on Facebook", "share"),
        ("Read more", "related"),
        ("Lesen Sie auch", "related"),
        ("相关阅读", "related"),
        ("Διαβάστε επίσης", "related"),
        ("Lasi arī:", "related"),
        ("เรื่องที่เกี่ยวข้อง", "related"),
        ("Нашли ошибку? Выделите ее и нажмите Ctrl+Enter", "prompt"),
        ("Ошибку нашли только через год.", None),
        ("They share a border with their neighbours.", None),
    ],
)
def test_lines_of_furniture_are_cut_anywhere(line: str, rule: str | None) -> None:
    draft = framed(f"<p>{PARAGRAPH}</p><p>{line}</p>{BODY}")
    assert rules(draft).get(line) == rule


@pytest.mark.parametrize(
    "line",
    [
        "<p>© 2024 The Planet. Nothing may be copied.</p>",
        "<p><a href=/x>Another story of the day</a></p>",
        "<h3>More</h3>",
    ],
)
def test_what_is_no_end_of_a_text_is_cut_from_its_end(line: str) -> None:
    assert kept(framed(BODY + line)) == numbered(1, 2)
    assert len(kept(framed(line + BODY))) == (3 if "©" in line or "<h3>" in line or "<a" in line else 2)


def test_the_end_is_cut_up_to_the_last_line_of_the_text() -> None:
    draft = framed(BODY + "<p>The end.</p><h3>More</h3><p><a href=/x>Another story of the day</a></p>")
    assert kept(draft) == [*numbered(1, 2), "The end."]


def test_a_page_of_links_keeps_them() -> None:
    draft = framed("<p><a href=/x>one</a></p><p><a href=/y>two</a></p>")
    assert kept(draft) == ["one", "two"]


@pytest.mark.parametrize(
    ("html", "doubled"),
    [
        (f'<div class="lead">{PARAGRAPH}</div><p>{PARAGRAPH}</p>{BODY}', True),
        (f'<p class="lead">{PARAGRAPH}</p><p>{PARAGRAPH}</p>{BODY}', True),
        (f"<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>{BODY}", False),
        (f'<p class="lead">It rose.</p><p>It rose.</p>{BODY}', False),
        (f'<p class="lead">{PARAGRAPH}</p>{BODY}', False),
    ],
)
def test_a_summary_that_is_the_texts_own_beginning_is_not_told_twice(html: str, doubled: bool) -> None:
    draft = draft_of(html)
    before = len(draft.kept)
    cut_doubled_lead(draft)
    assert len(draft.kept) == before - doubled


def test_an_empty_text_has_no_lead() -> None:
    draft = draft_of("<body>")
    cut_doubled_lead(draft)
    assert not draft.kept


@pytest.mark.parametrize(("above_only", "left"), [(False, []), (True, ["Storm hits coast"])])
def test_headings_behind_the_first_paragraph_stay_where_only_those_above_are_cut(
    above_only: bool, left: list[str]
) -> None:
    again = "<h2>Storm hits coast</h2>"
    draft = draft_of(f"<h1>Storm hits coast</h1>{p(PARAGRAPH)}{again}{p(*numbered(2))}")
    cut_title(draft, "Storm hits coast", DEFAULT, above_only=above_only)
    assert kept(draft) == [PARAGRAPH, *left, *numbered(2)]


def test_what_only_screen_readers_are_told_is_cut() -> None:
    deep = '<div class="visually-hidden"><div><div><p>Deep</p></div></div></div>'
    deeper = '<div class="visually-hidden"><div><div><div><p>Deeper</p></div></div></div></div>'
    draft = draft_of(f'{p(PARAGRAPH)}<h2 class="part sr-only">Article content</h2>{deep}{deeper}{p(*numbered(2))}')
    cut_unseen(draft)
    assert kept(draft) == [PARAGRAPH, "Deeper", *numbered(2)]
    assert rules(draft) == {"Article content": "unseen", "Deep": "unseen"}


@pytest.mark.parametrize(("inside", "outside", "stays"), [(1, 1, True), (1, 2, False)])
def test_what_holds_half_of_the_text_is_seen_whatever_its_class(inside: int, outside: int, stays: bool) -> None:
    hidden, seen = numbered(*range(inside)), numbered(*range(5, 5 + outside))
    draft = draft_of(f'<div class="assistive-text">{p(*hidden)}</div>{p(*seen)}')
    cut_unseen(draft)
    assert kept(draft) == (hidden if stays else []) + seen
