"""Tokens through spaCy's blank pipelines, language by language. Needs the extra ``nlp`` (spaCy).

Which tokenizer a language gets:

- Chinese, Japanese and Thai that of spaCy, where the library it rests on is installed (`LIBRARIES`);
- they, and other scripts that set no spaces, else one token for each character with its marks, runs of katakana in one;
- Korean and Vietnamese spaCy's rules, as white space and signs divide it (eojeol, syllables): what else spaCy has for
  them needs a dictionary of the system, or makes words with spaces inside;
- every other language spaCy's rules for it where there are any, else those for all languages (``xx``).

To the rules are added sentence ends of all scripts, quotation marks and dashes that touch two words, and emoji that
several characters make up. No tokenizer changes the text: what it gives is compared, and done by characters where it
differs.
"""

import importlib.util
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from corpus.errors import ConfigError
from corpus.export.sentences import TERMINATORS

#: Languages whose tokenizer in spaCy rests on other libraries: their modules, the packages whose versions decide, and
#: what spaCy is told.
LIBRARIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], Mapping[str, object]]] = {
    "ja": (("sudachipy", "sudachidict_core"), ("SudachiPy", "SudachiDict-core"), {}),
    "th": (("pythainlp",), ("pythainlp",), {}),
    "zh": (("jieba",), ("jieba",), {"segmenter": "jieba"}),
}
#: Languages of which spaCy's own tokenizer is passed over for its rules.
_BY_RULES = frozenset({"ko", "vi"})
#: Languages without spaces between words: Tibetan, Dzongkha, Japanese, Khmer, Lao, Burmese, Thai, Cantonese, Chinese.
_UNSPACED_LANGUAGES = frozenset({"bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh"})
#: Bytes that SudachiPy takes at once are 49,149; a longer paragraph is done by characters.
_MOST_BYTES = 49_000
#: A vocabulary that grew beyond so many strings is replaced, or a corpus of millions would not fit; no token changes.
_MOST_STRINGS = 400_000

