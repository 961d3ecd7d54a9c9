"""Every threshold of the cleaners, each with its unit, its range and the reason for its default.

They are values, not globals: a caller who wants another minimum builds another `CleanerConfig`, and the same page with
the same configuration gives the same verdict on every machine.
"""

from dataclasses import dataclass, field

from corpus.errors import ConfigError


def check_range(owner: object, low: float, high: float, *names: str) -> None:
    """Check that each of the fields ``names`` of ``owner`` lies in [low, high].

    Raises:
        ConfigError: names the class, the field and the value.
    """
    for name in names:
        value = getattr(owner, name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise ConfigError(f"{type(owner).__name__}.{name} must lie in [{low}, {high}], not {value!r}")


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
    #: Bytes that the detector sees at most, in [1 KiB, 64 MiB]; it costs about 1 ms for 10 kB.
    max_detect_bytes: int = 65_536

    def __post_init__(self) -> None:
        check_range(self, 0, 1, "max_bad_share", "max_stray_share", "min_wide_share")
        check_range(self, 1, 1000, "min_utf8_sequences")
        check_range(self, 64, 2**20, "sample_bytes")
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
class CleanerConfig:
    """All that `cleaners.clean.clean` can be told."""

    decode: DecodeConfig = field(default_factory=DecodeConfig)
    parse: ParseConfig = field(default_factory=ParseConfig)


#: The defaults.
DEFAULT = CleanerConfig()
