from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from metadata_pages import FETCHED_AT, article, json_ld, meta, page_of, read

from corpus.types import Published

BERLIN = timezone(timedelta(hours=2))
INDIA = timezone(timedelta(hours=5, minutes=30))


def published(html: str, **page) -> Published | None:
    return read(html, page_of(**page)).published


def on(html: str, **page) -> date | datetime | None:
    found = published(html, **page)
    return found.on if found else None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024-05-01", date(2024, 5, 1)),
        ("2024-05-01T10:15:00", datetime(2024, 5, 1, 10, 15)),  # noqa: DTZ001
        ("2024-05-01T10:15:00Z", datetime(2024, 5, 1, 10, 15, tzinfo=UTC)),
        ("2024-05-01T10:15:00+02:00", datetime(2024, 5, 1, 10, 15, tzinfo=BERLIN)),
        ("1714558500000", datetime(2024, 5, 1, 10, 15, tzinfo=UTC)),
        (1714558500, datetime(2024, 5, 1, 10, 15, tzinfo=UTC)),
        ("May 1st, 2024", date(2024, 5, 1)),
        ("yesterday", None),
        ("", None),
        (None, None),
        ({"@value": "2024-05-01"}, date(2024, 5, 1)),
        (["2024-05-01"], date(2024, 5, 1)),
    ],
)
def test_a_time_is_as_precise_as_the_publisher_states_it(stated, expected):
    assert on(json_ld(article(headline="Storm", datePublished=stated))) == expected


@pytest.mark.parametrize("zone", ["", "Z", "+00:00", "-04:00", "+05:30"])
def test_a_lone_midnight_sharp_is_a_date_in_every_zone(zone):
    assert on(meta(article__published_time=f"2024-05-01T00:00:00{zone}")) == date(2024, 5, 1)


@pytest.mark.parametrize("clock", ["00:00:01", "00:01:00", "23:59:59", "12:00:00"])
def test_any_other_time_is_a_time(clock):
    assert on(meta(article__published_time=f"2024-05-01T{clock}Z")) == datetime.fromisoformat(
        f"2024-05-01T{clock}+00:00"
    )


@pytest.mark.parametrize(
    "sharper",
    [
        meta(article__published_time="2024-05-01T10:15:00+02:00"),
        '<h1>Storm</h1><time datetime="2024-05-01T10:15:00+02:00">1 May</time>',
    ],
)
def test_a_day_is_sharpened_by_a_place_that_states_its_time(sharper):
    html = json_ld(article(headline="Storm", datePublished="2024-05-01T00:00:00+00:00"))
    assert on(html + sharper) == datetime(2024, 5, 1, 10, 15, tzinfo=BERLIN)


def test_a_naive_time_is_sharpened_by_the_zone_of_the_same_time():
    html = json_ld(article(headline="Storm", datePublished="2024-05-01T10:15:00"))
    assert on(html + meta(article__published_time="2024-05-01T10:15:00+02:00")) == datetime(
        2024, 5, 1, 10, 15, tzinfo=BERLIN
    )
    assert on(html + meta(article__published_time="2024-05-01T08:15:00Z")).tzinfo is None


def test_another_day_does_not_sharpen():
    html = json_ld(article(headline="Storm", datePublished="2024-05-01"))
    assert on(html + meta(article__published_time="2024-05-02T10:15:00Z")) == date(2024, 5, 1)


def test_json_ld_comes_before_meta_elements_before_what_is_visible():
    visible = "<h1>Storm</h1><p>Published 3 May 2024</p>"
    stated = meta(article__published_time="2024-05-02")
    linked = json_ld(article(headline="Storm", datePublished="2024-05-01"))
    assert published(visible).on == date(2024, 5, 3)
    assert published(stated + visible).on == date(2024, 5, 2)
    assert published(linked + stated + visible) == Published(on=date(2024, 5, 1), source="json-ld")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<meta name="parsely-pub-date" content="2024-05-01T10:15:00Z">', datetime(2024, 5, 1, 10, 15, tzinfo=UTC)),
        ('<meta name="DC.date.issued" content="2024-05-01">', date(2024, 5, 1)),
        ('<meta itemprop="datePublished" content="2024-05-01">', date(2024, 5, 1)),
        ('<h1>Storm</h1><span itemprop="datePublished" content="2024-05-01">today</span>', date(2024, 5, 1)),
        (
            '<h1>Storm</h1><abbr class="published" title="2024-05-01T10:15:00Z">May</abbr>',
            datetime(2024, 5, 1, 10, 15, tzinfo=UTC),
        ),
        ('<h1>Storm</h1><time datetime="2024-05-01">1 May 2024, 10:15</time>', datetime(2024, 5, 1, 10, 15)),  # noqa: DTZ001
        ('<h1>Storm</h1><time datetime="broken">1 May 2024</time>', date(2024, 5, 1)),
        ("<h1>Storm</h1><div class='dateline'>May 1, 2024, 07:30 IST</div>", datetime(2024, 5, 1, 7, 30, tzinfo=INDIA)),
        ("<h1>Storm</h1><p>Hamburg, 1. Mai 2024</p>", date(2024, 5, 1)),
        ("<p>1. Mai 2024</p><h1>Storm</h1>", date(2024, 5, 1)),
        ("<title>Storm hits coast | The Planet | 01.05.2024</title>", date(2024, 5, 1)),
        ("<h1>Storm</h1><p>Nothing.</p>", None),
    ],
)
def test_a_date_is_read_wherever_pages_put_it(html, expected):
    assert on(html) == expected