_LETTERS = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"  # Thai, Lao
    "\u0f40-\u0f6c\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3"  # Tibetan, Burmese, Khmer
    "\u3005-\u3007\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # hiragana, Han
)
_MARKS = "".join(
    char
    for first, last in ((0xE00, 0x109F), (0x1780, 0x17FF), (0x302A, 0x302F), (0x3099, 0x309A), (0xFE00, 0xFE0F))
    for char in map(chr, range(first, last + 1))
    if unicodedata.category(char) in {"Mn", "Mc"}
)
#: Signs that take the next letter below the last one (Khmer coeng, Burmese and Tibetan stacks are marks already).
_STACKERS = "\u17d2\u1039"
_CHARACTER = f"[{_LETTERS}](?:[{_STACKERS}][{_LETTERS}]|[{_MARKS}])*"
_KATAKANA = "[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f]+"
_BY_CHARACTER = re.compile(f"({_CHARACTER}|{_KATAKANA})")
#: What separates words without white space: ends of sentences beyond ASCII, quotation marks, brackets, dashes.
_SEPARATORS = f"[{''.join(sorted(sign for sign in TERMINATORS if not sign.isascii()))}“”„«»‹›「」『』《》〈〉—]"
#: A full stop behind a letter or vowel sign of a script without case (Hebrew to Khmer); spaCy knows it of some.
_STOP = r"(?<=[\u0590-\u17ff])\."
_PICTURE = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_EMOJI = (
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3"
    f"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
#: Finds where a tokenizer divides a stretch without white space.
_Search = Callable[[str], Any]
#: White space with a blank line in it ends a paragraph.
PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")


def import_spacy() -> Any:
    """Return the module ``spacy``.

    Raises:
        ConfigError: It is not installed; says how to do so.
    """
    try:
        import spacy
    except ImportError as error:
        raise ConfigError(
            "tokens and sentences need spaCy, which is not installed; "
            "install it with: pip install 'news-corpus-collector[nlp]'"
        ) from error
    return spacy


def tokenizer_versions() -> dict[str, str]:
    """Return what decides the tokens: spaCy's version, and which languages get which tokenizer.

    Raises:
        ConfigError: spaCy is not installed.
    """
    import_spacy()
    by_library = {
        language: " and ".join(f"{package} {version(package)}" for package in packages)
        for language, (_, packages, _) in LIBRARIES.items()
        if has_library(language)
    }
    by_character = sorted(_UNSPACED_LANGUAGES - by_library.keys())
    by_rules = sorted(_languages_of_spacy() - _UNSPACED_LANGUAGES)
    stated = [f"{language}: {name}" for language, name in sorted(by_library.items())]
    stated += [f"{' '.join(by_character)}: one a character", f"{' '.join(by_rules)}: spaCy's rules for the language"]
    return {"spacy": version("spacy"), "tokens": "; ".join([*stated, "others: spaCy's rules for all languages"])}


def has_library(language: str) -> bool:
    """Tell whether the library that spaCy's tokenizer for a language rests on is installed."""
    return all(importlib.util.find_spec(module) for module in LIBRARIES[language][0])


class Tokenizers:
    """Makes spaCy documents of texts, with one blank pipeline a language, each made when it is first needed."""

    def __init__(self) -> None:
        """Load spaCy.

        Raises:
            ConfigError: spaCy is not installed.
        """
        self._spacy = import_spacy()
        self._pipelines: dict[str, Any] = {}

    def tokenize(self, paragraph: str, language: str) -> Any:
        """Return a paragraph as a ``spacy.tokens.Doc``, whose text is the paragraph; white space makes no words.

        Args:
            paragraph: A paragraph with the white space around it.
            language: ISO 639-1 code (639-3 where there is none), or ``und``.
        """
        if language in LIBRARIES and has_library(language) and len(paragraph.encode()) <= _MOST_BYTES:
            doc = self._pipeline(language).tokenizer(paragraph)
            if doc.text == paragraph and all(_is_whole(token.text) for token in doc):
                return doc
        if language in _UNSPACED_LANGUAGES:
            return self._by_character(paragraph)
        return self._pipeline(language).tokenizer(paragraph)

    def join(self, docs: Iterable[Any], language: str) -> Any:
        """Return the documents of an article's paragraphs as one."""
        docs = list(docs)
        if len({id(doc.vocab) for doc in docs}) > 1:
            vocab = docs[0].vocab
            docs = [self._spacy.tokens.Doc(vocab).from_bytes(doc.to_bytes()) for doc in docs]
        if not docs:
            return self.tokenize("", language)
        return self._spacy.tokens.Doc.from_docs(docs, ensure_whitespace=False)

    def _pipeline(self, language: str) -> Any:
        known = self._pipelines.get(language)
        if known is None or len(known.vocab.strings) > _MOST_STRINGS:
            known = self._pipelines[language] = _blank(self._spacy, language)
        return known

    def _by_character(self, paragraph: str) -> Any:
        rules = self._pipeline("xx").tokenizer
        words, spaces = list[str](), list[bool]()
        for place, part in enumerate(_BY_CHARACTER.split(paragraph)):
            if place % 2:
                words.append(part)
                spaces.append(False)
            elif part == " " and words:
                spaces[-1] = True
            elif part:
                if part[0] == " " and words and not part[1:2].isspace():
                    spaces[-1], part = True, part[1:]
                for token in rules(part):
                    words.append(token.text)
                    spaces.append(bool(token.whitespace_))
        return self._spacy.tokens.Doc(self._pipeline("xx").vocab, words=words, spaces=spaces)


def _is_whole(word: str) -> bool:
    return word.isspace() or not any(map(str.isspace, word))


@cache
def _languages_of_spacy() -> frozenset[str]:
    import spacy.lang

    return frozenset(module.name for module in pkgutil.iter_modules(spacy.lang.__path__) if module.ispkg) - {"xx"}


def _blank(spacy: Any, language: str) -> Any:
    """Return a blank pipeline for a language, its rules extended."""
    name = language if language in _languages_of_spacy() else "xx"
    if name in LIBRARIES:
        return spacy.blank(name, config={"nlp": {"tokenizer": dict(LIBRARIES[name][2])}} if LIBRARIES[name][2] else {})
    rules = {"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}} if name in _BY_RULES else {}
    pipeline = spacy.blank(name, config=rules)
    defaults, tokenizer = pipeline.Defaults, pipeline.tokenizer
    regular = spacy.util
    prefixes = regular.compile_prefix_regex([_EMOJI, _SEPARATORS, *defaults.prefixes])
    suffixes = regular.compile_suffix_regex([f"(?:{_EMOJI})", _SEPARATORS, _STOP, *defaults.suffixes])
    # A sign that follows another at once is passed over by spaCy, and glued to what comes next; the third pattern,
    # of no width, ends it.
    infixes = regular.compile_infix_regex([f"(?:{_EMOJI})", _SEPARATORS, f"(?<={_SEPARATORS})", *defaults.infixes])
    tokenizer.prefix_search = _beyond_ascii(tokenizer.prefix_search, prefixes.search)
    tokenizer.suffix_search = _beyond_ascii(tokenizer.suffix_search, suffixes.search)
    tokenizer.infix_finditer = _beyond_ascii(tokenizer.infix_finditer, infixes.finditer)
    return pipeline


def _beyond_ascii(plain: _Search, extended: _Search) -> _Search:
    """Return a search that is extended where it matters: in English it would double the time for nothing."""
    return lambda text: plain(text) if text.isascii() else extended(text)
