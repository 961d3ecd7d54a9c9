"""Two statistical witnesses of a text's language: langdetect and py3langid.

langdetect is right on 98 % of the sentences in languages it has a profile for, and calls everything else by the name
of a neighbour. py3langid knows 139 languages and gives calibrated probabilities. Where both know a language they
rarely err together.

Neither is used through its module-level functions: these share one global object and langdetect's global seed with
everyone else in the process. Our instances are our own, built once, and never changed.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException
from langdetect.utils.lang_profile import LangProfile
from py3langid.langid import MODEL_FILE, LanguageIdentifier

#: Any fixed number will do; langdetect draws n-grams at random, with this seed for every text anew.
_SEED = 0


class _Factory(detector_factory.DetectorFactory):  # type: ignore[misc]  # langdetect is untyped
    """Detectors with a seed of their own: the attribute shadows the class-wide seed that others may set."""

    seed = _SEED


@cache
def _langdetect() -> _Factory:
    factory = _Factory()
    # Sorted: the order of profiles decides the order of floating-point sums, and directories list in any order.
    profiles = sorted(Path(detector_factory.PROFILES_DIRECTORY).iterdir())
    for index, path in enumerate(profiles):
        profile = LangProfile(**json.loads(path.read_text(encoding="utf-8")))
        factory.add_profile(profile, index, len(profiles))
    return factory


@cache
def _langid() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def langdetect_languages() -> frozenset[str]:
    """Return the codes that langdetect has a profile for, as langdetect writes them."""
    return frozenset(_langdetect().get_lang_list())


def ask_langdetect(text: str, same: Mapping[str, str]) -> dict[str, float]:
    """Return langdetect's probabilities above 0.1, with codes renamed and merged by ``same``."""
    detector = _langdetect().create()
    detector.append(text)
    try:
        ranked = detector.get_probabilities()
    except LangDetectException:  # no n-gram of any profile in the text
        return {}
    return _merge(((guess.lang, guess.prob) for guess in ranked), same)


def ask_langid(text: str, same: Mapping[str, str]) -> dict[str, float]:
    """Return py3langid's probabilities of all its languages, with codes renamed and merged by ``same``."""
    ranked = _langid().rank(text)
    return _merge(((str(language), float(probability)) for language, probability in ranked), same)


def _merge(ranked: Iterable[tuple[str, float]], same: Mapping[str, str]) -> dict[str, float]:
    merged: defaultdict[str, float] = defaultdict(float)
    for language, probability in ranked:
        merged[same.get(language, language)] += probability
    return dict(merged)
