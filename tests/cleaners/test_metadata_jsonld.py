import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metadata_pages import URL, article, json_ld, meta, read

from cleaners.metadata.jsonld import read_linked_data, same_address
from cleaners.metadata.loose_json import read_json


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('<!-- {"a": 1} -->', [{"a": 1}]),
        ('//<![CDATA[\n{"a": 1}\n//]]>', [{"a": 1}]),
        ('/*<![CDATA[*/ {"a": 1} /*]]>*/', [{"a": 1}]),
        ('{"a": 1};', [{"a": 1}]),
        ('\ufeff{"a": 1}', [{"a": 1}]),
        ('{"a": "one\ntwo\tthree"}', [{"a": "one\ntwo\tthree"}]),
        ('{"a": 1,}', [{"a": 1}]),
        ('{"a": [1, 2,],}', [{"a": [1, 2]}]),
        ('{"a": "He said "no" today", "b": 2}', [{"a": 'He said "no" today', "b": 2}]),
        ('{"a": "x"\n "b": "y"}', [{"a": "x", "b": "y"}]),
        ('{"a": 1} {"b": 2}', [{"a": 1}, {"b": 2}]),
        ('[{"a": 1}, {"b": 2}]', [[{"a": 1}, {"b": 2}]]),
        ('{"a": 1 /* one */, // two\n "b": 2}', [{"a": 1, "b": 2}]),
        ("{'a': 'b'}", [{"a": "b"}]),
        ('{"a": "cut of', [{"a": "cut of"}]),
        ('{"a": {"b": 1', [{"a": {"b": 1}}]),
        ('{"a": "it\\\'s"}', [{"a": "it's"}]),
        ('{"a": undefined, "b": 1}', [{"a": "undefined", "b": 1}]),
        ('var x = {"a": 1}', [{"a": 1}]),
        ("", []),
        ("nothing", []),
    ],
)
def test_json_is_read_as_it_stands_in_pages(text, expected):
    assert read_json(text) == expected


def test_deep_nesting_ends_quietly():
    assert read_json('{"a":' * 100_000)
    assert read_json("[" * 100_000)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@settings(max_examples=100, deadline=None)
def test_good_json_is_read_as_the_standard_parser_reads_it(value):
    assert read_json(json.dumps({"a": value})) == [{"a": value}]


@given(st.text(alphabet='{}[]",:\\/*a1 \n-.', max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_raises(text):
    read_json(text)


def headline(*nodes: object, html: str = "") -> str | None:
    return read(html + json_ld(*nodes)).title


def test_the_article_is_found_in_a_graph():
    graph = {"@graph": [{"@type": "WebSite", "name": "Planet"}, article(headline="Storm"), {"@type": "BreadcrumbList"}]}
    assert headline(graph) == "Storm"


def test_the_article_is_found_in_a_list_and_as_main_entity():
    assert headline([{"@type": "Organization", "name": "Planet"}, article(headline="Storm")]) == "Storm"
    assert headline({"@type": "WebPage", "name": "Planet", "mainEntity": article(headline="Storm")}) == "Storm"


def test_an_article_that_is_linked_to_is_not_the_pages_own():
    related = {"@type": "ItemList", "itemListElement": [article(headline="Other", url="https://planet.example/other")]}
    assert headline(related) is None
    assert headline(related, article(headline="Storm")) == "Storm"


def test_a_listed_article_with_the_pages_address_is_its_own():
    listed = {"@type": "ItemList", "itemListElement": [article(headline="Other"), article(headline="Storm", url=URL)]}
    assert headline(listed) == "Storm"


def test_an_article_with_another_address_is_another_one():
    assert headline(article(headline="Other", url="https://planet.example/other")) is None


def test_the_headline_tells_which_of_several_articles_is_the_pages_own():
    html = meta(og__title="Storm hits coast")
    assert headline(article(headline="Other"), article(headline="Storm hits coast"), html=html) == "Storm hits coast"
    nodes = [article(headline="Other", author="A B"), article(headline="Storm hits coast", author="Jane Doe")]
    assert read(html + json_ld(*nodes)).authors == ("Jane Doe",)


def test_updates_of_a_live_blog_are_not_the_article():
    updates = [article(headline=f"Update {number}", author="Some One") for number in range(3)]
    blog = {"@type": "LiveBlogPosting", "headline": "Storm: live", "liveBlogUpdate": updates}
    metadata = read(json_ld(blog))
    assert (metadata.title, metadata.authors, metadata.page_type) == ("Storm: live", (), "LiveBlogPosting")


def test_a_second_description_fills_what_the_first_leaves_open():
    first, second = article(headline="Storm", datePublished="2024-05-01"), article(headline="Storm", author="Jane Doe")
    assert read(json_ld(first, second)).authors == ("Jane Doe",)


def test_references_are_followed_within_the_graph():
    person = {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}
    graph = {"@graph": [article(headline="Storm", author={"@id": "#jane"}), person]}
    assert read(json_ld(graph)).authors == ("Jane Doe",)


def test_a_reference_to_itself_ends():
    node = {"@type": "NewsArticle", "@id": "#a", "headline": "Storm", "author": {"@id": "#a"}}
    assert read(json_ld(node)).title == "Storm"


def test_entities_and_markup_of_a_headline_are_resolved():
    assert headline(article(headline="Q&amp;A: <em>Jim &#039;n&#039; me</em>")) == "Q&A: Jim 'n' me"


def test_the_dates_of_the_web_page_stand_in_for_those_of_the_article():
    graph = {"@graph": [article(headline="Storm"), {"@type": "WebPage", "datePublished": "2024-05-01"}]}
    assert str(read(json_ld(graph)).published.on) == "2024-05-01"


def test_a_huge_script_is_passed_over():
    node = article(headline="Storm", articleBody="x" * 2_000_000)
    assert read(json_ld(node)).title is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://www.planet.example/a/", "http://planet.example/a?x=1#y", True),
        ("//planet.example/a", "https://planet.example/a", True),
        ("https://planet.example/a", "https://planet.example/b", False),
        ("https://planet.example/a?id=1", "https://planet.example/a?id=1", True),
        ("https://planet.example/a?id=1", "https://planet.example/a?id=2", False),
    ],
)
def test_addresses_are_compared_by_host_and_path_and_by_the_queries_that_both_have(a, b, same):
    assert same_address(a, b) is same


def test_thousands_of_nodes_are_not_all_read():
    script = json.dumps({"@graph": [{"@type": "Thing", "@id": f"#{number}"} for number in range(10_000)]})
    assert len(read_linked_data([script], urls=(), titles=[]).by_id) < 10_000


@pytest.mark.parametrize(
    "answer",
    [
        {"@type": "Answer", "text": "<p>Nine &amp; a <b>goat</b>.</p>"},
        [{"@type": "Answer", "text": "<p>Nine &amp; a <b>goat</b>.</p>"}],
    ],
)
def test_questions_are_read_with_their_answers_and_without_markup(answer):
    asked = {"@type": "Question", "name": "How many?", "acceptedAnswer": answer}
    page = {"@type": "FAQPage", "mainEntity": [asked, {"@type": "Question", "name": "Why?"}]}
    (question,) = read(json_ld(page)).questions
    assert (question.text, question.answer) == ("How many?", "Nine & a goat.")


@pytest.mark.parametrize("answer", ["Nine", {}, {"text": 9}, [], None, {"text": " "}])
def test_a_question_without_an_answer_is_none(answer):
    asked = {"@type": "Question", "name": "How many?", "acceptedAnswer": answer}
    assert read(json_ld({"@type": "FAQPage", "mainEntity": asked})).questions == ()
