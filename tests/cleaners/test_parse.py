import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.config import ParseConfig
from cleaners.parse import parse
from corpus.errors import ConfigError


def depth(html: str, config: ParseConfig | None = None) -> int:
    return max(sum(1 for _ in element.iterancestors()) for element in parse(html, config).iter())


def test_the_tree_is_the_one_a_browser_builds() -> None:
    tree = parse("<table><p>fostered<tr><td>cell</table><b>bold<p>both</b>plain")
    assert tree.xpath("string(//table/preceding-sibling::p)") == "fostered"
    assert tree.xpath("string(//p/b)") == "both"


def test_scripts_styles_and_drawings_are_gone_and_linked_data_stays() -> None:
    tree = parse(
        "<script>x()</script><style>p{}</style><svg><text>chart</text></svg><template><p>t</p></template>"
        '<noscript><p>n</p></noscript><script type="APPLICATION/LD+JSON">{"a": 1}</script><p>text</p><!-- c -->'
    )
    assert [script.text for script in tree.iter("script")] == ['{"a": 1}']
    assert [element.tag for element in tree.iter() if (element.text or "").strip()] == ["script", "p"]


@pytest.mark.parametrize(
    "html", ["", " ", "\n", "<!-- nothing -->", "<!doctype html>", "<frameset><frame src=a></frameset>"]
)
def test_a_page_without_anything_is_an_empty_document(html: str) -> None:
    assert not parse(html).text_content().strip()


def test_text_without_markup_is_a_page() -> None:
    assert parse("just text").text_content() == "just text"


def test_the_fifth_megabyte_of_an_attribute_does_no_harm() -> None:
    tree = parse(f'<p title="{"a" * 5_000_000}">text</p>')
    assert tree.xpath("string(//p)") == "text"


@pytest.mark.parametrize("tag", ["div", "span", "b", "font", "ul", "blockquote", "section", "a", "q", "table"])
def test_a_hundred_thousand_open_elements_are_read_in_time_and_keep_their_text(tag: str) -> None:
    started = time.process_time()
    tree = parse(f"<{tag}>" * 100_000 + "<p>at the bottom</p>")
    assert "at the bottom" in tree.text_content()
    assert time.process_time() - started < 5


def test_a_tree_is_no_deeper_than_the_limit() -> None:
    html = "<div>" * 300 + "<p>text" + "</div>" * 300
    assert depth(html) > 300
    shallow = depth(html * 2, ParseConfig(max_depth=50))
    assert 50 < shallow < 60


def test_containers_beyond_the_limit_close_in_pairs() -> None:
    html = "<div>" * 200 + "<p>deep</p>" + "</div>" * 200 + "<p>after</p>"
    tree = parse(html, ParseConfig(max_depth=50))
    after = next(element for element in tree.iter("p") if element.text == "after")
    assert after.getparent().tag == "body"


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><title>Never closed\n<meta name=a></head><body><p>text</p></body></html>",
        "<html><head><title>Wrongly closed</titel></head><body><p>text</p></body></html>",
        "<body><noscript><div></noscript><p>text</p></body>",
        "<head><style>p { color: red }</head><body><p>text</p></body>",
        "<head><script>var a = 1</head><body><p>text</p></body>",
    ],
)
def test_what_swallows_the_rest_of_a_page_is_closed(html: str) -> None:
    assert parse(html).xpath("string(//p)") == "text"


@given(st.text("<>/abdivp=\"' &;!-x\n", max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_parsed(text: str) -> None:
    parse(text)


@pytest.mark.parametrize("limit", [49, 1501, True])
def test_a_limit_out_of_range_is_named(limit: int) -> None:
    with pytest.raises(ConfigError, match=r"ParseConfig\.max_depth"):
        ParseConfig(max_depth=limit)
