import tarfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from w3lib.encoding import resolve_encoding

from cleaners.config import DecodeConfig
from cleaners.decode import bad_share, decode
from cleaners.misread import may_be_misread
from corpus.errors import ConfigError

GERMAN = "Die Bürgermeisterin läßt größere Straßen prüfen, öffentliche Gärten blühen früher. " * 4
RUSSIAN = "Мост через реку снова открыт для пешеходов, а паром уйдёт в ремонт до самой осени. " * 4
JAPANESE = "港町の灯台が三年ぶりに光をともし、岬には住民およそ二百人が集まった。" * 4
CHINESE = "港口的灯塔三年来第一次重新点亮，居民们聚集在海岬上观看。" * 4
KOREAN = "항구의 등대가 삼 년 만에 다시 불을 밝혔고 주민 이백여 명이 모였다. " * 4


def html(text: str, charset: str | None = None, language: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    lang = f' lang="{language}"' if language else ""
    return f"<!doctype html><html{lang}><head>{meta}<title>{text[:20]}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_a_byte_order_mark_overrules_every_declaration(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + html(GERMAN, "iso-8859-1").encode(encoding), "text/html; charset=koi8-r")
    assert GERMAN in decoded.text
    assert decoded.charset == encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    assert GERMAN in decode(html(GERMAN).encode(encoding)).text


def test_the_header_goes_before_the_page() -> None:
    body = html(RUSSIAN, "koi8-r").encode("cp1251")
    assert decode(body, "text/html; charset=windows-1251").text == html(RUSSIAN, "koi8-r")


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“Straße” – 5 €"),
        ("latin1", "cp1252", GERMAN),
        ("gb2312", "gb18030", CHINESE + "镕"),
        ("gbk", "gb18030", CHINESE),
        ("shift_jis", "cp932", JAPANESE + "①"),
        ("euc-jp", "euc_jp", JAPANESE),
        ("ks_c_5601-1987", "cp949", KOREAN),
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("big5", "big5hkscs", "港口的燈塔三年來第一次重新點亮，居民們聚集在海岬上觀看。"),
    ],
)
def test_a_declared_encoding_is_read_as_browsers_read_its_label(label: str, encoding: str, text: str) -> None:
    decoded = decode(html(text, label).encode(encoding))
    assert text in decoded.text
    assert decoded.charset == resolve_encoding(encoding)


@pytest.mark.parametrize("label", ["utf-8", "UTF8", "utf-16"])
def test_latin_1_that_says_it_is_utf_8_comes_out_right(label: str) -> None:
    assert GERMAN in decode(html(GERMAN, label).encode("latin-1")).text


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "windows-1251", "us-ascii", "gb2312", "shift_jis"])
def test_utf_8_that_says_it_is_something_else_comes_out_right(label: str) -> None:
    decoded = decode(html(GERMAN, label).encode("utf-8"), f"text/html; charset={label}")
    assert GERMAN in decoded.text
    assert decoded.charset == "utf-8"


def test_a_few_characters_of_gbk_that_are_utf_8_by_chance_stay_gbk() -> None:
    # The classic: these two words are valid UTF-8, and mean nothing in it.
    body = html("联通", "gbk").encode("gb18030")
    assert "联通" in decode(body).text


@pytest.mark.parametrize(("sequences", "charset"), [(7, "gb18030"), (8, "utf-8")])
def test_eight_sequences_of_utf_8_overrule_another_multi_byte_encoding(sequences: int, charset: str) -> None:
    assert decode(("ü" * sequences).encode("utf-8"), "text/html; charset=gbk").charset == charset


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "cp949"),
        (GERMAN, "latin-1"),
        (GERMAN, "utf-8"),
    ],
)
def test_what_nobody_declares_is_detected(text: str, encoding: str) -> None:
    assert text in decode(html(text).encode(encoding)).text


def test_a_language_decides_among_latin_code_pages() -> None:
    turkish = "İstanbul'da şiddetli yağış bekleniyor; ağaçlar ve çatılar güçlü fırtınadan büyük zarar gördü. "
    assert turkish in decode(html(turkish, language="tr").encode("cp1254")).text


def test_a_cut_in_the_middle_of_a_character_leaves_nothing_behind() -> None:
    assert decode("Gießen, Straß".encode()[:-1]).text == "Gießen, Stra"
    assert decode("灯台の光".encode("cp932")[:-1], "text/html; charset=shift_jis").text == "灯台の"


def test_a_scrap_of_latin_1_in_utf_8_does_not_spoil_the_page() -> None:
    body = html(GERMAN, "utf-8").encode() + "<p>Anzeige für Bücher</p>".encode("latin-1")
    decoded = decode(body)
    assert GERMAN in decoded.text
    assert "Anzeige für Bücher" in decoded.text


def test_two_broken_characters_do_not_discredit_a_declaration() -> None:
    body = html(CHINESE * 5, "gb2312").encode("gb18030").replace("居民".encode("gb18030"), b"\x81\xff", 1)
    assert decode(body).charset == "gb18030"


def test_nul_bytes_and_controls_are_dropped() -> None:
    assert decode(b"<p>a\x00b\x0bc\x1f</p>\n\tx").text == "<p>abc</p>\n\tx"


@pytest.mark.parametrize(("broken", "share"), [(b"", 0.0), (b"abc", 0.0), ("ü".encode("latin-1") + b"x", 1.0)])
def test_the_share_of_broken_characters_is_counted_among_the_foreign_ones(broken: bytes, share: float) -> None:
    assert bad_share(broken, "ascii") == share


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_can_be_decoded(body: bytes) -> None:
    assert "\x00" not in decode(body).text


def test_text_that_was_misread_before_it_was_saved_is_mended() -> None:
    decoded = decode(html(GERMAN.encode().decode("latin-1")).encode(), "text/html; charset=utf-8")
    assert GERMAN in decoded.text
    assert decoded.charset == "utf-8"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_utf_8_comes_out_as_it_went_in(text: str) -> None:
    assume(not may_be_misread(text.encode()))
    assert decode(text.encode(), "text/html; charset=utf-8").text == text.lstrip("\ufeff").rstrip("\ufffd")


@pytest.mark.parametrize(
    "settings",
    [
        {"max_bad_share": 1.1},
        {"min_utf8_sequences": 0},
        {"sample_bytes": 1},
        {"max_detect_bytes": 0},
        {"max_stray_share": -1},
    ],
)
def test_a_threshold_out_of_range_is_named(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=rf"DecodeConfig\.{next(iter(settings))}"):
        DecodeConfig(**settings)  # type: ignore[arg-type]


@pytest.mark.shared
def test_pages_and_feeds_of_known_encoding_are_read_as_they_declare_themselves(shared: Path) -> None:
    right = wrong = 0
    with tarfile.open(shared / "data/badinput/charset-files.tar.xz") as archive:
        for member in archive:
            folder, _, name = member.name.partition("/")
            encoding = resolve_encoding(folder)
            if not name.endswith((".html", ".xml")) or encoding is None:
                continue
            body = archive.extractfile(member).read()  # type: ignore[union-attr]
            same = readable(decode(body).text) == readable(body.decode(encoding, "replace"))
            right, wrong = right + same, wrong + (not same)
    # The three others are Kazakh in two code pages that no browser knows.
    assert (right, wrong) == (186, 2)


def readable(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip("\ufeff\ufffd")
