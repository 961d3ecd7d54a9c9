import pytest
from cleaning import PARAGRAPH, draft_of, kept, metadata, numbered, p, rules

from cleaners.config import DEFAULT
from cleaners.stated import cut_stated

AUTHORS = metadata(authors=("Jane Doe",), agency="AP", site_name="The Harbour Post", declared_language="en")


def stated(html: str) -> dict[str, str]:
    draft = draft_of(html)
    cut_stated(draft, AUTHORS, DEFAULT)
    return rules(draft)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("January 7, 2008", "date"),
        ("Friday, 18 Jan 2008 13:47", "date"),
        ("Posted at 6:18 a.m., Tuesday, January 8, 2008", "date"),
        ("Published on 01/12/2008", "date"),
        ("2003-7-24 钱江晚报", "date"),
        ("Jane Doe, The Harbour Post, 3 May 2024", "date"),
        ("Mittwoch, 3. Mai 2024, 10:15 Uhr", "date"),
        ("5 мая 2024, 10:15", "date"),
        ("5 مايو 2024", "date"),
        ("5 मई 2024", "date"),
        ("5 Mayıs 2024", "date"),
        ("5 Mei 2024, 10.15 WIB", "date"),
        ("By SETH BORENSTEIN", "byline"),
        ("By Mark Lavie, Associated Press Writer 1 hour, 44 minutes ago", "byline"),
        ("Por Ana García", "byline"),
        ("责任编辑：", "byline"),
        ("THE CANADIAN PRESS", "byline"),
        ("cmb/sms (Reuters, AP)", "byline"),
        ("mit dpa", "byline"),
        ("(Agencies)", "byline"),
        ("The Harbour Press", None),
        ("Storm of 7 January 2008 returns", None),
        ("By the sea", None),
        ("Von der Leyen", None),
        ("Where the ferry lies", None),
        ("1.", None),
    ],
)
def test_a_line_above_the_text_that_only_states_when_or_by_whom_is_cut(line: str, rule: str | None) -> None:
    assert stated(f"<p>{line}</p>{p(*numbered(1, 2))}").get(line) == rule


def test_a_line_under_a_standfirst_counts_as_above_the_text() -> None:
    assert stated(f"<p>{PARAGRAPH}</p><p>January 7, 2008</p><p>By Seth Borenstein</p>{p(*numbered(1, 2))}") == {
        "January 7, 2008": "date",
        "By Seth Borenstein": "byline",
    }


def test_dates_within_the_text_stay() -> None:
    assert stated(p(*numbered(1, 2), "January 7, 2008", *numbered(3))) == {}


@pytest.mark.parametrize(("rows", "cut"), [(3, False), (2, True)])
def test_a_date_in_a_row_of_a_table_is_the_tables(rows: int, cut: bool) -> None:
    table = "".join(
        f"<tr><td>{name}<td>{said}" for name, said in (("Launch", "7 May 2008"), ("Colour", "red"), ("Of", "tin"))
    )
    table = "<tr>".join(table.split("<tr>")[: rows + 1])
    assert ("7 May 2008" in stated(f"<p>{PARAGRAPH}</p><table>{table}</table>{p(*numbered(1, 2))}")) is cut


@pytest.mark.parametrize(("line", "cut"), [("17/01/2008 18:04:44", True), ("Globe and Mail, January 11, 2008.", False)])
def test_below_the_text_only_a_bare_date_goes_as_sources_belong_to_it(line: str, cut: bool) -> None:
    assert (line in stated(p(*numbered(1, 2), line))) is cut


def test_a_page_without_a_paragraph_is_left_alone() -> None:
    draft = draft_of("<p>January 7, 2008</p>")
    cut_stated(draft, AUTHORS, DEFAULT)
    assert kept(draft) == ["January 7, 2008"]
