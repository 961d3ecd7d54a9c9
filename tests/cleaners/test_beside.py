import time

import pytest
from cleaning import PARAGRAPH, draft_of, kept, numbered, p, rules

from cleaners.beside import cut_beside, cut_pull_quotes
from cleaners.config import BesideConfig
from cleaners.draft import Draft

SAID = "which nobody had expected of her after the long winter"
OTHER = (
    "Imke Sorrell says that prices rose by a third while her neighbours sold their trawlers to a museum in the capital."
)
EDITED = "Nobody had expected that after her long winter in that shed"
CAPTION = "The ferry at her berth on Thursday morning, before the first crossing."


def beside(html: str, config: BesideConfig | None = None) -> Draft:
    draft = draft_of(html)
    cut_beside(draft, config)
    return draft


@pytest.mark.parametrize(
    ("quote", "pulled"),
    [
        (f"“{SAID}”", True),
        (PARAGRAPH[:-1], True),
        ("nobody had expected", False),
        ("which nobody had expected of him after all the summers", False),
    ],
)
def test_a_quotation_that_a_paragraph_says_word_for_word_is_pulled_from_it(quote: str, pulled: bool) -> None:
    draft = beside(f"<article>{p(PARAGRAPH)}<blockquote><p>{quote}</blockquote>{p(*numbered(2))}</article>")
    assert (quote not in kept(draft)) is pulled
    assert rules(draft) == ({quote: "pull-quote"} if pulled else {})


@pytest.mark.parametrize(("least", "pulled"), [(45, True), (46, False)])
def test_a_short_quotation_may_be_said_twice(least: int, pulled: bool) -> None:
    draft = beside(f"{p(PARAGRAPH)}<blockquote>{SAID}</blockquote>", BesideConfig(min_pulled=least))
    assert (SAID not in kept(draft)) is pulled


def test_the_name_below_a_pull_quote_goes_with_it() -> None:
    draft = beside(f"{p(PARAGRAPH)}<blockquote><p>{SAID}</p><p>Imke Sorrell</p></blockquote>{p(*numbered(2))}")
    assert kept(draft) == [PARAGRAPH, *numbered(2)]


def test_what_else_stands_in_a_quotation_stays() -> None:
    draft = beside(f"{p(PARAGRAPH)}<blockquote>{p(SAID, OTHER)}</blockquote>")
    assert kept(draft) == [PARAGRAPH, OTHER]


@pytest.mark.parametrize(("share", "pulled"), [(0.8, True), (0.9, False)])
def test_an_edited_quotation_has_most_of_its_words_in_one_paragraph(share: float, pulled: bool) -> None:
    draft = beside(f"{p(PARAGRAPH)}<blockquote>{EDITED}</blockquote>", BesideConfig(min_pulled_share=share))
    assert (EDITED not in kept(draft)) is pulled


@pytest.mark.parametrize(("least", "pulled"), [(7, True), (8, False)])
def test_a_few_words_are_found_anywhere(least: int, pulled: bool) -> None:
    draft = beside(f"{p(PARAGRAPH)}<blockquote>{EDITED}</blockquote>", BesideConfig(min_pulled_words=least))
    assert (EDITED not in kept(draft)) is pulled


def test_what_stands_below_a_line_of_its_own_is_a_box() -> None:
    assert EDITED in kept(beside(f"{p(PARAGRAPH)}<blockquote>{p('Did you know?', EDITED)}</blockquote>"))


def test_words_that_several_paragraphs_share_are_no_quotation() -> None:
    halves = PARAGRAPH.replace("nobody", "he"), PARAGRAPH.replace("winter", "year").replace("long", "wet")
    quote = "After the long winter in the shed nobody had expected that"
    found = kept(beside(f"{p(*halves)}<blockquote>{quote}</blockquote>", BesideConfig(min_pulled_share=1)))
    assert quote in found


def named(line: str, text: str = OTHER, config: BesideConfig | None = None) -> list[str]:
    html = f"{p(PARAGRAPH, text)}<div><blockquote>{SAID}</blockquote><p>{line}</div>{p(*numbered(2))}"
    return kept(beside(html, config))


