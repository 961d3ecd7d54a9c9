"""What the lines around a text tell, and what they are not believed in."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.metadata import Metadata, MetadataConfig, add_told
from cleaners.metadata.model import PageTime
from cleaners.metadata.told import CreditLine, Place
from corpus.types import Published

CONFIG = MetadataConfig()
SOURCE = "visible-line"


def told(
    *lines: str | CreditLine,
    place: Place = Place.ABOVE,
    language: str | None = "en",
    country: str | None = None,
    known: Metadata | None = None,
) -> Metadata:
    page = PageTime(
        url="https://planet.example/a",
        fetched_at=datetime(2024, 6, 1, 12, tzinfo=UTC),
        language=language,
        country=country,
    )
    around = [line if isinstance(line, CreditLine) else CreditLine(text=line, place=place) for line in lines]
    return add_told(known or Metadata(), around, page, CONFIG)


def below(text: str, distance: int = 1) -> CreditLine:
    return CreditLine(text=text, place=Place.BELOW, distance=distance)


def on(published: Published | None) -> date | datetime | None:
    return published and published.on


MAY_3 = date(2024, 5, 3)
MAY_3_1030 = datetime(2024, 5, 3, 10, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "First published: 3 May 2024, 10:30"),
        ("hi", "प्रकाशित: 3 मई 2024, 10:30"),
        ("de", "Veröffentlicht am 3. Mai 2024, 10:30 Uhr"),
        ("fr", "Publié le 3 mai 2024 à 10h30"),
        ("es", "Publicado el 3 de mayo de 2024 a las 10:30"),
        ("pt", "Publicado em 3 de maio de 2024, 10:30"),
        ("ru", "Опубликовано 3 мая 2024, 10:30"),
        ("ar", "تاريخ النشر: 3 مايو 2024 10:30"),
        ("zh", "发布时间：2024年5月3日 10:30"),
        ("ja", "公開日：2024年5月3日 10:30"),
        ("tr", "Yayınlanma: 3 Mayıs 2024 10:30"),
        ("id", "Diterbitkan 3 Mei 2024, 10:30"),
    ],
)
@pytest.mark.parametrize("place", list(Place))
def test_a_labelled_line_tells_when_in_every_language(language, line, place):
    found = told(line, place=place, language=language)
    assert (on(found.published), found.modified) == (MAY_3_1030, None)
    assert found.sources == {"published": SOURCE}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Last updated on 3 May 2024"),
        ("hi", "अपडेटेड: 3 मई 2024"),
        ("de", "Zuletzt aktualisiert am 03.05.2024"),
        ("fr", "Mis à jour le 3 mai 2024"),
        ("es", "Actualizado el 3 de mayo de 2024"),
        ("pt", "Atualizado em 3 de maio de 2024"),
        ("ru", "Обновлено: 3 мая 2024"),
        ("ar", "آخر تحديث: 3 مايو 2024"),
        ("zh", "更新时间：2024-05-03"),
        ("ja", "更新日：2024年5月3日"),
        ("tr", "Güncelleme: 3 Mayıs 2024"),
        ("id", "Diperbarui 3 Mei 2024"),
    ],
)
def test_a_line_that_tells_of_a_change_is_no_publication(language, line):
    found = told(line, language=language)
    assert (found.published, on(found.modified)) == (None, MAY_3)
    assert found.sources == {"modified": SOURCE}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe", ("Jane Doe",)),
        ("By Jane Doe and John Roe | 3 May 2024", ("Jane Doe", "John Roe")),
        ("Written by Jane Doe", ("Jane Doe",)),
        ("Posted: May 3, 2024, 4:30 PM by Jane Doe", ("Jane Doe",)),
        ("posted by Jane Doe at 1:02 PM", ("Jane Doe",)),
        ("Posted by Jane Doe on Wednesday, May 3rd, 2024 at 8:43 am", ("Jane Doe",)),
        ("लेखक: Jane Doe", ("Jane Doe",)),
        ("Von Jane Doe, Berlin", ("Jane Doe",)),
        ("Par Jane Doe", ("Jane Doe",)),
        ("Por: Jane Doe", ("Jane Doe",)),
        ("Autora: Jane Doe", ("Jane Doe",)),
        ("Автор: Анна Петрова", ("Анна Петрова",)),
        ("بقلم: محمد علي", ("محمد علي",)),
        ("2024-05-03 阅读：8169 来源：转载 作者：孙仲旻", ("孙仲旻",)),
        ("文責：山田太郎", ("山田太郎",)),
        ("作者： 记者王敬照", ("王敬照",)),
        ("2024/05/03 22:11:42 by 眉间尺 〓", ("眉间尺",)),
        ("Yazar: Jane Doe", ("Jane Doe",)),
        ("Penulis: Jane Doe", ("Jane Doe",)),
        ("Von Redaktion Planet", ("Redaktion Planet",)),
        ("Posted by Konstantin 3 May 2024", ("Konstantin",)),
    ],
)
def test_a_line_that_announces_names_tells_who(line, names):
    found = told(line)
    assert found.authors == names
    assert found.sources["authors"] == SOURCE


@pytest.mark.parametrize(
    "line",
    [
        "Text Size",
        "By commenting on this article, you agree to our terms",
        "By Modality",
        "Posted by admin",
        "责任编辑：张毅",
        "Edited by Jane Doe",
        "Photo: Jane Doe",
        "By jane@planet.example",
        "By Share This",
        "Posted by jrmylmb - Friday, May 3, 2024 12:40 PM",
        "Copyright 3 May 2024 by Jane Doe",
        "Jane Doe",
        "By now, few of those who had come to the harbour that morning believed that Jane Doe would ever return to it"
        " with the boat that she had left in, or without it.",
    ],
)
def test_what_only_looks_like_a_byline_tells_nobody(line):
    assert told(line).authors == ()


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        (below("Source: Reuters"), "Reuters"),
        (below("Quelle: dpa/AFP"), "dpa"),
        (below("Fuente: EFE"), "EFE"),
        (below("Fonte: Agência Lusa"), "Agência Lusa"),
        (below("Источник: ТАСС"), "ТАСС"),
        (below("المصدر: وكالة الأنباء"), "وكالة الأنباء"),
        (below("स्रोत: PTI"), "PTI"),
        (below("Kaynak: Anadolu Ajansı"), "Anadolu Ajansı"),
        (below("Sumber: Antara"), "Antara"),
        (below("来源：中新网"), "中新网"),
        (below("(abc, AFP)"), "AFP"),
        (below("(dpa)", 2), "dpa"),
        (below("(dpa)", 3), None),
        (below("AFP"), "AFP"),
        (below("AFP", 2), None),
        (below("jdo/dpa"), "dpa"),
        (below("REUTERS/Jane Doe"), None),
        (below("abc/def"), None),
        (below("Credit: AFP"), None),
        (below("Source: The Planet"), None),
        (CreditLine(text="Source: AFP", place=Place.ABOVE), None),
        (CreditLine(text="Source: AFP, 3 May 2024", place=Place.ABOVE), "AFP"),
        (CreditLine(text="来源：中新网", place=Place.ABOVE), "中新网"),
        (below("© AFP"), None),
        (CreditLine(text="AFP", place=Place.ABOVE), None),
        (CreditLine(text="(AFP)", place=Place.WITHIN), None),
        (CreditLine(text="Par Jane Doe avec AFP", place=Place.ABOVE), None),
    ],
)
def test_an_agency_is_believed_behind_a_label_or_right_behind_the_text(line, agency):
    found = told(line)
    assert found.agency == agency
    assert found.sources.get("agency") == (SOURCE if agency else None)


@pytest.mark.parametrize(
    ("place", "line", "expected"),
    [
        (Place.ABOVE, "3 May 2024, 10:30", MAY_3_1030),
        (Place.WITHIN, "3 May 2024, 10:30", None),
        (Place.BELOW, "3 May 2024, 10:30", None),
        (Place.ABOVE, "The mill burnt down on 3 May 2024, 10:30, and never again worked", None),
        (Place.ABOVE, "21 Feb 2007 - 23 Mar 2021", None),
        (Place.ABOVE, "May 3, 2024 12:00am", MAY_3),
        (Place.ABOVE, "3 May 2031", None),
        (Place.ABOVE, "Created using Sphinx. Documentation last generated: 3 May 2024", None),
    ],
)
def test_an_unlabelled_date_is_believed_right_above_the_text_only(place, line, expected):
    assert on(told(line, place=place).published) == expected


@pytest.mark.parametrize(
    ("known", "line", "expected", "source"),
    [
        (Published(on=MAY_3, source="json-ld"), "Published 3 May 2024, 10:30", MAY_3_1030, SOURCE),
        (Published(on=MAY_3, source="json-ld"), "3 May 2024, 10:30", MAY_3_1030, SOURCE),
        (Published(on=MAY_3, source="json-ld"), "Published 4 May 2024, 10:30", MAY_3, "json-ld"),
        (Published(on=MAY_3, source="json-ld"), "Updated 3 May 2024, 10:30", MAY_3, "json-ld"),
        (Published(on=MAY_3_1030, source="json-ld"), "Published 3 May 2024, 11:30", MAY_3_1030, "json-ld"),
        (Published(on=date(2024, 5, 2), source="htmldate"), "Published 3 May 2024", MAY_3, SOURCE),
        (Published(on=date(2024, 5, 2), source="htmldate"), "3 May 2024", date(2024, 5, 2), "htmldate"),
        (Published(on=date(2024, 5, 2), source="url"), "Published 3 May 2024", date(2024, 5, 2), "url"),
    ],
)
def test_a_line_sharpens_what_is_known_and_never_contradicts_it(known, line, expected, source):
    found = told(line, known=Metadata(published=known, sources={"published": known.source}))
    assert found.published == Published(on=expected, source=source)
    assert found.sources["published"] == source


@pytest.mark.parametrize(
    ("published", "line", "later"),
    [
        (date(2024, 5, 2), "Updated 3 May 2024", True),
        (MAY_3, "Updated 3 May 2024", False),
        (date(2024, 5, 4), "Updated 3 May 2024", False),
        (MAY_3, "Updated 3 May 2024, 10:30", True),
        (MAY_3_1030.replace(minute=29), "Updated 3 May 2024, 10:30", True),
        (MAY_3_1030.replace(second=30), "Updated 3 May 2024, 10:30", False),
        (MAY_3_1030.replace(minute=31), "Updated 3 May 2024, 10:30", False),
        (MAY_3_1030, "Updated 3 May 2024", False),
    ],
)
def test_a_change_lies_behind_the_publication(published, line, later):
    known = Metadata(published=Published(on=published, source="json-ld"))
    assert (told(line, known=known).modified is not None) is later


def test_a_day_that_a_search_found_may_be_that_of_the_change():
    known = Metadata(published=Published(on=MAY_3, source="htmldate"))
    assert on(told("Updated 3 May 2024", known=known).modified) == MAY_3


@pytest.mark.parametrize(
    ("known", "source", "line", "authors"),
    [
        (("The Planet",), "json-ld", "By Jane Doe", ("Jane Doe",)),
        (("Planet News Desk",), "meta:author", "By Jane Doe", ("Jane Doe",)),
        (("John Roe",), "json-ld", "By Jane Doe", ("John Roe",)),
        (("John Roe",), "trafilatura", "By Jane Doe", ("Jane Doe",)),
        (("Planet News Desk",), "json-ld", "By AFP", ("Planet News Desk",)),
        ((), "", "By The Planet", ()),
        ((), "", "By AFP", ("AFP",)),
    ],
)
def test_a_byline_counts_where_the_page_credits_no_person(known, source, line, authors):
    metadata = Metadata(site_name="The Planet", authors=known, sources={"authors": source} if known else {})
    assert told(line, known=metadata).authors == authors


def test_an_agency_that_gives_way_to_a_person_is_still_credited():
    known = Metadata(authors=("Reuters",), sources={"authors": "json-ld"})
    found = told("By Jane Doe", known=known)
    assert (found.authors, found.agency) == (("Jane Doe",), "Reuters")


def test_bylines_of_several_posts_tell_nobody():
    assert told(below("Posted by Jane Doe"), below("Posted by John Roe", 2)).authors == ()
    assert told(below("Posted by Jane Doe"), below("Posted by Jane Doe", 2)).authors == ("Jane Doe",)


def test_what_tells_nothing_changes_nothing():
    known = Metadata(title="Storm")
    assert told("Share", "Read more", "12 comments", known=known) is known


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4), st.sampled_from(list(Place)))
def test_no_line_raises_and_telling_twice_changes_nothing(lines, place):
    once = told(*lines, place=place)
    assert told(*lines, place=place, known=once) == once
