r"""CoNLL-U: one token a line, with ids of articles, paragraphs and sentences, and the metadata as comments.

Columns that a tagger or parser would fill are empty (``_``). Metadata stand before an article's first sentence as
``# meta::NAME = VALUE``, as the treebank GUM has them. White space other than one space is kept in MISC as UDPipe and
Udapi do it: ``SpaceAfter=No``, ``SpacesAfter=\n\n`` at the end of a paragraph, ``SpacesBefore`` at the head of a text;
the escapes are ``\s`` (space), ``\t``, ``\n``, ``\r``, ``\p`` (``|``), ``\\``, and, which is ours, ``\uXXXX`` for any
other white space. Behind the last token of an article stands nothing unless it is said.

https://universaldependencies.org/format.html
"""

import re
from collections.abc import Iterator
from pathlib import Path

from corpus.export.records import Record
from corpus.export.segmentation import Segmented, Segmenter, Sentence
from corpus.export.sentences import Token
from corpus.export.textshard import TextShard, metadata

_ESCAPES = {" ": "\\s", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNESCAPED = {"s": " ", "t": "\t", "n": "\n", "r": "\r", "p": "|", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-F]{4})|(.))")


class ConlluShard(TextShard):
    """A ``.conllu`` file, being written."""

    def __init__(self, path: Path, segmenter: Segmenter) -> None:
        """Write to ``path`` with the ending ``.conllu``."""
        super().__init__(
            path.with_name(f"{path.name}.conllu"),
            lambda record: format_article(record, segmenter.segment(str(record["text"]), str(record["language"]))),
        )


def format_article(record: Record, segmented: Segmented) -> str:
    """Return an article as CoNLL-U; nothing for a text of white space only."""
    name = str(record["id"])
    head = [f"# newdoc id = {name}"]
    head += [f"# meta::{key} = {line}" for key, line in metadata(record, separator="; ").items()]
    lines = list[str]()
    before = segmented.before
    last = segmented.paragraphs[-1][-1][-1] if segmented.paragraphs else None
    for paragraph_number, paragraph in enumerate(segmented.paragraphs, 1):
        head.append(f"# newpar id = {name}-p{paragraph_number}")
        for sentence_number, sentence in enumerate(paragraph, 1):
            head.append(f"# sent_id = {name}-p{paragraph_number}s{sentence_number}")
            head.append(f"# text = {_text(sentence)}")
            lines += head
            lines += _token_lines(sentence, before, last)
            lines.append("")
            head, before = [], ""
    return "\n".join([*lines, ""]) if lines else ""


def unescape_spaces(escaped: str) -> str:
    r"""Return the white space that a value of SpacesAfter or SpacesBefore stands for.

    >>> unescape_spaces("\\s\\n\\u00A0")
    ' \n\xa0'
    """
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _UNESCAPED[found[2]], escaped)


def escape_spaces(spaces: str) -> str:
    r"""Return white space as MISC has it.

    >>> escape_spaces(" \n\xa0")
    '\\s\\n\\u00A0'
    """
    return "".join(_ESCAPES.get(space) or f"\\u{ord(space):04X}" for space in spaces)


def _text(sentence: Sentence) -> str:
    """Return a sentence on one line, any white space in it one space."""
    joined = "".join(token.text + (" " if token.after else "") for token in sentence)
    return joined.rstrip(" ")


def _token_lines(sentence: Sentence, before: str, last: Token | None) -> Iterator[str]:
    for number, token in enumerate(sentence, 1):
        said = []
        if before and number == 1:
            said.append(f"SpacesBefore={escape_spaces(before)}")
        if token is last:
            if token.after:
                said.append(f"SpacesAfter={escape_spaces(token.after)}")
        elif not token.after:
            said.append("SpaceAfter=No")
        elif token.after != " ":
            said.append(f"SpacesAfter={escape_spaces(token.after)}")
        yield f"{number}\t{token.text}\t_\t_\t_\t_\t_\t_\t_\t{'|'.join(said) or '_'}"