@pytest.mark.parametrize(("heaviest", "pulled"), [(34, True), (33, False)])
def test_the_name_beside_a_pull_quote_goes_with_it(heaviest: int, pulled: bool) -> None:
    name = "Imke Sorrell, master of the Plover"
    assert (name not in named(name, config=BesideConfig(max_name=heaviest))) is pulled


@pytest.mark.parametrize(
    "line", ["Imke Sorrell would not say that.", "That is Imke Sorrell", "Hedy Rasmus, owner of the goat"]
)
def test_a_name_is_no_sentence_and_stands_in_the_text(line: str) -> None:
    assert line in named(line)


def test_code_repeats_words_without_being_pulled() -> None:
    assert EDITED in kept(beside(f"{p(PARAGRAPH)}<blockquote><pre>{EDITED}</pre></blockquote>"))


def test_a_line_among_others_is_nobodys_name() -> None:
    html = f"{p(PARAGRAPH)}<blockquote>{SAID}</blockquote><p>She laughs.</p>"
    assert "She laughs." in kept(beside(f"<div>{html}</div>"))


def test_quotations_that_only_repeat_each_other_stay() -> None:
    quotes = f"<blockquote>{SAID}</blockquote><blockquote>{PARAGRAPH}</blockquote>"
    assert SAID in kept(beside(f"{quotes}{p('Something else was said there.')}"))


@pytest.mark.parametrize(
    ("part", "cut"),
    [
        (f'<div class="topPhoto"><img src=a><p>{CAPTION}</div>', True),
        (f'<div class="row"><picture></picture><p class="img-description">{CAPTION}</div>', True),
        (f'<table><tr><td><img src=a><tr><td class="article_pic">{CAPTION}</table>', True),
        (f'<div class="topPhoto"><p>{CAPTION}</div>', False),
        (f'<div class="row"><img src=a><p>{CAPTION}</div>', False),
        (f'<div class="image-text"><img src=a><p>{CAPTION}</div>', False),
        (f'<div class="photo"><img src=a></div><p>{CAPTION}', False),
        (f'<div class="topPhoto"><img src=a><h2>{CAPTION}</h2></div>', False),
        (f'<div class="topPhoto"><img src=a><p class="subtitle">{CAPTION}</div>', False),
    ],
)
def test_a_caption_stands_with_a_picture_in_an_element_that_is_called_one(part: str, cut: bool) -> None:
    draft = beside(f"<article>{p(*numbered(1))}{part}{p(*numbered(2))}</article>")
    assert (CAPTION not in kept(draft)) is cut
    assert rules(draft) == ({CAPTION: "caption"} if cut else {})


@pytest.mark.parametrize(("more", "cut"), [((), True), (("Photo: Courier",), True), (("One.", "Two."), False)])
def test_a_caption_has_a_credit_and_no_more(more: tuple[str, ...], cut: bool) -> None:
    draft = beside(f'{p(*numbered(1))}<div class="photo"><img src=a>{p(CAPTION, *more)}</div>')
    assert kept(draft) == (numbered(1) if cut else [*numbered(1), CAPTION, *more])


@pytest.mark.parametrize(("most", "cut"), [(0.5, True), (0.49, False)])
def test_sections_with_a_picture_each_are_the_text(most: float, cut: bool) -> None:
    sections = "".join(f'<div class="photo"><img src=a><p>{CAPTION[:-1]}{mark}</div>' for mark in ".!")
    draft = beside(f"{p(CAPTION, CAPTION)}{sections}", BesideConfig(max_caption_share=most))
    assert len(kept(draft)) == (2 if cut else 4)


@pytest.mark.parametrize(("head", "cut"), [("<p>Ropes</p>", True), ("<h3>Ropes</h3>", False)])
def test_a_section_with_a_picture_has_a_heading(head: str, cut: bool) -> None:
    part = f"<div class='photo'><img src=a>{head}<p>{CAPTION}</p></div>"
    assert (CAPTION not in kept(beside(f"{p(*numbered(1))}{part}{p(*numbered(2))}"))) is cut


