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
    #: Linked headings of one kind, each above a paragraph of the text, that are headings and no cards, in [1, 100].
    min_linked: int = 3
    #: Lists of one kind, each near a paragraph of the text, that are its own, in [1, 100].
    min_lists: int = 3
    #: Share of their weight inside links above which they are none, in [0, 1].
    max_list_links: float = 0.2
    #: Paragraphs of the shortest run that comes back from an element inside the text's own, in [2, 100].
    min_run: int = 4
    #: Share of characters inside links up to which a block may be brought back, in [0, 1].
    max_links: float = 0.5
    #: Numbers that the headings of a level must have for a series, in [2, 100].
    min_series: int = 3
    #: Paragraphs of one kind that may be a body which was missed, in [2, 100].
    min_items: int = 3
    #: Weight that they must have, in [0, 100,000].
    min_missed: int = 600
    #: Times the weight of the kept paragraphs that they must have, in [1, 100].
    min_missed_share: float = 2.0

    def __post_init__(self) -> None:
        check_range(self, 1, 100, "min_alike", "min_linked", "min_lists", "min_missed_share")
        check_range(self, 2, 100, "min_run", "min_series", "min_items")
        check_range(self, 0, 100_000, "min_missed")
        check_range(self, 0, 1, "min_share", "max_links", "max_list_links")


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideConfig:
    """Thresholds of `cleaners.beside`: pull quotes and captions amid the text."""

    #: Letters and digits of the shortest quotation that is looked for in other paragraphs, in [1, 1000]: shorter ones
    #: may be said twice.
    min_pulled: int = 30
    #: Words of four letters and more of the shortest quotation that is looked for by them, in [1, 1000].
    min_pulled_words: int = 6
    #: Share of them that a single paragraph must have, in [0, 1]: what is pulled from a text is edited.
    min_pulled_share: float = 0.8
    #: Weight of the heaviest line beside a pull quote that says whose it is, in [0, 10,000].
    max_name: int = 120
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
        check_range(self, 1, 1000, "min_pulled", "min_pulled_words")
        check_range(self, 1, 100, "max_captions")
        check_range(self, 2, 100, "min_copied")
        check_range(self, 0, 1, "max_caption_share", "min_pulled_share")
        check_range(self, 0, 10_000, "max_caption", "max_name", "max_picture_chars")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConfig:
    """Thresholds of `cleaners.lead`: the standfirst that only its place and the text tell."""

    #: Weight of the lightest one, in [1, 10,000]: shorter lines are labels and places.
    min_weight: int = 60
    #: Words of four letters and more that it must have, in [1, 100]: of fewer, some stand in any text.
    min_words: int = 6
    #: Share of them that must stand in the text, in [0, 1]: what the site says of itself, its author or its offers
    #: has up to .4 there, a standfirst from .5 on.
    min_word_share: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, 1, 10_000, "min_weight")
        check_range(self, 1, 100, "min_words")
        check_range(self, 0, 1, "min_word_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholesConfig:
    """Thresholds of `cleaners.wholes`: lists and tables of which a part was cut."""

    #: Share of a list's items that must be kept for the others to come back, in [0, 1].
    min_items: float = 0.5
    #: The same for the cells of a table, in [0, 1].
    min_cells: float = 0.5
    #: Weight of the heaviest cell of a table, in [0, 10,000]; heavier ones are paragraphs in a layout.
    max_cell: int = 400
    #: Lines for each cell up to which a table is one of data, in [1, 100]; more are a layout.
    max_lines: float = 1.2
    #: Share of a table's rows that must have the same number of cells, in [0, 1].
    min_regular: float = 0.7
    #: Share of the characters inside links up to which a table may come back that was cut as a whole, in [0, 1].
    max_links: float = 0.5
    #: Share of an announced list's items that the text says word for word elsewhere, in [0, 1]; above it the list is a
    #: table of the text's own contents.
    max_contents: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, 0, 1, "min_items", "min_cells", "min_regular", "max_links", "max_contents")
        check_range(self, 0, 10_000, "max_cell")
        check_range(self, 1, 100, "max_lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionConfig:
    """Thresholds of `cleaners.questions`: questions and answers of a text."""

    #: Share of the letters of a stated answer that the blocks below its question must say, in [0, 1].
    min_said: float = 0.5
    #: Questions that must stand alike, each with an answer, in [2, 100].
    min_questions: int = 3
    #: Share of the list's questions that must have an answer, in [0, 1].
    min_answered: float = 0.7
    #: Weight of the heaviest line that is a question, in [0, 10,000].
    max_question: int = 250
    #: Blocks of the longest answer, in [1, 100]: sections of a text may have questions for headings.
    max_answer_blocks: int = 8
    #: Share of an answer's weight inside links from which it leads elsewhere, in [0, 1].
    max_links: float = 0.3

    def __post_init__(self) -> None:
        check_range(self, 0, 1, "min_said", "min_answered", "max_links")
        check_range(self, 2, 100, "min_questions")
        check_range(self, 0, 10_000, "max_question")
        check_range(self, 1, 100, "max_answer_blocks")
