"""Measure language identification, language by language, beside langdetect alone.

    python -m benchmarks.language --data DIR [--limit N] [--json FILE]

``DIR`` holds ``langid/*.jsonl.gz`` with rows of ``lang`` (ISO 639) and ``text``; a row that a person found to be in
another language (``human_lang_correct`` is 0) is left out. ``--limit`` takes so many rows of each language and file.

``alone`` is langdetect's share of right answers. A wrong language is worse than none, so the two are counted apart:
``und`` is the share without an answer, ``wrong`` the share with a wrong one.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a file, too

import gzip
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import langdetect
from rich.console import Console
from rich.table import Table

from benchmarks import options
from cleaners.language import UNDETERMINED, identify

# langdetect's names for what the rows call zh and nb.
_RENAMED = {"zh-cn": "zh", "zh-tw": "zh", "no": "nb"}


@dataclass
class Tally:
    """Counts of one language, or of all."""

    texts: int = 0
    right: int = 0
    undetermined: int = 0
    langdetect_right: int = 0
    #: Wrong answers and how often each was given.
    mistaken_for: dict[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """Texts with a wrong answer."""
        return self.texts - self.right - self.undetermined


@dataclass
class Times:
    """Seconds of each call."""

    ours: list[float] = field(default_factory=list)
    langdetect: list[float] = field(default_factory=list)


def main() -> None:
    parser = options.make_parser(__doc__, sets="names of files in langid/", limit="rows of each language and file")
    arguments = options.parse(parser, "langid")
    langdetect.DetectorFactory.seed = 0
    ask_langdetect("Both are loaded before the clock starts."), identify("Both are loaded before the clock starts.")

    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    times = Times()
    for source, language, text in rows(arguments.data / "langid", arguments.sets, arguments.limit):
        answer = timed(lambda text=text: identify(text).language, times.ours)
        alone = timed(lambda text=text: ask_langdetect(text), times.langdetect)
        for key in ((source, language), (source, "all")):
            count(tallies[key], language, answer, alone)
    show(tallies, times)
    options.save(
        [
            {"set": source, "system": "ours", "language": language, **asdict(tally), **milliseconds(times)}
            for (source, language), tally in sorted(tallies.items())
        ],
        arguments.json,
    )


def rows(folder: Path, sets: str, limit: int | None) -> Iterator[tuple[str, str, str]]:
    """Yield file name, language and text of each row."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        if not options.wanted(path.name.partition(".")[0], sets):
            continue
        seen: dict[str, int] = defaultdict(int)
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row.get("human_lang_correct") == 0:
                    continue
                seen[row["lang"]] += 1
                if limit is None or seen[row["lang"]] <= limit:
                    yield path.name.partition(".")[0], row["lang"], row["text"]


def ask_langdetect(text: str) -> str:
    try:
        answer = langdetect.detect(text)
    except langdetect.LangDetectException:
        return UNDETERMINED
    return _RENAMED.get(answer, answer)


def timed(call: Callable[[], str], seconds: list[float]) -> str:
    start = time.perf_counter()
    answer = call()
    seconds.append(time.perf_counter() - start)
    return answer


def count(tally: Tally, language: str, answer: str, alone: str) -> None:
    tally.texts += 1
    tally.right += answer == language
    tally.undetermined += answer == UNDETERMINED
    tally.langdetect_right += alone == language
    if answer not in (language, UNDETERMINED):
        tally.mistaken_for[answer] = tally.mistaken_for.get(answer, 0) + 1


def milliseconds(times: Times) -> dict[str, float]:
    return {
        "ours_median": 1000 * statistics.median(times.ours),
        "ours_mean": 1000 * statistics.mean(times.ours),
        "langdetect_median": 1000 * statistics.median(times.langdetect),
        "langdetect_mean": 1000 * statistics.mean(times.langdetect),
    }


def show(tallies: dict[tuple[str, str], Tally], times: Times) -> None:
    table = Table(title="language identification")
    for column in ("file", "language"):
        table.add_column(column)
    for column in ("texts", "right", "und", "wrong", "alone"):
        table.add_column(column, justify="right")
    table.add_column("mistaken for", no_wrap=True)
    for (source, language), tally in sorted(
        tallies.items(), key=lambda item: (item[0][0], item[0][1] != "all", item[0])
    ):
        mistakes = sorted(tally.mistaken_for.items(), key=lambda item: -item[1])[:3]
        table.add_row(
            source,
            language,
            str(tally.texts),
            f"{tally.right / tally.texts:.3f}",
            f"{tally.undetermined / tally.texts:.3f}",
            f"{tally.wrong / tally.texts:.3f}",
            f"{tally.langdetect_right / tally.texts:.3f}",
            "" if language == "all" else " ".join(f"{code} {n}" for code, n in mistakes),
        )
    Console().print(table)
    Console().print({name: round(value, 2) for name, value in milliseconds(times).items()})


if __name__ == "__main__":
    main()
