"""The searches of a corpus that is open for reading."""

from corpus.articles import Selection
from corpus.folder import CorpusFolder
from corpus.search.finding import Found, Order, searching
from corpus.search.frequency import Frequencies, Span, count_over_time
from corpus.search.kwic import Concordance, Context, Sort, concordance
from corpus.search.query import parse_query


class Searchable:
    """What a `corpus.reader.Corpus` finds in its texts; each search first brings the index up to date."""

    folder: CorpusFolder

    def search(
        self,
        query: str,
        *,
        selection: Selection | None = None,
        order: Order = Order.RELEVANCE,
        most: int = 20,
    ) -> Found:
        """Return the articles whose title or text a query finds.

        Args:
            query: What to look for; `corpus.search.query` tells the language.
            selection: Conditions besides; its own query is not minded.
            order: Which articles come first.
            most: At most so many of them.

        Raises:
            ConfigError: The query cannot be understood.
        """
        parsed = parse_query(query)
        with searching(self.folder) as searcher:
            return searcher.search(parsed, selection or Selection(), order=Order(order), most=most)

    def kwic(
        self,
        query: str,
        *,
        selection: Selection | None = None,
        context: Context | None = None,
        sort: Sort = Sort.DATE,
        most: int | None = 100,
    ) -> Concordance:
        """Return each hit of a query with what stands around it.

        Sorting by what stands on a side reads every article that is found.

        Args:
            query: What to look for; a hit is each word or phrase of it that is not excluded.
            selection: Conditions besides; its own query is not minded.
            context: How much stands on either side; by default ten words.
            sort: The order of lines.
            most: At most so many lines; None for all.

        Raises:
            ConfigError: The query cannot be understood.
        """
        parsed = parse_query(query)
        with searching(self.folder) as searcher:
            chosen, around = selection or Selection(), context or Context()
            return concordance(searcher, parsed, chosen, context=around, sort=Sort(sort), most=most)

    def frequency(self, *queries: str, selection: Selection | None = None, span: Span = Span.MONTH) -> Frequencies:
        """Count the hits of queries over time.

        Args:
            queries: What to look for; a hit is each word or phrase that is not excluded.
            selection: Conditions besides; its own query is not minded.
            span: What is counted together.

        Raises:
            ConfigError: A query cannot be understood.
        """
        parsed = [parse_query(query) for query in queries]
        with searching(self.folder) as searcher:
            return count_over_time(searcher, parsed, selection or Selection(), Span(span))
