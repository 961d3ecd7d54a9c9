import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metadata_pages import OWN, article, json_ld, meta, read

from cleaners.metadata import MetadataConfig
from cleaners.metadata.site import Site
from cleaners.metadata.title import strip_site

PLANET = Site("The Planet", "og:site_name", frozenset({"theplanet", "planet", "planetexample"}))


@pytest.mark.parametrize(
    "title",
    [
        "Storm hits coast | The Planet",
        "Storm hits coast - Planet",
        "Storm hits coast — THE PLANET",
        "The Planet: Storm hits coast now",
        "Storm hits coast » Planet",
        "Storm hits coast | Planet.example",
        "Storm hits coast｜The Planet",
        "Storm hits coast | Planet | 01.05.2024",
        "Storm hits coast – Planet – 1 May 2024",
        "Planet | Storm hits coast",
    ],
)
def test_the_name_of_the_site_is_cut_from_either_end(title):
    assert strip_site(title, PLANET) in ("Storm hits coast", title if ": " in title else "")


@pytest.mark.parametrize(
    "title",
    [
        "Storm hits coast",
        "Storm - what now?",
        "Planet: a history",
        "Planet",
        "The Planet",
        "Life on the planet | in pictures",
        "Up-and-coming",
        "A|B testing",
    ],
)
def test_a_title_without_the_name_of_the_site_stays(title):
    assert strip_site(title, PLANET) == title


def test_a_date_is_cut_with_the_name_of_the_site_and_stays_without_it():
    assert strip_site("Storm hits coast | Planet | 01.05.2024", PLANET) == "Storm hits coast"
    assert strip_site("Weather briefing | 1 May 2024", PLANET) == "Weather briefing | 1 May 2024"
    assert strip_site("Weather briefing | 1 May 2024 | Planet", PLANET) == "Weather briefing | 1 May 2024"


def test_chinese_and_japanese_titles_are_cut_without_blanks():
    site = Site("新闻网", "og:site_name", frozenset({"新闻网"}))
    assert strip_site("台风袭击沿海地区_新闻网", site) == "台风袭击沿海地区"
    assert strip_site("台风袭击沿海地区：新闻网", site) == "台风袭击沿海地区"


def test_what_stands_behind_a_witness_is_cut_whatever_it_is():
    assert strip_site("Storm hits coast | Weather & more", PLANET, witnesses=["stormhitscoast"]) == "Storm hits coast"
    assert strip_site("Storm hits coast | Weather & more", PLANET) == "Storm hits coast | Weather & more"


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_cutting_twice_changes_nothing_and_never_leaves_nothing(title):
    once = strip_site(title, PLANET)
    assert strip_site(once, PLANET) == once
    assert once or not title.strip()


def test_json_ld_comes_first_where_nothing_else_agrees():
    html = json_ld(article(headline="Storm hits coast")) + meta(og__title="You will not believe this")
    assert read(html).title == "Storm hits coast"


def test_statements_that_agree_outvote_one_that_does_not():
    html = json_ld(article(headline="Storm 2")) + meta(og__title="Storm hits coast")
    assert read(html + "<h1>Storm hits coast</h1>").title == "Storm hits coast"


def test_spellings_that_differ_in_quotes_vote_together():
    html = meta(og__title="“Storm” hits coast", twitter__title="Other") + "<h1>'Storm' hits coast</h1>"
    assert read(html).title == "“Storm” hits coast"


def test_a_kicker_in_the_heading_is_left_out_where_the_headline_is_stated_without():
    html = meta(og__title="Storm hits coast") + "<h1><span>Weather:</span> Storm hits coast</h1>"
    assert read(html).title == "Storm hits coast"


def test_the_name_of_the_site_is_known_from_its_host():
    assert read("<title>Storm hits coast - Planet</title>").title == "Storm hits coast"


def test_a_heading_that_shows_the_name_of_the_site_is_no_headline():
    html = meta(og__site_name="The Planet", og__title="Storm hits coast") + "<h1>The Planet</h1>"
    assert read(html).title == "Storm hits coast"


def test_a_page_that_is_called_like_its_site_keeps_that_title():
    assert read("<title>The Planet</title>" + meta(og__site_name="The Planet")).title == "The Planet"


