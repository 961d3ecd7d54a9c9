"""Brings what is made of the texts up to date, with a word and a bar where that takes long: index, signals."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from collector.cli.app import err
from collector.cli.bars import progress
from collector.cli.output import counted
from corpus import open_corpus
from corpus.folder import CorpusFolder
from corpus.search.index import bring_up_to_date
from corpus.signals.storing import measure_missing

#: Processes that measure unless told otherwise.
PROCESSES = min(2, os.cpu_count() or 1)


def update_index(corpus: Path) -> None:
    """Bring the search index up to date."""
    with open_corpus(corpus):  # which makes the database of a corpus that was never crawled
        pass
    with _shown("the search index is brought up to date", "indexing") as (found, shown):
        bring_up_to_date(CorpusFolder(corpus), found=found, shown=shown)


def update_signals(corpus: Path, processes: int = PROCESSES) -> None:
    """Measure the quality of what was not measured yet."""
    with open_corpus(corpus):
        pass
    with _shown("quality is measured", "measuring") as (found, shown):
        measure_missing(CorpusFolder(corpus).database, found=found, shown=shown, processes=processes)


@contextmanager
def _shown(what: str, doing: str) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    with ExitStack() as stack:
        advance: list[Callable[[str], None]] = [lambda _: None]

        def found(articles: int) -> None:
            err.print(f"{what}: {counted(articles, 'article')}", soft_wrap=True)
            advance[0] = stack.enter_context(progress(doing, articles))

        def shown(articles: int) -> None:
            for _ in range(articles):
                advance[0]("")

        yield found, shown
