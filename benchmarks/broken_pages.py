"""Pages of made-up news sites, sound and broken, and what the real cleaners make of them.

A site's pages come in a layout of its own. What breaks a page is applied to the page, not to the verdict: so a redesign
is a redesign only if cleaning suffers from it. Cleaning takes most of a simulated month, so that each site has a small
stock of pages in each state; an article is one of the stock, with its words shuffled, so that no two are alike.
"""

import html
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from benchmarks.made_up_site import sentences
from cleaners.clean import clean
from cleaners.decode import decode
from corpus.types import Article, Page, Provenance, Removal

#: Pages in stock, of a site in a state.
STOCK = 10
_LAYOUTS = (
    '<main><article class="story"><h1>{title}</h1>{byline}{time}<div class="body">{body}</div></article></main>',
    '<div id="content"><h1 class="headline">{title}</h1><div class="meta">{byline} {time}</div>{body}</div>',
    "<section><header><h1>{title}</h1></header>{body}<footer>{byline} {time}</footer></section>",
)
_AUTHORS = ("Asha Pradhan", "Tom Whitlock", "Maribel Quist", "Biren Nayek", "Zoë Müller")
#: What is beyond ASCII in an English text; without it no encoding matters.
_BEYOND = (("'", "’"), (" - ", " – "), ("Cafe", "Café"), ("the river", "the río Nuño"), (" said", " said — “so”"))


class State(StrEnum):
    """What a page is like."""

    SOUND = "sound"
    #: An honest page that is no article: a caption, a video.
    SCRAP = "scrap"
    #: Drawn by script: the markup holds none of it.
    SCRIPT = "script"
    #: The story's own markup is gone, and with it author and date.
    BARE = "bare"
    #: A consent wall, with status 200.
    CONSENT = "consent"
    #: The first lines of it, and the word that it is not for free.
    PAYWALL = "paywall"
    #: Written to the database in one encoding and read in another.
    GARBLED = "garbled"
    #: In windows-1252, and declared as that.
    LEGACY = "legacy"


def page(site: int, number: int, state: State, *, byline: bool = True) -> tuple[bytes, str]:
    """Return the bytes of a page and its Content-Type."""
    chance = random.Random(f"{site} {number}")
    title = " ".join(chance.choice(sentences()).split()[:8]).strip(".,;:“”")
    told = [_spiced(one, chance) for one in chance.sample(sentences(), chance.randint(8, 45))]
    paragraphs = [" ".join(told[at : at + 3]) for at in range(0, len(told), 3)]
    author = chance.choice(_AUTHORS) if byline else None
    at = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(minutes=chance.randrange(40_000))
    if state is State.CONSENT:
        return _whole("Before you continue", "", _CONSENT).encode(), "text/html; charset=utf-8"
    if state is State.SCRIPT:
        shell = '<div id="root"></div><script src="/static/js/main.4f1c.js"></script>'
        return _whole(title, "", shell).encode(), "text/html; charset=utf-8"
    about: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": at.isoformat(),
    }
    if author:
        about["author"] = {"@type": "Person", "name": author}
    if state is State.PAYWALL:
        about["isAccessibleForFree"] = False
        paragraphs = [" ".join(told[:2])]
    if state is State.SCRAP:
        paragraphs = [told[0]]
    body = "".join(f"<p>{html.escape(one)}</p>\n" for one in paragraphs)
    if state is State.BARE:
        return _whole(title, "", f"<div><h2>{title}</h2>{body}</div>").encode(), "text/html; charset=utf-8"
    story = _LAYOUTS[site % len(_LAYOUTS)].format(
        title=html.escape(title),
        byline=f'<p class="byline">By <a rel="author" href="/by">{author}</a></p>' if author else "",
        time=f'<time datetime="{at.isoformat()}">{at:%d %B %Y}</time>',
        body=body,
    )
    head = f'<script type="application/ld+json">{json.dumps(about)}</script>'
    text = _whole(title, head, story)
    if state is State.GARBLED:
        return text.encode().decode("cp1252", "replace").encode(), "text/html; charset=utf-8"
    if state is State.LEGACY:
        legacy = text.replace('charset="utf-8"', 'charset="windows-1252"')
        return legacy.encode("cp1252", "replace"), "text/html; charset=windows-1252"
    return text.encode(), "text/html; charset=utf-8"


_CONSENT = """<div class="cmp"><h1>Before you continue</h1><p>We and our 812 partners store and access information on
your device, such as cookies, and process personal data to show you advertising and to measure it.</p>
<button>Accept all</button><button>Reject all</button><a href="/privacy">Privacy policy</a></div>"""


def _spiced(sentence: str, chance: random.Random) -> str:
    for plain, beyond in _BEYOND:
        sentence = sentence.replace(plain, beyond)
    return f"{sentence} {chance.choice(('Señor Peña agreed.', 'It was “enough”.', 'So did Zoë.', ''))}".strip()


def _whole(title: str, head: str, body: str) -> str:
    menu = "".join(f'<li><a href="/{name}/">{name.capitalize()}</a></li>' for name in ("city", "state", "arts"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>{head}</head>'
        f"<body><nav><ul>{menu}</ul></nav>{body}<footer><p>© 2026. All rights reserved.</p></footer></body></html>"
    )


@cache
def _judged(site: int, place: int, state: State, byline: bool) -> tuple[Article | Removal, int]:
    """Return what the real cleaners make of a page of the stock, and its size."""
    body, content_type = page(site, place, state, byline=byline)
    url = f"https://site-{site}.example/stock-{place}"
    provenance = Provenance(requested_url=url, fetched_at=datetime(2026, 12, 1, tzinfo=UTC))
    response = Page(url=url, status=200, headers=(("Content-Type", content_type),), body=body, provenance=provenance)
    assert decode(body, content_type).text
    return clean(response), len(body)


def verdict(
    site: int, number: int, state: State, *, url: str, at: datetime, version: int = 1, byline: bool = True
) -> tuple[Article | Removal, int]:
    """Return what becomes of an article's page, and the page's size in bytes."""
    judged, size = _judged(site, number % STOCK, state, byline)
    provenance = Provenance(requested_url=url, fetched_at=at)
    if isinstance(judged, Removal):
        return replace(judged, url=url, provenance=provenance), size
    chance = random.Random(f"{site} {number} {version}")
    paragraphs = judged.text.split("\n\n")
    shuffled = "\n\n".join(" ".join(chance.sample(words, len(words))) for words in map(str.split, paragraphs))
    title = judged.title and f"{judged.title} {number}"
    return (
        replace(judged, url=url, canonical_url=url, title=title, text=shuffled, provenance=provenance),
        size + number % 40,
    )
