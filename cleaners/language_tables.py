"""The tables behind language identification: scripts, marks and families, read from ``data/languages.toml``."""

from dataclasses import dataclass
from functools import cache

from cleaners.data import read_table

#: The witnesses together are right in 97 % of the texts they are surer of than this.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Marks:
    """Letters and words that show a language among others of its script."""

    language: str
    script: str
    letters: frozenset[str]
    vocabulary: frozenset[str]
    share: float
    #: The witnesses' guesses that these marks may correct; empty where they are looked for before.
    against: frozenset[str]

    def applies(self, guess: str | None, confidence: float) -> bool:
        """Tell whether to look for the marks, given the witnesses' guess (None: not asked yet) and its confidence."""
        if self.against:
            return guess in self.against
        if self.script == "LATIN":
            return guess is not None and confidence < SURE
        return guess is None

    def count(self, words: list[str]) -> int:
        """Count the words that show the language."""
        return sum(word in self.vocabulary or not self.letters.isdisjoint(word) for word in words)


@dataclass(frozen=True, slots=True)
class Tables:
    """All of ``data/languages.toml``."""

    #: Script to the one language that is written in it.
    scripts: dict[str, str]
    #: Script to the languages that a witness may name in it; empty for "all but `never_latin`".
    shared: dict[str, frozenset[str]]
    #: Languages that are not written in Latin letters, and what is no language.
    never_latin: frozenset[str]
    #: A witness' code to ours.
    same: dict[str, str]
    #: A langdetect profile (in our codes) to the written norms that it covers.
    covers: dict[str, tuple[str, ...]]
    #: In the order of the file.
    marked: tuple[Marks, ...]
    #: Each family: member to frequent words of it.
    families: tuple[dict[str, frozenset[str]], ...]

    def writes(self, language: str, script: str) -> bool:
        """Tell whether news in ``language`` may be in ``script``."""
        allowed = self.shared[script]
        return language in allowed if allowed else language not in self.never_latin


@cache
def load_tables() -> Tables:
    """Read the tables, once a process."""
    raw = read_table("languages.toml")
    shared = {script: frozenset(codes.split()) for script, codes in raw["shared"].items()}
    elsewhere = frozenset(raw["scripts"].values()).union(*shared.values())
    elsewhere |= {entry["language"] for entry in raw["marked"] if entry["script"] != "LATIN"}
    return Tables(
        scripts=raw["scripts"],
        shared=shared,
        never_latin=elsewhere - frozenset(raw["also_latin"].split()) | {"zxx"},
        same=raw["same"],
        covers={profile: tuple(codes.split()) for profile, codes in raw["covers"].items()},
        marked=tuple(
            Marks(
                language=entry["language"],
                script=entry["script"],
                letters=frozenset(entry.get("letters", "")),
                vocabulary=frozenset(entry.get("words", "").split()),
                share=entry["share"],
                against=frozenset(entry.get("against", "").split()),
            )
            for entry in raw["marked"]
        ),
        families=tuple(
            {member: frozenset(words.split()) for member, words in entry.items()} for entry in raw["family"]
        ),
    )
