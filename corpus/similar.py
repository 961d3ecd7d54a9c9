"""The twins of an article: every other URL and article that is the same story, or a part of it, with the scores."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from corpus.articles import StoredArticle, cluster_of, find_article
from corpus.dedup import JoinedBy
from corpus.leases import parse_time
from corpus.likeness import Likeness, Rules, Scores, headlines_agree, judge
from corpus.publishers import publisher_of
from corpus.shingles import Shingles, count_shared, shingle

#: How the twins are listed.
_ORDER = (Likeness.SAME, Likeness.COPY, Likeness.VERSION, Likeness.PART, Likeness.CONTAINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What stands to an article as ``likeness`` says."""

    likeness: Likeness
    #: Id of the twin's article: for `same` and `part`, of the article itself.
    id: str
    url: str
    site: str
    title: str | None
    published: date | datetime | None
    #: Jaccard coefficient of the two texts' shingles, in [0, 1].
    resemblance: float
    #: Share of the smaller text's shingles that the larger one has, in [0, 1].
    containment: float
    #: Whether the twin is the longer of the two; None where they are of one length.
    longer: bool | None
    #: Whether it speaks for the article's cluster.
    canonical: bool


def rules_in_force(db: sqlite3.Connection) -> Rules:
    """Return the rules that the clusters were made by."""
    row = db.execute("SELECT value FROM dedup_state WHERE name = 'rules'").fetchone()
    return Rules() if row is None else Rules.from_text(row[0])


def find_twins(db: sqlite3.Connection, article: StoredArticle) -> tuple[Twin, ...]:
    """Return the twins of an article: the same text first, then copies, versions, parts and excerpts."""
    found = [*_other_urls(db, article), *_other_articles(db, article)]
    return tuple(sorted(found, key=lambda twin: (_ORDER.index(twin.likeness), -twin.resemblance, twin.url)))


def _other_urls(db: sqlite3.Connection, article: StoredArticle) -> list[Twin]:
    """Return the URLs that stand for an article beside the one that speaks for it, by what they show."""
    rows = db.execute(
        """SELECT url.url, url.site, alias.joined_by, title, published, text_key, body,
                  row_number() OVER (PARTITION BY url.id ORDER BY fetch.fetched_at DESC, fetch_id DESC) AS age
           FROM article JOIN capture ON capture.article_id = article.id JOIN url ON url.id = capture.url_id
           JOIN alias ON alias.url = url.url JOIN fetch ON fetch.id = capture.fetch_id JOIN text ON hash = text_hash
           WHERE uid = ? AND url.url != ?""",
        (article.id, article.url),
    ).fetchall()
    own = shingle(article.text)
    publisher = publisher_of(article.site, article.url)
    twins = []
    for row in rows:
        if row["age"] != 1:
            continue
        scores = _compare(own, shingle(row["body"]))
        likeness = Likeness.VERSION if publisher_of(row["site"], row["url"]) == publisher else Likeness.COPY
        if row["joined_by"] == JoinedBy.PART:
            likeness = Likeness.PART
        elif scores.resemblance == 1.0 or row["joined_by"] in (JoinedBy.PAYLOAD, JoinedBy.TEXT):
            likeness = Likeness.SAME
        twins.append(_twin(row, likeness, scores, uid=article.id, canonical=False))
    return twins


def _other_articles(db: sqlite3.Connection, article: StoredArticle) -> list[Twin]:
    own = db.execute(
        "SELECT document.* FROM document JOIN article ON article.id = article_id WHERE uid = ?", (article.id,)
    ).fetchone()
    if own is None:
        return []
    members = {row["id"] for row in cluster_of(db, own["id"], own["canonical"])}
    shared = dict(
        db.execute(
            "SELECT high, shared FROM twin WHERE low = :id UNION ALL SELECT low, shared FROM twin WHERE high = :id",
            {"id": own["id"]},
        ).fetchall()
    )
    rules = rules_in_force(db)
    twins = []
    for document in sorted(members | shared.keys() - {own["id"]}):
        if document == own["id"]:
            continue
        row = db.execute(
            """SELECT document.*, uid, url.url, title, published FROM document
               JOIN article ON article.id = document.article_id JOIN capture ON fetch_id = capture_id
               JOIN url ON url.id = url_id WHERE document.id = ?""",
            (document,),
        ).fetchone()
        if row is None:  # its article is gone, and the document waits to follow
            continue
        if document in shared:
            scores = Scores(shared=shared[document], one=own["shingles"], other=row["shingles"])
        else:
            scores = _compare(shingle(article.text), _shingles_of(db, row["uid"]))
        same_site = row["site"] == own["site"]
        likeness = judge(
            scores,
            rules,
            same_site=same_site,
            agree=partial(headlines_agree, article.title, row["title"], rules.headline_resemblance),
        )
        if likeness is None and document in members:
            likeness = Likeness.VERSION if same_site else Likeness.COPY
        if likeness is not None:
            twins.append(_twin(row, likeness, scores, uid=row["uid"], canonical=row["id"] == own["canonical"]))
    return twins


def _shingles_of(db: sqlite3.Connection, uid: str) -> Shingles:
    other = find_article(db, uid)
    return shingle("" if other is None else other.text)


def _compare(one: Shingles, other: Shingles) -> Scores:
    return Scores(shared=count_shared(one, other), one=len(one), other=len(other))


def _twin(row: sqlite3.Row, likeness: Likeness, scores: Scores, *, uid: str, canonical: bool) -> Twin:
    return Twin(
        likeness=likeness,
        id=uid,
        url=row["url"],
        site=row["site"],
        title=row["title"],
        published=parse_time(row["published"]),
        resemblance=round(scores.resemblance, 4),
        containment=round(scores.containment, 4),
        longer=None if scores.one == scores.other else scores.other > scores.one,
        canonical=canonical,
    )
