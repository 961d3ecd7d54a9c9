"""Articles in text dumps: dumps of our own, in several languages and layouts."""

import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.config import CleanerConfig
from cleaners.dumps import Line, split_lines
from cleaners.furniture import coverage
from cleaners.line_context import best_run
from cleaners.line_facts import split_stamp
from cleaners.line_judge import JudgeConfig, best_path, judge
from cleaners.line_shapes import ends_like_sentence, mass, measure
from cleaners.line_title import cut_title_off, repeats
from cleaners.lines import clean_text
from corpus.errors import ConfigError
from corpus.types import Article, Provenance, Reason, Removal

WHENCE = Provenance(requested_url="https://www.example.com/a", fetched_at=datetime(2026, 11, 1, tzinfo=UTC))

BODY = (
    "The harbour council voted on Tuesday to keep the slow ferry running for another year, after a debate that went on "
    "until past midnight and filled the public benches twice over.",
    "“We have heard from the people who use it every day,” said Mara Quill, who chairs the council. “They do not want "
    "a bridge. They want a boat that leaves on time.”",
    "The ferry carries some 400 passengers a day between the old town and the salt works. Its engine is older than the "
    "captain, and the last repair cost the town more than its library.",
    "Opponents had asked for a study of a footbridge, which engineers put at nine million. The vote was eleven to "
    "four.",
    "A new timetable is to be printed in March. Until then the boat leaves at the full hour, as it has since 1961.",
)
TITLE = "Council keeps the slow ferry for another year"

DUMPS = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).with_name("dumps").glob("*.txt")}
ENGLISH, GERMAN, CHINESE, HINDI = (DUMPS[name] for name in ("english", "german", "chinese", "hindi"))


def clean(text, **settings):
    return clean_text(text, WHENCE, CleanerConfig(**settings))


@pytest.fixture(scope="module")
def english():
    verdict = clean(ENGLISH)
    assert isinstance(verdict, Article)
    return verdict


def test_the_article_is_found_between_menu_and_footer(english):
    assert english.paragraphs == BODY


def test_a_box_within_the_article_is_cut_and_what_follows_is_kept(english):
    assert "dolphins" not in english.text
    assert BODY[2] in english.paragraphs


def test_the_headline_is_not_in_the_text(english):
    assert english.title == TITLE
    assert TITLE not in english.text


def test_publication_and_change_are_told_apart(english):
    assert english.published.on == datetime(2025, 2, 3, 8, 15)  # noqa: DTZ001
    assert english.modified.on == datetime(2025, 2, 4, 9, 40)  # noqa: DTZ001
    assert english.published.source == "text"


def test_byline_site_and_tags_are_read(english):
    assert english.authors == ("Tess Arden",)
    assert english.site_name == "The Harbour Post"
    assert english.tags == ("ferry", "council", "salt works")


def test_each_field_says_where_it_was_read(english):
    assert english.sources["title"] == english.sources["authors"] == english.sources["published"] == "text"
    assert english.sources["site_name"] == "text:title"


def test_every_cut_line_has_its_rule(english):
    rules = {cut.text: cut.rule for cut in english.cuts}
    assert rules["Also read"] == "related"
    assert rules["By Tess Arden"] == "byline"
    assert rules["Privacy policy"] == "legal"
    assert rules["Leave a comment"] == "comments"
    assert rules[TITLE] == "title"


def test_a_line_that_was_judged_carries_how_sure_that_was(english):
    scores = {cut.text: cut.score for cut in english.cuts}
    assert scores["Privacy policy"] > 0.9
    assert scores["Also read"] > 0.5


def test_text_and_cuts_add_up_to_the_dump(english):
    everything = english.text + "".join(cut.text for cut in english.cuts)
    assert sorted("".join(everything.split())) == sorted("".join(ENGLISH.split()).replace("•", ""))


