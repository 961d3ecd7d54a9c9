"""Looks at what cleaning made of pages: each block with its verdict, and the articles that most deserve a look."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import resources
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from cleaners.explain import ExplainedBlock, Explanation, explain
from collector.config import Config
from collector.rights.declared import DeclaredRights
from collector.study import knowledge_of
from collector.tasks import cleaner_config, cleaner_name, is_dump, site_key
from corpus.articles import StoredArticle
from corpus.errors import CollectorError, PageError
from corpus.reader import Corpus
from corpus.types import Article, Page

#: Runs of cut blocks that are folded on the page: menus say little.
_FOLDED = 12
#: Distance from the threshold, as a share of the scale, within which a decision is marked as unsure.
_UNSURE = 0.2


@dataclass(frozen=True, slots=True)
class _Run:
    """Blocks in a row that are all kept, or all cut."""

    blocks: tuple["_Shown", ...]

    @property
    def folded(self) -> bool:
        return len(self.blocks) >= _FOLDED and not self.blocks[0].kept

    @property
    def summary(self) -> str:
        rules = Counter(block.rule for block in self.blocks)
        return f"{len(self.blocks)} blocks: {', '.join(f'{count} {rule}' for rule, count in rules.most_common())}"


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    place: str
    rule: str | None
    score: float | None

    @property
    def kept(self) -> bool:
        return self.rule is None

    @property
    def label(self) -> str:
        return " ".join([self.rule or "", *([] if self.score is None else [f"{self.score:.2f}"])]).strip()

    @property
    def unsure(self) -> bool:
        return self.score is not None and abs(self.score - 0.5) < _UNSURE


@dataclass(frozen=True)
class Reviewed:
    """An article, cleaned again, and how doubtful that was."""

    article: StoredArticle
    explanation: Explanation

    @property
    def doubt(self) -> float:
        """How near the model's decisions were to the other side, in [0, 1]."""
        return self.explanation.doubt

    @cached_property
    def runs(self) -> list[_Run]:
        """The page's visible blocks in order, those that are kept and those that are cut each together."""
        seen = [block for block in self.explanation.blocks if not block.hidden or block.kept]
        return [_Run(tuple(map(_show, blocks))) for _, blocks in groupby(seen, lambda block: block.kept)]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text's paragraphs, as cleaned now."""
        verdict = self.explanation.verdict
        return verdict.paragraphs if isinstance(verdict, Article) else ()

    @property
    def words(self) -> int:
        """Number of words of the text."""
        verdict = self.explanation.verdict
        return verdict.words if isinstance(verdict, Article) else 0

    @property
    def note(self) -> str:
        """What else there is to say: that cleaning it again gives another text, or none."""
        verdict = self.explanation.verdict
        if not isinstance(verdict, Article):
            return f"would now be removed: {verdict.reason}, {verdict.evidence}"
        own = self.article.text.startswith(verdict.text)  # later pages of a split article follow
        return "" if own else "the stored text is another one: `collector reclean` would change it"


def _show(block: ExplainedBlock) -> _Shown:
    return _Shown(block.text, block.place, block.rule, block.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The articles of a site that most deserve a look."""

    site: str
    #: The most doubtful first.
    pages: tuple[Reviewed, ...]
    #: Articles that were cleaned again to find them.
    looked_at: int
    #: (URL, message) of pages that could not be.
    failures: tuple[tuple[str, str], ...] = ()
    #: Blocks by rule, over all articles that were looked at.
    rules: Counter[str] = field(default_factory=Counter)


def explain_page(page: Page, corpus: Corpus, config: Config, *, site: str) -> Explanation:
    """Clean a page with what is configured and known, and tell what became of each block.

    Args:
        page: The response, from the archive.
        corpus: The corpus, for what is known of the site.
        config: The configuration.
        site: Name of the site's entry.

    Raises:
        PageError: It cannot be cleaned, or is a text dump.
    """
    if is_dump(page):
        raise PageError(page.url, "is a text dump, which has lines and no blocks")
    key = site_key(site, page.url)
    known = corpus.template(key) if key else None
    declared = DeclaredRights(corpus.host_files, config.collector.robots_token).of(page.url)
    knowledge = knowledge_of(config, site, None if known is None else known.body, declared)
    return explain(page, cleaner_config(config), knowledge)


def review(
    corpus: Corpus,
    config: Config,
    site: str,
    articles: Sequence[StoredArticle],
    *,
    most: int,
    shown: Callable[[str], None] = lambda _: None,
) -> Review:
    """Clean articles of a site again and return those that the model doubts most.

    Args:
        corpus: The corpus.
        config: Its configuration.
        site: Name of the site.
        articles: Articles to look at, see `sample_articles`.
        most: Articles to return.
        shown: Told the URL of each page that is done.
    """
    reviewed: list[Reviewed] = []
    failures: list[tuple[str, str]] = []
    for article, page in zip(articles, corpus.pages([article.fetch_id for article in articles]), strict=True):
        if isinstance(page, CollectorError):
            failures.append((article.url, str(page)))
        else:
            try:
                reviewed.append(Reviewed(article, explain_page(page, corpus, config, site=site)))
            except PageError as error:
                failures.append((article.url, str(error)))
        shown(article.url)
    reviewed.sort(key=lambda one: (-one.doubt, one.article.id))
    rules = sum((one.explanation.counts() for one in reviewed), Counter[str]())
    return Review(
        site=site, pages=tuple(reviewed[:most]), looked_at=len(reviewed), failures=tuple(failures), rules=rules
    )


def sample_articles(corpus: Corpus, site: str, most: int) -> list[StoredArticle]:
    """Return at most ``most`` articles of a site, drawn by the digests of their ids: in every order the same ones."""
    rows = corpus.query(
        """SELECT article.uid FROM article JOIN capture ON capture.fetch_id = article.capture_id
           JOIN url ON url.id = capture.url_id WHERE url.site = ?""",
        (site,),
    )
    drawn = sorted((row["uid"] for row in rows), key=lambda uid: hashlib.sha256(uid.encode()).digest())[:most]
    return [article for uid in drawn if (article := corpus.article(uid)) is not None]


def write_review(found: Review, file: Path, config: Config, *, made_on: date) -> None:
    """Write a review as one HTML file without scripts or anything from elsewhere."""
    source = resources.files("collector").joinpath("templates/review.html.j2").read_text("utf-8")
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)
    rules = [(rule, count) for rule, count in found.rules.most_common() if rule != "kept"]
    page = template.render(
        site=found.site,
        pages=found.pages,
        looked_at=found.looked_at,
        rules=rules,
        cleaner=cleaner_name(cleaner_config(config)),
        made_on=made_on.isoformat(),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, "utf-8")
