"""What the lines of a dump say of each other, once all of them have a first score.

A page may hold two articles, and a comment may read like one. Which paragraphs belong together shows only on the second
look: where the first scores are highest in a run, which words that run uses, and what lies between it and a line.
"""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from cleaners.line_shapes import FURNITURE_SHARE, UNSPACED, Measured, Shape, has_day_or_time


def context(measured: Measured, scores: Sequence[float]) -> list[Shape]:
    """Return what the first scores of all lines say of each line.

    The article is first taken to be the run of lines with the greatest sum of scores; each line is then told whether
    it lies within, how far from its ends, how much of its vocabulary it shares, and how many boxes, buttons and dates
    lie between the beginning of that run and the line: a second article on the page has them before it.
    """
    start, end = best_run([_clip(s) * sqrt(min(m, 400) + 5) for s, m in zip(scores, measured.mass, strict=True)])
    vocabulary: Counter[str] = Counter()
    for index in range(start, end + 1):
        if scores[index] > 0:
            vocabulary.update(measured.words[index])
    common = {word for word, _ in vocabulary.most_common(25)}
    buttons = boxes = dates = 0
    found: list[Shape] = []
    for index, score in enumerate(scores):
        inside = start <= index <= end
        own = Counter(measured.words[index]) if inside and score > 0 else Counter()
        found.append(
            {
                "score": score,
                "inside": inside,
                "from-start": max(-25, min(25, index - start)),
                "to-end": max(-25, min(25, end - index)),
                "shared-words": _shared(measured.words[index], vocabulary, own, common),
                "common-words": _share(measured.words[index], common),
                "buttons": min(buttons, 8),
                "boxes": min(boxes, 6),
                "dates": min(dates, 6),
            }
            | _score_windows(scores, index)
        )
        if index >= start and measured.mass[index] < 80:
            kinds = measured.coverage[index]
            buttons += kinds.get("tags", 0.0) + kinds.get("share", 0.0) >= FURNITURE_SHARE
            boxes += sum(kinds.get(kind, 0.0) for kind in ("related", "comments", "prompt")) >= FURNITURE_SHARE
            dates += kinds.get("facts", 0.0) >= 0.25 and has_day_or_time(measured.lines[index].text)
    return found


def best_run(scores: Sequence[float]) -> tuple[int, int]:
    """Return first and last index of the run with the greatest sum (Kadane); of one line where none is positive.

    >>> best_run([-1, 2, -1, 3, -9, 4])
    (1, 3)
    """
    best, found, total, begin = 0.0, None, 0.0, 0
    for index, score in enumerate(scores):
        if total <= 0:
            total, begin = 0.0, index
        total += score
        if total > best:
            best, found = total, (begin, index)
    if found is None:
        top = max(range(len(scores)), key=scores.__getitem__)
        return top, top
    return found


def _clip(score: float) -> float:
    return max(-4.0, min(4.0, score))


def _shared(words: Sequence[str], vocabulary: Counter[str], own: Counter[str], common: set[str]) -> float:
    """Return the share of a line's content words that other lines of the article hold too; -0.2 without such words."""
    content = {word for word in words if (len(word) >= 4 or UNSPACED.match(word)) and word not in common}
    if not content:
        return -0.2
    return sum(vocabulary[word] > own[word] for word in content) / len(content)


def _share(words: Sequence[str], common: set[str]) -> float:
    return sum(word in common for word in words) / max(1, len(words))


def _score_windows(scores: Sequence[float], index: int) -> dict[str, float]:
    count = len(scores)
    found = {}
    for step in (1, 2, 3):
        found[f"score-{step}"] = scores[index - step] if index >= step else -6.0
        found[f"score+{step}"] = scores[index + step] if index + step < count else -6.0
    for span in (5, 12):
        found[f"scores-{span}"] = sum(scores[max(0, index - span) : index]) / span
        found[f"scores+{span}"] = sum(scores[index + 1 : index + 1 + span]) / span
    found["best-above"] = max(scores[max(0, index - 6) : index], default=-6.0)
    found["best-below"] = max(scores[index + 1 : index + 7], default=-6.0)
    return found
