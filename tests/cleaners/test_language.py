"""The language of a text: what scripts, marks and witnesses say, and when nobody can."""

import gzip
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import langdetect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.language import Identification, LanguageConfig, identify
from corpus.errors import ConfigError

ENGLISH = (
    "The council voted on Tuesday to close the bridge for repairs, and drivers will have to take the long way round."
)
GERMAN = "Der Stadtrat hat am Dienstag beschlossen, die Brücke für Reparaturen zu sperren, und viele sind dagegen."


def test_an_answer_has_language_confidence_and_method():
    assert identify(ENGLISH) == Identification(
        language="en", confidence=identify(ENGLISH).confidence, method="witnesses"
    )
    assert identify(ENGLISH).confidence > 0.95


@pytest.mark.parametrize("text", ["", "   \n", "2026-11-22 06:00", "—!?", "12 % + 3,4 = ½", "ab"])
def test_text_without_letters_has_no_language(text):
    assert identify(text).language == "und"
    assert identify(text).confidence == 0


def test_three_letters_are_looked_at_and_two_are_not():
    assert identify("東").method == "script"
    assert identify("是", config=LanguageConfig(min_letters=4)).method == "none"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("or", "ଓଡ଼ିଶାରେ ଆଜି ପ୍ରବଳ ବର୍ଷା ହେବ ବୋଲି ପାଣିପାଗ ବିଭାଗ କହିଛି"),
        ("pa", "ਅੱਜ ਪੰਜਾਬ ਵਿੱਚ ਮੀਂਹ ਪਵੇਗਾ"),
        ("gu", "આજે ગુજરાતમાં વરસાદ પડશે"),
        ("ta", "இன்று மழை பெய்யும்"),
        ("te", "ఈ రోజు వర్షం పడుతుంది"),
        ("kn", "ಇಂದು ಮಳೆ ಬರುತ್ತದೆ"),
        ("ml", "ഇന്ന് മഴ പെയ്യും"),
        ("si", "අද වැසි ඇති වේ"),
        ("th", "วันนี้ฝนจะตก"),
        ("lo", "ມື້ນີ້ຝົນຈະຕົກ"),
        ("km", "ថ្ងៃនេះភ្លៀងនឹងធ្លាក់"),
        ("my", "ယနေ့မိုးရွာမည်"),
        ("bo", "དེ་རིང་ཆར་པ་འབབ་རྒྱུ་རེད།"),
        ("ka", "დღეს წვიმა იქნება"),
        ("hy", "Այսօր անձրև կլինի"),
        ("el", "Σήμερα θα βρέξει"),
        ("he", "היום ירד גשם בירושלים"),
        ("ko", "오늘은 비가 올 것이다"),
        ("ja", "今日は雨が降るでしょう"),
        ("zh", "今天会下雨"),
        ("zh", "今天會下雨"),
        ("bn", "আজ সারাদিন বৃষ্টি হবে বলে আবহাওয়া দপ্তর জানিয়েছে"),
        ("am", "ዛሬ ዝናብ ይዘንባል"),
        ("sat", "ᱛᱮᱦᱮᱧ ᱫᱟᱜ ᱫᱟᱭᱟ"),
        ("dv", "މިއަދު ވާރޭ ވެހޭނެ"),
    ],
)
def test_a_script_of_one_language_decides(language, text):
    assert identify(text).language == language
    assert identify(text).method == "script"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("as", "আজি অসমত বৰষুণ হ'ব বুলি বতৰ বিভাগে কৈছে আৰু মানুহক সাৱধান কৰিছে"),
        ("yi", "הײַנט וועט גיין א רעגן און די מענטשן זאָלן נישט אַרויסגיין"),
        ("ti", "ሎሚ ኣብ ኣስመራ ዝናብ ክዘንብ እዩ ኢሎም ናይ ኩነታት ኣየር ሰብ ሞያ"),
        ("sd", "اڄ سنڌ ۾ مينهن پوندو ۽ ماڻهن کي گهرن ۾ رهڻ گهرجي"),
        ("mai", "आइ मिथिलामे वर्षा होएत आ लोक सभ घरमे रहत, ई बात मौसम विभाग कहलक अछि"),
        ("mi", "Ka ua te rangi i tēnei rā, ko te kōrero tēnā a te tari huarere ki ngā iwi o te motu."),
    ],
)
def test_letters_and_words_that_one_language_has_decide_within_a_script(language, text):
    assert identify(text).language == language
    assert identify(text).method == "marks"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("eu", "Gaur euria egingo du Bilbon, eta jendeak etxean geratu beharko du, eguraldi zerbitzuak esan duenez."),
        ("is", "Í dag verður rigning í Reykjavík og fólk er beðið um að halda sig heima, segir Veðurstofan."),
        ("sr", "Данас ће у Београду падати киша и грађани треба да остану код куће, саопштила је метеоролошка служба."),
        ("be", "Сёння ў Мінску пройдзе дождж, і жыхарам варта заставацца дома, паведаміла служба надвор'я."),
        ("kk", "Бүгін Алматыда жаңбыр жауады, тұрғындар үйде қалуы керек деп хабарлады ауа райы қызметі."),
        ("mn", "Өнөөдөр Улаанбаатарт бороо орох тул иргэд гэртээ байх хэрэгтэй гэж цаг уурын алба мэдээлэв."),
        ("ga", "Beidh báisteach ann i mBaile Átha Cliath inniu agus ba chóir do dhaoine fanacht sa bhaile."),
        (
            "nn",
            "Det kjem regn i Bergen i dag, og dei som bur der, bør ikkje gå ut om dei ikkje må, seier meteorologen.",
        ),
        ("nb", "Det kommer regn i Bergen i dag, og de som bor der, bør ikke gå ut hvis de ikke må, sier meteorologen."),
    ],
)
def test_a_language_without_a_langdetect_profile_is_not_given_a_neighbours_name(language, text):
    assert identify(text).language == language


