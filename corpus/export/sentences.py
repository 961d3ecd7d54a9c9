"""Where sentences end, in any script, by rules over tokens; made for news, whose paragraphs are short and well set."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A word or sign of a text."""

    text: str
    #: White space between it and the next token, or the end of the text.
    after: str


#: Signs that end a sentence: Unicode's property Sentence_Terminal as spaCy's sentencizer lists it, and, not in it, ends
#: of sentences in Khmer and Tibetan, ellipses, and what spaCy leaves in one piece.
TERMINATORS = frozenset(
    "!.?։؟۔܀܁܂߹।॥၊။።፧፨᙮᜵᜶᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿‼‽⁇⁈⁉⸮⸼꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．"
    "？𐩖𐩗𑁇𑁈𑂾𑂿𑃀𑃁𑅁𑅂𑅃𑇅𑇆𑇍𑇞𑇟𑈸𑈹𑈻𑈼𑊩𑑋𑑌𑗂𑗃𑗉𑗊𑗋𑗌𑗍𑗎𑗏𑗐𑗑𑗒𑗓𑗔𑗕𑗖𑗗𑙁𑙂𑜼𑜽𑜾𑩂𑩃𑪛𑪜𑱁𑱂𖩮𖩯𖫵𖬷𖬸𖭄𛲟𝪈｡。។៕།༎…"
) | {"..", "...", "....", "?!", "!?", "!!", "??"}
#: Languages that write ordinal numbers with a full stop: ``am 3. Oktober``.
_ORDINAL_STOP = frozenset(
    {"bs", "cs", "da", "de", "et", "eu", "fi", "fo", "hr", "hu", "is", "lb", "lv", "nb", "nn", "no", "pl", "sk", "sl"}
    | {"sr", "tr"}
)
#: Languages in which a full stop marks abbreviations and numbers only: sentences end at white space, or unmarked.
_STOP_ENDS_NOTHING = frozenset({"bo", "dz", "km", "lo", "my", "th"})


def divide(tokens: Sequence[Token], language: str) -> list[tuple[Token, ...]]:
    """Divide the tokens of a paragraph into sentences.

    A sentence goes on after its end mark through marks and closing quotes and brackets, and ends before the next token
    unless that begins with a small letter. A mark of ASCII ends a sentence only before white space or a letter without
    case, and a full stop not behind an initial or, in some languages, a number of two digits.

    >>> words = [Token("Go", ""), Token(".", ""), Token("”", " "), Token("“", ""), Token("Why", ""), Token("?", "")]
    >>> [[token.text for token in sentence] for sentence in divide(words, "en")]
    [['Go', '.', '”'], ['“', 'Why', '?']]
    """
    sentences = list[tuple[Token, ...]]()
    start, end_mark = 0, ""
    for place, token in enumerate(tokens):
        if token.text in TERMINATORS or _is_number_with_stop(token.text):
            if not _is_abbreviation(tokens, place, language):
                end_mark = token.text[-1]
        elif end_mark and not _closes(tokens, place):
            if _may_begin(tokens, place, end_mark):
                sentences.append(tuple(tokens[start:place]))
                start = place
            end_mark = ""
    if start < len(tokens):
        sentences.append(tuple(tokens[start:]))
    return sentences


def _is_number_with_stop(text: str) -> bool:
    """Tell whether a token is a number and a full stop, which spaCy leaves together in some languages."""
    return text.endswith(".") and text[:-1].isdecimal()


def _is_abbreviation(tokens: Sequence[Token], place: int, language: str) -> bool:
    """Tell whether a full stop belongs to an initial, an ordinal number or another short form."""
    text = tokens[place].text
    if text[-1] != "." or text.startswith(".."):
        return False
    if language in _STOP_ENDS_NOTHING:
        return True
    before = text[:-1]
    if not before:
        if place == 0 or tokens[place - 1].after:
            return False
        before = tokens[place - 1].text
    if len(before) == 1 and before.isupper():
        return True
    return language in _ORDINAL_STOP and len(before) <= 2 and before.isdecimal() and place + 1 < len(tokens)


def _closes(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a token is a bracket or quotation mark that belongs to what stands before it.

    What opens a quotation in one language closes it in another („…“ and “…”, ”…” and “…”, »…« and «…»), so the white
    space around it decides first.
    """
    sign = tokens[place].text
    category = unicodedata.category(sign) if len(sign) == 1 else ""
    if category in {"Ps", "Pe"}:
        return category == "Pe"
    if category not in {"Pi", "Pf"} and sign not in {'"', "'", "''"}:
        return False
    touches_before, touches_next = not tokens[place - 1].after, not tokens[place].after and place + 1 < len(tokens)
    if touches_before != touches_next:
        return touches_before
    return category == "Pf" or (category != "Pi" and touches_before)


def _may_begin(tokens: Sequence[Token], place: int, end_mark: str) -> bool:
    """Tell whether a sentence may begin at a token, by what stands before it and its first letter or digit."""
    first = next((char for token in tokens[place:] for char in token.text if char.isalnum()), "")
    # Georgian letters are small ones to Unicode, and begin every sentence.
    if not first or (first.islower() and not "\u10d0" <= first <= "\u10ff"):
        return False
    return bool(tokens[place - 1].after) or not (end_mark.isascii() or end_mark == "…") or _has_no_case(first)


def _has_no_case(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo"