@pytest.mark.parametrize(
    "title",
    [
        "Storm hits the coast - World - News - Northern Post",
        "Northern Post, Riverside | Weather | Storm hits the coast",
        "News : Storm hits the coast",
        "Storm hits the coast_World_Northern",
        "01/05/2024 | Storm hits the coast",
        "Storm hits the coast",
    ],
)
def test_the_part_of_a_title_that_the_page_shows_is_the_headline(title):
    shown = f"<title>{title}</title><nav><a>News</a></nav><table><tr><td><b>Storm hits the coast</b></table>"
    assert read(shown).title == "Storm hits the coast"


def test_two_hyphens_part_a_title_without_blanks():
    assert (
        read("<title>大风袭击沿海地区的村庄--河网</title><b>大风袭击沿海地区的村庄</b>").title
        == "大风袭击沿海地区的村庄"
    )


def test_a_part_that_only_links_show_is_no_headline():
    linked = "<title>Storm hits the coast - All of it</title><a><b>Storm hits the coast</b></a>"
    assert read(linked).title == "Storm hits the coast - All of it"


def test_a_title_that_another_statement_repeats_is_not_taken_apart():
    html = "<title>Harbour: Storm hits the coast</title>" + meta(og__title="Harbour: Storm hits the coast")
    assert read(html + "<div>Storm hits the coast</div>").title == "Harbour: Storm hits the coast"


def test_two_words_are_no_headline_but_eight_signs_of_a_script_without_spaces_are():
    assert read("<title>Storm coming - News</title><p>Storm coming").title == "Storm coming - News"
    assert read("<title>台风袭击东部沿海_新闻频道</title><p>台风袭击东部沿海").title == "台风袭击东部沿海"


@pytest.mark.parametrize("stranger", ["More from us", "Newsletter", "500 Error"])
def test_a_heading_that_no_other_statement_shares_a_word_with_is_no_headline(stranger):
    shown = f"<title>Storm hits coast hard</title><h1>{stranger}</h1>"
    assert read(shown + "<h2>Storm hits coast hard</h2>").title == "Storm hits coast hard"
    twice = f"<title>Storm hits coast</title>{meta(og__title='Storm hits coast')}<h1>{stranger}</h1>"
    assert read(twice).title == "Storm hits coast"


def test_a_heading_stays_where_nothing_bears_out_another_statement():
    assert read("<title>Page 7</title><h1>Storm hits coast</h1><p>It rained.").title == "Storm hits coast"


def test_a_heading_that_leads_home_is_the_name_of_the_site():
    html = '<title>Storm hits coast | Saltwater</title><h1><a href="/">Saltwater</a></h1>'
    assert read(html).title == "Storm hits coast"
    other = '<title>Storm hits coast | Saltwater</title><h1><a href="/saltwater">Saltwater</a></h1>'
    assert read(other).title == "Saltwater"


@pytest.mark.parametrize(
    ("element", "heading", "title"),
    [
        ("What is viral marketing? | Jane’s Notes", "Jane’s Notes", "What is viral marketing?"),
        ("Ferry sinks | Jane’s Notes", "Jane’s Notes", "Jane’s Notes"),
        ("Jane’s Notes | What is viral marketing?", "Jane’s Notes", "Jane’s Notes"),
        ("Goat cheese - Cooking in the hills of the south", "Goat cheese", "Goat cheese"),
        ("Desk > World > News > Storm hits coast", "World", "Storm hits coast"),
    ],
)
def test_a_heading_that_is_a_later_part_of_the_title_half_as_long_as_another_is_a_name(
    element: str, heading: str, title: str
) -> None:
    page = f"<title>{element.replace('>', '&gt;')}</title><h1>{heading}</h1><p>Storm hits coast</p>"
    assert read(page).title == title


@pytest.mark.parametrize(
    "head",
    [
        meta(og__site_name="Gazette of the Northern Valleys"),
        meta(og__title="Mill burns"),
        meta(twitter__title="Mill burns"),
    ],
)
def test_a_heading_behind_the_long_name_of_a_site_is_the_headline(head: str) -> None:
    page = "<title>Gazette of the Northern Valleys | Mill burns</title><h1>Mill burns</h1><p>Nobody was hurt</p>"
    assert read(head + page).title == "Mill burns"