def test_latin_names_in_a_text_of_another_script_do_not_carry_it():
    assert identify("Apple und Google stellten aus. ଆଜି ଭୁବନେଶ୍ୱରରେ ନୂଆ ଦୋକାନ ଖୋଲିଲା").language == "or"
    assert identify("小米发布了新的 Redmi Note Pro Max 手机").language == "zh"


@pytest.mark.parametrize(("share", "language"), [(0.34, "th"), (0.36, "en")])
def test_the_share_from_which_a_local_script_carries_the_text_is_a_threshold(share, language):
    thai, latin = "ฝ" * 35, "the rain falls on the hills and the plain of the sea and more"
    letters = [c for c in latin if c.isalpha()]
    assert len(letters) < 65
    text = thai + " " + latin + " " + "the" * ((65 - len(letters)) // 3 + 1)
    assert identify(text, config=LanguageConfig(min_local_share=share)).language == language


@pytest.mark.parametrize(("share", "language"), [(0.2, "ja"), (0.7, "zh")])
def test_the_share_of_kana_that_makes_a_text_japanese_is_a_threshold(share, language):
    assert identify("東京で会議が開催", config=LanguageConfig(min_kana_share=share)).language == language


@pytest.mark.parametrize(("share", "language"), [(0.5, "ko"), (0.9, "zh")])
def test_the_share_of_hangul_that_makes_a_text_korean_is_a_threshold(share, language):
    assert identify("東京 회의 개최 결정", config=LanguageConfig(min_hangul_share=share)).language == language


def test_a_declaration_never_overrules_clear_evidence():
    assert identify(GERMAN, declared="en-US").language == "de"
    assert identify("ଓଡ଼ିଶାରେ ଆଜି ବର୍ଷା ହେବ", declared="en").language == "or"


def test_a_declaration_helps_out_where_text_is_short():
    assert identify("Regional", declared="pt-BR").language == "pt"
    assert identify("Regional", declared="pt-BR").method == "declared"
    assert identify("会議開催", declared="ja").language == "ja"


def test_a_declaration_of_another_script_is_not_believed_even_of_short_text():
    assert identify("Regional", declared="ru").language != "ru"


def test_a_declaration_of_norwegian_is_taken_for_bokmål():
    assert identify("Hei", declared="no").language == "nb"


@pytest.mark.parametrize("declared", ["", "x-default", "english please", "123", None])
def test_a_declaration_that_is_no_language_tag_is_ignored(declared):
    assert identify(ENGLISH, declared=declared) == identify(ENGLISH)


def test_confidence_below_the_minimum_is_undetermined_and_keeps_the_figure():
    sure = identify(ENGLISH).confidence
    assert identify(ENGLISH, config=LanguageConfig(min_confidence=sure - 0.001)).language == "en"
    unsure = identify("Lorem opsa brimt kolva")
    assert identify("Lorem opsa brimt kolva", config=LanguageConfig(min_confidence=1.0)).language == "und"
    assert 0 < unsure.confidence < 0.9


def test_addresses_are_not_read_as_words():
    assert identify(f"{GERMAN} " + "https://example.com/the/news/of/the/day/and/more " * 20).language == "de"


def test_only_a_bounded_sample_is_read():
    long = (GERMAN + " ") * 20_000
    assert identify(long).language == "de"


def test_a_long_text_without_spaces_costs_no_more():
    assert identify("今天会下雨" * 20_000).language == "zh"


def test_the_answer_does_not_depend_on_what_was_asked_before():
    texts = [ENGLISH, GERMAN, "Kaffee und cake", "Det er en god dag", "Regional", "Sin título", "ok super"]
    first = [identify(text) for text in texts]
    shuffled = texts * 3
    random.Random(7).shuffle(shuffled)
    for text in shuffled:
        assert identify(text) == first[texts.index(text)]


def test_another_users_seed_changes_nothing_for_us_and_ours_nothing_for_them(monkeypatch):
    before = identify("Kaffee und cake")
    monkeypatch.setattr(langdetect.DetectorFactory, "seed", 4711)
    langdetect.detect("Kaffee und cake")
    assert identify("Kaffee und cake") == before
    assert langdetect.DetectorFactory.seed == 4711


def test_identifying_leaves_langdetects_globals_alone():
    code = (
        "import langdetect.detector_factory as f; from cleaners.language import identify;"
        "identify('Guten Tag zusammen');"
        "assert f.DetectorFactory.seed is None and f._factory is None"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_another_process_gives_the_same_answers():
    texts = ["Kaffee und cake", "Det er en god dag", "ok super", ENGLISH]
    code = f"from cleaners.language import identify; print([identify(t).confidence for t in {texts!r}])"
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert json.loads(run.stdout) == [identify(text).confidence for text in texts]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sample_characters", 99),
        ("min_letters", 0),
        ("min_confidence", 1.01),
        ("langid_weight", -0.1),
        ("first_characters", 49),
        ("sure_confidence", 1.01),
    ],
)
def test_a_threshold_out_of_its_range_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=name):
        LanguageConfig(**{name: value})