@pytest.mark.parametrize(
    ("name", "language", "title", "first", "last", "absent"),
    [
        ("german", "de", "Stadtrat lässt die alte Fähre weiterfahren", "Der Stadtrat hat", "seit 1961.", "Delfine"),
        (
            "spanish",
            "es",
            "El puerto mantiene un año más el viejo transbordador",
            "El consejo",
            "desde 1961.",
            "delfines",
        ),
        ("russian", "ru", "Совет оставил старый паром ещё на год", "Совет гавани", "с 1961 года.", "Дельфинов"),
        ("hindi", "hi", "परिषद ने पुरानी नौका को एक साल और चलाने का फैसला किया", "बंदरगाह परिषद", "चार रहा।", "डॉल्फिन"),
        ("arabic", "ar", "المجلس يبقي على العبّارة القديمة عاما آخر", "صوّت مجلس", "طويلة.", "دلافين"),
        ("chinese", "zh", "市议会决定让慢船再开一年", "海港市议会星期二", "以来那样。", "海豚"),
        ("japanese", "ja", "古い渡し船、もう一年の運航が決まる", "港湾議会は", "船が出る。", "イルカ"),
    ],
)
def test_other_languages_and_scripts_are_judged_alike(name, language, title, first, last, absent):
    article = clean(DUMPS[name])
    assert isinstance(article, Article)
    assert article.language == language
    assert article.title == title
    assert article.text.startswith(first)
    assert article.text.endswith(last)
    assert absent not in article.text


def test_german_facts_are_read():
    article = clean(GERMAN)
    assert article.authors == ("Jana Petersen",)
    assert article.published.on == datetime(2025, 2, 3, 8, 15)  # noqa: DTZ001
    assert article.site_name == "Hafenblatt"


def test_a_credited_source_is_the_site():
    assert clean(CHINESE).site_name == "海港日报"
    assert clean("\n".join([TITLE, *BODY, "Source: The Harbour Post"])).site_name == "The Harbour Post"


def test_a_credited_agency_is_the_author_and_no_site():
    article = clean("\n".join([TITLE, *BODY, "Source: Reuters"]))
    assert article.site_name is None
    assert article.authors == ("Reuters",)
    assert (article.agency, article.sources["agency"]) == ("Reuters", "text")


def test_an_agency_alone_on_a_line_is_the_byline():
    article = clean(
        "\n\n".join([TITLE, "IANS", "Updated: June 22nd, 2021, 07:30 IST", "in Home News, National", *BODY])
    )
    assert article.authors == ("IANS",)
    assert article.published is None
    assert article.modified.on.isoformat() == "2021-06-22T07:30:00+05:30"
    assert article.section == ("Home News", "National")
    assert article.paragraphs == BODY


def test_breadcrumbs_are_the_section():
    assert clean("\n".join(["Home > News > Harbour", TITLE, *BODY])).section == ("News", "Harbour")


def test_glued_tags_are_no_tags():
    assert clean("\n".join([TITLE, *BODY, "Tags: FerryCouncilHarbour townSalt"])).tags == ()


def test_a_day_on_the_line_above_the_headline_is_the_publication():
    article = clean("\n\n".join(["Monday, June 17, 2024", TITLE, *BODY]))
    assert article.published.on == date(2024, 6, 17)


def test_a_labelled_date_that_is_glued_to_the_first_paragraph_is_cut_off():
    article = clean("\n\n".join([f" date 2019-07-21 {BODY[0]}", *BODY[1:], "First Published: Jul 21, 2019 01:25 IST"]))
    assert article.paragraphs == BODY
    assert article.published.on.isoformat() == "2019-07-21T01:25:00+05:30"


def test_a_dateline_is_text():
    paragraphs = (f"New Delhi: {BODY[0]}", *BODY[1:])
    assert clean("\n\n".join([TITLE, *paragraphs])).paragraphs == paragraphs


def test_a_headline_that_is_glued_to_the_last_paragraph_is_cut_off():
    article = clean("\n\n".join([TITLE, *BODY[:-1], BODY[-1] + TITLE, "Latest News", "More Articles Like This"]))
    assert article.paragraphs == BODY


