"""What `throughput` runs of others: each a small program that reads the pages and writes a JSON line for each.

    PYTHON benchmarks/throughput_peers.py SYSTEM FOLDER OUT [PORT]

It imports nothing of this project, for most peers run in environments of their own. FOLDER is one that
`benchmarks.throughput_pages` made; OUT takes the lines. Systems: ``naive`` (Scrapy, trafilatura with metadata and
langdetect in one pipeline), ``news-please``, ``newspaper4k``, ``fundus`` and ``datatrove``.
"""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def naive(folder: Path, out: Path, port: int) -> None:
    """Crawl with Scrapy as its documentation has it, everything in one pipeline, no delay."""
    import langdetect
    import trafilatura
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess

    class Pipeline:
        def open_spider(self) -> None:
            langdetect.DetectorFactory.seed = 0
            self.file = out.open("w", encoding="utf-8")

        def close_spider(self) -> None:
            self.file.close()

        def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
            document = trafilatura.bare_extraction(item["body"], url=item["url"], with_metadata=True)
            found = document.as_dict() if document is not None else {}
            text = found.get("text") or ""
            names = ("title", "author", "date", "description", "sitename", "tags", "language")
            line = {"url": item["url"], "text": text, **{name: found.get(name) for name in names}}
            if text:
                try:
                    line["language"] = langdetect.detect(text)
                except langdetect.LangDetectException:
                    line["language"] = None
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
            return {"url": item["url"]}

    class News(Spider):
        name = "news"
        start_urls = list(_urls(folder, port))  # noqa: RUF012 - as Scrapy has it
        custom_settings = {  # noqa: RUF012 - as Scrapy has it
            "ITEM_PIPELINES": {Pipeline: 100},
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "ROBOTSTXT_OBEY": False,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }

        def parse(self, response: Any) -> Iterator[dict[str, Any]]:
            yield {"url": response.url, "body": response.body}

    process = CrawlerProcess()
    process.crawl(News)
    process.start()


def news_please(folder: Path, out: Path, port: int) -> None:
    """Fetch and extract, page by page; one page that fails ends a call for many."""
    from newsplease import NewsPlease

    with out.open("w", encoding="utf-8") as file:
        for url in _urls(folder, port):
            found: dict[str, Any] = {}
            try:
                article = NewsPlease.from_url(url, fetch_images=False)  # they stand on servers of others
                found = article.get_serializable_dict() if article else {}
            except Exception as error:  # noqa: BLE001 - counted as a page without text
                sys.stderr.write(f"{url}: {error}\n")
            _write(file, url, found.get("maintext"), title=found.get("title"), language=found.get("language"))


def newspaper4k(folder: Path, out: Path, port: int) -> None:
    """Fetch and extract, page by page."""
    import newspaper

    with out.open("w", encoding="utf-8") as file:
        for url in _urls(folder, port):
            article = newspaper.Article(url, fetch_images=False)  # they stand on servers of others
            try:
                article.download()
                article.parse()
            except Exception as error:  # noqa: BLE001 - counted as a page without text
                sys.stderr.write(f"{url}: {error}\n")
            _write(file, url, article.text, title=article.title, language=article.meta_lang)


def fundus(folder: Path, out: Path, _: int) -> None:
    """Parse the pages of Fundus' own publishers; it knows no others, and fetches from their domains alone."""
    from fundus import PublisherCollection

    publishers = {
        urlsplit(publisher.domain).hostname.removeprefix("www."): publisher for publisher in PublisherCollection
    }
    crawled = datetime.now(UTC)
    with out.open("w", encoding="utf-8") as file:
        for page in _pages(folder):
            host = (urlsplit(page["url"]).hostname or "").removeprefix("www.")
            publisher = publishers.get(host)
            if publisher is None:
                continue
            html = Path(page["file"]).read_bytes().decode("utf-8", "replace")
            try:
                found = publisher.parser(crawled).parse(html, error_handling="suppress")
            except Exception as error:  # noqa: BLE001 - counted as a page without text
                sys.stderr.write(f"{page['url']}: {error}\n")
                found = {}
            body = found.get("body")
            text = "" if body is None or isinstance(body, Exception) else str(body)
            _write(file, page["url"], text, title=str(found.get("title")))


def datatrove(folder: Path, out: Path, _: int) -> None:
    """Read the WARC with datatrove's reader, extract with its trafilatura step, write JSON lines."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.readers import WarcReader
    from datatrove.pipeline.writers import JsonlWriter

    name = f"{out.name}-${{rank}}"
    LocalPipelineExecutor(
        pipeline=[
            WarcReader(str(folder / "warc"), glob_pattern="*.warc.gz"),
            Trafilatura(favour_precision=False, timeout=30),
            JsonlWriter(str(out.parent), output_filename=name, compression=None),
        ],
        logging_dir=str(out.parent / "datatrove-log"),
        tasks=1,
        workers=1,
    ).run()
    (out.parent / f"{out.name}-00000").rename(out)


def _pages(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "pages.jsonl").read_text("utf-8").splitlines()]


def _urls(folder: Path, port: int) -> Iterator[str]:
    for page in _pages(folder):
        yield f"http://{page['host']}:{port}{page['path']}"


def _write(file: Any, url: str, text: str | None, **further: str | None) -> None:
    file.write(json.dumps({"url": url, "text": text or "", **further}, ensure_ascii=False) + "\n")


SYSTEMS = {
    "naive": naive,
    "news-please": news_please,
    "newspaper4k": newspaper4k,
    "fundus": fundus,
    "datatrove": datatrove,
}

if __name__ == "__main__":
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    SYSTEMS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
