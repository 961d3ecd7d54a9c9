"""Tokens and sentences: nothing of a text is lost, and sentences end where readers of each script see them end."""

import importlib
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ConfigError
from corpus.export import tokenizers
from corpus.export.segmentation import Segmenter
from corpus.export.sentences import TERMINATORS, Token, divide
from corpus.export.tokenizers import LIBRARIES, has_library, tokenizer_versions

pytest.importorskip("spacy", reason="tokens need the extra nlp")

SEGMENTER = Segmenter()
#: What breaks tokenizers: white space of all sorts, joiners, marks without a letter, emoji, right-to-left, controls.
PIECES = (
    *(
        "word",
        "Ältere",
        "don't",
        "U.S.",
        "3.5",
        "2010.",
        "ß",
        "İ",
        "ﬁ",
        "ଓଡ଼ିଆ",
        "କ୍ଷ",
        "।",
        "॥",
        "می\u200cخواهم",
        "؟",
        "۔",
    ),
    *("שלום", "東京", "コンピューター", "です", "。", "？", "」", "「", "ภาษาไทย", "ខ្មែរ", "។", "မြန်မာ", "한국은"),
    *(
        "👩\u200d👩\u200d👧",
        "👍🏽",
        "🇮🇳",
        "☺\ufe0f",
        "e\u0301",
        "\u0301",
        "\u200d",
        "\u202e",
        "http://a.example/b?c=d&e",
        "a@b.example",
    ),
    *(
        ".",
        "!",
        "?",
        "…",
        "...",
        "“",
        "”",
        "„",
        "«",
        "»",
        '"',
        "'",
        "(",
        ")",
        "—",
        "-",
        ",",
        "<",
        ">",
        "&",
        "|",
        "\\",
        "_",
        "#",
    ),
    *("=", "@me", " ", "  ", "\n", "\n\n", "\n \n", "\t", "\r", "\xa0", "\u2028", "\u3000", "\x0b", "\x1c", "\x85"),
)
LANGUAGES = ("en", "de", "or", "hi", "fa", "zh", "ja", "th", "km", "ko", "vi", "und")
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


def words_of(text: str, language: str) -> list[list[str]]:
    found = SEGMENTER.segment(text, language)
    return [[token.text for token in sentence] for paragraph in found.paragraphs for sentence in paragraph]


def sentences_of(text: str, language: str) -> list[str]:
    found = SEGMENTER.segment(text, language)
    return [
        "".join(token.text + token.after for token in sentence).rstrip()
        for paragraph in found.paragraphs
        for sentence in paragraph
    ]


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_nothing_of_a_text_is_lost_or_changed(text: str, language: str) -> None:
    found = SEGMENTER.segment(text, language)
    assert found.text == text
    for paragraph in found.paragraphs:
        assert paragraph
        for sentence in paragraph:
            assert sentence
            assert all(token.text and not any(map(str.isspace, token.text)) for token in sentence)
            assert all(not token.after.strip() for token in sentence)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_a_document_has_the_text_the_tokens_and_the_sentences(text: str, language: str) -> None:
    found, document = SEGMENTER.segment(text, language), SEGMENTER.document(text, language)
    assert document.text == text
    assert [token.text for token in document if not token.is_space] == [token.text for token in found.tokens()]
    if found.paragraphs:
        sentences = [[token.text for token in sentence if not token.is_space] for sentence in document.sents]
        assert sentences == words_of(text, language)
        spans = [[token.text for token in span if not token.is_space] for span in document.spans["paragraphs"]]
        assert spans == [[token.text for sentence in one for token in sentence] for one in found.paragraphs]


def test_paragraphs_are_those_of_the_article_and_no_sentence_crosses_one() -> None:
    found = SEGMENTER.segment("A heading\n\nIt goes on without\n\nan end. And on.", "en")
    assert [len(paragraph) for paragraph in found.paragraphs] == [1, 1, 2]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "She left.| “I stayed.”| He (too) went."),
        ("en", "\"Really?\" he asked.| \"No.\"| \"Yes!\""),
        ("en", "J. Smith of the U.S. won 3.5 points at example.com.| What now?!| Nothing."),
        ("en", "He waited...| Then it came.| It was… odd."),
        ("de", "Am 3. Oktober kam er.| „Nein.“| Dann ging er.| »Ja.«| Er blieb um 2010.| Gut."),
        ("en", "They had 3.| October came."),
        ("sv", "Det är slut.| ”Nu börjar det”, sa hon."),
        ("und", "È la fine.| « Sì. »| Lo disse."),
        ("or", "ଓଡ଼ିଆ ଭାଷା।|କଟକ ସହର।| “ନା।”| ସେ କହିଲେ।"),
        ("hi", "यह पहला वाक्य है।| क्या यह दूसरा है?| हाँ।"),
        ("gu", "શરૂ કરાયું હતું.| જેમાં છે."),
        ("ur", "یہ پہلا جملہ ہے۔| کیا یہ دوسرا ہے؟| ہاں۔"),
        ("fa", "این یکی است.| می\u200cخواهم؟| نه."),
        ("ar", "هذه جملة.| هل هذه جملة؟| نعم!"),
        ("zh", "你好。|“再见。”|他说：为什么？|因为。"),
        ("ja", "日本語です。|「二つ目。」|はい！| そう。"),
        ("th", "วันที่ 21 ม.ค. 2561 เวลา 12.00 น. ผู้สื่อข่าว"),
        ("my", "မြန်မာစာ။| သည်။"),
        ("km", "ខ្ញុំស្រឡាញ់អ្នក។| ហើយ។"),
        ("am", "ይህ ቃል ነው።| ሰላም።"),
        ("hy", "Բարեւ։| Դեմ։"),
        ("ka", "ეს არის.| ის."),
        ("ko", "한국은 (아름다운) 나라입니다.| 그렇다."),
        ("und", "One.| Two!"),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_sees_them_end(language: str, text: str) -> None:
    assert sentences_of(text.replace("|", ""), language) == [part.strip() for part in text.split("|")]


