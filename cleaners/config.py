"""Every threshold of cleaning a page, each with its unit, its range and the reason for its default.

They are values, not globals: a caller who wants another minimum builds another `CleanerConfig`, and the same page with
the same configuration gives the same verdict on every machine. What concerns metadata and language stands beside the
code that uses it (`MetadataConfig`, `LanguageConfig`) and is part of `CleanerConfig` too.

Weights are characters, where a Han or kana character counts three: so much does it carry of a word.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from cleaners.beside_config import AlikeConfig, BesideConfig, ElsewhereConfig, LeadConfig, QuestionConfig, WholesConfig
from cleaners.closing_config import ClosingConfig, NoticeConfig
from cleaners.language import LanguageConfig
from cleaners.line_judge import JudgeConfig
from cleaners.look_config import LookConfig
from cleaners.metadata.config import MetadataConfig
from cleaners.ranges import check_range
from cleaners.template import RepeatsConfig, SiteTemplate
from corpus.errors import ConfigError
from corpus.rights import Policies, Statement

__all__ = [
    "DEFAULT",
    "AlikeConfig",
    "BesideConfig",
    "BlockConfig",
    "BodyConfig",
    "CleanerConfig",
    "ClosingConfig",
    "DecodeConfig",
    "ElsewhereConfig",
    "ExtractConfig",
    "FrameConfig",
    "LanguageConfig",
    "LeadConfig",
    "LookConfig",
    "MetadataConfig",
    "NoticeConfig",
    "ParseConfig",
    "QualityConfig",
    "QuestionConfig",
    "RepeatsConfig",
    "SiteKnowledge",
    "SiteTemplate",
    "StatedConfig",
    "TextConfig",
    "WholesConfig",
    "check_range",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeConfig:
    """Thresholds of `cleaners.decode`."""

    #: Share of the non-ASCII characters that may be undecodable in a believed encoding, in [0, 1]. Chinese pages that
    #: declare gb2312 often hold one or two broken characters in thousands; a wrong encoding breaks a tenth and more.
    max_bad_share: float = 0.02
    #: Stray bytes for each valid multi-byte sequence in a page that declares UTF-8, in [0, 1]: such pages embed scraps
    #: of Latin-1, but a Latin-1 page that declares UTF-8 has next to no valid sequence.
    max_stray_share: float = 0.3
    #: Valid UTF-8 sequences that overrule the declaration of another multi-byte encoding, in [1, 1000]: a few
    #: characters of GBK are valid UTF-8 by chance, eight in a row are not.
    min_utf8_sequences: int = 8
    #: Bytes at the head of a page that are searched for NUL patterns and for the language, in [64, 1 MiB].
    sample_bytes: int = 4096
    #: Share of every other byte that is NUL in UTF-16 without a mark, in [0, 1]: markup is ASCII, text may not be.
    min_wide_share: float = 0.3
    #: Foreign bytes from which the detector's choice among Latin code pages is believed, in [0, 10,000]; below it the
    #: Web's default, windows-1252, is likelier.
    min_latin_bytes: int = 30
    #: Bytes that the detector sees at most, in [1 KiB, 64 MiB]; it costs about 1 ms for 10 kB.
    max_detect_bytes: int = 65_536

    def __post_init__(self) -> None:
        check_range(self, 0, 1, "max_bad_share", "max_stray_share", "min_wide_share")
        check_range(self, 1, 1000, "min_utf8_sequences")
        check_range(self, 64, 2**20, "sample_bytes")
        check_range(self, 0, 10_000, "min_latin_bytes")
        check_range(self, 2**10, 2**26, "max_detect_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseConfig:
    """Thresholds of `cleaners.parse`."""

    #: Levels of containers that are kept, in [50, 1500]; deeper ones are dissolved. Real pages reach about 100; the
    #: parser cuts a page off at 2048 and pages of unclosed tags reach that.
    max_depth: int = 500

    def __post_init__(self) -> None:
        check_range(self, 50, 1500, "max_depth")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractConfig:
    """Thresholds of `cleaners.extract`: when trafilatura's fast answer is doubted."""

    #: Weight from which a block without many links counts as a paragraph, in [1, 10,000].
    min_paragraph_weight: int = 80
    #: Share of characters inside links up to which a block counts as a paragraph, in [0, 1].
    max_paragraph_links: float = 0.3
    #: Share of the page's paragraphs below which the fast answer is doubted, in [0, 1]. Its failures keep less than a
    #: fifth; asking again costs half as much as asking first.
    min_cover: float = 0.6
    #: Share of the fast answer that may be scraps (no paragraphs) before it is doubted, in [0, 1]: trafilatura's
    #: comparison with jusText cleans such pages.
    max_scrap_share: float = 0.15
    #: Weight of paragraphs from which the fast answer is an article of its own, in [1, 100,000].
    min_rival_weight: int = 800
    #: Share of those paragraphs that the full answer must hold too, in [0, 1]; when it holds fewer it is another
    #: article, the longest of the page (infinite scroll, readers' letters), and the fast answer stands.
    min_agreement: float = 0.5
    #: Share of a block's characters above which it counts as extracted, in [0, 1].
    min_block_share: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, 1, 10_000, "min_paragraph_weight")
        check_range(self, 1, 100_000, "min_rival_weight")
        check_range(
            self, 0, 1, "max_paragraph_links", "min_cover", "max_scrap_share", "min_agreement", "min_block_share"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyConfig:
    """Thresholds of `cleaners.body`: where the article ends and the page around it begins."""

    #: Share of the extracted paragraphs' weight that the article's container holds, in [0.5, 1]. Among 0.6 to 0.95 on
    #: 1,678 pages 0.7 was best; anything there is better than no container by 0.01 of F1.
    min_body_share: float = 0.7
    #: Levels above the container from which paragraphs before it are kept, in [0, 20]: headers and first sections
    #: stand near the body; 71 % of such paragraphs were the article's, 5 % of those after it.
    max_climb: int = 3
    #: Weight of the running text up to which a box with a headline link is a card, in [0, 10,000].
    max_card_weight: int = 600
    #: Weight of the link that makes a card, in [1, 1000]: shorter ones are buttons.
    min_card_link: int = 20
    #: Sister cards that make a list of stories, in [2, 100].
    min_cards: int = 3
    #: Share of the sisters that must be cards, in [0, 1].
    min_card_share: float = 0.7
    #: Share of the text that must be left when cards are cut, in [0, 1]; where less is left the cards are the page.
    min_left_share: float = 0.3
    #: Share of the text above which a container's name does not matter, in [0, 1]: ``sidebar-grid`` may hold it all.
    max_named_share: float = 0.3
    #: Characters (letters and digits) of JSON-LD's article body from which it is asked, in [1, 100,000].
    min_witness_chars: int = 200
    #: Share of the article body that must stand on the page before it is believed about blocks, in [0, 1].
    min_witness_cover: float = 0.7
    #: Share of the article body below which the page does not show it, in [0, 1]: a script would, and it is the text.
    max_shown_share: float = 0.3
    #: Letters and digits of a block that can be recognised in another text, in [1, 1000].
    min_recognised: int = 20

    def __post_init__(self) -> None:
        check_range(self, 0.5, 1, "min_body_share")
        check_range(self, 0, 20, "max_climb")
        check_range(self, 0, 10_000, "max_card_weight")
        check_range(self, 1, 1000, "min_card_link", "min_recognised")
        check_range(self, 2, 100, "min_cards")
        check_range(self, 0, 1, "min_card_share", "min_left_share", "max_named_share", "min_witness_cover")
        check_range(self, 0, 1, "max_shown_share")
        check_range(self, 1, 100_000, "min_witness_chars")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameConfig:
    """Thresholds of `cleaners.frame`: what stands above and below an article's text."""

    #: Letters and digits of a summary that a standfirst may be recognised by, in [1, 1000].
    min_standfirst: int = 20
    #: Length of a standfirst over that of the summary it begins with, in [1, 10].
    max_standfirst_ratio: float = 3.0
    #: Characters of the longest line that is judged by its words ("Share", "© 2024 …"), in [1, 1000].
    max_line: int = 200
    #: Share of a line's letters that must belong to the page's furniture, in [0, 1].
    min_furniture: float = 0.8
    #: Share of a line's characters that stand in links where it only points to another story, in [0, 1]: the title is
    #: the link, the label before it is not.
    min_reference_links: float = 0.6

    def __post_init__(self) -> None:
        check_range(self, 0, 1, "min_reference_links")
        check_range(self, 1, 1000, "min_standfirst", "max_line")
        check_range(self, 1, 10, "max_standfirst_ratio")
        check_range(self, 0, 1, "min_furniture")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedConfig:
    """Thresholds of `cleaners.stated`: lines above and below the text that only say when and by whom."""

    #: Characters of the longest such line, in [1, 1000].
    max_line: int = 160
    #: Letters and digits that a line above the text may hold beside dates, names and the words of such lines, in
    #: [0, 100]: a day of the week, an agency.
    max_left_above: int = 15
    #: The same below the text, where sources are listed that belong to it, in [0, 100].
    max_left_below: int = 4
    #: Share of the line's letters and digits that this may be, in [0, 1].
    max_left_share: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, 1, 1000, "max_line")
        check_range(self, 0, 100, "max_left_above", "max_left_below")
        check_range(self, 0, 1, "max_left_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockConfig:
    """Thresholds of `cleaners.judge`, which decides for each block whether it is the article's.

    Scores are log odds in thousandths: 0 is even, 1000 is three to one.
    """

    #: Score up to which a block that the rules keep is cut, in [-10,000, 10,000].
    keep_score: int = -300
    #: Score above which a block that the rules cut is restored, in [-10,000, 10,000]. Text from another story is worse
    #: than a paragraph that is missing: it takes plain evidence.
    restore_score: int = 500
    #: The same for a paragraph that stands as others of the text do, by tags and classes, in [-10,000, 10,000].
    sister_score: int = -600
    #: Score up to which a standfirst is cut that begins as the page describes itself, in [-10,000, 10,000]. Sites
    #: differ in whether it is the article's; to a reader it is.
    lead_score: int = -1400
    #: Share of the weight that the rules keep below which the judge's choice is not believed, in [0, 1]: a judge that
    #: leaves next to nothing of a page has not understood it, and the rules stand.
    min_left_share: float = 0.3
    #: File of the model's trees: a name in ``cleaners.data``, or the path of another file.
    model: str = "judge_trees.json"

    def __post_init__(self) -> None:
        check_range(self, -10_000, 10_000, "keep_score", "restore_score", "sister_score", "lead_score")
        check_range(self, 0, 1, "min_left_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """How the text is written, and how much is kept of what was cut from it."""

    #: Weight of the heaviest cell of a table that is written with its row in one line, in [0, 10,000]; heavier ones are
    #: paragraphs in a layout.
    max_cell_weight: int = 100
    #: The same in a table most of whose rows are of such cells, and rows that it must have for that, in [2, 1000].
    max_cell_weight_in_table: int = 400
    min_table_rows: int = 3
    #: Characters of all cuts of a page, in [0, 10,000,000]; navigation gives way first. The median page has 3,000.
    max_cut_chars: int = 20_000

    def __post_init__(self) -> None:
        check_range(self, 0, 10_000, "max_cell_weight", "max_cell_weight_in_table")
        check_range(self, 2, 1000, "min_table_rows")
        check_range(self, 0, 10_000_000, "max_cut_chars")


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityConfig:
    """Thresholds of `cleaners.quality`, `cleaners.walls` and `cleaners.fronts`: what is no article."""

    #: Words up to which a page may be an error page or a wall, in [0, 10,000]; articles about such pages are longer.
    max_wall_words: int = 150
    #: Share of a title's letters that phrases of error pages and walls must cover, in [0, 1].
    min_wall_share: float = 0.6
    #: Headings that are links, or links in cards, from which a page at a front's address is one, in [1, 1000].
    min_headlines: int = 5
    #: Weight of paragraphs of its own (no cards, no excerpts) up to which a page may be a front by its address or its
    #: excerpts, in [0, 100,000].
    max_own_weight: int = 300
    #: The same for the site's root, in [0, 100,000]: it has an imprint, a welcome, a notice about cookies.
    max_root_weight: int = 2000
    #: Share of the text that stands in cards above which the page is a front, in [0, 1].
    max_card_text: float = 0.5
    #: Paragraphs that are cut off ("…") from which a text is a list of excerpts, in [2, 1000].
    min_excerpts: int = 3
    #: Share of the paragraphs that must be cut off for that, in [0, 1].
    min_excerpt_share: float = 0.5
    #: Share of a text without a sentence that must be one element's paragraphs for verse, in [0, 1].
    min_verse_share: float = 0.8

    def __post_init__(self) -> None:
        check_range(self, 0, 10_000, "max_wall_words")
        check_range(self, 0, 100_000, "max_own_weight", "max_root_weight")
        check_range(self, 0, 1, "min_wall_share", "max_card_text", "min_excerpt_share", "min_verse_share")
        check_range(self, 1, 1000, "min_headlines")
        check_range(self, 2, 1000, "min_excerpts")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteKnowledge:
    """What is known of a site beside the page: expectations of its entry, and what its pages repeat.

    Raises:
        ConfigError: when a language is blank.
    """

    #: The site's name as readers know it.
    name: str | None = None
    #: Languages (ISO 639-1, 639-3 where there is none) that its articles are written in; empty where unknown.
    languages: tuple[str, ...] = ()
    #: What its pages repeat (`cleaners.template.learn`); None where too few are known.
    template: SiteTemplate | None = None
    #: What the site's files (robots.txt, tdmrep.json, ai.txt) say of the use of this page.
    declared: tuple[Statement, ...] = ()
    #: What is done about what is said of the page's use; None where the configuration's holds.
    policies: Policies | None = None

    def __post_init__(self) -> None:
        if any(not language.strip() for language in self.languages):
            raise ConfigError(f"SiteKnowledge.languages must name languages, not {self.languages!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanerConfig:
    """All that `cleaners.clean.clean` can be told.

    Raises:
        ConfigError: when a value is out of its range.
    """

    #: Words of the shortest article, in [1, 100,000]; a Han or kana character is a word. News in brief has 50 to 100.
    min_words: int = 50
    #: Words of the shortest article on a page that says it is not for free, in [0, 100,000]: what such a page shows
    #: to everybody is a teaser of one or two paragraphs, unless it shows the whole story.
    min_paywalled_words: int = 120
    #: Remove pages whose meta elements or headers say ``noindex``.
    obey_noindex: bool = True
    #: Remove pages that say ``nosnippet``, too: their owners want no text of them reproduced.
    obey_nosnippet: bool = True
    #: What is done about opt-outs of text mining and machine learning.
    rights: Policies = field(default_factory=Policies)
    #: Remove section fronts, listings and search results; off, their text is kept as if it were an article's.
    remove_fronts: bool = True
    decode: DecodeConfig = field(default_factory=DecodeConfig)
    parse: ParseConfig = field(default_factory=ParseConfig)
    metadata: MetadataConfig = field(default_factory=MetadataConfig)
    extract: ExtractConfig = field(default_factory=ExtractConfig)
    body: BodyConfig = field(default_factory=BodyConfig)
    alike: AlikeConfig = field(default_factory=AlikeConfig)
    lead: LeadConfig = field(default_factory=LeadConfig)
    wholes: WholesConfig = field(default_factory=WholesConfig)
    elsewhere: ElsewhereConfig = field(default_factory=ElsewhereConfig)
    closing: ClosingConfig = field(default_factory=ClosingConfig)
    notices: NoticeConfig = field(default_factory=NoticeConfig)
    questions: QuestionConfig = field(default_factory=QuestionConfig)
    frame: FrameConfig = field(default_factory=FrameConfig)
    stated: StatedConfig = field(default_factory=StatedConfig)
    repeats: RepeatsConfig = field(default_factory=RepeatsConfig)
    look: LookConfig = field(default_factory=LookConfig)
    judge: BlockConfig = field(default_factory=BlockConfig)
    text: TextConfig = field(default_factory=TextConfig)
    quality: QualityConfig = field(default_factory=QualityConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)
    lines: JudgeConfig = field(default_factory=JudgeConfig)

    def __post_init__(self) -> None:
        check_range(self, 1, 100_000, "min_words")
        check_range(self, 0, 100_000, "min_paywalled_words")

    @classmethod
    def with_settings(
        cls,
        *,
        min_words: int | None = None,
        obey_noindex: bool | None = None,
        obey_nosnippet: bool | None = None,
        rights: Policies | None = None,
    ) -> Self:
        """Return the defaults with the settings that a user's configuration offers; None leaves a default alone."""
        config = cls()
        return replace(
            config,
            min_words=config.min_words if min_words is None else min_words,
            obey_noindex=config.obey_noindex if obey_noindex is None else obey_noindex,
            obey_nosnippet=config.obey_nosnippet if obey_nosnippet is None else obey_nosnippet,
            rights=config.rights if rights is None else rights,
        )


#: The defaults.
DEFAULT = CleanerConfig()