def test_a_date_after_the_day_of_fetching_is_not_believed():
    assert clean("\n\n".join(["Monday, June 17, 2030", TITLE, *BODY])).published is None


def test_a_paragraph_that_stands_twice_is_kept_once():
    article = clean("\n\n".join([TITLE, *BODY[:3], BODY[2], *BODY[3:]]))
    assert article.paragraphs == BODY
    assert "repeated" in {cut.rule for cut in article.cuts}


@pytest.mark.parametrize("columns", [60, 72, 80, 100])
def test_a_wrapped_dump_gives_the_same_article(columns):
    wrapped = "\n".join(
        "\n".join(textwrap.wrap(line, columns, break_on_hyphens=False)) if line.strip() else ""
        for line in ENGLISH.split("\n")
    )
    article = clean(wrapped)
    assert isinstance(article, Article)
    assert article.paragraphs == BODY


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028", "\x0b"])
def test_any_line_end_ends_a_line(ending):
    assert clean(ENGLISH.replace("\n", ending)).paragraphs == BODY


def test_a_common_crawl_record_without_blank_lines_is_judged_alike():
    assert clean("\n".join(line for line in ENGLISH.split("\n") if line.strip())).paragraphs == BODY


@pytest.mark.parametrize("text", ["", "  \n\n ", "\u200b"])
def test_nothing_is_a_removal(text):
    verdict = clean(text)
    assert isinstance(verdict, Removal)
    assert verdict.reason is Reason.NO_TEXT


def test_the_fewest_words_are_a_threshold():
    words = len(" ".join(BODY).split())
    assert isinstance(clean("\n\n".join(BODY), min_words=words), Article)
    removal = clean("\n\n".join(BODY), min_words=words + 1)
    assert removal.reason is Reason.TOO_SHORT
    assert removal.evidence == f"{words} words < {words + 1}"


def test_a_listing_of_dated_teasers_is_a_section_front():
    teasers = [
        f"{place} has a new lighthouse, and the keepers say that it can be seen from as far away as the salt works on "
        f"a clear night.\n{day} March 2025"
        for day, place in enumerate(("Altona", "Belapata", "Corrie", "Dunmore", "Eastwick", "Farhaven", "Gull Rock"), 1)
    ]
    verdict = clean("\n\n".join(teasers))
    assert isinstance(verdict, Removal)
    assert verdict.reason is Reason.SECTION_FRONT


def test_the_url_is_the_one_that_answered():
    assert clean_text("\n\n".join(BODY), WHENCE, url="https://example.com/b").url == "https://example.com/b"
    assert clean_text("\n\n".join(BODY), WHENCE).url == WHENCE.requested_url


@pytest.mark.parametrize("name", sorted(DUMPS))
def test_cleaning_clean_text_changes_nothing(name):
    once = clean(DUMPS[name])
    assert clean(once.text).text == once.text


_LINES = st.sampled_from(
    [line for line in (ENGLISH + GERMAN + CHINESE + HINDI).split("\n") if line]
    + ["", "Ja.", "…", "1", "A heading of ours"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_LINES, max_size=25))
def test_cleaning_the_text_of_any_dump_again_changes_nothing(lines):
    once = clean("\n".join(lines), min_words=1)
    if isinstance(once, Article):
        again = clean(once.text, min_words=1)
        assert isinstance(again, Article)
        assert again.text == once.text


@settings(max_examples=60, deadline=None)
@given(st.lists(_LINES, max_size=25))
def test_no_word_is_lost_or_made_up(lines):
    dump = "\n".join(lines)
    verdict = clean(dump, min_words=1)
    kept = verdict.text if isinstance(verdict, Article) else ""
    everything = kept + "".join(cut.text for cut in verdict.cuts)
    if isinstance(verdict, Article):
        assert sorted("".join(everything.split())) == sorted("".join(dump.split()).replace("•", ""))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_a_verdict(text):
    assert clean(text).url == WHENCE.requested_url


