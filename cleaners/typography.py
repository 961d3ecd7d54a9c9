"""What text looks like in the corpus: NFC, one space between words, no invisible characters.

Quotes and dashes stay as the publisher set them; only what no reader sees is taken off.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

# Scripts whose letters join or reorder, where ZWNJ and ZWJ are spelling (Unicode 15, section 23.2): Arabic, Syriac,
# N'Ko, the Indic blocks with Sinhala, Tibetan, Myanmar, Mongolian, Khmer and their extensions.
_JOINING = (
    "\u0600-\u07ff\u0860-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1aff\u1cd0-\u1cff\ua840-\ua8ff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefe"
)
_ZWNJ, _ZWJ = "\u200c", "\u200d"
# Legacy spellings end a word in virama and ZWJ (Bengali khanda ta, Malayalam chillus).
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINER = re.compile(
    f"(?<=[{_JOINING}])(?:{_ZWNJ}|{_ZWJ})(?=[{_JOINING}])|(?<=[{_VIRAMA}]){_ZWJ}|(?<=[{_EMOJI}]){_ZWJ}(?=[{_EMOJI}])"
    f"|({_ZWNJ}|{_ZWJ})"
)
# Soft hyphen, combining grapheme joiner, zero-width space, bidi controls, word joiner and the invisible operators,
# byte order mark, interlinear annotation, object replacement and the controls that no text holds.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\U000e0000-\U000e007f\ufffe\uffff]"
)

# Text in ASCII is most of what a page holds, and bytes are translated many times as fast as patterns are searched.
_ASCII = bytes(range(128))
_OTHERS: Mapping[Callable[[str], bool], bytes] = {
    claim: bytes(code for code in _ASCII if not claim(chr(code))) for claim in (str.isdigit, str.isupper, str.isalnum)
}
_INVISIBLE_ASCII = bytes(code for code in _ASCII if _INVISIBLE.match(chr(code)))

# What is neither letter nor digit. Vowel signs are combining marks, and no word characters to the pattern language.
_VOWEL_SIGNS = "".join(char for char in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(char) in {"Mn", "Mc"})
_SILENT = re.compile(f"[^\\w{_VOWEL_SIGNS}]+|_")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def fold(text: str) -> str:
    r"""Return ``text`` as one line: NFC, each run of white space one space, invisible characters gone.

    Folding twice changes nothing.

    >>> fold("  Frei\u00adtag\u200b,\n 3.\u00a0Mai ")
    'Freitag, 3. Mai'
    >>> fold("می\u200cخواهم") == "می\u200cخواهم"
    True
    """
    if text.isascii():
        return " ".join(text.encode().translate(None, _INVISIBLE_ASCII).decode().split())
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    if _ZWNJ in text or _ZWJ in text:
        text = _JOINER.sub(lambda match: "" if match.group(1) else match.group(), text)
    # Taking a character off may bring two together that compose.
    return " ".join(unicodedata.normalize("NFC", text).split())


def sameness(text: str) -> str:
    """Return what two spellings of one headline share: letters and digits, case folded, compatibility forms resolved.

    >>> sameness("“Storm” hits Coast…") == sameness('"STORM" hits coast')
    True
    """
    if text.isascii():
        return text.lower().encode().translate(None, _OTHERS[str.isalnum]).decode()
    return _SILENT.sub("", unicodedata.normalize("NFKC", text).casefold())


def count_signs(text: str, claim: Callable[[str], bool]) -> int:
    """Count the characters of which something holds.

    Args:
        text: Text.
        claim: ``str.isdigit``, ``str.isupper`` or ``str.isalnum``.

    >>> count_signs("Nr. 12", str.isdigit), count_signs("Ärger", str.isupper)
    (2, 1)
    """
    if text.isascii():  # forty times as fast as asking each character
        return len(text.encode().translate(None, _OTHERS[claim]))
    return sum(map(claim, text))


def long_words(text: str) -> frozenset[str]:
    """Return the words of four letters and more, in small letters: those that tell what a text is about.

    >>> sorted(long_words("The ferry, the FERRY and pier 2024"))
    ['ferry', 'pier']
    """
    return frozenset(word.lower() for word in _LONG_WORD.findall(text))