def test_what_is_marked_as_a_caption_is_one_however_much_there_is_of_it() -> None:
    picture = f'<figure class="image"><img src=a><figcaption>{CAPTION}</figcaption></figure>'
    assert kept(beside(f"{p('Three pictures.')}{picture * 3}")) == ["Three pictures."]


@pytest.mark.parametrize(("most", "cut"), [(len(CAPTION), True), (len(CAPTION) - 1, False)])
def test_a_heavy_block_is_no_caption(most: int, cut: bool) -> None:
    html = f'{p(*numbered(1, 2))}<div class="photo"><img src=a><p>{CAPTION}</div>'
    assert (CAPTION not in kept(beside(html, BesideConfig(max_caption=most)))) is cut


@pytest.mark.parametrize(("most", "cut"), [(len(CAPTION), True), (len(CAPTION) - 1, False)])
def test_an_element_with_more_text_is_not_a_pictures(most: int, cut: bool) -> None:
    html = f'{p(*numbered(1, 2))}<div class="photo"><img src=a><p>{CAPTION}</div>'
    assert (CAPTION not in kept(beside(html, BesideConfig(max_picture_chars=most)))) is cut


def screens(*texts: str, name: str) -> str:
    return f'<div class="{name}">{p(*texts)}</div>'


@pytest.mark.parametrize(("least", "cut"), [(4, True), (5, False)])
def test_a_part_that_is_there_for_each_screen_is_kept_once(least: int, cut: bool) -> None:
    texts = [*numbered(1, 2), "A short line.", *numbered(3, 4)]
    html = screens(*texts, name="wide") + screens(*texts, name="narrow")
    draft = beside(html, BesideConfig(min_copied=least))
    assert kept(draft) == (texts if cut else texts * 2)
    assert set(rules(draft).values()) == ({"copy"} if cut else set())


def test_what_a_text_says_again_in_its_own_paragraphs_stays() -> None:
    texts = numbered(1, 2, 3, 4)
    assert kept(beside(f"<article>{p(*texts, *texts)}</article>")) == texts * 2


def test_a_copy_with_news_in_between_is_none() -> None:
    html = screens(*numbered(1, 2, 3, 4), name="one") + screens(*numbered(1, 2, 5, 3, 4), name="two")
    assert kept(beside(html)) == numbered(1, 2, 3, 4, 1, 2, 5, 3, 4)


@pytest.mark.parametrize(
    ("line", "is_caption"),
    [
        ("The ferry leaves. 16.04.2024 | 6:33 min", True),
        ("45:10 Min.", True),
        ("She ran the mile in 5:12 min and the next in 6:01.", False),
        ("The second half began at 45:10", False),
    ],
)
def test_a_line_that_ends_in_a_length_is_the_caption_of_a_video(line: str, is_caption: bool) -> None:
    draft = beside(f"{p(PARAGRAPH, line, *numbered(2))}")
    assert rules(draft) == ({line: "caption"} if is_caption else {})


@pytest.mark.parametrize(("heaviest", "is_caption"), [(18, True), (17, False)])
def test_a_paragraph_may_end_in_a_length_as_well(heaviest: int, is_caption: bool) -> None:
    line = "Ferries | 6:33 min"
    draft = beside(p(PARAGRAPH, line), BesideConfig(max_caption=heaviest))
    assert (line not in kept(draft)) is is_caption


def test_as_many_quotes_as_paragraphs_take_no_time_together() -> None:
    texts = numbered(*range(1_500))
    draft = draft_of("".join(f"{p(text)}<blockquote>{p(text)}</blockquote>" for text in texts))
    began = time.process_time()
    cut_pull_quotes(draft, BesideConfig())
    assert time.process_time() - began < 0.6  # 0.15 s; 1.5 s where the text is read once for each
    assert kept(draft) == texts
