import pytest
from cleaning import URL, draft_of, kept, numbered, p

from cleaners.config import CleanerConfig, ElsewhereConfig
from cleaners.draft import Draft
from cleaners.elsewhere import cut_elsewhere

HEADLINE = "Ferry hits the pier on a calm day"


def elsewhere(html: str, *left_out: str, url: str = URL, config: ElsewhereConfig | None = None) -> Draft:
    draft = draft_of(html, *left_out)
    cut_elsewhere(draft, url, CleanerConfig(elsewhere=config or ElsewhereConfig()))
    return draft


def link(text: str, href: str) -> str:
    return f'<a href="{href}">{text}</a>'


def cards(*texts: str) -> str:
    items = (
        f"<li class=item><h4>{link(f'Headline {number}', '/a')}</h4><p>{text}" for number, text in enumerate(texts)
    )
    return f"<ul>{''.join(items)}</ul>"


HEADLINES = tuple(f"Headline {number}" for number in range(4))


@pytest.mark.parametrize(("count", "cut"), [(3, True), (2, False)])
def test_summaries_below_linked_headings_are_other_stories(count: int, cut: bool) -> None:
    texts = numbered(*range(2, 2 + count))
    draft = elsewhere(f"<main>{p(*numbered(1))}</main>{cards(*texts)}", *HEADLINES)
    assert kept(draft) == numbered(1) + ([] if cut else texts)


def test_sections_whose_headings_are_in_the_text_stay() -> None:
    texts = numbered(2, 3, 4)
    draft = elsewhere(f"<main>{p(*numbered(1))}</main>{cards(*texts)}")
    assert set(texts) <= set(kept(draft))


def test_an_article_that_is_a_list_stays() -> None:
    texts = numbered(1, 2, 3, 4)
    assert kept(elsewhere(f"<main>{cards(*texts)}</main>", *HEADLINES)) == texts


@pytest.mark.parametrize(
    ("href", "cut"),
    [
        ("/world/2024/ferry-hits-the-pier-on-a-calm-day.html", True),
        ("/world/ferry-hits-pier-calm-day-1234", True),
        ("https://news.planet.example/ferry-hits-pier/", False),
        ("https://news.planet.example/ferry-hits-pier-calm/", True),
        ("https://other.example/ferry-hits-the-pier-on-a-calm-day", False),
        ("/world/1234", False),
        ("http://[", False),
    ],
)
def test_a_line_that_is_a_link_to_a_story_of_its_words_is_its_headline(href: str, cut: bool) -> None:
    draft = elsewhere(p(*numbered(1), link(HEADLINE, href), *numbered(2)))
    assert (HEADLINE not in kept(draft)) is cut


@pytest.mark.parametrize(
    ("headline", "href"),
    [
        ("Größere Fähre für die Insel gekauft", "/groessere-faehre-fuer-die-insel-gekauft"),
        (
            "Σύγκρουση πλοίων κοντά στο λιμάνι",
            "/%CF%83%CF%8D%CE%B3%CE%BA%CF%81%CE%BF%CF%85%CF%83%CE%B7-"
            "%CF%80%CE%BB%CE%BF%CE%AF%CF%89%CE%BD-%CE%BA%CE%BF%CE%BD%CF%84%CE%AC-%CF%83%CF%84%CE%BF-"
            "%CE%BB%CE%B9%CE%BC%CE%AC%CE%BD%CE%B9",
        ),
    ],
)
def test_words_are_those_of_any_language(headline: str, href: str) -> None:
    assert headline not in kept(elsewhere(p(*numbered(1), link(headline, href), *numbered(2))))


@pytest.mark.parametrize(("least", "cut"), [(6, True), (7, False)])
def test_a_headline_shares_some_words_with_its_address(least: int, cut: bool) -> None:
    html = p(*numbered(1), link(HEADLINE, "/ferry-hits-the-pier-calm-day-and-night"), *numbered(2))
    assert (HEADLINE not in kept(elsewhere(html, config=ElsewhereConfig(min_words=least)))) is cut


