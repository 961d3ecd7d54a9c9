from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dates import Role, find_dates, is_plausible, parse_date, split_language
from cleaners.dates.vocabulary import month_number, read_table
from cleaners.dates.zones import read_zone

INDIA = timezone(timedelta(hours=5, minutes=30))
JUNE_22 = datetime(2021, 6, 22, 7, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01", "2024-05-01"),
        ("2024-5-1", "2024-05-01"),
        ("2024/05/01", "2024-05-01"),
        ("20240501", "2024-05-01"),
        ("2024-05-01T10:15", "2024-05-01T10:15:00"),
        ("2024-05-01 10:15:30", "2024-05-01T10:15:30"),
        ("2024-05-01T10:15:30Z", "2024-05-01T10:15:30+00:00"),
        ("2024-05-01T10:15:30.250+02:00", "2024-05-01T10:15:30.250000+02:00"),
        ("2024-05-01T10:15:30.0000000Z", "2024-05-01T10:15:30+00:00"),
        ("2024-05-01T10:15+0530", "2024-05-01T10:15:00+05:30"),
        ("2024-05-01T10:15:00+00:00Z", "2024-05-01T10:15:00+00:00"),
        ("2024-05-01 10:15:00 +0000", "2024-05-01T10:15:00+00:00"),
        ("2024-05-01T10:15:30 CEST", "2024-05-01T10:15:30+02:00"),
        ("2024-05-01 05:30 PM", "2024-05-01T17:30:00"),
        ("20240501101530", "2024-05-01T10:15:30"),
        ("20240501T101530Z", "2024-05-01T10:15:30+00:00"),
        ("1714558500", "2024-05-01T10:15:00+00:00"),
        ("1714558500000", "2024-05-01T10:15:00+00:00"),
        ("Wed, 01 May 2024 10:15:30 +0200", "2024-05-01T10:15:30+02:00"),
        ("Wed, 01 May 2024 10:15:30 GMT", "2024-05-01T10:15:30+00:00"),
        ("Wed May 01 2024 10:15:30 GMT+0200 (Central European Summer Time)", "2024-05-01T10:15:30+02:00"),
    ],
)
def test_a_stamp_is_read_exactly_as_precise_as_it_is(text, expected):
    assert parse_date(text).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("June 22nd, 2021, 07:30 IST", "2021-06-22T07:30:00+05:30"),
        ("First Published: Jul 21, 2019 01:25 IST", "2019-07-21T01:25:00+05:30"),
        ("Monday, June 17, 2024", "2024-06-17"),
        ("22nd of June, 2021", "2021-06-22"),
        ("21-Jul-19", "2019-07-21"),
        ("21 Jul '19", "2019-07-21"),
        ("Dec. 3, 2021 7 p.m.", "2021-12-03T19:00:00"),
        ("May 21, 2024 at 12:05 am", "2024-05-21T00:05:00"),
        ("May 21, 2024 at 12:05 pm", "2024-05-21T12:05:00"),
        ("11:00 PM CDT on Jul 3, 2019", "2019-07-03T23:00:00-05:00"),
        ("15:56 BST, 27 April 2024", "2024-04-27T15:56:00+01:00"),
        ("Sat 14 May 2011 17.48 BST", "2011-05-14T17:48:00+01:00"),
        ("Jan 5, 2024 9:00 am ET", "2024-01-05T09:00:00-05:00"),
        ("Jul 5, 2024 9:00 am ET", "2024-07-05T09:00:00-04:00"),
        ("May 21, 2024 0730 hrs", "2024-05-21T07:30:00"),
        ("28.04.2023 | 17:52 Uhr", "2023-04-28T17:52:00"),
        ("Stand: 27.04.24, 7.39 Uhr", "2024-04-27T07:39:00"),
        ("3. März 2024, 17:47", "2024-03-03T17:47:00"),
        ("1er juin 2024 à 10h30", "2024-06-01T10:30:00"),
        ("21 de mayo de 2024 a las 10:30", "2024-05-21T10:30:00"),
        ("21 d'abril del 2024", "2024-04-21"),
        ("torsdag 09. mai 2024 - 13:26", "2024-05-09T13:26:00"),
        ("21.5.2024 klo 10.30", "2024-05-21T10:30:00"),
        ("2024. május 21. 10:30", "2024-05-21T10:30:00"),
        ("2024 m. gegužės 21 d.", "2024-05-21"),
        ("2024. gada 21. maijā", "2024-05-21"),
        ("21 мая 2024, 10:30", "2024-05-21T10:30:00"),
        ("7 Δεκεμβρίου 2023", "2023-12-07"),
        ("21 Mayıs 2024 10:30", "2024-05-21T10:30:00"),
        ("12 Maret 2024 10:30 WIB", "2024-03-12T10:30:00+07:00"),
        ("Thứ ba, 21/5/2024, 10:30 (GMT+7)", "2024-05-21T10:30:00+07:00"),
        ("21 tháng 5, 2024", "2024-05-21"),
        ("२१ जून २०२४", "2024-06-21"),
        ("21 मई 2024, 10:30 PM", "2024-05-21T22:30:00"),
        ("২১ মে ২০২৪, ১০:৩০", "2024-05-21T10:30:00"),
        ("ମଇ 21, 2024", "2024-05-21"),
        ("الثلاثاء 21 مايو 2024 - 10:30", "2024-05-21T10:30:00"),
        ("21 كانون الثاني 2024", "2024-01-21"),
        ("21 พ.ค. 2567 10:30 น.", "2024-05-21T10:30:00"),
        ("2024年5月21日 15时20分", "2024-05-21T15:20:00"),
        ("令和6年5月21日 午後3時20分", "2024-05-21T15:20:00"),
        ("民國113年5月21日", "2024-05-21"),
        ("2024. 5. 21. 오후 3:20", "2024-05-21T15:20:00"),
    ],
)
def test_a_dateline_is_read_in_the_language_it_is_written_in(text, expected):
    assert parse_date(text).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2 hours ago",
        "June 22",
        "May 2024",
        "2024",
        "2024-13-01",
        "2024-02-30",
        "31 June 2024",
        "12345",
        "version 1.2.3.4",
        "Tel. 030/12345",
        "99/99/2024",
    ],
)
def test_what_is_no_whole_date_is_none(text):
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["2024-05-21T25:00:00", "2024-05-21T10:75:00", "21 May 2024 25:10"])
def test_a_time_that_does_not_exist_leaves_the_date(text):
    assert parse_date(text) == date(2024, 5, 21)


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en", "US", date(2024, 4, 5)),
        ("en-US", None, date(2024, 4, 5)),
        ("en-GB", None, date(2024, 5, 4)),
        ("en", "IN", date(2024, 5, 4)),
        ("en-US", "GB", date(2024, 5, 4)),
        ("fr", None, date(2024, 5, 4)),
        ("en", None, None),
        (None, None, None),
    ],
)
def test_figures_are_ordered_by_country_or_language_and_never_guessed(language, country, expected):
    assert parse_date("4/5/2024", language=language, country=country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13/5/2024", date(2024, 5, 13)),
        ("5/13/2024", date(2024, 5, 13)),
        ("12/12/2024", date(2024, 12, 12)),
        ("4.5.2024", date(2024, 5, 4)),
    ],
)
def test_figures_that_leave_no_choice_need_no_country(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("name", "language", "country", "hours"),
    [
        ("IST", None, None, 5.5),
        ("IST", "en", "IN", 5.5),
        ("IST", "en", "IE", 1),
        ("IST", "he", None, 2),
        ("IST", "en", "IL", 2),
        ("BST", "en", "GB", 1),
        ("BST", "bn", None, 6),
        ("CST", "en", "US", -6),
        ("CST", "zh", None, 8),
        ("EST", "en", "AU", 10),
        ("CEST", None, None, 2),
        ("GMT+2", None, None, 2),
        ("UTC -03:30", None, None, -3.5),
        ("+0545", None, None, 5.75),
    ],
)
def test_an_abbreviation_means_what_it_means_in_its_country(name, language, country, hours):
    zone = read_zone(name, JUNE_22, language=language, country=country)
    assert zone.utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("offset", "known"), [("+14:00", True), ("+15:00", False), ("-14:00", True), ("-14:30", False)]
)
def test_offsets_beyond_the_line_islands_are_misprints(offset, known):
    assert (read_zone(offset, JUNE_22) is not None) is known