@pytest.mark.parametrize("sign", sorted(sign for sign in TERMINATORS if not sign.isascii() and sign != "…"))
def test_every_end_mark_of_every_script_ends_a_sentence(sign: str) -> None:
    assert sentences_of(f"Ana{sign} Bela", "xx") == [f"Ana{sign}", "Bela"]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "don't", ["do", "n't"]),
        ("xx", "“She”—no", ["“", "She", "”", "—", "no"]),
        ("en", "👩\u200d👩\u200d👧👍🏽🇮🇳🇩🇪", ["👩\u200d👩\u200d👧", "👍🏽", "🇮🇳", "🇩🇪"]),
        ("fa", "می\u200cخواهم", ["می\u200cخواهم"]),
        ("or", "କ୍ଷେତ୍ର,", ["କ୍ଷେତ୍ର", ","]),
        ("vi", "Việt Nam.", ["Việt", "Nam", "."]),
        ("km", "ស្រឡាញ់", ["ស្រ", "ឡា", "ញ់"]),
    ],
)
def test_words_are_divided_as_the_language_has_it(language: str, text: str, words: list[str]) -> None:
    assert [word for sentence in words_of(text, language) for word in sentence] == words


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh", "苹果iPhone15在2024年", ["苹", "果", "iPhone15", "在", "2024", "年"]),
        ("ja", "東京のコンピューターだ", ["東", "京", "の", "コンピューター", "だ"]),
        ("th", "ที่นี่ DNA", ["ที่", "นี่", "DNA"]),
    ],
)
def test_without_their_library_unspaced_scripts_are_divided_by_character(
    language: str, text: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokenizers, "has_library", lambda _: False)
    assert [word for sentence in words_of(text, language) for word in sentence] == words
    assert f" {language}" in tokenizer_versions()["tokens"].split(": one a character")[0]


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("zh", "我来到北京清华大学", "清华大学"),
        ("ja", "関西国際空港に着いた", "空港"),
        ("th", "ผมรักภาษาไทย", "ภาษาไทย"),
    ],
)
def test_with_their_library_unspaced_scripts_are_divided_into_words(language: str, text: str, word: str) -> None:
    if not has_library(language):
        pytest.skip(f"{' and '.join(LIBRARIES[language][1])} not installed")
    assert [word in one for one in words_of(text, language)] == [True]
    assert f"{language}: {LIBRARIES[language][1][0]} " in tokenizer_versions()["tokens"]


@pytest.mark.parametrize("change", [lambda text: [text.replace("。", ".")], lambda text: [text[:2], text[2:]]])
def test_a_tokenizer_that_changes_the_text_or_joins_words_by_a_space_is_passed_over(
    change: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    segmenter = Segmenter()
    real = segmenter._tokenizers._pipeline("xx")
    docs = importlib.import_module("spacy.tokens")

    class Spoilt:
        vocab = real.vocab

        @staticmethod
        def tokenizer(text: str) -> object:
            words = change(text)
            return docs.Doc(real.vocab, words=words, spaces=[False] * len(words))

    monkeypatch.setattr(tokenizers, "has_library", lambda _: True)
    monkeypatch.setitem(segmenter._tokenizers._pipelines, "zh", Spoilt)
    found = segmenter.segment("你好 吗。", "zh")
    assert [token.text for token in found.tokens()] == ["你", "好", "吗", "。"]
    assert found.text == segmenter.document("你好 吗。", "zh").text == "你好 吗。"


def test_a_vocabulary_that_grew_too_large_is_replaced_and_no_token_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The first paragraph.\n\nThe second one, with other words.\n\nA third."
    before = SEGMENTER.segment(text, "und"), SEGMENTER.document(text, "und")
    monkeypatch.setattr(tokenizers, "_MOST_STRINGS", 0)
    segmenter = Segmenter()
    after = segmenter.segment(text, "und"), segmenter.document(text, "und")
    assert before[0] == after[0]
    assert [token.text for token in before[1]] == [token.text for token in after[1]]
    assert [(one.start, one.end) for one in before[1].sents] == [(one.start, one.end) for one in after[1].sents]


def test_what_is_missing_and_how_to_get_it_is_said_where_spacy_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ConfigError, match=r"pip install 'news-corpus-collector\[nlp\]'"):
        Segmenter()


def test_the_rule_knows_no_tokenizer() -> None:
    tokens = [Token("A", " "), Token(".", " "), Token("b", "")]
    assert divide(tokens, "en") == [tuple(tokens)]
    assert divide([], "en") == []