# The parts.


def test_lines_keep_bullets_and_blank_lines_as_layout():
    assert split_lines("Menu\n  • Home\n\n\nText.") == (
        Line("Menu"),
        Line("Home", bullet=True),
        Line("Text.", gap=2),
    )


def test_a_dash_that_opens_a_line_of_dialogue_is_text():
    assert split_lines("– Nei, sier han.")[0] == Line("– Nei, sier han.")


def test_a_no_break_space_stays():
    assert split_lines("10\u00a0000  euros ")[0].text == "10\u00a0000 euros"


def test_short_lines_are_not_taken_for_wrapped_ones():
    poem = "The boat is old\nThe sea is wide\nThe net is torn\nAnd so is pride\nThe wind is cold\nThe moon is bright"
    assert len(split_lines(poem)) == 6


def test_hyphens_at_the_end_of_a_wrapped_line_stay():
    text = "\n".join(textwrap.wrap(" ".join(BODY).replace("salt works", "salt-works-of-old"), 50))
    assert "salt-works-of-old" in split_lines(text)[0].text.replace("salt- works", "!")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It rained.", True),
        ("“It rained.”", True),
        ("It rained", False),
        ("It rained and then…", False),
        ("It rained...", False),
        ("下雨了。", True),
        ("बारिश हुई।", True),
        ("بارش ہوئی۔", True),
        ("Ist das wahr?", True),
    ],
)
def test_sentences_end_as_their_script_ends_them(text, whole):
    assert ends_like_sentence(text) is whole


def test_a_han_character_weighs_three_letters():
    assert mass("東京") == mass("abcdef") == 6


def test_the_best_run_bridges_what_costs_less_than_it_earns():
    assert best_run([2, -1, 3]) == (0, 2)
    assert best_run([2, -3, 3]) == (2, 2)


@pytest.mark.parametrize(("cost", "kept"), [(0.9, [True, False, False, True]), (3.1, [True, False, False, False])])
def test_a_box_is_crossed_where_what_lies_beyond_is_worth_it(cost, kept):
    assert best_path([5, -4, -4, 3], box_cost=cost, box_line_cost=0) == kept


def test_at_least_one_line_is_kept():
    assert sum(best_path([-5, -1, -5], box_cost=1, box_line_cost=1)) == 1


def test_doubt_moves_lines_out_of_the_text():
    measured = measure(split_lines(ENGLISH))
    kept = [sum(line.kept for line in judge(measured, JudgeConfig(doubt=doubt))) for doubt in (-3, 0.25, 3)]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > kept[-1]


@pytest.mark.parametrize(
    ("name", "value"), [("doubt", 3.1), ("box_cost", -0.1), ("box_line_cost", 5.1), ("paragraph_mass", 0)]
)
def test_a_threshold_out_of_its_range_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=name):
        JudgeConfig(**{name: value})


def test_buttons_that_are_glued_together_are_recognised():
    assert coverage("ShareTweetSend")["share"] > 0.6


def test_a_word_in_a_sentence_covers_little():
    assert sum(coverage("They share a long border with three of their neighbours.").values()) < 0.3


def test_a_report_that_was_published_on_a_day_is_no_stamp():
    assert split_stamp("The report published on 3 May 2024 names him.", language="en", country=None) is None
    assert (
        split_stamp("Updated: 3 May 2024 The report names him.", language="en", country=None)[2]
        == "The report names him."
    )


def test_a_headline_at_the_end_is_cut_off_only_behind_a_sentence():
    assert cut_title_off(f"He left.{TITLE}", TITLE) == "He left."
    assert cut_title_off(f"The paper wrote {TITLE}", TITLE) == f"The paper wrote {TITLE}"


def test_a_shortened_headline_repeats_it_from_three_fifths_on():
    assert repeats("abcdef", "abcdefghij")
    assert not repeats("abcde", "abcdefghij")