@pytest.mark.parametrize(
    "line",
    [
        "<h3>{}</h3>",
        "<ul><li>{}</li></ul>",
        "<p>The title was {} that day</p>",
        "<p>{0}</p><p>{0} and more</p>",
    ],
)
def test_headings_items_and_sentences_stay(line: str) -> None:
    html = p(*numbered(1)) + line.format(link(HEADLINE, "/ferry-hits-the-pier-on-a-calm-day")) + p(*numbered(2))
    assert any(HEADLINE in text for text in kept(elsewhere(html)))


def test_a_line_that_the_paragraph_before_announces_stays() -> None:
    announced = numbered(1)[0].rstrip(".") + ":"
    html = p(announced, link(HEADLINE, "/ferry-hits-the-pier-on-a-calm-day"), *numbered(2))
    assert HEADLINE in kept(elsewhere(html))


PROMPT = "Would you like to read more of this every morning? Then our letter is for you."


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        (link(PROMPT, "/newsletter/signup"), True),
        (f"{PROMPT} {link('Hier', 'https://www.planet.example/spenden')}", True),
        (f"{link('One', '/subscribe?from=story')} {PROMPT} {link('two', '/donate')}", True),
        (f"{link('One', '/subscribe')} {PROMPT} {link('two', '/world/storm')}", False),
        (link(PROMPT, "/world/newsletters-thrive"), True),
        (link(PROMPT, "/world/why-newsletters-thrive-again"), False),
        (link(PROMPT, "/world/storm"), False),
        (link(PROMPT, "http://["), False),
        (PROMPT, False),
    ],
)
def test_a_last_line_whose_links_all_ask_for_something_is_a_prompt(line: str, cut: bool) -> None:
    draft = elsewhere(p(*numbered(1, 2), line))
    assert (len(kept(draft)) == 2) is cut


@pytest.mark.parametrize(("last", "cut"), [(2, True), (1, False)])
def test_only_the_last_lines_are_prompts(last: int, cut: bool) -> None:
    html = p(*numbered(1, 2), link(PROMPT, "/newsletter"), *numbered(3))
    assert (PROMPT not in kept(elsewhere(html, config=ElsewhereConfig(last_lines=last)))) is cut


@pytest.mark.parametrize(("most", "cut"), [(len(PROMPT), True), (len(PROMPT) - 1, False)])
def test_a_prompt_is_short(most: int, cut: bool) -> None:
    html = p(*numbered(1, 2), link(PROMPT, "/newsletter"))
    assert (PROMPT not in kept(elsewhere(html, config=ElsewhereConfig(max_prompt=most)))) is cut


def test_the_only_line_of_a_text_is_none() -> None:
    assert kept(elsewhere(p(link(PROMPT, "/newsletter")))) == [PROMPT]


ITEMS = (link("Ferry hits the pier", "/1"), link("Harbour pays for the pier", "/2"))


@pytest.mark.parametrize(
    ("label", "cut"),
    [
        ("Also read:", True),
        ("इसे भी पढ़े –", True),
        ("What the harbour says of it:", False),
        (link("Read more", "/3"), False),  # it leads on from what stands above
    ],
)
def test_lines_of_links_below_a_line_that_announces_other_stories_are_those(label: str, cut: bool) -> None:
    draft = elsewhere(f"<main>{p(*numbered(1), label, *ITEMS, *numbered(2))}</main>", "Also read:", "इसे भी पढ़े –")
    items = ["Ferry hits the pier", "Harbour pays for the pier"]
    assert [text in kept(draft) for text in items] == [not cut] * 2
    assert set(numbered(1, 2)) <= set(kept(draft))


def test_what_is_announced_ends_with_the_first_line_that_is_no_link() -> None:
    html = p("Also read:", ITEMS[0], *numbered(1), ITEMS[1], *numbered(2))
    draft = elsewhere(f"<main>{html}</main>", "Also read:")
    assert kept(draft) == [*numbered(1), "Harbour pays for the pier", *numbered(2)]


def test_what_is_announced_holds_no_heading() -> None:
    html = f"{p(*numbered(1), 'Also read:')}<h2>{ITEMS[0]}</h2>{p(*numbered(2))}"
    assert "Ferry hits the pier" in kept(elsewhere(f"<main>{html}</main>", "Also read:"))
