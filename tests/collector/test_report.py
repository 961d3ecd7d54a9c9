"""The report shows what is in the corpus, on one page that needs nothing else and that everybody can read."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from command_line import Call
from corpus_builder import BEGAN, Builder, Shot, at, story
from lxml import html

from collector.plots import OTHERS, nice_top, rows, stack
from collector.report import render
from corpus.errors import StoreError
from corpus.figures import Figures, count_figures
from corpus.schema import connect
from corpus.types import Reason

FIRST, LAST = date(2024, 11, 1), date(2024, 11, 30)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of seven articles, one older than the first look, a copy, removals, failures and an alarm."""
    root = tmp_path_factory.mktemp("report") / "corpus"
    with Builder.begin(root) as builder:
        for site in ("post", "ledger"):
            builder.list(f"https://{site}.example/rss", hour=-49)
        for hour, site, name, language, minutes in (
            (0, "post", "ferry", "en", 4),
            (1, "post", "bridge", "or", 20),
            (26, "post", "mill", "en", 100),
            (27, "ledger", "well", "en", None),
            (74, "ledger", "road", "hi", 3000),
        ):
            told = None if minutes is None else (at(hour) - timedelta(minutes=minutes)).isoformat()
            shot = Shot(
                url=f"https://{site}.example/{name}", text=story(name), hour=hour, language=language, published=told
            )
            assert builder.take(shot) == "kept"
        copy = Shot(url="https://ledger.example/copy", text=f"{story('ferry')} And more of it.", hour=75)
        assert builder.take(copy) == "kept"
        builder.list("https://post.example/rss", hour=2)
        early = (at(-50)).isoformat()
        assert builder.take(Shot(url="https://post.example/old", text=story("old"), hour=1, published=early)) == "kept"
        builder.remove("https://post.example/short", Reason.TOO_SHORT, "38 words < 50", hour=3)
        builder.remove("https://post.example/gone", Reason.HTTP_ERROR, "HTTP 404", hour=30)
        builder.remove("https://ledger.example/gone", Reason.HTTP_ERROR, "HTTP 404", hour=1000)
        builder.fail("https://post.example/slow", "http-503", "HTTP 503", hour=5, again=1e6, status=503)
        builder.end(80)
        with builder.store.transaction() as db:
            db.execute("INSERT INTO spending VALUES ('post', ?, 40)", (int(BEGAN.timestamp() // 86_400),))
            db.execute(
                """INSERT INTO alarm (site, cause, measure, share, since, opened_at, run_id, evidence, examples)
                   VALUES ('post', 'redesign', 'x', 0.5, ?, ?, 1, '9 < 10 & <b>more</b>', '["https://post.example/?a=1&b=2"]')""",
                (BEGAN.timestamp(), BEGAN.timestamp()),
            )
    return root


def figures_of(root: Path, since: date = FIRST, until: date = LAST, *sites: str) -> Figures:
    with closing(connect(root / "corpus.db", read_only=True)) as db:
        return count_figures(db, since=since, until=until, sites=sites)


@pytest.fixture
def figures(filled: Path) -> Figures:
    return figures_of(filled)


def test_articles_are_counted_by_day_site_and_language(figures: Figures) -> None:
    assert (figures.articles, figures.new_articles) == (7, 7)
    assert figures.days == {
        date(2024, 11, 14): {"post": 3},
        date(2024, 11, 15): {"post": 1, "ledger": 1},
        date(2024, 11, 17): {"ledger": 2},
    }
    assert figures.languages == {"post": {"en": 3, "or": 1}, "ledger": {"en": 2, "hi": 1}}


def test_removals_and_failures_are_those_of_the_span(figures: Figures) -> None:
    assert figures.removals == {"http-error": 1, "too-short": 1}
    assert figures.failures == {"http-503": 1}


def test_copies_are_counted_by_day_and_by_site(figures: Figures) -> None:
    assert figures.duplicates[date(2024, 11, 17)] == (2, 1)
    assert {one.name: one.copies for one in figures.duplication} == {"ledger": 1, "post": 0}


def test_latency_is_that_of_what_was_published_within_the_span_at_a_time_of_day(filled: Path) -> None:
    latency = figures_of(filled).latency
    assert (latency.articles, latency.median_minutes, latency.most_minutes) == (4, 20, 3000)
    assert latency.classes == (1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0)
    assert {one.site: one.articles for one in figures_of(filled).latencies} == {"ledger": 1, "post": 3}
    # What was there before the first look says nothing of how fast we are.
    assert figures_of(filled, since=date(2024, 11, 16)).latency.articles == 0


def test_responses_are_counted_by_day_and_status(figures: Figures) -> None:
    assert figures.statuses == {200: 11, 404: 1, 503: 1}
    assert figures.responses[date(2024, 11, 14)] == {"200": 5, "5xx": 1}
    assert figures.responses[date(2024, 11, 15)] == {"200": 2, "4xx": 1}
    assert figures.requests == {"post": 40}


@pytest.mark.parametrize(
    ("since", "until", "new"),
    [(14, 14, 3), (15, 17, 4), (15, 16, 2), (16, 16, 0), (1, 13, 0)],
)
def test_the_first_and_the_last_day_are_included(filled: Path, since: int, until: int, new: int) -> None:
    figures = figures_of(filled, date(2024, 11, since), date(2024, 11, until))
    assert (figures.new_articles, figures.articles) == (new, 7)


def test_of_one_site_there_is_nothing_of_others(filled: Path) -> None:
    figures = figures_of(filled, FIRST, LAST, "ledger")
    assert (figures.articles, figures.new_articles, figures.statuses) == (3, 3, {200: 4})
    assert [one.name for one in figures.duplication] == ["ledger"]
    assert (figures.alarms, figures.requests, figures.removals) == ((), {}, {})
    assert [run.id for run in figures.runs] == [1]


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(figures: Figures) -> html.HtmlElement:
    return html.document_fromstring(render(figures, name="corpus", now=datetime(2024, 12, 1, tzinfo=UTC)))


def test_the_page_needs_nothing_else(page: html.HtmlElement) -> None:
    assert not page.xpath(
        "//script | //link | //img | //iframe | //object | //*[@src] | //*[starts-with(name(@*), 'on')]"
    )
    (style,) = page.xpath("//style/text()")
    assert "url(" not in style
    assert "@import" not in style
    assert {link.get("rel") for link in page.xpath("//a")} == {"noreferrer nofollow"}


def test_every_chart_has_a_name_a_description_and_its_numbers_in_a_table(page: html.HtmlElement) -> None:
    charts = page.xpath("//svg")
    assert len(charts) == 3
    for chart in charts:
        title, description = (page.get_element_by_id(name) for name in chart.get("aria-labelledby").split())
        assert title.text
        assert description.text
        listed = [int(told) for told in chart.xpath("ancestor::figure//tbody/tr/td[last()]/text()")]
        drawn = [sum(map(int, re.findall(r"[:,] (\d+) ", told.text))) for told in chart.xpath("./g/title")]
        assert listed == drawn[::-1] != []
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_headings_are_in_order_and_every_section_has_one(page: html.HtmlElement) -> None:
    assert [heading.text for heading in page.xpath("//h1")] == ["corpus"]
    for section in page.xpath("//section"):
        assert page.get_element_by_id(section.get("aria-labelledby")).tag == "h2"


def test_what_comes_from_outside_is_text_and_no_markup(page: html.HtmlElement) -> None:
    alarms = page.xpath("//ul[@class='alarms']")[0]
    assert "9 < 10 & <b>more</b>" in alarms.text_content()
    assert not alarms.xpath(".//b")
    assert alarms.xpath(".//a/@href") == ["https://post.example/?a=1&b=2"]


def test_light_and_dark_and_narrow_have_rules_of_their_own(page: html.HtmlElement) -> None:
    style = page.xpath("//style/text()")[0]
    assert "prefers-color-scheme: dark" in style
    assert "max-width: 32rem" in style
    assert page.xpath("//meta[@name='viewport']")


def test_an_empty_corpus_has_a_page_too(tmp_path: Path) -> None:
    connect(tmp_path / "corpus.db").close()
    told = render(figures_of(tmp_path), name="empty", now=datetime(2024, 12, 1, tzinfo=UTC))
    assert "No articles yet." in told
    assert "No run in this time." in told


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_bars_are_as_high_as_their_numbers() -> None:
    drawn = stack({FIRST: {"a": 3, "b": 1}}, FIRST, FIRST + timedelta(days=1))
    assert (drawn.top, drawn.series, [bar.total for bar in drawn.bars]) == (4, ("a", "b"), [4, 0])
    assert [(part.top, part.height) for part in drawn.bars[0].parts] == [(25.0, 75.0), (0.0, 25.0)]


@pytest.mark.parametrize(
    ("days", "span", "bars"), [(1, "day", 1), (92, "day", 92), (93, "week", 14), (644, "week", 92), (645, "month", 22)]
)
def test_long_spans_are_drawn_by_week_or_month(days: int, span: str, bars: int) -> None:
    since = date(2024, 1, 1)  # a Monday
    drawn = stack({since + timedelta(days=n): {"a": 1} for n in range(days)}, since, since + timedelta(days=days - 1))
    assert (drawn.span, len(drawn.bars)) == (span, bars)
    assert sum(bar.total for bar in drawn.bars) == days


@pytest.mark.parametrize(("series", "named"), [(7, 7), (8, 7)])
def test_many_series_are_drawn_together(series: int, named: int) -> None:
    drawn = stack({FIRST: {f"site-{n}": n + 1 for n in range(series)}}, FIRST, FIRST)
    assert len(drawn.series) == named
    assert (drawn.series[-1] == OTHERS) == (series > 7)
    assert sum(drawn.bars[0].numbers) == sum(range(series + 1))


@pytest.mark.parametrize("most", [1, 2, 9, 10, 11, 99, 100, 101, 12_345])
def test_the_top_of_a_scale_is_even_and_not_far_above(most: int) -> None:
    assert most <= nice_top(most) <= 2 * most + 1
    assert nice_top(most) % 2 == 0


def test_a_long_list_is_summed_up_in_its_last_row() -> None:
    listed = rows({str(n): n for n in range(9, 0, -1)}, most_rows=4)
    assert [(row.name, row.number) for row in listed] == [("9", 9), ("8", 8), ("7", 7), ("6 more", 21)]
    assert max(row.length for row in listed) == 100


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_the_page_and_says_where(call: Call, filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "page.html"
    told = call("report", "--corpus", filled, "--since", "2024-11-01", "--until", "2024-11-30", "--to", file)
    assert (told.code, told.out.strip()) == (0, str(file))
    assert "New articles a day" in file.read_text("utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["page.html"]


def test_by_default_it_stands_in_the_folder_of_reports_and_is_of_the_last_days(call: Call, filled: Path) -> None:
    assert call("report", "--corpus", filled).code == 0
    assert f"to {datetime.now(UTC).date()}" in (filled / "reports" / "index.html").read_text("utf-8")


def test_json_has_the_same_numbers(call: Call, filled: Path) -> None:
    told = json.loads(
        call("report", "--corpus", filled, "--since", "2024-11-01", "--until", "2024-11-30", "--json").out
    )
    assert told["days"]["2024-11-15"] == {"ledger": 1, "post": 1}
    assert (told["latency"]["median_minutes"], told["statuses"]["404"]) == (20, 1)
    assert told["alarms"][0]["cause"] == "redesign"
    assert told["duplication"][0]["rate"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--site", "pots"), "did you mean 'post'"),
        (("--since", "2024-11-02", "--until", "2024-11-01"), "comes after"),
        (("--since", "yesterday"), "does not match"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Call, filled: Path, words: tuple[str, ...], message: str) -> None:
    told = call("report", "--corpus", filled, *words)
    assert (told.code, message in " ".join(told.err.split())) == (2, True)


def test_a_file_that_cannot_be_written_is_told(figures: Figures, tmp_path: Path) -> None:
    from collector.report import write_report

    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(StoreError, match=r"File exists|Not a directory"):
        write_report(figures, tmp_path / "file" / "page.html", name="corpus", now=datetime.now(UTC))


def test_no_text_is_read(filled: Path) -> None:
    with closing(connect(filled / "corpus.db", read_only=True)) as db:
        read: set[tuple[str | None, str | None]] = set()

        def note(action: int, table: str | None, column: str | None, *_: object) -> int:
            if action == sqlite3.SQLITE_READ:
                read.add((table, column))
            return sqlite3.SQLITE_OK

        db.set_authorizer(note)
        count_figures(db, since=FIRST, until=LAST)
    assert not {one for one in read if one[0] == "text"}
    assert not {("capture", "cuts"), ("capture", "metadata"), ("document", "signature")} & read


def test_a_page_that_cannot_take_its_place_leaves_nothing_beside_it(figures: Figures, tmp_path: Path) -> None:
    from collector.report import write_report

    (tmp_path / "page.html").mkdir()
    with pytest.raises(StoreError, match="Is a directory"):
        write_report(figures, tmp_path / "page.html", name="corpus", now=datetime.now(UTC))
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
