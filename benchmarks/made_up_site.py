"""A made-up news site of any number of pages on loopback, for benchmarks of whole crawls.

    python -m benchmarks.made_up_site PAGES [--port N]

It prints its address and serves until it is killed: a home page, sections, a sitemap index with its sitemaps,
robots.txt, and stories of 20 to 60 kB whose sentences are drawn from the demo's articles, so that no two are alike. All
is made when it is asked for, from the number of the page alone; nothing is kept in memory.
"""

import argparse
import functools
import gzip
import html
import json
import random
import re
from collections.abc import Sequence
from datetime import date, timedelta
from http import HTTPStatus

from collector.demo.content import truth
from collector.demo.server import LoopbackServer, QuietHandler

#: Bytes of a story's page, before compression.
_LEAST_BYTES, _MOST_BYTES = 20_000, 60_000
_LEAST_SENTENCES, _MOST_SENTENCES = 30, 110
_SECTIONS = ("city", "state", "business", "courts", "schools", "sport", "arts", "weather")
#: URLs of one sitemap.
_SITEMAP_SIZE = 2500
_FIRST_DAY, _STORIES_A_DAY = date(2025, 11, 1), 60
_RELATED = 20


@functools.cache
def sentences() -> tuple[str, ...]:
    """Return the sentences of the demo's English articles."""
    texts = (block.text for article in truth() if article.language == "en" for part in article.parts for block in part)
    found = (sentence for text in texts for sentence in re.split(r"(?<=[.!?”])\s+(?=[A-Z“])", text))
    return tuple(dict.fromkeys(sentence for sentence in found if len(sentence) > 40))


@functools.cache
def _words() -> tuple[str, ...]:
    return tuple(sorted({word for sentence in sentences() for word in re.findall(r"\b[a-z]{4,9}\b", sentence)}))