def test_an_unknown_abbreviation_leaves_the_time_naive():
    assert parse_date("May 21, 2024 10:30 XYZT") == datetime(2024, 5, 21, 10, 30)  # noqa: DTZ001


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 9, -5), (3, 11, -4), (11, 2, -4), (11, 4, -5)])
def test_american_zones_without_a_season_follow_the_rule_of_2007(month, day, hours):
    assert read_zone("ET", datetime(2024, month, day, 12)).utcoffset(None) == timedelta(hours=hours)  # noqa: DTZ001


def test_american_zones_follow_the_older_rule_before_2007():
    assert read_zone("ET", datetime(2006, 3, 25, 12)).utcoffset(None) == timedelta(hours=-5)  # noqa: DTZ001
    assert read_zone("ET", datetime(2006, 4, 3, 12)).utcoffset(None) == timedelta(hours=-4)  # noqa: DTZ001


def test_each_date_of_a_line_has_its_own_role():
    line = "Published June 21st, 2021, 07:30 IST | Updated: June 22nd, 2021, 07:30 IST | 3 March 2020"
    assert [(mention.value, mention.role) for mention in find_dates(line)] == [
        (datetime(2021, 6, 21, 7, 30, tzinfo=INDIA), Role.PUBLISHED),
        (datetime(2021, 6, 22, 7, 30, tzinfo=INDIA), Role.MODIFIED),
        (date(2020, 3, 3), Role.UNKNOWN),
    ]


