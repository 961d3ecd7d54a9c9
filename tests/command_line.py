"""What tests of the command line share: what a call tells, and a corpus that has some of everything."""

from collections.abc import Callable
from typing import NamedTuple

from corpus_builder import BEGAN, Builder, Shot, story

from corpus.types import Cut, Discovery, Kind, Reason, Via

POST = "https://post.example"


class Told(NamedTuple):
    """What a command line ended with."""

    code: int
    out: str
    err: str


Call = Callable[..., Told]


def fill(builder: Builder) -> None:
    """Store some of everything: stories, twins, versions, parts, removals, failures, waiting URLs."""
    feed = f"{POST}/rss"
    named = [
        Discovery(url=f"{POST}/{path}", kind=Kind.ARTICLE, via=Via.FEED, found_on=feed, title=title)
        for path, title in (("ferry", "In praise of the slow ferry"), ("waits", "Dolphins counted"))
    ]
    builder.list(feed, *named)
    for number in range(25):  # it stands in the menu of every page
        builder.find(f"{POST}/waits", hour=1, via=Via.LINK, found_on=f"{POST}/2024/page-{number:02}")
    ferry = Shot(
        url=f"{POST}/ferry",
        text=story("ferry", 14),
        title="In praise of the slow ferry",
        published="2024-11-13T09:00+05:30",
        payload="ferry",
        cuts=(
            Cut(text="Read more: Harbour girls reach first final", rule="related", score=0.93),
            Cut(text="By Asha Rao", rule="byline"),
        ),
    )
    builder.take(ferry)
    builder.take(Shot(url=f"{POST}/ferry/print", text=ferry.text, payload="ferry", hour=0.5))
    builder.take(Shot(url=f"{POST}/ferry?view=amp", text=f"{ferry.text}\n\nMore.", canonical=ferry.url, hour=1))
    builder.take(
        Shot(
            url=ferry.url,
            text=f"{ferry.text}\n\nIt was late again on Tuesday.",
            title="In praise of the slow ferry",
            published="2024-11-13T09:00+05:30",
            hour=5,
        )
    )
    for day, (subject, language) in enumerate((("dolphin", "en"), ("cashew", "or"), ("lighthouse", "en")), start=10):
        builder.take(
            Shot(
                url=f"{POST}/2024/{subject}",
                text=story(subject),
                title=f"The {subject} [exclusive]: a headline that goes on until it has left every terminal behind",
                published=f"2024-11-{day}",
                language=language,
            )
        )
    builder.take(Shot(url="https://ledger.example/bridge", text=story("bridge"), title="Cracks in the bridge"))
    builder.take(Shot(url=f"{POST}/long", text="Page one of it.", title="A long one"))
    builder.take(Shot(url=f"{POST}/long?page=2", text="Page two of it.", part=(f"{POST}/long", 2)))
    builder.remove(f"{POST}/short", Reason.TOO_SHORT, "38 words < 50")
    builder.remove(f"{POST}/gone", Reason.HTTP_ERROR, "HTTP 404", hour=30)
    builder.refuse(f"{POST}/private/letters", Reason.ROBOTS, "line 2: Disallow: /private/")
    builder.redirect(f"{POST}/old", ferry.url)
    builder.fail(f"{POST}/slow", "http-503", "HTTP 503, Retry-After 120 s", again=1e6, status=503)
    builder.fail(f"{POST}/dead", "dns", "no such host")
    with builder.store.transaction() as db:
        file = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 2\n"
        db.execute("INSERT INTO robots VALUES (?, ?, 200, ?, NULL)", (POST, BEGAN.timestamp(), file))
        builder.store.ledger.set_crawl_delay("post.example", 2)
    builder.end(6)
