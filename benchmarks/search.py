"""Search: how fast the index is made, how large it is, and how long a query takes.

The corpus is made up (`benchmarks.made_up_articles`); words of queries are chosen from its texts by how many articles
have them. Every query is asked as `collector search` does after the index was found to be up to date; the first time
counts as well as the others.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

from benchmarks.made_up_articles import build
from benchmarks.options import DATA, make_plain_parser, save
from corpus import open_corpus
from corpus.articles import Selection
from corpus.folder import CorpusFolder
from corpus.search.finding import Order, Searcher, searching
from corpus.search.forgetting import forget_gone
from corpus.search.frequency import Span, count_over_time
from corpus.search.index import bring_up_to_date, forget_index, index_file
from corpus.search.kwic import Context, Sort, concordance
from corpus.search.query import parse_query
from corpus.search.tokens import units

#: Texts that the words of queries are taken from.
_SAMPLE = 2_000
#: Queries of a kind.
_QUERIES = 20
#: Articles that are taken out of the index again.
_FORGOTTEN = 4
_ONE_SITE = Selection(sites=("site-03",))


def main() -> None:
    parser = make_plain_parser(__doc__)
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="evaluation data (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=100_000, metavar="N", help="articles (default: %(default)s)")
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where the corpus is made, and stays")
    parser.add_argument("--keep-index", action="store_true", help="measure queries only, where an index is there")
    options = parser.parse_args()
    build(options.folder, options.articles, options.data)
    folder = CorpusFolder(options.folder)
    figures: list[dict[str, object]] = []
    if not options.keep_index or not index_file(folder).exists():
        figures.append(_index(folder, options.articles))
        print(figures[-1], flush=True)
    (folder.root / "corpus.db").touch()  # as a crawl does with every transaction
    time.sleep(0.2)
    for what in ("all articles compared", "nothing has changed"):
        began = time.process_time()
        bring_up_to_date(folder)
        figures.append({"what": what, "seconds": round(time.process_time() - began, 4)})
        print(figures[-1], flush=True)
    for kind, ask, queries in _kinds(folder):
        figures.append({"what": kind, **_latency(folder, ask, queries)})
        print(figures[-1], flush=True)
    figures.append(_forgetting(folder))
    print(figures[-1], flush=True)
    save(figures, options.json)


def _index(folder: CorpusFolder, articles: int) -> dict[str, object]:
    forget_index(folder)
    began, cpu = time.perf_counter(), time.process_time()
    bring_up_to_date(folder)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    size = sum(file.stat().st_size for file in folder.search.iterdir())
    with open_corpus(folder.root) as corpus:
        text_bytes = corpus.query("SELECT sum(length(CAST(body AS BLOB))) FROM text")[0][0]
    return {
        "what": "index",
        "articles": articles,
        "seconds": round(wall, 1),
        "processor seconds": round(cpu, 1),
        "articles a second": round(articles / wall),
        "index MB": round(size / 1e6),
        "texts MB": round(text_bytes / 1e6),
    }


def _forgetting(folder: CorpusFolder) -> dict[str, object]:
    """Measure how a few articles are taken out of the index, which then is as small as it can be."""
    with closing(sqlite3.connect(index_file(folder))) as db, db:
        db.execute("DELETE FROM doc WHERE id IN (SELECT id FROM doc ORDER BY uid LIMIT ?)", (_FORGOTTEN,))
    began, cpu = time.perf_counter(), time.process_time()
    forget_gone(folder)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert index_file(folder).exists()
    return {"what": f"{_FORGOTTEN} forgotten", "seconds": round(wall, 1), "processor seconds": round(cpu, 1)}


_Ask = Callable[[Searcher, str], object]


def _kinds(folder: CorpusFolder) -> list[tuple[str, _Ask, Sequence[str]]]:
    common, middling, rare, phrases, common_phrases = _choose(folder)
    beginnings = [f"{word[:4]}*" for word in middling if len(word) > 5]

    def first(searcher: Searcher, query: str) -> object:
        return searcher.search(parse_query(query), Selection(), order=Order.RELEVANCE, most=20)

    def newest(searcher: Searcher, query: str) -> object:
        return searcher.search(parse_query(query), Selection(), order=Order.DATE, most=20)

    def of_site(searcher: Searcher, query: str) -> object:
        return searcher.search(parse_query(query), _ONE_SITE, order=Order.RELEVANCE, most=20)

    def lines(searcher: Searcher, query: str) -> object:
        return concordance(searcher, parse_query(query), Selection(), context=Context(), sort=Sort.DATE, most=100)

    def by_right(searcher: Searcher, query: str) -> object:
        return concordance(searcher, parse_query(query), Selection(), context=Context(), sort=Sort.RIGHT, most=100)

    def months(searcher: Searcher, query: str) -> object:
        return count_over_time(searcher, [parse_query(query)], Selection(), Span.MONTH)

    both = [f"{one} {other}" for one, other in pairwise(middling)]
    return [
        ("rare word", first, rare),
        ("middling word", first, middling),
        ("common word", first, common),
        ("common word, newest first", newest, common),
        ("middling word of one site", of_site, middling),
        ("two middling words", first, both),
        ("phrase", first, phrases),
        ("phrase of common words", first, common_phrases),
        ("beginning of four letters", first, beginnings),
        ("kwic, 100 lines, middling word", lines, middling),
        ("kwic, 100 lines, common word", lines, common),
        ("kwic, 100 lines, phrase", lines, phrases),
        ("kwic, 100 lines sorted by the right, rare word", by_right, rare[:10]),
        ("frequency by month, middling word", months, middling),
        ("frequency by month, common word", months, common[:3]),
        ("frequency by month, either of two common words", months, [f"{common[0]} OR {common[1]}"] * 2),
        ("frequency by month, phrase", months, phrases[:5]),
        ("frequency by month, phrase of common words", months, common_phrases[:3]),
    ]


def _choose(folder: CorpusFolder) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
    """Return words that many, some and few articles have, phrases, and phrases of common words."""
    articles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    with open_corpus(folder.root) as corpus:
        texts = [row[0] for row in corpus.query("SELECT body FROM text LIMIT ?", (_SAMPLE,))]
    for text in texts:
        words = [unit.token for unit in units(text)]
        articles.update(set(words))
        pairs.update(set(pairwise(words)))
    ranked = [word for word, _ in sorted(articles.items(), key=lambda item: (-item[1], item[0])) if word.isalpha()]
    middling = [word for word in ranked if 0.002 * _SAMPLE <= articles[word] <= 0.02 * _SAMPLE and len(word) > 3]
    rare = [word for word in ranked if articles[word] == 1 and len(word) > 3]
    often = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    common_phrases = [f'"{one} {other}"' for (one, other), _ in often[:_QUERIES]]
    phrases = [f'"{one} {other}"' for (one, other), number in often if number == 4][:_QUERIES]
    step = max(1, len(middling) // _QUERIES)
    return (
        ranked[:_QUERIES],
        middling[::step][:_QUERIES],
        rare[:: len(rare) // _QUERIES][:_QUERIES],
        phrases,
        common_phrases,
    )


def _latency(folder: CorpusFolder, ask: _Ask, queries: Sequence[str]) -> dict[str, object]:
    wall, cpu = [], []
    with searching(folder, refresh=False) as searcher:
        for query in queries:
            began, used = time.perf_counter(), time.process_time()
            ask(searcher, query)
            wall.append(1e3 * (time.perf_counter() - began))
            cpu.append(1e3 * (time.process_time() - used))
    walls, cpus = quantiles(wall, n=20, method="inclusive"), quantiles(cpu, n=20, method="inclusive")
    return {
        "queries": len(wall),
        "processor p50 ms": round(cpus[9], 1),
        "processor p95 ms": round(cpus[18], 1),
        "p50 ms": round(walls[9], 1),
        "p95 ms": round(walls[18], 1),
    }


if __name__ == "__main__":
    main()
