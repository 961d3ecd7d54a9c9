"""Thresholds of what is told by its company: `cleaners.alike`, `cleaners.beside`, `cleaners.elsewhere`."""

from dataclasses import dataclass

from cleaners.ranges import check_range


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeConfig:
    """Thresholds of `cleaners.alike`: what stands as the text's own blocks do."""

    #: Blocks of the text that must stand in a way before others are told by it, and paragraphs by which a text goes on
    #: below its end, in [1, 100]: of single ones most ask for something.
    min_alike: int = 2
    #: Share of the text's paragraphs that must stand in the way by which it goes on, in [0, 1].
    min_share: float = 0.6
    #: Share of characters inside links up to which a block may be brought back, in [0, 1].
    max_links: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, 1, 100, "min_alike")
        check_range(self, 0, 1, "min_share", "max_links")


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideConfig:
    """Thresholds of `cleaners.beside`: pull quotes and captions amid the text."""

    #: Letters and digits of the shortest quotation that is looked for in other paragraphs, in [1, 1000]: shorter ones
    #: may be said twice.
    min_pulled: int = 30
    #: Paragraphs in a row that must stand word for word above, in other elements, to be a copy for other screens, in
    #: [2, 100]: of fewer, half are the text's own.
    min_copied: int = 4
    #: Weight of the heaviest caption that is told by its picture, in [0, 10,000].
    max_caption: int = 400
    #: Blocks of the text in the element of a picture, in [1, 100]: a caption and its credit; more are a section.
    max_captions: int = 2
    #: Share of the text above which such elements are its sections, in [0, 1].
    max_caption_share: float = 0.3
    #: Characters in the element of a picture and its caption, in [0, 10,000]; where more stand in it, it is no such
    #: element.
    max_picture_chars: int = 800

    def __post_init__(self) -> None:
        check_range(self, 1, 1000, "min_pulled")
        check_range(self, 1, 100, "max_captions")
        check_range(self, 2, 100, "min_copied")
        check_range(self, 0, 1, "max_caption_share")
        check_range(self, 0, 10_000, "max_caption", "max_picture_chars")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereConfig:
    """Thresholds of `cleaners.elsewhere`: summaries and headlines of other stories."""

    #: Share of characters inside links from which a line is one link, in [0, 1].
    min_linked: float = 0.9
    #: Share of the blocks of one kind that must stand below a linked heading to be a list of stories, in [0, 1].
    min_list_share: float = 0.8
    #: Words that a headline and the address of its story must share, in [1, 100].
    min_words: int = 4
    #: Share of the words of the shorter one that this must be, in [0, 1].
    min_word_share: float = 0.7
    #: Lines at the text's end that may ask for a subscription, in [1, 100].
    last_lines: int = 3
    #: Characters of the longest line that does, in [1, 10,000].
    max_prompt: int = 300

    def __post_init__(self) -> None:
        check_range(self, 0, 1, "min_linked", "min_list_share", "min_word_share")
        check_range(self, 1, 100, "min_words", "last_lines")
        check_range(self, 1, 10_000, "max_prompt")