@pytest.mark.parametrize(("share", "alone"), [(-0.001, True), (0.001, False)])
def test_langdetect_is_asked_where_the_first_opinion_is_less_sure_than_it_must_be(share, alone):
    text = "Hij zei dat de was op tafel lag."
    pooled = identify(text, config=LanguageConfig(sure_confidence=1.0)).confidence
    first = identify(text, config=LanguageConfig(sure_confidence=0.5)).confidence
    assert first != pooled
    asked = identify(text, config=LanguageConfig(sure_confidence=first + share))
    assert asked.confidence == (first if alone else pooled)


def test_a_sure_first_opinion_names_the_language_that_both_witnesses_name():
    both = LanguageConfig(sure_confidence=1.0)
    for text in (ENGLISH, GERMAN, f"{ENGLISH} {GERMAN}" * 9, f"{GERMAN * 9} {ENGLISH * 9}"):
        assert identify(text).language == identify(text, config=both).language


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_every_text_has_an_answer_and_the_same_one_twice(text):
    answer = identify(text)
    assert answer == identify(text)
    assert 0 <= answer.confidence <= 1
    assert 2 <= len(answer.language) <= 3


@pytest.mark.shared
def test_mislabels_stay_rare_on_real_sentences(shared):
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with gzip.open(shared / "data/langid/sentences.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in list(map(json.loads, lines))[::12]:
            answer = identify(row["text"]).language
            right[row["lang"]] += answer == row["lang"]
            wrong[row["lang"]] += answer not in (row["lang"], "und")
    close = {"bs", "hr", "ms", "tn", "ts", "nb", "nn", "xh", "zu", "ks", "st"}
    plain = set(right) - close
    assert sum(right[language] for language in plain) / sum(right[c] + wrong[c] for c in plain) > 0.98
