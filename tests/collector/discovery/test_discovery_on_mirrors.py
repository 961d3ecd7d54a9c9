"""On real sites every article that a listing links to is found as one, and all are reached from the front."""

import gzip
import json
import tarfile
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest
from lxml.html import HtmlElement

from collector.discovery.feeds import read_feed
from collector.discovery.links import read_links
from collector.discovery.rules import LinkRules
from collector.discovery.sitemaps import read_sitemap
from collector.discovery.targets import read_targets
from corpus.types import Discovery, Kind, Via

pytestmark = pytest.mark.shared

#: Listing pages that are read of the largest mirror.
SAMPLE = 80


@dataclass(frozen=True)
class Mirror:
    """The files of a real site, and what each is."""

    files: dict[str, bytes]
    kinds: dict[str, str]
    root: str

    @classmethod
    def read(cls, shared: Path, name: str) -> "Mirror":
        with tarfile.open(shared / f"data/sites/{name}.tar.xz") as tar:
            files = {
                member.name.partition("/")[2]: body.read()
                for member in tar
                if member.isfile() and (body := tar.extractfile(member)) is not None
            }
        with gzip.open(shared / f"data/sites/{name}.truth.jsonl.gz") as lines:
            rows = [json.loads(line) for line in lines]
        parts = urlsplit(rows[0]["url"])
        return cls(files, {row["path"]: row["kind"] for row in rows}, f"{parts.scheme}://{parts.netloc}")

    def file(self, url: str) -> str | None:
        if not url.startswith(f"{self.root}/"):
            return None
        path = unquote(urlsplit(url).path)
        stem = path.rstrip("/")
        names = (path, f"{stem}/index.html", f"{stem}/index.xml", f"{stem}/index.rss", f"{stem}.html")
        return next((name.lstrip("/") for name in names if name.lstrip("/") in self.files), None)

    def kind(self, url: str) -> str | None:
        file = self.file(url)
        return self.kinds.get(file) if file else None

    def tree(self, file: str) -> HtmlElement:
        return lxml.html.document_fromstring(self.files[file], parser=lxml.html.HTMLParser(encoding="utf-8"))

    def articles(self) -> set[str]:
        return {file for file, kind in self.kinds.items() if kind == "article"}


@pytest.fixture(scope="module")
def mirrors(shared: Path) -> dict[str, Mirror]:
    return {name: Mirror.read(shared, name) for name in ("wyofile", "minikhabar", "wombatpost", "ozarkgazette")}


@pytest.mark.parametrize("name", ["wyofile", "minikhabar", "wombatpost"])
def test_every_article_that_a_listing_links_to_is_found_as_one(mirrors: dict[str, Mirror], name: str) -> None:
    mirror = mirrors[name]
    listings = sorted(file for file, kind in mirror.kinds.items() if kind not in {"article", "page"})
    called: Counter[tuple[str, str]] = Counter()
    for file in listings[:: max(1, len(listings) // SAMPLE)]:
        url, tree = f"{mirror.root}/{file}", mirror.tree(file)
        found = {one.url: one for one in read_links(tree, url, via=Via.SECTION)}
        for target in read_targets(tree, url):
            if (kind := mirror.kind(target.url)) is not None and target.url in found:
                called[kind, found[target.url].kind.value] += 1
        assert all(target.url in found for target in read_targets(tree, url) if mirror.kind(target.url) == "article")
    assert sum(times for (kind, as_what), times in called.items() if kind == "article" != as_what) == 0
    assert called["article", "article"] > 100
    # Listings are called sections: precision, with standing pages counted neither way.
    wrong = sum(
        times for (kind, as_what), times in called.items() if kind not in {"article", "page"} and as_what == "article"
    )
    assert wrong == 0


def reach(mirror: Mirror, seed: Discovery, kinds: set[Kind]) -> set[str]:
    queue, seen = deque([seed]), set()
    while queue:
        one = queue.popleft()
        file = mirror.file(one.url)
        if file is None or file in seen or one.kind not in kinds:
            continue
        seen.add(file)
        if one.kind is Kind.FEED:
            queue += read_feed(mirror.files[file], one.url)
        elif file.endswith(".html"):
            queue += read_links(mirror.tree(file), one.url, LinkRules(max_depth=3), depth=one.depth)
    return seen & mirror.articles()


def test_from_the_front_nearly_every_article_is_reached(mirrors: dict[str, Mirror]) -> None:
    mirror = mirrors["wyofile"]
    front = Discovery(url=f"{mirror.root}/", kind=Kind.SECTION, via=Via.SEED)
    # 256, of which one is linked to by nothing, one by a page nobody reaches, and one is announced as a feed.
    assert len(reach(mirror, front, {Kind.SECTION, Kind.ARTICLE})) >= 252


def test_from_the_main_feed_its_ten_articles_lead_to_more(mirrors: dict[str, Mirror]) -> None:
    mirror = mirrors["wyofile"]
    feed = Discovery(url=f"{mirror.root}/feed/", kind=Kind.FEED, via=Via.SEED)
    assert len(reach(mirror, feed, {Kind.FEED, Kind.ARTICLE})) > 40


def test_a_front_that_scripts_draw_is_reached_through_its_sitemaps(mirrors: dict[str, Mirror]) -> None:
    mirror = mirrors["ozarkgazette"]
    found = {
        mirror.file(one.url)
        for name in ("sitemap.xml", "article-sitemap.xml", "news-sitemap.xml")
        for one in read_sitemap(mirror.files[name], f"{mirror.root}/{name}")
        if one.kind is Kind.ARTICLE
    }
    assert mirror.articles() <= found
