"""Bylines and dates of text dumps, read off the lines around an article."""

from datetime import date, datetime

import pytest

from cleaners.line_facts import Facts, find_stamps, read_facts

TITLE = "Ferry comes home in the rain"
STORY = "The ferry left the harbour at noon with forty people and a dog on board, and nobody thought of the rain."


def facts(*around: str, below: tuple[str, ...] = (), title: bool = True) -> Facts:
    lines = [*around, STORY, STORY, *below]
    start, end = len(around), len(around) + 1
    stamps = find_stamps(lines, start, end, language="en", country=None)
    return read_facts(lines, start, end, title=lines.index(TITLE) if title else None, stamps=stamps)


@pytest.mark.parametrize(
    ("line", "authors", "agency"),
    [
        ("By Jane Doe", ("Jane Doe",), None),
        ("By Jane Doe and John Roe, Reuters", ("Jane Doe", "John Roe"), "Reuters"),
        ("By Reuters", ("Reuters",), "Reuters"),
        ("Reuters", ("Reuters",), "Reuters"),
        ("Von Jane Doe, dpa", ("Jane Doe",), "dpa"),
        ("AA", (), None),
        ("Text Size", (), None),
        ("By Share This", (), None),
    ],
)
def test_persons_and_agencies_are_told_apart(line, authors, agency):
    found = facts(TITLE, line)
    assert (found.authors, found.agency) == (authors, agency)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ("News Feature", ()),
        ("Share This", ()),
        ("Ferries", ()),
    ],
)
def test_a_line_beside_the_date_is_a_byline_if_it_is_a_persons_name(line, authors):
    assert facts(TITLE, line, "3 May 2024").authors == authors


@pytest.mark.parametrize("line", ["Jane Doe Published: January 3, 2024", "Jane Doe | January 3, 2024"])
def test_a_name_may_share_the_line_of_the_date(line):
    found = facts(TITLE, line)
    assert (found.authors, found.published) == (("Jane Doe",), date(2024, 1, 3))


CONTENTS = ("Share", "Contents", *(f"The {number}. harbour" for number in range(8)))


def test_a_byline_above_a_table_of_contents_counts_where_a_date_stands_behind_it():
    assert facts("By Jane Doe", "3 May 2024", *CONTENTS, TITLE).authors == ("Jane Doe",)
    assert facts("By Jane Doe", "Guides", *CONTENTS, TITLE).authors == ()


def test_bylines_of_several_teasers_are_nobodys():
    teasers = ("By John Roe", "2 May 2024", "By Jane Doe", "3 May 2024")
    assert facts(*teasers, *CONTENTS, TITLE).authors == ()


def test_a_source_behind_the_text_is_the_agency():
    found = facts(TITLE, "By Jane Doe", below=("Source: Reuters",))
    assert (found.authors, found.agency) == (("Jane Doe",), "Reuters")


@pytest.mark.parametrize(
    ("line", "published", "modified"),
    [
        ("07/10/2024 06:00 Updated 07/10/2024 14:08", datetime(2024, 10, 7, 6), datetime(2024, 10, 7, 14, 8)),  # noqa: DTZ001
        ("08/10/2024 Updated 07/10/2024", None, date(2024, 10, 7)),
        ("Updated 7 October 2024", None, date(2024, 10, 7)),
        ("May 3, 2024 12:00 AM", date(2024, 5, 3), None),
    ],
)
def test_a_date_before_that_of_the_change_is_the_publication(line, published, modified):
    lines = [TITLE, line, STORY, STORY]
    stamps = find_stamps(lines, 2, 3, language="es" if "/" in line else "en", country=None)
    found = read_facts(lines, 2, 3, title=0, stamps=stamps)
    assert (found.published, found.modified) == (published, modified)
