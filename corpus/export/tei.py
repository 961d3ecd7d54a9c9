"""TEI P5: a ``teiCorpus`` a file, each article a ``TEI`` with its own header, its paragraphs as ``p``.

The text of an article is its paragraphs with a blank line between them, character by character. The profile ``tokens``
has sentences (``s``), words (``w``) and signs (``pc``) inside the paragraphs, with ``join="right"`` on what no white
space follows; white space other than one space is one space there.

https://tei-c.org/release/doc/tei-p5-doc/en/html/
"""

import os
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from corpus.export.records import Record
from corpus.export.segmentation import Segmenter, Sentence
from corpus.export.textshard import metadata, one_line, xml_attribute, xml_text

#: The profile that divides paragraphs into sentences and tokens.
TOKENS = "tokens"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.tei-c.org/ns/1.0"
_VERSION = re.compile(r"\d+(?:\.\d+){0,3}")
#: Metadata that the header has no element for, and what they are called in its notes.
_NOTES = (
    "site", "declared_language", "page_type", "fetched_at", "cluster", "canonical", "version", "versions", "cleaner"
)  # fmt: skip


class TeiShard:
    """A ``.tei.xml`` file, being written."""

    def __init__(self, path: Path, segmenter: Segmenter | None = None) -> None:
        """Write to ``path`` with the ending ``.tei.xml``; with a segmenter, paragraphs are divided into tokens."""
        self.path = path.with_name(f"{path.name}.tei.xml")
        self._segmenter = segmenter
        self._file = self.path.open("w", encoding="utf-8", newline="\n")
        self._articles = 0

    def add(self, record: Record) -> None:
        """Write an article."""
        if not self._articles:
            self._file.write(f'{_DECLARATION}<teiCorpus xmlns="{_NAMESPACE}">\n{_corpus_header()}')
        self._articles += 1
        self._file.write(format_article(record, self._segmenter))

    def finish(self) -> None:
        """Close the last elements, bring the file to the disk and close it."""
        # A teiCorpus has at least one text, and a text at least one paragraph.
        empty = f'{_DECLARATION}<TEI xmlns="{_NAMESPACE}">\n{_corpus_header()}<text><body><p/></body></text>\n</TEI>\n'
        self._file.write("</teiCorpus>\n" if self._articles else empty)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def format_article(record: Record, segmenter: Segmenter | None = None) -> str:
    """Return an article as a ``TEI`` element.

    Args:
        record: The article.
        segmenter: Divides paragraphs into sentences and tokens; None leaves them whole.
    """
    name, language = xml_attribute(str(record["id"])), xml_attribute(str(record["language"]))
    body = "\n".join(_paragraphs(record, segmenter))
    return (
        f'<TEI xml:id="a{name}" xml:lang="{language}">\n{_header(record)}'
        f"<text>\n<body>\n{body}\n</body>\n</text>\n</TEI>\n"
    )


def _paragraphs(record: Record, segmenter: Segmenter | None) -> Iterator[str]:
    text = str(record["text"])
    if segmenter is None:
        yield from (f"<p>{xml_text(paragraph)}</p>" for paragraph in text.split("\n\n"))
        return
    for paragraph in segmenter.segment(text, str(record["language"])).paragraphs:
        sentences = [_sentence(sentence, last=sentence is paragraph[-1]) for sentence in paragraph]
        yield "<p>\n" + "\n".join(sentences) + "\n</p>"


def _sentence(sentence: Sentence, *, last: bool) -> str:
    elements = []
    for place, token in enumerate(sentence, 1):
        element = "w" if any(map(str.isalnum, token.text)) else "pc"
        join = "" if token.after or (last and place == len(sentence)) else ' join="right"'
        elements.append(f"<{element}{join}>{xml_text(token.text)}</{element}>")
    return f"<s>{''.join(elements)}</s>"


