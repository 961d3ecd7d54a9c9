"""Credits and ranks: who is told to have written a text first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.credits import credited_agency, is_origin
from corpus.ranks import rank_of

BODY = "A ferry with forty people on board sank on Monday, and twelve of them were still missing in the evening."


@pytest.mark.parametrize(
    ("authors", "text", "agency"),
    [
        (["Reuters"], BODY, "Reuters"),
        (["Asha Rao, AFP"], BODY, "AFP"),
        (["Asha Rao | The Associated Press"], BODY, "AP"),
        (["Asha Rao"], BODY, None),
        ([], f"CUTTACK, March 3 (Reuters) - {BODY}", "Reuters"),
        ([], f"CUTTACK (AP) — {BODY}", "AP"),
        ([], f"New Delhi [India], March 3 (ANI): {BODY}", "ANI"),
        ([], f"Reuters - {BODY}", "Reuters"),
        ([], f"(PTI) {BODY}", "PTI"),
        ([], f"{BODY}\n\n(PTI)", "PTI"),
        ([], f"{BODY}\n\n-- IANS", "IANS"),
        ([], f"{BODY}\n\nReporting by Asha Rao; editing by John Doe", None),
        ([], f"{BODY} It was printed by Xinhua (Xinhua)", "Xinhua"),
        ([], f"नई दिल्ली, 3 मार्च (भाषा) - {BODY}", "PTI"),
        ([], f"{BODY} The AP (a news agency) was told of it. {BODY}", None),
        ([], f"UNI students protest - {BODY}", None),
        ([], "", None),
    ],
)
def test_an_agency_is_credited_in_a_byline_a_dateline_or_a_closing_line(
    authors: list[str], text: str, agency: str | None
) -> None:
    assert credited_agency(authors, text) == agency


@pytest.mark.parametrize(
    ("agency", "site_name", "url", "own"),
    [
        ("Reuters", None, "https://www.reuters.com/world/ferry", True),
        ("Reuters", "Reuters", "https://mirror.example/ferry", True),
        ("ANI", None, "https://www.aninews.in/ferry", True),
        ("AP", "AP", "https://hosted.example/ferry", True),
        ("Reuters", "Harbour Post", "https://harbour-post.example/ferry", False),
        ("PA Media", None, "https://parliament.example/ferry", False),
    ],
)
def test_an_agency_is_the_origin_on_its_own_site(agency: str, site_name: str | None, url: str, own: bool) -> None:
    assert is_origin(agency, site_name=site_name, url=url) is own


URL = "https://post.example/a"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"published": "2026-11-14T08:00:00+00:00"}, {"published": "2026-11-14T08:00:01+00:00"}),
        ({"published": "2026-11-14T08:30:00+05:30"}, {"published": "2026-11-14T04:00:00+00:00"}),
        ({"published": "2026-11-14T23:00:00"}, {"published": "2026-11-14"}),
        ({"published": "2026-11-14"}, {"published": "2026-11-15T00:00:00"}),
        ({"published": "2026-11-14"}, {"published": None}),
        ({"published": None}, {"published": "1999-01-01", "reprint": True}),
        ({"published": "0001-01-01"}, {"published": "1990-01-01"}),
        ({"published": "1990-01-01"}, {"published": "9999-12-31"}),
    ],
)
def test_the_origin_comes_first_then_the_earliest(first: dict[str, object], second: dict[str, object]) -> None:
    one, other = (rank_of(**{"url": URL, "reprint": False, "published": None, **given_}) for given_ in (first, second))
    assert one < other


@given(
    url=st.text(min_size=1),
    published=st.one_of(st.none(), st.dates().map(str), st.datetimes().map(lambda at: at.isoformat())),
    reprint=st.booleans(),
)
def test_a_rank_fits_into_the_database(url: str, published: str | None, reprint: bool) -> None:
    assert 0 <= rank_of(url=url, published=published, reprint=reprint) < 2**63 - 100