def test_a_mention_covers_the_date_and_its_time():
    line = "By Jane Doe, 21 May 2024, 10:30 am GMT in London"
    mention = find_dates(line)[0]
    assert line[mention.start : mention.end] == "21 May 2024, 10:30 am GMT"


@pytest.mark.parametrize(("gap", "belongs"), [(" " + "x" * 18 + " ", True), (" " + "x" * 19 + " ", False)])
def test_a_time_belongs_to_a_date_as_far_as_twenty_characters_away(gap, belongs):
    assert isinstance(find_dates(f"21 May 2024{gap}10:30")[0].value, datetime) is belongs


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("listopad", "cs", 11),
        ("listopad", "hr", 10),
        ("listopad", None, None),
        ("MAI", None, 5),
        ("mayhem", None, None),
    ],
)
def test_a_month_that_differs_between_languages_needs_the_language(word, language, expected):
    assert month_number(word, language) == expected


def test_every_language_of_the_table_has_twelve_months():
    assert {language: len(months) for language, months in read_table("months.toml").items() if len(months) != 12} == {}


def test_every_month_is_understood_in_its_own_language():
    for language, months in read_table("months.toml").items():
        for number, forms in enumerate(months, 1):
            for form in forms.split("|"):
                assert parse_date(f"21 {form} 2024", language=language) == date(2024, number, 21), (language, form)


@pytest.mark.parametrize(
    ("when", "plausible"),
    [
        (date(1990, 1, 1), True),
        (date(1989, 12, 31), False),
        (date(2024, 5, 2), True),
        (date(2024, 5, 3), False),
        (datetime(2024, 5, 2, 12, tzinfo=UTC), True),
        (datetime(2024, 5, 2, 12, 1, tzinfo=UTC), False),
        (datetime(2024, 5, 2, 23), True),  # noqa: DTZ001
        (datetime(2024, 5, 3, 0, 1), False),  # noqa: DTZ001
    ],
)
def test_a_date_is_plausible_from_the_earliest_day_to_one_day_ahead_of_the_crawl(when, plausible):
    fetched = datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert is_plausible(when, fetched_at=fetched, earliest=date(1990, 1, 1)) is plausible


def test_plausibility_has_no_trouble_at_the_end_of_the_calendar():
    assert is_plausible(date(9999, 12, 31), fetched_at=datetime.max.replace(tzinfo=UTC), earliest=date(1990, 1, 1))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-IN", ("en", "IN")),
        ("pt_BR", ("pt", "BR")),
        ("zh-Hans", ("zh", None)),
        ("", (None, None)),
        ("EN", ("en", None)),
    ],
)
def test_language_and_region_are_told_apart(tag, expected):
    assert split_language(tag) == expected


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC) | st.none()))  # noqa: DTZ001
@settings(max_examples=100, deadline=None)
def test_an_iso_stamp_comes_back_as_it_was(when):
    assert parse_date(when.isoformat()) == when


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)), st.times())
@settings(max_examples=100, deadline=None)
def test_an_english_dateline_comes_back_as_it_was(day, clock):
    clock = clock.replace(second=0, microsecond=0, tzinfo=None)
    assert parse_date(f"{day:%A, %B} {day.day}, {day.year}, {clock:%I:%M %p}") == datetime.combine(day, clock)


@given(st.text(max_size=80) | st.text(alphabet="0123456789.:/- TZamprilMy年月日午後+,", max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_none_gives_an_invented_midnight(text):
    found = parse_date(text)
    if isinstance(found, datetime) and (found.hour, found.minute) == (0, 0):
        assert any(map(str.isdigit, text))
    assert found is None or isinstance(found, date)