@pytest.mark.parametrize(
    "foreign",
    [
        '<div class="related"><time datetime="2023-01-01">1 January 2023</time></div>',
        "<aside><p>1 January 2023</p></aside>",
        '<footer><span class="date">1 January 2023</span></footer>',
        '<div class="comments"><time datetime="2023-01-01">x</time></div>',
    ],
)
def test_dates_of_other_things_are_not_the_articles(foreign):
    assert on(f"<h1>Storm</h1>{foreign}") is None


@pytest.mark.parametrize(("prose", "found"), [(590, True), (610, False)])
def test_an_unmarked_date_is_the_articles_near_the_headline_only(prose, found):
    html = f"<h1>Storm</h1><p>{'x' * prose}</p><p>1 May 2024</p>"
    assert (on(html) is not None) is found


def test_a_labelled_date_comes_before_an_unlabelled_one():
    html = "<h1>Storm</h1><p>3 May 2024</p><p>Published: 1 May 2024</p>"
    assert on(html) == date(2024, 5, 1)


def test_a_date_that_is_labelled_as_an_update_is_not_the_publication():
    metadata = read("<h1>Storm</h1><p>Last updated</p><p>3 May 2024</p>")
    assert metadata.published is None
    assert metadata.modified == Published(on=date(2024, 5, 3), source="text")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://planet.example/2024/05/01/storm", date(2024, 5, 1)),
        ("https://planet.example/storm-2024-05-01", date(2024, 5, 1)),
        ("https://planet.example/20240501-storm", date(2024, 5, 1)),
        ("https://planet.example/2024/5/1/storm", date(2024, 5, 1)),
        ("https://planet.example/2024/05/storm", None),
        ("https://planet.example/2024/13/01/storm", None),
        ("https://planet.example/2024/02/30/storm", None),
        ("https://planet.example/1202405012/storm", None),
    ],
)
def test_a_day_in_the_url_is_a_date(url, expected):
    assert on("<h1>Storm</h1>", url=url) == expected


def test_a_feeds_claim_stands_in_where_the_page_says_nothing():
    hint = datetime(2024, 5, 1, 10, 15, tzinfo=UTC)
    assert published("<h1>Storm</h1>", hint=hint) == Published(on=hint, source="feed")
    assert on(meta(article__published_time="2024-05-02"), hint=hint) == date(2024, 5, 2)


def test_a_feeds_claim_sharpens_the_day_of_the_page():
    hint = datetime(2024, 5, 1, 10, 15, tzinfo=UTC)
    assert on(meta(article__published_time="2024-05-01"), hint=hint) == hint


@pytest.mark.parametrize("implausible", ["1989-12-31", "2024-06-03", "0001-01-01", "9999-12-31T23:59:59-12:00"])
def test_an_implausible_date_gives_way_to_the_next_place(implausible):
    html = json_ld(article(headline="Storm", datePublished=implausible))
    assert on(html) is None
    assert on(html + meta(article__published_time="2024-05-01")) == date(2024, 5, 1)


@pytest.mark.parametrize("plausible", ["1990-01-01", "2024-06-02"])
def test_a_date_at_the_edge_is_believed(plausible):
    assert datetime(2024, 6, 1, 12, tzinfo=UTC) == FETCHED_AT
    assert on(meta(article__published_time=plausible)) == date.fromisoformat(plausible)


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (json_ld(article(headline="Storm", dateModified="2024-05-02")), "json-ld"),
        (meta(og__updated_time="2024-05-02"), "meta:og:updated_time"),
        ('<meta name="last-modified" content="2024-05-02">', "meta:last-modified"),
        ('<meta itemprop="dateModified" content="2024-05-02">', "microdata"),
        ('<h1>Storm</h1><time class="updated" datetime="2024-05-02">Updated 2 May 2024</time>', "time"),
        ("<h1>Storm</h1><p>Updated: 2 May 2024</p>", "text"),
    ],
)
def test_the_last_change_is_kept_apart_from_the_publication(html, source):
    metadata = read(html)
    assert metadata.modified == Published(on=date(2024, 5, 2), source=source)
    assert metadata.published is None


def test_what_is_called_updated_by_its_class_alone_is_the_publication_where_no_other_is_stated():
    updated = '<h1>Storm</h1><span class="updated">2 May 2024</span>'
    assert on(updated) == date(2024, 5, 2)
    assert read(updated).modified is None
    both = f'{updated}<span class="published">1 May 2024</span>'
    assert on(both) == date(2024, 5, 1)
    assert read(both).modified == Published(on=date(2024, 5, 2), source="text")


def test_the_figures_of_a_headline_do_not_run_into_the_date():
    html = (
        '<div class="post-header"><h1>Coldest start since 1996</h1><p><span class="date">May 2, 2024</span></p></div>'
    )
    assert on(html) == date(2024, 5, 2)


def test_the_country_of_the_host_decides_what_an_abbreviation_means():
    html = '<html lang="en"><h1>Storm</h1><p>1 May 2024, 10:15 IST</p>'
    assert on(html, url="https://planet.ie/a").utcoffset() == timedelta(hours=1)
    assert on(html, url="https://planet.in/a").utcoffset() == timedelta(hours=5, minutes=30)


def test_the_country_of_the_language_decides_the_order_of_figures():
    html = "<h1>Storm</h1><p>4/5/2024</p>"
    assert on(f'<html lang="en-US">{html}') == date(2024, 4, 5)
    assert on(f'<html lang="en-GB">{html}') == date(2024, 5, 4)
    assert on(f'<html lang="en">{html}') is None
