"""Texts as paragraphs, sentences and tokens, the same for every format that has them, and nothing of the text lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.export.sentences import Token, divide
from corpus.export.tokenizers import PARAGRAPH_END, Tokenizers

#: What spaCy's SENT_START says: a sentence begins at the token, or does not (-1, as it stands in an unsigned array).
_BEGINS, _INSIDE = 1, 2**64 - 1
#: The tokens of a sentence, at least one.
Sentence = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text as paragraphs, sentences and tokens."""

    #: White space before the first token.
    before: str
    #: The sentences of each paragraph, at least one; the white space between paragraphs is their last token's.
    paragraphs: tuple[tuple[Sentence, ...], ...]

    @property
    def text(self) -> str:
        """The text that was segmented."""
        return self.before + "".join(token.text + token.after for token in self.tokens())

    def tokens(self) -> Iterator[Token]:
        """Yield every token."""
        return (token for paragraph in self.paragraphs for sentence in paragraph for token in sentence)


class Segmenter:
    r"""Segments texts; holds a pipeline for each language that it met.

    >>> segmenter = Segmenter()
    >>> found = segmenter.segment("It sails. Who knows?\n\nWe don't.", "en")
    >>> [[" ".join(token.text for token in sentence) for sentence in paragraph] for paragraph in found.paragraphs]
    [['It sails .', 'Who knows ?'], ["We do n't ."]]
    """

    def __init__(self) -> None:
        """Load spaCy.

        Raises:
            ConfigError: spaCy is not installed.
        """
        self._tokenizers = Tokenizers()

    def segment(self, text: str, language: str) -> Segmented:
        """Divide a text into paragraphs (at blank lines), sentences and tokens.

        Args:
            text: The text.
            language: ISO 639-1 code (639-3 where there is none), or ``und``.
        """
        return _segmented([self._tokenizers.tokenize(piece, language) for piece in _pieces(text)], language)

    def document(self, text: str, language: str) -> Any:
        """Return a text as a ``spacy.tokens.Doc`` with the tokens and sentences of `segment`.

        Its span group ``paragraphs`` has the paragraphs, without the white space behind them.
        """
        docs = [self._tokenizers.tokenize(piece, language) for piece in _pieces(text)]
        segmented = _segmented(docs, language)
        joined = self._tokenizers.join(docs, language)
        import numpy as np  # here, because not every command waits for it

        if not segmented.paragraphs:
            return joined
        starts, spans = _places(joined, segmented)
        joined.from_array(["SENT_START"], np.array(starts, dtype="uint64").reshape(-1, 1))
        joined.spans["paragraphs"] = [joined[first:end] for first, end in spans]
        return joined


def _places(document: Any, segmented: Segmented) -> tuple[list[int], list[tuple[int, int]]]:
    """Return for each token of a document whether a sentence begins there (1 or 0), and the ends of the paragraphs.

    White space at the head of a text belongs to its first sentence, other white space to the sentence before it.
    """
    words = [token.i for token in document if not token.is_space]
    starts = [_INSIDE] * len(document)
    spans = []
    place = 0
    for paragraph in segmented.paragraphs:
        first = place
        for sentence in paragraph:
            starts[words[place] if place else 0] = _BEGINS
            place += len(sentence)
        spans.append((words[first], words[place - 1] + 1))
    return starts, spans


def _pieces(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text, each with the white space behind it."""
    start = 0
    for gap in PARAGRAPH_END.finditer(text):
        if gap.start() > 0:  # white space at the head of a text is the first paragraph's
            yield text[start : gap.end()]
            start = gap.end()
    if start < len(text):
        yield text[start:]


def _segmented(docs: list[Any], language: str) -> Segmented:
    before = ""
    paragraphs = list[list[Token]]()
    for doc in docs:
        words = list[Token]()
        for token in doc:
            text, after = token.text, token.whitespace_
            if not text.isspace():
                words.append(Token(text, after))
            elif words:
                words[-1] = Token(words[-1].text, words[-1].after + text + after)
            elif paragraphs:
                last = paragraphs[-1]
                last[-1] = Token(last[-1].text, last[-1].after + text + after)
            else:
                before += text + after
        if words:
            paragraphs.append(words)
    return Segmented(before, tuple(tuple(divide(words, language)) for words in paragraphs))
