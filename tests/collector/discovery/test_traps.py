"""Endless URLs are traps, and no real article's URL is."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.discovery.traps import TrapLimits, combination_key, trap

SITE = "https://valley.example"
TODAY = date(2026, 11, 22)


def evidence(path: str, combinations: int = 0, **limits: int) -> str | None:
    return trap(SITE + path, today=TODAY, combinations=combinations, limits=TrapLimits(**limits))


def test_too_long_a_url_is_a_trap() -> None:
    at = "/" + "a" * (2000 - len(SITE) - 1)
    assert evidence(at) is None
    assert evidence(at + "a") == "2001 characters > 2000"


def test_too_deep_a_path_is_a_trap() -> None:
    assert evidence("".join(f"/s{number}" for number in range(16))) is None
    assert evidence("".join(f"/s{number}" for number in range(17))) == "path is 17 deep > 16"


def test_a_segment_that_comes_back_is_a_trap() -> None:
    assert evidence("/news/a/news/b/") is None
    assert evidence("/news/a/News/b/news/") == "'news' stands 3 times in the path > 2"
    assert evidence("/01/01/01/01/") is None


def test_too_many_parameters_are_a_trap() -> None:
    query = "&".join(f"a{number}=x" for number in range(20))
    assert evidence(f"/a?{query}") is None
    assert evidence(f"/a?{query}&b=x") == "21 parameters > 20"


def test_a_redirect_that_carries_itself_is_a_trap() -> None:
    assert evidence("/a?next=%2Fa%3Fnext%3D%252Fa") is None
    assert evidence("/a?next=%2Fa%3Fnext%3D%252Fa%253Fnext%253D%25252Fa") is not None


@pytest.mark.parametrize("path", ["/{}/05/", "/news/{}/05/01/", "/list?date={}-05", "/c?year={}"])
def test_lists_of_far_years_are_traps(path: str) -> None:
    assert evidence(path.format(2028)) is None
    assert evidence(path.format(2029)) == "list of 2029, 3 years ahead > 2"


def test_months_of_calendars_far_from_today_are_traps_and_so_are_their_days() -> None:
    assert evidence("/events/2027/01/") is None
    assert evidence("/events/2027/02/") == "calendar of events, 3 months off > 2"
    assert evidence("/kalender/2026/09") is None
    assert evidence("/kalender/2026/08") == "calendar of events, 3 months off > 2"
    assert evidence("/events/2026-11-23") == "a day of a calendar of events"


def test_lists_that_are_older_than_the_web_are_traps() -> None:
    assert evidence("/c?year=1990") is None
    assert evidence("/c?year=1989") == "list of 1989 < 1990"


def test_archives_of_old_years_are_none() -> None:
    assert evidence("/archive/1851/09/18/") is None


@pytest.mark.parametrize("path", ["/2031/05/01/floods-to-come/", "/21/05/", "/news/4005/", "/30263-2/", "/a/5359/8/"])
def test_other_numbers_are_no_dates(path: str) -> None:
    assert evidence(path) is None


def test_too_many_forms_of_one_page_are_a_trap() -> None:
    assert evidence("/shop?colour=red", combinations=200) is None
    assert evidence("/shop?colour=red", combinations=201) == "201 forms of one page > 200"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/shop?colour=red&size=9", "/shop"),
        ("/shop?sort=x&page=2", "/shop"),
        ("/a?token=0a1b2c3d", "/a"),
        ("/story.php?id=12345&print=1", "/story.php?id=12345"),
        ("/story.php?view=text&news=12345", "/story.php?news=12345"),
        ("/events/2026-05-01/", "/events/"),
        ("/calendar/2026/05/", "/calendar/"),
    ],
)
def test_forms_of_one_page_share_a_key(path: str, key: str) -> None:
    assert combination_key(SITE + path) == SITE + key


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/a-story/",
        "/story.php?id=12345",
        "/?p=12",
        "/news?page=7",
        "/news?start=20",
        "/a?utm_source=x",
        "/2026/05/",
    ],
)
def test_a_page_of_one_form_has_no_key(path: str) -> None:
    assert combination_key(SITE + path) is None


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="/?&=%25ab0129-", max_size=40))
def test_every_url_is_judged(tail: str) -> None:
    trap(f"{SITE}/{tail}", today=TODAY)
    combination_key(f"{SITE}/{tail}")


@pytest.mark.parametrize(
    ("limit", "value"),
    [("max_characters", 99), ("max_depth", 2), ("max_repeats", 0), ("max_parameters", 0), ("max_years_ahead", -1),
     ("first_listed_year", 0), ("max_calendar_months", -1), ("max_combinations", 0)],
)  # fmt: skip
def test_limits_out_of_range_are_refused_by_name(limit: str, value: int) -> None:
    with pytest.raises(ValueError, match=limit):
        TrapLimits(**{limit: value})


@pytest.mark.shared
def test_no_real_article_is_a_trap(shared: Path) -> None:
    with gzip.open(shared / "data/truth.jsonl.gz") as lines:
        urls = [str(json.loads(line).get("url")) for line in lines]
    for mirror in (shared / "data/sites").glob("*.truth.jsonl.gz"):
        with gzip.open(mirror) as lines:
            urls += [json.loads(line)["url"] for line in lines]
    urls = [url for url in urls if url.startswith("http")]
    assert len(urls) > 6000
    assert [(url, found) for url in urls if (found := trap(url, today=TODAY))] == []
