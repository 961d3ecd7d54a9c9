"""A text is recognised through any markup, and an export by the articles that it names, however it is packed."""

import fcntl
import gzip
import html
import json
import os
import zlib
from pathlib import Path

import pytest
import zstandard

from collector.forget import _visible
from collector.traces import find_traces
from corpus.archive.records import Record
from corpus.folder import CorpusFolder
from corpus.passages import Passages

ENGLISH = "The river rose by two metres in the night and left the mill without a wheel – so the miller said"
ODIA = "ରାତିରେ ନଦୀର ଜଳସ୍ତର ଦୁଇ ମିଟର ବଢ଼ିଗଲା ଏବଂ ମିଲର ଚକ ଭାସିଗଲା ବୋଲି ମିଲ ମାଲିକ କହିଛନ୍ତି ଆଜି ସକାଳେ"
JAPANESE = "夜のうちに川は二メートル増水し、水車小屋の水車が流されたと粉屋は語った。村では三十年ぶりの洪水である。"


def encoded(text: str) -> str:
    return "".join(f"&#{ord(letter)};" if ord(letter) > 126 else letter for letter in text)


FORMS = {
    "plain": lambda text: text,
    "paragraph": lambda text: f"<div class=x><p>{text}</p></div>",
    "inline markup": lambda text: f"<p>{text[:40]}<a href='/x'>{text[40:]}</a></p>",
    "entities": lambda text: f"<p>{encoded(html.escape(text))}</p>",
    "escaped in a feed": lambda text: f"<item><description>{html.escape(f'<p>{text}</p>')}</description></item>",
    "escaped twice": lambda text: f"<item>{html.escape(html.escape(f'<p>{text}</p>'))}</item>",
    "cdata": lambda text: f"<item><content><![CDATA[<p>{text}</p>]]></content></item>",
    "json": lambda text: f"<script>{json.dumps({'articleBody': f'Head.{chr(10)}{text}'})}</script>",
    "json in utf-8": lambda text: f"<script>{json.dumps({'body': text}, ensure_ascii=False)}</script>",
}


def record(body: str, content_type: str = "text/html; charset=utf-8") -> Record:
    return Record(
        type="response",
        url="https://a.example/",
        date=None,
        location=None,
        content_type=content_type,
        body=body.encode(),
        body_bytes=len(body.encode()),
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", [ENGLISH, ODIA, JAPANESE], ids=["english", "odia", "japanese"])
def test_a_text_is_recognised_in_every_form(form: str, text: str) -> None:
    assert Passages.of([text]).are_in(_visible(record(FORMS[form](text))))


def test_what_cannot_be_text_is_not_read() -> None:
    assert _visible(record(ENGLISH, "image/png")) == ""


# -- exports -----------------------------------------------------------------------------------------------------------

ID, URL = "0123456789abcdef", "https://post.example/ferry"
NAMES = frozenset({ID, URL})


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    folder = CorpusFolder(tmp_path)
    for file in (folder.config, folder.database, folder.archive / "a.warc.gz", folder.locks / "run-1.lock"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{ID} {URL}")  # database and archive are looked after elsewhere
    return folder


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.html", f"<a href='{URL}'>".encode()),
        ("records.jsonl", json.dumps({"id": ID}).encode()),
        ("records.jsonl.zst", zstandard.compress(json.dumps({"url": URL}).encode())),
        ("records.jsonl.gz", gzip.compress(json.dumps({"url": URL}).encode())),
        ("two-members.gz", gzip.compress(b"first") + gzip.compress(URL.encode())),
        ("at-a-border.txt", b" " * ((1 << 20) - 8) + ID.encode()),
        ("broken.gz", gzip.compress(b"nothing")[:-6]),
        ("articles.spacy", zlib.compress(b" " * (1 << 20) + ID.encode())),
        ("broken.spacy", zlib.compress(b"nothing")[:-6]),
        ("pages.warc.gz", gzip.compress(f"WARC/1.1\r\nWARC-Target-URI: {URL}?utm_source=rss\r\n\r\n".encode())),
        ("pages.warc", f"WARC/1.0\r\nWARC-Target-URI: <{URL}#top>\r\n\r\n".encode()),
    ],
)
def test_a_file_that_names_it_or_cannot_be_read_is_a_trace(folder: CorpusFolder, name: str, content: bytes) -> None:
    trace = put(folder.root / "reports" / name, content)
    assert find_traces(folder, NAMES) == [trace]


@pytest.mark.parametrize("content", [b"", b"https://post.example/ferry-2", f"x{ID}".encode(), f"{ID}0".encode()])
def test_a_file_that_names_others_is_none(folder: CorpusFolder, content: bytes) -> None:
    put(folder.root / "reports" / "other.html", content)
    assert find_traces(folder, NAMES) == []


def test_an_export_is_one_trace_whole_or_not(folder: CorpusFolder) -> None:
    put(folder.exports / "jsonl" / "manifest.json", b"{}")
    put(folder.exports / "jsonl" / "articles" / "articles-00001.jsonl", ID.encode())
    put(folder.exports / ".text.partial" / "texts" / "1.txt", URL.encode())
    put(folder.exports / "clean" / "manifest.json", b"{}")
    assert find_traces(folder, NAMES) == [folder.exports / ".text.partial", folder.exports / "jsonl"]


def test_what_a_killed_export_left_is_a_trace_whatever_it_names(folder: CorpusFolder) -> None:
    left = folder.exports / "2026" / ".jsonl-datatrove.partial"
    put(left / "articles" / "articles-00000.jsonl", b'{"text":"the id would have come behind the text')
    put(folder.exports / "2026" / "clean" / "manifest.json", b"{}")
    assert find_traces(folder, NAMES) == [left]


def test_an_export_at_work_is_a_trace_only_where_it_names_it(folder: CorpusFolder) -> None:
    at_work = folder.exports / ".jsonl.partial"
    put(at_work / "articles" / "articles-00000.jsonl", b'{"text":"')
    descriptor = os.open(at_work, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert find_traces(folder, NAMES) == []
        put(at_work / "articles" / "articles-00001.jsonl", json.dumps({"id": ID}).encode())
        assert find_traces(folder, NAMES) == [at_work]
    finally:
        os.close(descriptor)
