"""Thresholds of `cleaners.first_look`: when a page is plain enough to be decided without the extractor."""

from dataclasses import dataclass

from cleaners.ranges import check_range


@dataclass(frozen=True, slots=True, kw_only=True)
class LookConfig:
    """Thresholds of `cleaners.first_look`. Weights are those of `cleaners.config`."""

    #: Take a first look at all; off, every page is read by the extractor.
    enabled: bool = True
    #: Weight of the paragraphs that the first look must keep, in [0, 1,000,000]: on pages with less, what is text is a
    #: question that other evidence answers better.
    min_running: int = 600
    #: Blocks amid the kept ones that are no paragraphs and that no rule names, for each that is kept, up to which the
    #: page is measured at all, in [0, 1000]: of pages with more one in eight could be decided.
    max_scraps: float = 2.5
    #: Doubt of the page (`first_look.measure_doubts`) up to which the first look decides it, in [0, 1].
    max_doubt: float = 0.03
    #: The greatest doubt of a single block, times its weight, up to which it does, in [0, 1000].
    max_block_doubt: float = 40.0
    #: File of the model's trees: a name in ``cleaners.data``, or the path of another file.
    model: str = "first_look_trees.json"

    def __post_init__(self) -> None:
        check_range(self, 0, 1_000_000, "min_running")
        check_range(self, 0, 1, "max_doubt")
        check_range(self, 0, 1000, "max_scraps", "max_block_doubt")