class MadeUpSite:
    """What stands under each path."""

    def __init__(self, pages: int, address: str) -> None:
        self.pages = pages
        #: ``http://host:port``.
        self.address = address

    def answer(self, path: str) -> tuple[str, str] | None:
        """Return the content type and text under a path, None where there is nothing."""
        if story := re.fullmatch(r"/\d{4}/\d\d/\d\d/[a-z-]+-(\d+)/", path):
            number = int(story[1])
            return ("text/html", self._story(number)) if number < self.pages and path == self.path(number) else None
        if part := re.fullmatch(r"/sitemaps/stories-(\d+)\.xml", path):
            return "application/xml", self._sitemap(int(part[1]) * _SITEMAP_SIZE)
        if path in {"/", *(f"/{section}/" for section in _SECTIONS)}:
            return "text/html", self._front(path)
        if path == "/sitemap.xml":
            return "application/xml", self._sitemap_index()
        if path == "/robots.txt":
            return "text/plain", f"User-agent: *\nDisallow: /search/\nSitemap: {self.address}/sitemap.xml\n"
        return None

    def path(self, number: int) -> str:
        """Return the path of a story, by its number from 0."""
        slug = "-".join(random.Random(f"slug {number}").sample(_words(), 6))
        return f"/{self._day(number):%Y/%m/%d}/{slug}-{number}/"

    @staticmethod
    def _day(number: int) -> date:
        return _FIRST_DAY + timedelta(days=number // _STORIES_A_DAY % 365)

    def _title(self, number: int) -> str:
        return " ".join(random.Random(f"slug {number}").sample(_words(), 6)).capitalize()

    # -- pages ----------------------------------------------------------------------------------------------------

    def _story(self, number: int) -> str:
        chance = random.Random(f"story {number}")
        told = chance.sample(sentences(), chance.randint(_LEAST_SENTENCES, _MOST_SENTENCES))
        author = chance.choice(("Asha Pradhan", "Tom Whitlock", "Maribel Quist", "Biren Nayek"))
        about = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": self._title(number),
            "datePublished": f"{self._day(number)}T{number % 24:02}:15:00Z",
            "author": {"@type": "Person", "name": author},
            "url": self.address + self.path(number),
        }
        paragraphs = "".join(f"<p>{html.escape(' '.join(told[at : at + 3]))}</p>\n" for at in range(0, len(told), 3))
        body = (
            f'<article class="story"><header><h1>{self._title(number)}</h1>'
            f'<p class="byline">By {author}</p>'
            f'<time datetime="{about["datePublished"]}">{self._day(number):%d %B %Y}</time></header>\n'
            f'<div class="story-body">\n{paragraphs}</div></article>\n{self._cards("Read more", self._related(number))}'
        )
        head = (
            f'<link rel="canonical" href="{about["url"]}">'
            f'<script type="application/ld+json">{json.dumps(about)}</script>'
        )
        page = _page(self._title(number), head, body)
        wanted = chance.randint(_LEAST_BYTES, _MOST_BYTES) - len(page.encode())
        return page.replace("</body>", f"{_state(chance, wanted)}</body>")

    def _related(self, number: int) -> list[int]:
        chance = random.Random(f"related {number}")
        return chance.sample(range(self.pages), min(_RELATED, self.pages))

    def _front(self, path: str) -> str:
        newest = range(max(0, self.pages - 60 * len(_SECTIONS)), self.pages)
        at = 0 if path == "/" else _SECTIONS.index(path.strip("/"))
        return _page("The Made-up Mercury", "", self._cards("Latest", newest[at :: len(_SECTIONS)]))

    def _cards(self, heading: str, numbers: Sequence[int]) -> str:
        cards = "".join(
            f'<li class="card"><a href="{self.path(number)}"><img src="/pictures/{number}.jpg" alt="" width="320">'
            f"<h3>{self._title(number)}</h3></a><time>{self._day(number)}</time></li>\n"
            for number in numbers
        )
        return f'<section class="cards"><h2>{heading}</h2><ul>\n{cards}</ul></section>\n'

    # -- sitemaps -------------------------------------------------------------------------------------------------

    def _sitemap_index(self) -> str:
        parts = range((self.pages + _SITEMAP_SIZE - 1) // _SITEMAP_SIZE)
        entries = "".join(f"<sitemap><loc>{self.address}/sitemaps/stories-{n}.xml</loc></sitemap>" for n in parts)
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'

    def _sitemap(self, first: int) -> str:
        numbers = range(first, min(first + _SITEMAP_SIZE, self.pages))
        entries = "".join(
            f"<url><loc>{self.address}{self.path(n)}</loc><lastmod>{self._day(n)}</lastmod></url>" for n in numbers
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def _page(title: str, head: str, body: str) -> str:
    sections = "".join(f'<li><a href="/{name}/">{name.capitalize()}</a></li>' for name in _SECTIONS)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - The Made-up Mercury</title>{head}'
        f'</head><body><nav><ul><li><a href="/">Home</a></li>{sections}</ul></nav>\n<main>{body}</main>\n'
        "<footer><p>© The Made-up Mercury. All rights reserved.</p></footer></body></html>"
    )


def _state(chance: random.Random, length: int) -> str:
    """Return what fills a page up to its size, as on real sites: the state of its scripts."""
    state: list[dict[str, object]] = []
    while length > 0:
        state.append({"id": chance.getrandbits(48), "seen": chance.random(), "label": chance.choice(sentences())})
        length -= len(json.dumps(state[-1]))
    return f"<script>window.STATE = {json.dumps(state).replace('<', chr(92) + 'u003c')}</script>"


def serve(pages: int, port: int) -> None:
    """Print the site's address and serve it until the process is killed."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - the base class' name
            found = site.answer(self.path)
            kind, text = found or ("text/html", _page("Not found", "", "<p>There is no such page.</p>"))
            body = gzip.compress(text.encode(), compresslevel=1)
            self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = LoopbackServer(("127.0.0.1", port), Handler)
    site = MadeUpSite(pages, f"http://127.0.0.1:{server.server_port}")
    print(site.address, flush=True)
    server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=int, metavar="PAGES", help="number of stories")
    parser.add_argument("--port", type=int, default=0, help="port; any free one by default")
    options = parser.parse_args()
    serve(options.pages, options.port)


if __name__ == "__main__":
    main()