def _corpus_header() -> str:
    released = _VERSION.match(version("news-corpus-collector"))
    return f"""<teiHeader>
<fileDesc>
<titleStmt><title>News articles</title></titleStmt>
<publicationStmt>
<p>Collected from the pages that each text names; the rights remain with their publishers.</p>
</publicationStmt>
<sourceDesc><p>Pages of news sites.</p></sourceDesc>
</fileDesc>
<encodingDesc>
<projectDesc>
<p>The main text of each page, without navigation, advertisements and links to other pages.</p>
</projectDesc>
<appInfo>
<application ident="news-corpus-collector" version="{released[0] if released else "0"}">
<label>news-corpus-collector</label>
</application>
</appInfo>
</encodingDesc>
</teiHeader>
"""


def _header(record: Record) -> str:
    known = metadata(record, separator="; ")
    authors = [_element("author", one_line(name)) for name in _strings(record, "authors")]
    title = known.get("title", "[untitled]")
    parts = [
        "<teiHeader>",
        "<fileDesc>",
        f"<titleStmt>{_element('title', title)}{''.join(authors)}</titleStmt>",
        f'<extent><measure unit="words" quantity="{record["words"]}">{record["words"]} words</measure></extent>',
        "<publicationStmt>",
        "<authority>news-corpus-collector</authority>",
        f'<idno type="article">{xml_text(str(record["id"]))}</idno>',
        _availability(record, known),
        "</publicationStmt>",
        "<notesStmt>",
        *(_element("note", known[name], type=name) for name in _NOTES if name in known),
        "</notesStmt>",
        f"<sourceDesc>{_source(record, known, ''.join(authors))}</sourceDesc>",
        "</fileDesc>",
        *_profile(record, known),
        "</teiHeader>\n",
    ]
    return "\n".join(parts)


def _source(record: Record, known: Mapping[str, str], authors: str) -> str:
    """Return the page as an entry of a bibliography."""
    title = _element("title", known["title"], level="a") if "title" in known else ""
    agency = known.get("agency")  # named as the author where nobody else is credited
    organisation = (
        "" if agency is None or agency in _strings(record, "authors") else _element("orgName", agency, role="agency")
    )
    dates = "".join(
        _element("date", known[name], type=name, when=known[name])
        for name in ("published", "modified")
        if name in known
    )
    journal = _element("title", known.get("site_name", known["site"]), level="j")
    urls = dict.fromkeys((known["url"], known["canonical_url"]))
    links = "".join(_element("ref", url, target=_pointer(url)) for url in urls)
    return f"<bibl>{authors}{organisation}{title}{journal}{dates}{links}</bibl>"


def _availability(record: Record, known: Mapping[str, str]) -> str:
    licence = known.get("licence")
    said = ["<p>No licence is stated on the page.</p>"]
    if licence:
        target = {"target": _pointer(licence)} if re.match(r"https?://\S+$", licence) else {}
        said = [_element("licence", licence, **target)]
    if record["paywalled"]:
        said.append("<p>The page says that it is not free to read.</p>")
    rights = record["rights"]
    for one in rights if isinstance(rights, list) else ():
        if isinstance(one, dict):
            facts = "; ".join(f"{name}: {one_line(str(value))}" for name, value in one.items() if value)
            said.append(f"<p>{xml_text(facts)}</p>")
    return f"<availability>{''.join(said)}</availability>"


def _profile(record: Record, known: Mapping[str, str]) -> Iterator[str]:
    yield "<profileDesc>"
    if "description" in known:
        yield f"<abstract><p>{xml_text(known['description'])}</p></abstract>"
    language = known["language"]
    yield f"<langUsage>{_element('language', language, ident=language)}</langUsage>"
    terms = [
        _element("term", one_line(value), type=kind)
        for field, kind in (("section", "section"), ("tags", "tag"))
        for value in _strings(record, field)
    ]
    if terms:
        yield f"<textClass><keywords>{''.join(terms)}</keywords></textClass>"
    yield "</profileDesc>"


def _strings(record: Record, field: str) -> list[str]:
    value = record[field]
    return [str(item) for item in value] if isinstance(value, list) else []


def _pointer(url: str) -> str:
    """Return a URL as a pointer can hold it (RFC 3986), whatever a page wrote."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")


def _element(name: str, content: str, **attributes: str) -> str:
    stated = "".join(f' {key}="{xml_attribute(value)}"' for key, value in attributes.items())
    return f"<{name}{stated}>{xml_text(content)}</{name}>"
