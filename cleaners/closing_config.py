"""Thresholds of what is told by its words: `cleaners.closing` and `cleaners.notices`."""

from dataclasses import dataclass

from cleaners.ranges import check_range


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingConfig:
    """Thresholds of `cleaners.closing`: what stands in a text's last lines and is none of it."""

    #: Blocks of the text that are never looked at, from its beginning, in [1, 100].
    min_left: int = 3
    #: Lines at the text's end that are looked at, in [1, 100].
    last_lines: int = 4
    #: The last of them, among which a note on the author may stand that nothing but the name tells, in [1, 100].
    last_notes: int = 2
    #: Weight of the heaviest of them, in [1, 10,000].
    max_line: int = 700
    #: Lines below a line of signs that are said of the text, in [1, 100]; more are its last section.
    max_coda: int = 2
    #: Weight of the heaviest of these, in [1, 10,000].
    max_said: int = 400
    #: Weight of the heaviest note on the author, in [1, 10,000].
    max_note: int = 700
    #: Characters of the longest credit, in [1, 10,000].
    max_credit: int = 320
    #: Characters of the longest line that tells whom to write to, in [1, 10,000].
    max_contact: int = 200
    #: The same where the address has the author's surname and leads elsewhere, in [1, 10,000]: longer lines tell whom
    #: to ask about what the text is on.
    max_address: int = 80
    #: Characters of the longest line that asks for something, in [1, 10,000].
    max_request: int = 400
    #: Characters before the name in a note on the author, in [0, 1000]: "Our correspondent …".
    max_name_at: int = 30

    def __post_init__(self) -> None:
        check_range(self, 1, 100, "min_left", "last_lines", "last_notes", "max_coda")
        check_range(
            self,
            1,
            10_000,
            "max_line",
            "max_said",
            "max_note",
            "max_credit",
            "max_contact",
            "max_address",
            "max_request",
        )
        check_range(self, 0, 1000, "max_name_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeConfig:
    """Thresholds of `cleaners.notices`: captions that are told by their credit, and notices of consent."""

    #: Weight of the heaviest caption that is told by its credit, in [0, 10,000].
    max_caption: int = 400
    #: Share of the text above which such captions are what the page is about, in [0, 1].
    max_caption_share: float = 0.3
    #: Characters of the longest name behind a picture's label, in [1, 1000].
    max_credit: int = 60
    #: Characters of the longest line that is such a label and a credit, in [1, 1000].
    max_credit_line: int = 120
    #: Characters of the longest notice in place of something embedded, in [1, 10,000].
    max_notice: int = 700

    def __post_init__(self) -> None:
        check_range(self, 0, 10_000, "max_caption")
        check_range(self, 0, 1, "max_caption_share")
        check_range(self, 1, 1000, "max_credit", "max_credit_line")
        check_range(self, 1, 10_000, "max_notice")
