"""Personal data is told from other numbers, masked in exports where that is asked for, and counted."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from corpus_builder import Builder, Shot
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import open_corpus
from corpus.articles import Selection
from corpus.errors import ConfigError
from corpus.export import Format, Settings, export, read_manifest
from corpus.export.masking import mask_record
from corpus.privacy.counting import sightings
from corpus.privacy.finding import find_pii, mask, region_of

POST = "https://post.example"


def kinds(text: str, region: str = "US") -> list[tuple[str, str]]:
    return [(one.kind.value, text[one.start : one.end]) for one in find_pii(text, region)]


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("Write to asha.rao+news@mail.example.org.", "US", ("EMAIL_ADDRESS", "asha.rao+news@mail.example.org")),
        ("die info@mail.example.net-Adresse", "DE", ("EMAIL_ADDRESS", "info@mail.example.net")),
        ("An jörg.müller@köln.example.de!", "DE", ("EMAIL_ADDRESS", "jörg.müller@köln.example.de")),
        ("联系：或39media@mail.example.net", "CN", ("EMAIL_ADDRESS", "39media@mail.example.net")),
        ("Call (415) 673-5700 today", "US", ("PHONE_NUMBER", "(415) 673-5700")),
        ("Call 415-673-5700.", "US", ("PHONE_NUMBER", "415-673-5700")),
        ("Tel. +44 20 7946 0018", "US", ("PHONE_NUMBER", "+44 20 7946 0018")),
        ("Tel. 030/901820", "DE", ("PHONE_NUMBER", "030/901820")),
        ("电话：022-23508981", "CN", ("PHONE_NUMBER", "022-23508981")),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC", "DE", ("IBAN_CODE", "DE89 3704 0044 0532 0130 00")),
        ("GB82WEST12345698765432", "GB", ("IBAN_CODE", "GB82WEST12345698765432")),
        ("card 4111 1111 1111 1111", "US", None),  # two digits only: everybody's example
        ("card 4539 1488 0343 6467", "US", ("CREDIT_CARD", "4539 1488 0343 6467")),
        ("SSN 536-90-4399", "US", ("NATIONAL_ID", "536-90-4399")),
        ("CPF 390.533.447-05", "BR", ("NATIONAL_ID", "390.533.447-05")),
        ("hetu 131052-308T", "FI", ("NATIONAL_ID", "131052-308T")),
        ("PESEL 44051401359", "PL", ("NATIONAL_ID", "44051401359")),
        ("from 8.8.8.8 again", "US", ("IP_ADDRESS", "8.8.8.8")),
        ("http://47.119.23.205:80", "US", ("IP_ADDRESS", "47.119.23.205")),
        ("2606:4700:4700::1111", "US", ("IP_ADDRESS", "2606:4700:4700::1111")),
    ],
)
def test_what_stands_for_a_person_is_found(text: str, region: str, found: tuple[str, str] | None) -> None:
    assert kinds(text, region) == ([found] if found else [])


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("In 2024-2025 and 1999, from 1914 to 1918", "US"),
        ("on 22.11.2026 at 10:30:45", "DE"),
        ("2026-11-22 06:10:05", "US"),
        ("They won 3-2, 25-23, 21-25, 15-13 and 101-98", "US"),
        ("$1,234,567.89 or 12 345 678 euros", "US"),
        ("ISBN 978-3-16-148410-0", "US"),
        ("9539 1488 0343 6467", "US"),  # no issuer has such numbers
        ("4539 1488 0343 6468", "US"),  # a wrong check digit
        ("DE89 3704 0044 0532 0130 01", "DE"),
        ("openresty/1.9.7.1", "US"),
        ("at 127.0.0.1, 10.0.0.1, 192.168.1.1, ::1", "US"),
        ("44051401359", "US"),  # of another country
        ("000-12-3456", "US"),
        ("call 110 or 911", "US"),
        ("shares: 555000123 sold", "US"),
        ("@handle and name@localhost", "US"),
        ("1. 2. 3. 4. 5", "US"),
    ],
)
def test_other_numbers_are_let_alone(text: str, region: str) -> None:
    assert kinds(text, region) == []


@pytest.mark.parametrize(
    ("url", "language", "region"),
    [
        ("https://a.co.uk/x", "en", "GB"),
        ("https://a.in/x", "en", "IN"),
        ("https://a.com/x", "de", "DE"),
        ("https://a.tv/x", "en", "US"),
        ("file:///x", "und", "US"),
    ],
)
def test_numbers_are_read_as_the_country_of_the_page_writes_them(url: str, language: str, region: str) -> None:
    assert region_of(url, language) == region


PIECES = ["a.rao@example.org", "415-673-5700", "4539 1488 0343 6467", " and ", "2024", "\n", "é", "8.8.8.8", "+"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_findings_do_not_overlap_and_masking_leaves_all_else(text: str) -> None:
    found = find_pii(text, "US")
    assert all(one.end <= other.start for one, other in pairwise(found))
    masked = mask(text, found)
    for one in found:
        masked = masked.replace(f"<{one.kind}>", text[one.start : one.end], 1)
    assert masked == text


def test_every_text_of_a_record_is_masked_and_the_words_are_counted_again() -> None:
    record, masked = mask_record(
        {
            "url": f"{POST}/a",
            "language": "en",
            "title": "Call 415-673-5700",
            "text": "Mail a@example.org or call (415) 673-5700 now.",
            "description": "a@example.org",
            "posts": [{"headline": None, "published": None, "text": "a@example.org"}],
            "cut_paragraphs": ["2 stories of 1 sites: a@example.org"],
            "words": 7,
        }
    )
    assert record["title"] == "Call <PHONE_NUMBER>"
    assert record["text"] == "Mail <EMAIL_ADDRESS> or call <PHONE_NUMBER> now."
    assert record["words"] == 6
    assert record["posts"] == [{"headline": None, "published": None, "text": "<EMAIL_ADDRESS>"}]
    assert record["cut_paragraphs"] == ["2 stories of 1 sites: <EMAIL_ADDRESS>"]
    assert masked == {"EMAIL_ADDRESS": 4, "PHONE_NUMBER": 2}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Builder.begin(tmp_path / "corpus") as builder:
        builder.take(Shot(url=f"{POST}/a", text="Call (415) 673-5700, or 415-673-5701, now.", title="a@example.org"))
        builder.take(Shot(url=f"{POST}/b", text="Nothing of it in 2024.", title="None"))
    return tmp_path / "corpus"


def test_personal_data_is_counted_by_article(root: Path) -> None:
    with open_corpus(root) as corpus:
        found = [seen for _, seen in sightings(corpus, Selection())]
    assert sorted(len(seen) for seen in found) == [0, 3]
    (seen,) = filter(None, found)
    assert [(one.kind, one.place, one.piece) for one in seen] == [
        ("EMAIL_ADDRESS", "title", "a@example.org"),
        ("PHONE_NUMBER", "text", "(415) 673-5700"),
        ("PHONE_NUMBER", "text", "415-673-5701"),
    ]


def test_a_masked_export_has_none_and_its_manifest_says_how_much_it_was(root: Path, tmp_path: Path) -> None:
    with open_corpus(root) as corpus:
        manifest = export(corpus, tmp_path / "out", Settings(mask_pii=True, compress=False))
        plain = export(corpus, tmp_path / "plain", Settings(compress=False))
    (file,) = (tmp_path / "out" / "articles").iterdir()
    texts = sorted(json.loads(line)["text"] for line in file.read_text("utf-8").splitlines())
    assert texts == ["Call <PHONE_NUMBER>, or <PHONE_NUMBER>, now.", "Nothing of it in 2024."]
    assert manifest.masked == {"EMAIL_ADDRESS": 1, "PHONE_NUMBER": 2}
    assert {"phonenumbers", "python-stdnum"} <= set(manifest.software)
    assert read_manifest(tmp_path / "out").masked == manifest.masked
    assert (plain.masked, "mask_pii" in plain.settings) == ({}, False)


def test_pages_as_they_came_cannot_be_masked() -> None:
    with pytest.raises(ConfigError, match="nothing in it can be masked"):
        Settings(format=Format.WARC, mask_pii=True)
