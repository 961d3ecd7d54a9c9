"""Which language a text is in, how sure that is, and ``und`` where nobody can say.

A statistical identifier always answers, and for a language it has no profile of it answers with a neighbour: Odia
becomes Nepali, Basque Indonesian, Kazakh Russian. So the question is put in four steps, each of which may settle it:

1. ``script``: most writing systems belong to one language alone.
2. ``marks``: letters and short words that, among the languages of one script, only one writes.
3. ``witnesses``: py3langid, and where it is in any doubt langdetect, whose probabilities are pooled; a language that
   only one of them can know rests on that one. ``family``: between close relatives (Croatian, Bosnian, Serbian in
   Latin letters) their own words decide.
4. ``declared``: what the page says of itself breaks near-ties and helps out where a text is only a few words long. It
   never overrules evidence: pages often declare the language of their template.

Norwegian is reported by its written norms, ``nb`` and ``nn``, as readers and corpora keep them apart; a page that
declares ``no`` is taken to declare ``nb``. All Chinese is ``zh``, whatever the characters' form.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from cleaners.language_tables import SURE, load_tables
from cleaners.ranges import check_range
from cleaners.scripts import only_script, weigh_scripts
from cleaners.witnesses import ask_langdetect, ask_langid, langdetect_languages

#: ISO 639-2's code for "undetermined".
UNDETERMINED = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageConfig:
    """Thresholds of language identification.

    Raises:
        ConfigError: when a value is out of its range.
    """

    #: Characters that py3langid gives a first opinion on, half from the beginning and half from the middle, in
    #: [50, 100,000] …
    first_characters: int = 500
    #: … which stands where it is this sure, in [0, 1]; 1.0 always asks both witnesses. Of 6,594 texts 75 % are
    #: settled so (of articles 97 %), at most 6 of them otherwise than by both witnesses.
    sure_confidence: float = 0.98
    #: Characters of the text that are looked at, half from its beginning and half from its middle, in [100, 100,000];
    #: langdetect, the slower witness, reads the first half of them. Of 5,866 excerpts from the web 400 characters get
    #: 5,670 right, 600 5,686, 800 5,702, 1,000 5,709, and 2,000 no more.
    sample_characters: int = 1000
    #: Letters (a Han character or syllable counting three) below which a text has no language, in [1, 1000].
    min_letters: int = 3
    #: Letters below which the page's declaration is believed unless the witnesses are sure, in [1, 1000].
    short_letters: int = 40
    #: Confidence below which the answer is ``und``, in [0, 1].
    min_confidence: float = 0.4
    #: The weight of py3langid's probability in the pool, in [0, 1]; langdetect's is the rest. langdetect answers
    #: with 0.99 even where it is wrong, py3langid is calibrated: so fitted on the sentences of 75 languages.
    langid_weight: float = 0.75
    #: A declared language wins against the best one when its probability is at least this share of the best's, in
    #: [0, 1].
    tie_share: float = 0.5
    #: Share of kana among kana and Han characters from which a text is Japanese, in [0, 1]. Japanese news has 0.4
    #: to 0.6, Chinese text with Japanese names under 0.05.
    min_kana_share: float = 0.1
    #: Share of letters from which a script other than Latin carries the text, in [0, 1]: Latin letters stand in texts
    #: of every script (names, addresses, code), the reverse is rare.
    min_local_share: float = 0.35
    #: Share of Hangul among East Asian letters from which a text is Korean, in [0, 1].
    min_hangul_share: float = 0.2

    def __post_init__(self) -> None:
        check_range(self, 50, 100_000, "first_characters")
        check_range(self, 100, 100_000, "sample_characters")
        check_range(self, 1, 1000, "min_letters", "short_letters")
        check_range(self, 0, 1, "min_confidence", "langid_weight", "tie_share", "sure_confidence")
        check_range(self, 0, 1, "min_kana_share", "min_hangul_share", "min_local_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """The language of a text."""

    #: ISO 639-1 code, ISO 639-3 where there is none, or ``und``.
    language: str
    #: How sure that is, in [0, 1]; for ``und`` the confidence of the guess that was not good enough.
    confidence: float
    #: The step that settled it: ``script``, ``marks``, ``witnesses``, ``family``, ``declared`` or ``none``.
    method: str


_DEFAULT = LanguageConfig()


def identify(text: str, *, declared: str | None = None, config: LanguageConfig = _DEFAULT) -> Identification:
    """Identify the language of ``text``.

    Args:
        text: Plain text of any length; a sample of it is looked at.
        declared: The language that the page declares (BCP 47), or None.
        config: Thresholds.

    Returns:
        The language, deterministically: the same arguments give the same answer in every process and order.

    >>> identify("ଓଡ଼ିଶାରେ ଆଜି ବର୍ଷା ହେବ").language
    'or'
    >>> identify("24.12.2026, 18:00").language
    'und'
    """
    sample = _sample(text, config.sample_characters)
    weights = weigh_scripts(sample)
    letters = weights.total()
    if letters < config.min_letters:
        return Identification(language=UNDETERMINED, confidence=0.0, method="none")
    script = _leading_script(weights, config)
    wanted = _normalise(declared)
    sample = sample if script in _EAST_ASIAN else only_script(sample, script)
    marked = _marked(sample, script)
    if marked:
        return marked
    language = load_tables().scripts.get(script)
    if language is not None:
        return _by_script(language, script, weights, wanted, config)
    if script not in load_tables().shared:
        return Identification(language=UNDETERMINED, confidence=0.0, method="script")
    return _by_witnesses(sample, script, weights[script], wanted, config)


def _by_script(
    language: str, script: str, weights: Counter[str], wanted: str | None, config: LanguageConfig
) -> Identification:
    scripts = _EAST_ASIAN if script in _EAST_ASIAN else {script}
    share = sum(weights[name] for name in scripts) / weights.total()
    # A few Han characters without kana are a Japanese headline as well as a Chinese one.
    if language == "zh" and wanted == "ja" and weights["CJK"] < config.short_letters:
        return Identification(language="ja", confidence=0.5, method="declared")
    return Identification(language=language, confidence=round(share, 4), method="script")


def _by_witnesses(sample: str, script: str, letters: int, wanted: str | None, config: LanguageConfig) -> Identification:
    pool = _pool(sample, script, config)
    if not pool:
        return Identification(language=UNDETERMINED, confidence=0.0, method="none")
    best, confidence = max(pool.items(), key=lambda item: (item[1], item[0]))
    method = "witnesses"
    marked = _marked(sample, script, best, confidence)
    if marked:
        return marked
    relative = _closest_relative(best, sample)
    if relative != best:
        best, confidence, method = relative, max(pool.get(relative, 0.0), 0.5), "family"
    elif wanted is not None and wanted != best and _breaks_tie(wanted, pool, confidence, script, letters, config):
        best, confidence, method = wanted, max(pool.get(wanted, 0.0), 0.5), "declared"
    if confidence < config.min_confidence:
        best = UNDETERMINED
    return Identification(language=best, confidence=round(min(confidence, 1.0), 4), method=method)


def _breaks_tie(
    wanted: str, pool: dict[str, float], confidence: float, script: str, letters: int, config: LanguageConfig
) -> bool:
    if pool.get(wanted, 0.0) >= config.tie_share * confidence:
        return True
    return letters < config.short_letters and confidence < SURE and load_tables().writes(wanted, script)


def _pool(sample: str, script: str, config: LanguageConfig) -> dict[str, float]:
    """Return the probability of each language: py3langid's where a first look makes it sure, else the witnesses' pool.

    They are pooled linearly; a language that langdetect has no profile for is py3langid's alone.

    A linear pool keeps disagreement visible: two witnesses that are sure of different languages leave each below
    `langid_weight`, where a product would let one of them win outright.
    """
    tables = load_tables()
    first = ask_langid(_around_middle(sample, config.first_characters), tables.same)
    if max(first.values()) >= config.sure_confidence:
        return {language: chance for language, chance in first.items() if tables.writes(language, script)}
    langid = first if len(sample) <= config.first_characters else ask_langid(sample, tables.same)
    votes = ask_langdetect(sample[: config.sample_characters // 2], tables.same)
    profiles = _profiled()
    pool = {}
    for language in langid.keys() | votes.keys():
        if tables.writes(language, script):
            probability = langid.get(language, 0.0)
            if language in profiles and votes:
                vote = votes.get(profiles[language], 0.0)
                probability = config.langid_weight * probability + (1 - config.langid_weight) * vote
            pool[language] = probability
    return pool


@cache
def _profiled() -> dict[str, str]:
    """Return each language that langdetect can vote for, with the profile (in our codes) whose vote that is."""
    tables = load_tables()
    profiles = {tables.same.get(code, code) for code in langdetect_languages()}
    covered = {language: profile for profile, languages in tables.covers.items() for language in languages}
    return {profile: profile for profile in profiles} | covered


def _marked(sample: str, script: str, guess: str | None = None, confidence: float = 0.0) -> Identification | None:
    """Return the language whose letters and words the sample shows, or None.

    Args:
        sample: Text in ``script``.
        script: The script.
        guess: What the witnesses say; None before they were asked.
        confidence: How sure they are.
    """
    rivals = [marks for marks in load_tables().marked if marks.script == script and marks.applies(guess, confidence)]
    if not rivals:
        return None
    words = _words(sample)
    over = []
    for marks in rivals:
        excess = marks.count(words) / (marks.share * max(len(words), _FEW_WORDS))
        if excess >= 1:
            over.append((excess, marks.language))
    if not over:
        return None
    excess, language = max(over)
    # At the threshold a coin's throw above one half, at twice the threshold certain.
    return Identification(language=language, confidence=round(min(0.99, 0.3 + 0.35 * excess), 4), method="marks")


def _closest_relative(language: str, sample: str) -> str:
    """Return the member of ``language``'s family whose words the sample holds rather, or ``language`` itself."""
    family = next((members for members in load_tables().families if language in members), None)
    if family is None:
        return language
    words = Counter(_words(sample))

    def surplus(member: str, other: str) -> int:
        return sum(words[word] for word in family[member] - family[other])

    for member in sorted(family, key=lambda member: (-surplus(member, language), member)):
        if surplus(member, language) >= max(2, 2 * surplus(language, member)):
            return member
    return language


