"""langdetect by a table of our own gives what langdetect gives by its lists."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import detector_factory
from langdetect.detector import Detector
from langdetect.utils.lang_profile import LangProfile

from cleaners.witnesses import _Detector, _langdetect, ask_langdetect

TEXTS = [
    "The council voted on Tuesday to close the bridge for repairs.",
    "Der Stadtrat hat am Dienstag beschlossen, die Brücke zu sperren.",
    "El ayuntamiento decidió el martes cerrar el puente por obras.",
    "Byrådet vedtog tirsdag at lukke broen, og mange er imod det.",
    "Городской совет решил закрыть мост на ремонт.",
    "市议会周二决定关闭大桥进行维修。",
    "市議会は火曜日に橋を閉鎖することを決めた。",
    "Hội đồng thành phố đã quyết định đóng cửa cây cầu.",
    "قرر مجلس المدينة إغلاق الجسر للإصلاحات",
    "NATO UND USA sagen: ok",
]


@cache
def _theirs() -> detector_factory.DetectorFactory:
    factory = detector_factory.DetectorFactory()
    paths = sorted(Path(detector_factory.PROFILES_DIRECTORY).iterdir())
    for index, path in enumerate(paths):
        factory.add_profile(LangProfile(**json.loads(path.read_text(encoding="utf-8"))), index, len(paths))
    return factory


@pytest.mark.parametrize("text", TEXTS)
def test_the_probabilities_are_langdetects_to_the_last_bit(text: str) -> None:
    detector = _theirs().create()
    detector.seed = 0
    detector.append(text)
    assert ask_langdetect(text, {}) == {guess.lang: guess.prob for guess in detector.get_probabilities()}


@given(st.text(st.sampled_from("aAbB zÄäßЯяạşș中国あアㄅ가ی1.-'\n"), max_size=40))
@settings(max_examples=200, deadline=None)
def test_the_n_grams_are_langdetects(text: str) -> None:
    detector = _Detector(_langdetect())
    detector.append(text)
    detector.cleaning_text()
    theirs = Detector._extract_ngrams(detector)
    assert detector._extract_ngrams() == [detector.word_lang_prob_map[gram] for gram in theirs]


def test_text_without_n_grams_has_no_votes() -> None:
    assert ask_langdetect("12 - 34", {}) == {}
