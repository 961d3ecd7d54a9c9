import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.blocks import Block, mark, read_blocks, read_marks
from cleaners.parse import parse
from cleaners.typography import fold


def texts(html: str) -> list[str]:
    return [block.text for block in read_blocks(parse(html))]


def only(html: str) -> Block:
    (block,) = read_blocks(parse(html))
    return block


def test_blocks_begin_and_end_with_block_level_elements() -> None:
    assert texts("<div>one<p>two <i>in</i>line</p>three<ul><li>four<li>five</ul></div>six") == [
        "one",
        "two inline",
        "three",
        "four",
        "five",
        "six",
    ]


def test_what_a_reader_does_not_see_is_no_block() -> None:
    unseen = "<select><option>o</select><textarea>x</textarea><iframe>f</iframe><object>o</object>"
    assert texts(f"<title>t</title><p>seen</p>{unseen}") == ["seen"]


def test_ruby_is_read_without_its_gloss() -> None:
    assert texts("<p><ruby>灯台<rp>(</rp><rt>とうだい</rt><rp>)</rp></ruby>の光</p>") == ["灯台の光"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("one.<br><br>two", ["one.", "two"]),
        ("one.<br> <br/>two", ["one.", "two"]),
        ("First line<br>Second line", ["First line", "Second line"]),
        ("a line that goes<br>on in the next", ["a line that goes on in the next"]),
        ("Dear reader,<br>It rains", ["Dear reader, It rains"]),
        ("一行目は、<br>二行目に続く", ["一行目は、二行目に続く"]),
        ("一つ目。<br>　二つ目。", ["一つ目。", "二つ目。"]),
        ("<br>only<br>", ["only"]),
        ('The end.<span class="id br"></span>The beginning', ["The end.", "The beginning"]),
        ('The end.<span class="broad"></span>The beginning', ["The end.The beginning"]),
        ('The end.<span class="br"> not </span>The beginning', ["The end. not The beginning"]),
    ],
)
def test_a_line_break_ends_a_paragraph_unless_the_sentence_goes_on(line: str, expected: list[str]) -> None:
    assert texts(f"<p>{line}</p>") == expected


def test_a_heading_is_one_block_whatever_its_line_breaks() -> None:
    assert texts("<h1>Storm hits<br>Coast towns</h1>") == ["Storm hits Coast towns"]


def test_preformatted_text_is_split_at_blank_lines() -> None:
    assert texts("<pre>one\nstill one\n\n  \ntwo</pre>") == ["one still one", "two"]


@pytest.mark.parametrize("style", ['style="display:none"', 'style="visibility: hidden"', "hidden"])
def test_hidden_blocks_are_marked(style: str) -> None:
    blocks = read_blocks(parse(f"<div {style}><p>hidden</p></div><p>seen</p>"))
    assert [(block.text, block.hidden) for block in blocks] == [("hidden", True), ("seen", False)]


def test_link_density_is_the_share_of_linked_characters() -> None:
    assert only("<p>four<a href=x>four</a></p>").link_density == 0.5
    assert only("<p><a name=x>no link</a></p>").link_density == 0.0
    assert only("<p><a href=x>all</a></p>").link_density == 1.0


def test_a_han_character_weighs_three() -> None:
    assert only("<p>ab</p>").weight == 2
    assert only("<p>灯台</p>").weight == 6


def test_headings_are_known_from_inside() -> None:
    assert only("<h2><div><span>Title</span></div></h2>").heading
    assert not only("<p>Text</p>").heading


def test_marks_tell_which_blocks_survived() -> None:
    tree = parse("<p>one <b>two</b> three</p><p>four</p>")
    blocks = read_blocks(tree)
    marked = mark(blocks)
    first, second = tree.iter("p")
    survivors = {marked[sign].text.strip() for sign in read_marks("".join(first.itertext()))}
    assert survivors == {"one", "two", "three"}
    assert {marked[sign].text for sign in read_marks(second.text)} == {"four"}


def test_a_page_cannot_forge_marks() -> None:
    tree = parse("<p>real \U000f0000\U00100000 text</p>")
    mark(read_blocks(tree))
    assert len(read_marks(tree.text_content())) == 1


def test_what_lxml_refuses_to_write_is_no_trouble() -> None:
    tree = parse("<p>start &#x0; &#x1; &#xb; &#xfffe; end</p>")
    assert len(mark(read_blocks(tree))) == 1


def test_more_nodes_than_marks_leave_the_last_unmarked() -> None:
    tree = parse("<p>x</p>" * 131_100)
    assert len(mark(read_blocks(tree))) == 131_068


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<br>", "<li>", "<div>", "</div>", "<td>", "a ", "B", " 光", "."]
        )
    )
)
@settings(max_examples=300, deadline=None)
def test_no_visible_character_is_lost_or_doubled(pieces: list[str]) -> None:
    tree = parse("<body>" + "".join(pieces))
    shown = "".join(fold(tree.text_content()).split())
    assert "".join("".join(texts_of.split()) for texts_of in (block.text for block in read_blocks(tree))) == shown
