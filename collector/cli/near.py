"""What the commands that tell of near-duplicates share: finding the article that is meant, warning of what waits."""

from collector.cli.app import err
from collector.cli.output import counted, near, refuse
from collector.config import Config
from corpus import Corpus, StoredArticle

#: Least characters of an id that stand for the whole of it.
_LEAST_OF_ID = 4


def find_article(corpus: Corpus, name: str) -> StoredArticle:
    """Return the article with this id, beginning of an id, or URL.

    Raises:
        ConfigError: There is none, or several ids begin so; the message says what may have been meant.
    """
    article = corpus.article(name)
    if article is None and "/" not in name and len(name) >= _LEAST_OF_ID:
        matches = corpus.names(name.lower())
        if len(matches) > 1:
            refuse(f"several ids begin with {name!r}: {', '.join(matches)}")
        article = corpus.article(matches[0]) if matches else None
    if article is None:
        story = corpus.why(name)
        if story is not None and story.outcome is not None:
            refuse(f"{name} is no article: {story.outcome}; `collector why URL` tells the rest")
        refuse(f"there is no article {name!r}{near(name, corpus.urls_like(name))}; `collector list` names them")
    return article


def warn_of_waiting(corpus: Corpus, config: Config) -> None:
    """Say if near-duplicates are not known as the configuration wants them."""
    waiting = corpus.query("SELECT count(*) FROM stale")[0][0]
    if waiting:
        waits = f"near-duplicates of {counted(waiting, 'article')} are not known yet: run `collector dedup`"
        err.print(waits, soft_wrap=True)
    elif corpus.rules() != config.dedup.rules():
        changed = "the thresholds under \\[dedup] in collector.toml have changed: run `collector dedup` to apply them"
        err.print(changed, soft_wrap=True)
