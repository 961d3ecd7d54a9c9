import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.misread import may_be_misread, mend

SOUND = "Die Straße kostet 5 € – „sagt“ Renée Núñez; ça va… Цена 5 ₽, 東京 “é” «à»"


@pytest.mark.parametrize(
    "text",
    [
        "The mayor’s plan costs £5, “too much” – he says…",
        "Die Bürgermeisterin läßt größere Straßen prüfen",
        "El niño comió jamón en Medellín",
        "Мост через реку снова открыт",
        "Five stars: ⭐⭐⭐⭐⭐",
    ],
)
@pytest.mark.parametrize("codec", ["latin-1", "sloppy-windows-1252"])
def test_what_was_misread_once_or_twice_is_mended(text: str, codec: str) -> None:
    import ftfy.bad_codecs  # noqa: F401 - registers the code page as browsers read it

    once = text.encode().decode(codec)
    twice = once.encode().decode(codec)
    for misread in (once, twice):
        assert may_be_misread(misread.encode())
        assert mend(f"<p>{misread}</p>\n<p>{SOUND}</p>") == f"<p>{text}</p>\n<p>{SOUND}</p>"


def test_sound_text_stays_as_it_is() -> None:
    assert may_be_misread("“é”".encode())  # a closing quote may follow a letter that leads
    assert mend(SOUND) == SOUND


def test_a_misread_stretch_is_mended_beside_a_sound_one_of_the_same_line() -> None:
    assert mend("<b>Itâ€™s</b> <i>Łódź 東京</i> <b>Â£5</b>") == "<b>It’s</b> <i>Łódź 東京</i> <b>£5</b>"


@pytest.mark.parametrize("shown", ['"Ã¤" instead of "ä"', "&quot;Ã¤&quot;", '\\"Ã¤\\"', "‘â€™’", "„Ã¼“"])
def test_a_text_that_shows_such_letters_in_quotes_keeps_them(shown: str) -> None:
    assert mend(f"I saw {shown} on the page.") == f"I saw {shown} on the page."


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("o jornal “FOLHA DA MANHÃ” de Lisboa", "o jornal “FOLHA DA MANHÃ” de Lisboa"),
        ("o “CHÃ”TEAU” e o jornal", "o “CHÔTEAU” e o jornal"),
        ("o HÃ”TEL de Lisboa", "o HÔTEL de Lisboa"),
    ],
)
def test_a_word_in_capitals_that_ends_in_a_quote_is_no_misread_letter(text: str, mended: str) -> None:
    assert may_be_misread(text.encode())
    assert mend(text) == mended


def test_a_quoted_word_that_was_misread_is_mended() -> None:
    assert mend('the "cafÃ©" and the "crÃ¨me"') == 'the "café" and the "crème"'


@pytest.mark.parametrize(("control", "sign"), [("\x92", "’"), ("\x80", "€"), ("\x95", "•"), ("\x85", "…")])
def test_controls_become_what_windows_has_at_their_place(control: str, sign: str) -> None:
    assert may_be_misread(f"a{control}b".encode())
    assert mend(f"a{control}b") == f"a{sign}b"


@pytest.mark.parametrize(("length", "mended"), [(49_995, True), (49_996, False)])
def test_stretches_that_are_no_text_are_left_alone(length: int, mended: bool) -> None:
    text = "x" * length + "Itâ€™"
    assert (mend(f"<p>{text}</p>") != f"<p>{text}</p>") == mended


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
def test_nothing_that_is_not_suspected_changes(text: str) -> None:
    body = text.encode("utf-8", "replace")
    if not may_be_misread(body):
        assert mend(body.decode()) == body.decode()


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='aé ’“”€Ãâ€™ Â£\xa0\x92<>\n"', max_size=40))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    assert mend(mend(text)) == mend(text)
