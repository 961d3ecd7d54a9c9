"""The thresholds of reading metadata."""

from dataclasses import dataclass
from datetime import date

from corpus.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataConfig:
    """How metadata is read from a page.

    Raises:
        ConfigError: when a value is out of its range.
    """

    #: The product token that robots directives may name (RFC 9309, section 2.2.1), any case; directives for other
    #: crawlers do not concern us.
    agent: str = "NewsCorpusCollector"
    #: The oldest publication date that is believed; before the Web there was no page to publish.
    earliest: date = date(1990, 1, 1)
    #: Ask trafilatura and htmldate for a title, author or date that nothing else states. They cost 5 to 30 ms on the
    #: few pages that need them.
    fallback: bool = True
    #: Characters of a title, in [20, 2000]; what is longer is a paragraph in a heading's place.
    max_title_chars: int = 400
    #: Names of authors that are kept, in [1, 1000]; collaborations of physics papers have thousands.
    max_authors: int = 50
    #: Tags that are kept, in [1, 1000]; some sites list their whole thesaurus.
    max_tags: int = 50
    #: Characters of one script of JSON-LD that are read, in [1000, 100 000 000]; larger ones are application state.
    max_jsonld_chars: int = 2_000_000

    def __post_init__(self) -> None:
        for name, low, high in (
            ("max_title_chars", 20, 2000),
            ("max_authors", 1, 1000),
            ("max_tags", 1, 1000),
            ("max_jsonld_chars", 1000, 100_000_000),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ConfigError(f"MetadataConfig.{name} must lie in [{low}, {high}], not {value!r}")
        if not self.agent.strip():
            raise ConfigError("MetadataConfig.agent must not be blank")
