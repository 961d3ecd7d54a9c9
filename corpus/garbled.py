"""Tells texts that were read, somewhere on their way, in an encoding that they are not written in."""

import re

#: What UTF-8 is most often mistaken for.
_MISTAKEN_FOR = ("cp1252", "latin-1", "cp1251")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
#: Characters of a text that are looked at: a garbled one is garbled from the beginning.
_SAMPLE = 4000
#: Least number of damaged places, and their least share of all places with characters beyond ASCII: a sound text may
#: quote a garbled word.
_LEAST_PLACES, _LEAST_SHARE = 3, 0.2


def is_garbled(text: str) -> bool:
    """Tell whether a text is full of replacement characters, or of what UTF-8 looks like in another encoding.

    A run of characters beyond ASCII that, written in the other encoding, is valid UTF-8 is all but never meant: "é"
    alone is no UTF-8, "Ã©" is.

    >>> is_garbled("CafÃ© crÃ¨me, dÃ©jÃ  vu"), is_garbled("Café crème, déjà vu")
    (True, False)
    """
    runs = _FOREIGN.findall(text[:_SAMPLE])
    damaged = sum("\ufffd" in run or _is_misread(run) for run in runs)
    return damaged >= _LEAST_PLACES and damaged >= _LEAST_SHARE * len(runs)


def _is_misread(run: str) -> bool:
    if len(run) < 2:
        return False
    for encoding in _MISTAKEN_FOR:
        try:
            run.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False