def test_a_title_that_takes_in_the_page_costs_no_time_that_grows_with_its_square() -> None:
    page = f"<title>Mill burns{' - the river' * 50_000}</title><h1>Mill burns</h1>"
    start = time.process_time()
    found = read(page)
    assert (found.title, found.headlines) == ("Mill burns", ())
    assert time.process_time() - start < 2


def test_a_section_that_heads_the_page_is_cut_from_no_statement() -> None:
    page = "<title>Planet - Releases - Duty on tobacco rises again</title><h1>Releases</h1>"
    assert read(meta(og__title="Releases - Duty on tobacco rises again") + page).title == (
        "Releases - Duty on tobacco rises again"
    )


def test_a_name_with_separators_of_its_own_is_cut_as_a_whole() -> None:
    name = "Frolic | Words - and things"
    head = meta(og__site_name=name, og__title=f"Storm hits coast - {name}")
    assert read(f"{head}<title>Storm hits coast - {name}</title>").title == "Storm hits coast"
    assert strip_site("Words - and things", Site(name, "og", frozenset({"wordsandthings"}))) == "Words - and things"


def test_signs_that_no_keyboard_has_are_kept_where_a_statement_has_them():
    html = meta(og__title="Storm - what now...") + "<h1>Storm – what now…</h1>"
    assert read(html).title == "Storm – what now…"


@pytest.mark.parametrize("title", ["Storm hits coast -", "Storm hits coast | -", "Storm hits coast | Planet |"])
def test_separators_that_nothing_follows_are_cut(title):
    assert strip_site(title, PLANET) == "Storm hits coast"


def test_one_of_many_headings_is_chosen_by_what_the_page_says_elsewhere():
    html = "<title>Storm hits coast</title><h1>Most read</h1><h1>Storm hits coast</h1><h1>Newsletter</h1>"
    assert read(html).title == "Storm hits coast"


@pytest.mark.parametrize(("length", "found"), [(20, True), (21, False)])
def test_a_title_beyond_the_limit_is_a_paragraph(length, found):
    html = f"<h1>{'x' * length}</h1>"
    assert (read(html, config=MetadataConfig(fallback=False, max_title_chars=20)).title is not None) is found


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (meta(og__site_name="The Planet"), "The Planet"),
        (json_ld(article(headline="x", publisher={"@type": "Organization", "name": "The Planet"})), "The Planet"),
        (json_ld({"@type": "WebSite", "@id": "#site", "name": "The Planet"}), "The Planet"),
        ('<meta name="application-name" content="The Planet">', "The Planet"),
        ('<meta name="twitter:site" content="@planet">', None),
    ],
)
def test_the_site_is_named_by_the_first_place_that_does(html, name):
    assert read(html, config=OWN).site_name == name


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("The Planet", True),
        ("PLANET", True),
        ("Planet.example", True),
        ("The Planet Online", True),
        ("The Planet is dying, say experts", False),
        ("P", False),
        ("", False),
    ],
)
def test_a_name_is_the_sites_where_it_is_hardly_longer(text, called):
    assert PLANET.is_called(text) is called


def test_an_edition_of_an_abbreviated_site_is_the_site():
    site = Site("ABC", "og:site_name", frozenset({"abc"}))
    assert site.is_called("ABC News")
    assert not site.is_called("ABC books that every child likes")
    assert not site.is_called("Abc News")


def test_every_headline_that_is_stated_to_machines_is_known():
    page = (
        "<title>Storm hits coast | The Planet</title>"
        + meta(og__title="Boats torn loose", og__site_name="The Planet")
        + json_ld(article(headline="Storm hits coast"))
        + "<h1>The Planet</h1><h1>Another story</h1>"
    )
    assert read(page).headlines == ("Storm hits coast", "Boats torn loose")


@pytest.mark.parametrize(
    "heading",
    [
        "Storm hits coast<br>at night",
        "<span>Storm hits coast</span><div>at night</div>",
        "Storm hits <i>coast</i> at night",
    ],
)
def test_a_heading_is_read_as_it_is_shown(heading):
    assert read(f"<h1>{heading}</h1>").title == "Storm hits coast at night"