def _leading_script(weights: Counter[str], config: LanguageConfig) -> str:
    east = Counter({script: weights[script] for script in _EAST_ASIAN if weights[script]})
    rest = weights - east
    local = rest - Counter(LATIN=rest["LATIN"])
    if local and local.most_common(1)[0][1] >= config.min_local_share * weights.total():
        rest = local
    leader = max(rest, key=lambda script: (rest[script], script)) if rest else None
    if leader is not None and rest[leader] > east.total():
        return leader
    kana = east["HIRAGANA"] + east["KATAKANA"]
    if east["HANGUL"] >= config.min_hangul_share * east.total() and east["HANGUL"] >= kana:
        return "HANGUL"
    if kana and kana >= config.min_kana_share * (kana + east["CJK"]):
        return "HIRAGANA"
    return "CJK"


# A word is one word in this many at least: one mark among three words proves nothing.
_FEW_WORDS = 8

_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_NO_LANGUAGE = re.compile(r"https?://[!-~]+|www\.[!-~]+|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}|[@#]\w+")
_EDGES = ".,;:!?\"'()[]{}«»„“”‘’‚‹›…–—-।॥،؛؟/|*•"


def _sample(text: str, characters: int) -> str:
    """Return the text without addresses, or where it is long a piece of its beginning and one of its middle."""
    if len(text) > 4 * characters:  # enough to be left with a full sample without addresses
        middle = len(text) // 2
        text = f"{text[: 2 * characters]} {text[middle : middle + 2 * characters]}"
    text = _NO_LANGUAGE.sub(" ", text)
    if len(text) <= characters:
        return text
    half, middle = characters // 2, len(text) // 2
    return f"{text[:half]} {text[middle : middle + half]}"


def _around_middle(sample: str, characters: int) -> str:
    """Return so many characters on both sides of a sample's middle, where its piece of the text's beginning ends."""
    start = max(0, (len(sample) - characters) // 2)
    return sample[start : start + characters]


def _words(sample: str) -> list[str]:
    words = (word.strip(_EDGES) for word in sample.replace("་", " ").lower().split())
    return [word for word in words if word and not word.isdigit()]


def _normalise(declared: str | None) -> str | None:
    """Return the primary language of a BCP 47 tag, or None.

    >>> _normalise("pt-BR"), _normalise("zh_TW"), _normalise("no"), _normalise("x-default"), _normalise("")
    ('pt', 'zh', 'nb', None, None)
    """
    primary = re.split(r"[-_]", (declared or "").strip().lower())[0]
    if not re.fullmatch(r"[a-z]{2,3}", primary):
        return None
    return load_tables().same.get(primary, primary)
