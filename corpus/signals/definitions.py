"""The signals: their names, what they measure, and where they come from.

Sources: C4 is Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer"
(JMLR 21), section 2.2. Gopher is Rae et al. 2021 (arXiv:2112.11446), appendix A.1.1 and table A1. FineWeb is Penedo et
al. 2024 (arXiv:2406.17557), section 3.6. Where papers leave something open, the definition is that of datatrove, which
made FineWeb; docs/quality.md names each difference.
"""

from dataclasses import dataclass

#: Raised when a signal would come out otherwise: what was stored before is then computed anew.
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal of quality."""

    #: As conditions, columns and exports have it.
    name: str
    #: The family it is of: length, C4, Gopher, FineWeb, language, symbols, extraction.
    family: str
    meaning: str
    #: Whether it is a whole number; otherwise it is a share or a mean.
    whole: bool = False
    #: Whether it may be unknown.
    optional: bool = False


SIGNALS = (
    Signal(name="characters", family="length", meaning="Characters of the text", whole=True),
    Signal(name="words", family="length", meaning="Words; each Han or kana character counts as one", whole=True),
    Signal(name="paragraphs", family="length", meaning="Lines that are not blank", whole=True),
    Signal(name="sentences", family="length", meaning="Ends of sentences, at least one", whole=True),
    Signal(
        name="mean_word_length", family="Gopher", meaning="Mean characters of a word, without punctuation around it"
    ),
    Signal(name="hashes", family="Gopher", meaning="Number signs (#) in proportion to words"),
    Signal(name="ellipses", family="Gopher", meaning="Ellipses (… or ...) in proportion to words"),
    Signal(name="bullet_lines", family="Gopher", meaning="Share of lines that begin with a bullet or a hyphen"),
    Signal(name="ellipsis_lines", family="Gopher", meaning="Share of lines that end with an ellipsis"),
    Signal(name="alphabetic_words", family="Gopher", meaning="Share of words with a letter"),
    Signal(
        name="english_stop_words",
        family="Gopher",
        meaning="How many of the, be, to, of, and, that, have, with are there",
        whole=True,
    ),
    Signal(name="duplicate_lines", family="Gopher", meaning="Share of lines that were there before"),
    Signal(name="duplicate_line_characters", family="Gopher", meaning="Their characters in proportion to the text's"),
    Signal(name="duplicate_paragraphs", family="Gopher", meaning="Share of paragraphs that were there before"),
    Signal(name="duplicate_paragraph_characters", family="Gopher", meaning="Their characters, likewise"),
    *(
        Signal(
            name=f"top_{n}_gram",
            family="Gopher",
            meaning=f"Characters of the most frequent {n} words in a row, each time, in proportion to the text's",
        )
        for n in (2, 3, 4)
    ),
    *(
        Signal(
            name=f"duplicate_{n}_grams",
            family="Gopher",
            meaning=f"Characters of {n} words in a row that were there before, in proportion to the text's",
        )
        for n in range(5, 11)
    ),
    Signal(
        name="c4_lines",
        family="C4",
        meaning="Share of lines that C4 keeps: ended by . ? ! \" or ', three words or more, no javascript, no policy",
    ),
    Signal(name="c4_sentences", family="C4", meaning="Ends of sentences in the lines that C4 keeps", whole=True),
    Signal(name="javascript_lines", family="C4", meaning="Share of lines that say javascript"),
    Signal(name="policy_lines", family="C4", meaning="Share of lines about cookies, privacy or terms of use"),
    Signal(name="lorem_ipsum", family="C4", meaning="Times that lorem ipsum is there", whole=True),
    Signal(name="curly_brackets", family="C4", meaning="Times that { is there", whole=True),
    Signal(name="punctuated_lines", family="FineWeb", meaning="Share of lines ended by a sentence's end in any script"),
    Signal(name="short_lines", family="FineWeb", meaning="Share of lines of 30 characters or less"),
    Signal(name="repeated_characters", family="FineWeb", meaning="Characters of repeated lines, without line ends"),
    Signal(name="line_ends", family="FineWeb", meaning="Line ends in proportion to words"),
    Signal(
        name="symbols", family="symbols", meaning="Share of characters, white space aside, that are no letter or digit"
    ),
    Signal(name="digits", family="symbols", meaning="Share of characters, white space aside, that are digits"),
    Signal(
        name="stop_words",
        family="language",
        meaning="Share of words that are stop words of the article's language; unknown where there is no list",
        optional=True,
    ),
    Signal(name="language_confidence", family="language", meaning="Confidence in the language"),
    Signal(
        name="cut_confidence",
        family="extraction",
        meaning="How sure the cleaner was of what it cut, by length; unknown where it weighed nothing",
        optional=True,
    ),
)
NAMES = tuple(signal.name for signal in SIGNALS)
