"""The doctor: every planted fault is found, explained, and mended where that loses nothing."""

import contextlib
import fcntl
import os
import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import small_corpus
from small_corpus import BEGAN, printed, stories

from collector.doctor import Finding, Severity, examine, surroundings
from corpus import open_corpus
from corpus.archive import ArchiveWriter
from corpus.errors import ConfigError
from corpus.export import record_of
from corpus.export.records import Record
from corpus.folder import CorpusFolder
from corpus.schema import SCHEMA_VERSION

NOW = (BEGAN + timedelta(days=1)).timestamp()
BRIDGE = "https://harbour-post.example/bridge"
FERRY = "https://harbour-post.example/ferry"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CorpusFolder:
    return small_corpus.build(tmp_path_factory.mktemp("doctor") / "corpus", stories()[:8])


@pytest.fixture
def folder(model: CorpusFolder, tmp_path: Path) -> CorpusFolder:
    """A healthy corpus to plant faults in."""
    shutil.copytree(model.root, tmp_path / "corpus")
    return CorpusFolder(tmp_path / "corpus")


def look(folder: CorpusFolder, *, quick: bool = False, repair: bool = False, now: float = NOW) -> list[Finding]:
    return list(examine(folder.root, quick=quick, repair=repair, now=now))


def ill(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.OK]


def the(findings: list[Finding]) -> Finding:
    """Return the one finding that is not ok, after making sure that it explains itself."""
    (finding,) = ill(findings)
    assert finding.message
    assert finding.meaning
    assert finding.remedy
    return finding


def tamper(folder: CorpusFolder, *statements: str) -> None:
    """Change the database behind the collector's back."""
    with contextlib.closing(sqlite3.connect(folder.database)) as db:
        for statement in statements:
            assert db.execute(statement).rowcount != 0, statement
        with contextlib.suppress(sqlite3.OperationalError):  # a damaged or ancient database has no such table
            db.execute("DELETE FROM stale")  # so that each test is about one fault
        db.commit()


def ask(folder: CorpusFolder, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(folder.database)) as db:
        return db.execute(query).fetchall()


def dump(folder: CorpusFolder) -> str:
    with contextlib.closing(sqlite3.connect(folder.database)) as db:
        return "\n".join(db.iterdump())


def exported(folder: CorpusFolder) -> list[Record]:
    with open_corpus(folder.root) as corpus:
        return [record_of(article) for article in corpus.articles()]


def warc(folder: CorpusFolder) -> Path:
    (path,) = folder.archive.iterdir()
    return path


# -- a healthy corpus -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quick", [True, False])
def test_a_healthy_corpus_is_found_healthy(folder: CorpusFolder, quick: bool) -> None:
    findings = look(folder, quick=quick)
    assert ill(findings) == []
    assert all(finding.message for finding in findings)
    assert ("archive" in {finding.check for finding in findings}) is not quick


def test_looking_changes_nothing_and_repairing_a_healthy_corpus_neither(folder: CorpusFolder) -> None:
    before = dump(folder)
    archived = warc(folder).read_bytes()
    for repair in (False, True):
        assert ill(look(folder, repair=repair)) == []
    assert dump(folder) == before
    assert warc(folder).read_bytes() == archived


def test_a_folder_that_is_no_corpus_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no corpus folder"):
        list(examine(tmp_path))


def test_a_corpus_that_was_never_crawled_is_no_problem(tmp_path: Path) -> None:
    folder = small_corpus.make_folder(tmp_path / "corpus")
    finding = the(look(folder))
    assert (finding.check, finding.severity) == ("database", Severity.NOTE)


# -- configuration, software, disk ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "severity", "message"),
    [
        ("[collector\n", Severity.PROBLEM, "no valid TOML"),
        (
            '[collector]\ncontact = "x@example.org"\ncolour = "blue"\n',
            Severity.PROBLEM,
            "colour: there is no such setting",
        ),
        ("[fetch]\ndelay_seconds = -1\n", Severity.PROBLEM, "fetch.delay_seconds"),
        (small_corpus.CONFIG.replace("contact", "# contact"), Severity.NOTE, "collector.contact is not set"),
        (f"{small_corpus.CONFIG}\n[robots]\nobey = false\n", Severity.NOTE, "robots.obey is false"),
        ('[collector]\ncontact = "x@example.org"\n', Severity.NOTE, "no site is configured"),
        (small_corpus.CONFIG.replace("feeds", "sections"), Severity.NOTE, "1 site without feeds and sitemaps"),
        (
            small_corpus.CONFIG.replace("feeds", "follow_links = false\nrobots_sitemaps = false\nsections"),
            Severity.PROBLEM,
            "1 site without feeds and sitemaps, whose links are not followed",
        ),
        (small_corpus.CONFIG.replace("feeds", "enabled = false\nfeeds"), Severity.NOTE, "1 site disabled"),
    ],
)
def test_settings_that_are_wrong_or_surprising_are_explained(
    folder: CorpusFolder, text: str, severity: Severity, message: str
) -> None:
    folder.config.write_text(text, "utf-8")
    finding = the(look(folder, quick=True))
    assert (finding.check, finding.severity) == ("configuration", severity)
    assert message in finding.message


def test_without_a_configuration_the_rest_is_examined_and_repaired_all_the_same(folder: CorpusFolder) -> None:
    folder.config.unlink()
    tamper(folder, "INSERT INTO text VALUES (x'00', 'nobody refers to this')")
    findings = look(folder, repair=True)
    assert [(finding.check, finding.remains) for finding in ill(findings)] == [
        ("configuration", True),
        ("texts", False),
    ]
    assert ill(findings)[1].repaired


@pytest.mark.parametrize(
    ("package", "found", "check"),
    [
        ("scrapy", None, "scrapy is missing"),
        ("scrapy", "1.0", "scrapy 1.0 is not >="),
        ("pyarrow", None, "pyarrow is missing"),
    ],
)
def test_packages_that_are_missing_or_too_old_are_named(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch, package: str, found: str | None, check: str
) -> None:
    def pretend(name: str) -> str:
        if name != package:
            return version(name)
        if found is None:
            raise PackageNotFoundError(name)
        return found

    monkeypatch.setattr(surroundings, "version", pretend)
    (finding,) = ill(look(folder, quick=True))
    assert finding.check == "software"
    assert finding.severity is (Severity.NOTE if package == "pyarrow" else Severity.PROBLEM)
    assert finding.examples[0].startswith(check)
    assert "pip install" in finding.remedy


def test_a_python_that_is_too_old_is_named(folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings.platform, "python_version", lambda: "3.10.2")
    finding = the(look(folder, quick=True))
    assert finding.message.startswith("Python 3.10.2 is not")


@pytest.mark.parametrize(
    ("free_mb", "severity"),
    [(199.9, Severity.PROBLEM), (200, Severity.NOTE), (999.9, Severity.NOTE), (1000, None)],
)
def test_a_disk_without_room_is_a_problem_and_with_little_a_note(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch, free_mb: float, severity: Severity | None
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _: usage(0, 0, int(free_mb * 1e6)))
    findings = ill(look(folder, quick=True))
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


def test_a_folder_that_cannot_be_written_is_a_problem(folder: CorpusFolder) -> None:
    folder.exports.write_text("a file where a folder should be")
    finding = the(look(folder, quick=True))
    assert (finding.check, finding.severity) == ("disk", Severity.PROBLEM)
    assert finding.examples[0].startswith("exports: ")


def test_an_interrupted_export_is_noted_and_one_under_way_is_not(folder: CorpusFolder) -> None:
    partial = folder.exports / ".jsonl.partial"
    partial.mkdir(parents=True)
    (partial / "articles-00000.jsonl.zst").write_bytes(bytes(2_500_000))
    finding = the(look(folder, quick=True))
    assert (finding.check, finding.severity, finding.examples) == ("exports", Severity.NOTE, (".jsonl.partial",))
    assert finding.message == "1 export interrupted, of which 2.5 MB are left"
    descriptor = os.open(partial, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        assert ill(look(folder, quick=True)) == []
    finally:
        os.close(descriptor)


# -- the database -----------------------------------------------------------------------------------------------------


def test_what_is_no_database_is_said_so(folder: CorpusFolder) -> None:
    for path in folder.root.glob("corpus.db*"):
        path.unlink()
    folder.database.write_bytes(b"not a database" * 1000)
    finding = the(look(folder, repair=True))
    assert (finding.check, finding.remains) == ("integrity", True)


@pytest.mark.parametrize("quick", [True, False])
def test_a_damaged_page_of_the_database_is_found(folder: CorpusFolder, quick: bool) -> None:
    tamper(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(folder.database.read_bytes())
    for at in range(8 * 4096, len(body), 4096):  # the header of every page behind the schema's
        body[at] ^= 0xFF
    folder.database.write_bytes(body)
    findings = ill(look(folder, quick=quick))
    assert findings[0].check == "integrity"
    assert findings[0].remains
    assert "backup" in findings[0].remedy


def test_a_database_of_a_newer_version_is_left_alone(folder: CorpusFolder) -> None:
    tamper(folder, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    finding = the(look(folder, repair=True))
    assert (finding.check, finding.repairable, finding.remains) == ("schema", False, True)
    assert "pip install --upgrade" in finding.remedy


def test_a_database_of_an_older_version_is_brought_up_to_date_on_request(tmp_path: Path) -> None:
    folder = small_corpus.make_folder(tmp_path / "corpus")
    tamper(folder, "PRAGMA user_version = 0")  # before the first migration
    finding = the(look(folder))
    assert (finding.check, finding.repairable, finding.remains) == ("schema", True, True)
    finding = the(look(folder, repair=True))
    assert (finding.repaired, finding.done) == (True, "brought the schema up to date")
    assert ill(look(folder)) == []


def test_a_migration_that_fails_is_reported(folder: CorpusFolder) -> None:
    tamper(folder, "PRAGMA user_version = 0")  # whose migration finds tables that are there already
    finding = the(look(folder, repair=True))
    assert finding.done.startswith("failed: ")
    assert finding.remains


def test_rows_that_refer_to_nothing_are_found(folder: CorpusFolder) -> None:
    tamper(folder, "INSERT INTO discovery VALUES (9999, 'seed', '', 0, NULL)")
    finding = the(look(folder, repair=True))
    assert (finding.check, finding.examples, finding.remains) == ("references", ("1 of discovery to url",), True)


@pytest.fixture
def killed(folder: CorpusFolder) -> CorpusFolder:
    """A corpus whose second run was killed while it held two URLs."""
    store = small_corpus.open_store(folder)
    run = store.begin_run("crawl", ["harbour-post"], NOW - 10, config={}, versions={})
    with store.transaction():
        for name in ("new", "newer"):
            page = printed(f"https://harbour-post.example/{name}", "text")
            found = small_corpus.Discovery(url=page.url, kind=small_corpus.Kind.ARTICLE, via=small_corpus.Via.SEED)
            store.ledger.claim(found, NOW - 10, run_id=run.run_id, site=page.site)
    store.close()
    return folder


def test_leases_of_a_dead_run_are_a_note_and_taken_back_on_request(killed: CorpusFolder) -> None:
    finding = the(look(killed, now=NOW + 1))
    assert (finding.check, finding.severity) == ("runs", Severity.NOTE)
    assert finding.message == "1 run died, 2 URLs held by runs that are gone"
    assert finding.examples == ("https://harbour-post.example/new", "https://harbour-post.example/newer")
    assert ask(killed, "SELECT count(*) FROM url WHERE state = 'leased'") == [(2,)]
    finding = the(look(killed, repair=True, now=NOW + 1))
    assert (finding.repaired, finding.done) == (True, "marked 1 run as interrupted, took 2 URLs back")
    assert ask(killed, "SELECT state FROM run ORDER BY id") == [("finished",), ("interrupted",)]
    assert ask(killed, "SELECT count(*) FROM url WHERE state = 'due'") == [(2,)]
    assert ill(look(killed, now=NOW + 1)) == []


def test_a_living_run_keeps_its_leases(killed: CorpusFolder) -> None:
    with killed.alive(2):
        assert ill(look(killed, repair=True, now=NOW + 1)) == []
    assert ask(killed, "SELECT count(*) FROM url WHERE state = 'leased'") == [(2,)]


@pytest.mark.parametrize(("age_seconds", "judged"), [(10.0, False), (10.1, True)])
def test_a_run_that_has_just_begun_is_not_judged(killed: CorpusFolder, age_seconds: float, judged: bool) -> None:
    assert bool(ill(look(killed, repair=True, now=NOW - 10 + age_seconds))) is judged


# -- grouping ---------------------------------------------------------------------------------------------------------


def _id(url: str) -> str:
    return f"(SELECT id FROM url WHERE url = '{url}')"


def _article(url: str) -> str:
    return f"(SELECT article_id FROM capture WHERE url_id = {_id(url)})"


@pytest.mark.parametrize(
    ("faults", "messages"),
    [
        (
            [f"UPDATE article SET capture_id = 9999 WHERE id = {_article(BRIDGE)}"],
            ["1 article with a capture that is missing or another article's"],
        ),
        (
            [f"UPDATE article SET capture_id = {_id(FERRY)} WHERE id = {_article(BRIDGE)}"],
            ["1 article with a capture that is missing or another article's"],
        ),
        (
            [
                "UPDATE article SET capture_id = (SELECT min(fetch_id) FROM capture WHERE article_id = article.id) "
                f"WHERE id = {_article(BRIDGE)}"
            ],
            ["1 article showing the wrong one of their captures"],
        ),
        (
            [f"DELETE FROM article WHERE id = {_article(BRIDGE)}"],
            ["1 kept page in no article", "1 URL standing for an article that is not there"],
        ),
        (["DELETE FROM article"], ["8 kept pages in no article", "8 URLs standing for an article that is not there"]),
        (
            [f"UPDATE capture SET article_id = NULL WHERE url_id = {_id(BRIDGE)}"],
            ["1 kept page in no article", "1 article with a capture that is missing or another article's"],
        ),
        (
            [f"UPDATE alias SET article_id = 9999 WHERE url = '{BRIDGE}'"],
            ["1 URL standing for an article that is not there"],
        ),
        (
            ["INSERT INTO alias VALUES ('https://gone.example/', 9999, 'canonical')"],
            ["1 URL standing for an article that is not there"],
        ),
    ],
)
def test_articles_that_lost_their_captures_or_urls_are_made_again(
    folder: CorpusFolder, faults: list[str], messages: list[str]
) -> None:
    before, aliases = exported(folder), ask(folder, "SELECT url FROM alias ORDER BY url")
    tamper(folder, *faults)
    found = [finding for finding in ill(look(folder)) if finding.check != "near-duplicates"]
    assert [(finding.check, finding.message, finding.remains) for finding in found] == [
        ("grouping", message, True) for message in messages
    ]
    assert all(finding.meaning and finding.remedy and finding.examples for finding in found)
    assert [(finding.message, finding.repaired) for finding in ill(look(folder, repair=True))] == [
        (message, True) for message in messages
    ]
    assert ill(look(folder)) == []
    assert exported(folder) == before
    assert ask(folder, "SELECT url FROM alias ORDER BY url") == aliases


def test_an_article_whose_newest_capture_is_gone_shows_the_one_before(folder: CorpusFolder) -> None:
    tamper(
        folder, f"DELETE FROM capture WHERE fetch_id = (SELECT max(fetch_id) FROM capture WHERE url_id = {_id(BRIDGE)})"
    )
    findings = ill(look(folder, repair=True, quick=True))
    assert [(finding.check, finding.repaired) for finding in findings] == [("grouping", True), ("texts", True)]
    assert "Cracks were found in the bridge today." in {record["text"] for record in exported(folder)}


def test_an_article_without_any_capture_is_dropped(folder: CorpusFolder) -> None:
    articles = len(exported(folder))
    tamper(folder, f"DELETE FROM capture WHERE url_id = {_id(FERRY)}")
    findings = ill(look(folder, repair=True))
    assert [(finding.check, finding.remains) for finding in findings] == [("grouping", False), ("texts", False)]
    assert ask(folder, "SELECT count(*) FROM article") == [(articles - 1,)]
    assert ask(folder, f"SELECT count(*) FROM alias WHERE url = '{FERRY}'") == [(0,)]
    assert ill(look(folder)) == []


def test_a_quick_look_does_not_weigh_every_article(folder: CorpusFolder) -> None:
    tamper(
        folder,
        "UPDATE article SET capture_id = (SELECT min(fetch_id) FROM capture WHERE article_id = article.id) "
        f"WHERE id = {_article(BRIDGE)}",
    )
    assert ill(look(folder, quick=True)) == []


def test_a_capture_without_a_text_is_a_problem_that_only_the_archive_can_mend(folder: CorpusFolder) -> None:
    tamper(folder, f"DELETE FROM text WHERE hash = (SELECT text_hash FROM capture WHERE url_id = {_id(FERRY)})")
    finding = the(look(folder, repair=True))
    assert (finding.check, finding.repairable, finding.remains) == ("captures", False, True)
    assert finding.examples == (FERRY,)
    assert "collector reclean --all" in finding.remedy


def test_pages_are_not_grouped_anew_while_texts_are_missing(folder: CorpusFolder) -> None:
    tamper(
        folder,
        f"DELETE FROM text WHERE hash = (SELECT text_hash FROM capture WHERE url_id = {_id(FERRY)})",
        "INSERT INTO alias VALUES ('https://gone.example/', 9999, 'canonical')",
    )
    captures, grouping = ill(look(folder, repair=True))
    assert grouping.done == "failed: texts are missing, which grouping needs: first run `collector reclean --all`"
    assert captures.remains
    assert grouping.remains
    assert ask(folder, "SELECT count(*) FROM alias WHERE article_id = 9999") == [(1,)]


def test_texts_that_nobody_refers_to_are_a_note_and_dropped_on_request(folder: CorpusFolder) -> None:
    before = exported(folder)
    tamper(folder, "INSERT INTO text VALUES (x'00', 'nobody'), (x'01', 'nobody either')")
    finding = the(look(folder))
    assert (finding.check, finding.severity) == ("texts", Severity.NOTE)
    assert finding.message.startswith("2 texts ")
    assert the(look(folder, repair=True)).done == "dropped 2 texts"
    assert ill(look(folder)) == []
    assert exported(folder) == before


# -- the archive ------------------------------------------------------------------------------------------------------


def _place(folder: CorpusFolder, url: str) -> tuple[int, int]:
    ((offset, length),) = ask(folder, f"SELECT warc_offset, warc_length FROM fetch WHERE url_id = {_id(url)}")
    return int(str(offset)), int(str(length))


@pytest.mark.parametrize("quick", [True, False])
def test_a_missing_archive_file_is_a_problem(folder: CorpusFolder, quick: bool) -> None:
    name = warc(folder).name
    warc(folder).unlink()
    finding = the(look(folder, quick=quick, repair=True))
    assert (finding.check, finding.remains) == ("archive-files", True)
    assert finding.examples == (f"{name} (10 pages)",)


def test_a_missing_file_that_was_ingested_by_reference_is_wanted_back_where_it_was(folder: CorpusFolder) -> None:
    tamper(folder, "UPDATE warc SET file = '/elsewhere/CC-NEWS.warc.gz'")
    findings = ill(look(folder, quick=True))
    assert "bring them back to where they were" in findings[0].remedy


def test_a_file_that_was_cut_is_a_problem_and_not_cut_further(folder: CorpusFolder) -> None:
    offset = max(int(str(row[0])) for row in ask(folder, "SELECT warc_offset FROM fetch"))
    with warc(folder).open("r+b") as file:
        file.truncate(offset + 20)
    findings = ill(look(folder, repair=True))
    assert [(finding.check, finding.remains) for finding in findings] == [("archive-files", True), ("archive", True)]
    assert findings[1].message == "1 file breaking off in a record that the database knows"
    assert warc(folder).stat().st_size == offset + 20


def test_a_damaged_record_is_found_and_its_page_named(folder: CorpusFolder) -> None:
    offset, length = _place(folder, FERRY)
    body = bytearray(warc(folder).read_bytes())
    body[offset + length // 2] ^= 0xFF
    warc(folder).write_bytes(body)
    assert ill(look(folder, quick=True)) == []
    findings = ill(look(folder, repair=True))
    assert findings
    assert all(finding.check == "archive" and finding.remains for finding in findings)
    assert any(FERRY in example for finding in findings for example in finding.examples)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("wire_digest = zeroblob(20)", "1 record with another payload than was archived"),
        ("warc_length = warc_length - 1", "1 record other than the database knows"),
        ("warc_offset = warc_offset + 1", "1 record not where the database says"),
    ],
)
def test_a_record_that_is_not_the_databases_is_found(folder: CorpusFolder, fault: str, message: str) -> None:
    tamper(folder, f"UPDATE fetch SET {fault} WHERE url_id = {_id(FERRY)}")
    findings = ill(look(folder, repair=True))
    assert (findings[0].check, findings[0].message, findings[0].remains) == ("archive", message, True)
    assert FERRY in findings[0].examples[0]


def test_a_304_is_not_expected_to_hold_the_page(folder: CorpusFolder) -> None:
    tamper(folder, f"UPDATE fetch SET status = 304, wire_digest = zeroblob(20) WHERE url_id = {_id(FERRY)}")
    assert ill(look(folder)) == []


@contextlib.contextmanager
def writing(folder: CorpusFolder) -> Iterator[Path]:
    """Keep a writer at work on a second file, which holds one page that the database does not know yet."""
    with ArchiveWriter(folder.archive, prefix="run000002") as writer:
        small_corpus.write(writer, printed("https://harbour-post.example/late", "Archived and then killed."))
        writer.flush()
        yield next(folder.archive.glob("run000002*"))


def test_pages_that_a_killed_process_archived_and_did_not_enter_are_counted_as_orphans(folder: CorpusFolder) -> None:
    with writing(folder):
        assert ill(look(folder)) == []  # a living process is about to enter it
    finding = the(look(folder, repair=True))
    assert (finding.check, finding.severity, finding.repairable) == ("orphans", Severity.NOTE, False)
    assert finding.message == "1 archived page not in the database"
    assert "killed between archive and database" in finding.meaning
    assert finding.examples[0].endswith("https://harbour-post.example/late")


@pytest.mark.parametrize("quick", [True, False])
def test_a_torn_tail_is_a_note_and_cut_off_on_request(folder: CorpusFolder, quick: bool) -> None:
    whole = warc(folder).read_bytes()
    offset, length = _place(folder, FERRY)
    warc(folder).write_bytes(whole + whole[offset : offset + length // 2])
    finding = the(look(folder, quick=quick))
    assert (finding.check, finding.severity) == ("torn-tails", Severity.NOTE)
    finding = the(look(folder, quick=quick, repair=True))
    assert (finding.repaired, finding.done) == (True, f"cut {length // 2} bytes off 1 file")
    assert warc(folder).read_bytes() == whole
    assert ill(look(folder)) == []


def test_the_tail_of_a_file_that_a_living_run_writes_is_left_alone(folder: CorpusFolder) -> None:
    with writing(folder) as path:
        with path.open("ab") as file:
            file.write(path.read_bytes()[:40])
        size = path.stat().st_size
        assert ill(look(folder, repair=True)) == []
        assert path.stat().st_size == size


# -- documentation ----------------------------------------------------------------------------------------------------


def test_every_check_is_documented(folder: CorpusFolder) -> None:
    text = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    for check in {*(finding.check for finding in look(folder)), "database", "schema", "orphans"}:
        assert f"`{check}`" in text, check


# -- near-duplicates --------------------------------------------------------------------------------------------------


def near_duplicates(folder: CorpusFolder, **options: bool) -> list[tuple[Severity, bool, tuple[str, ...]]]:
    return [
        (finding.severity, finding.repaired, finding.examples)
        for finding in examine(folder.root, **options)
        if finding.check == "near-duplicates"
    ]


def test_articles_that_wait_to_be_compared_are_a_note_and_compared_on_request(folder: CorpusFolder) -> None:
    assert near_duplicates(folder) == [(Severity.OK, False, ())]
    with contextlib.closing(sqlite3.connect(folder.database)) as db:
        db.execute("INSERT INTO stale SELECT id FROM article LIMIT 2")
        db.commit()
    assert near_duplicates(folder, quick=True) == [(Severity.NOTE, False, ())]
    assert near_duplicates(folder, repair=True) == [(Severity.NOTE, True, ())]
    assert near_duplicates(folder) == [(Severity.OK, False, ())]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM volume WHERE id = (SELECT min(id) FROM volume)", "document that stands under no key"),
        ("UPDATE volume SET documents = 9 WHERE id = (SELECT min(id) FROM volume)", "damaged volume of the index"),
        (
            "UPDATE document SET canonical = NULL WHERE id = (SELECT min(id) FROM document)",
            "document without a cluster",
        ),
        ("INSERT INTO twin VALUES (1, 2, 3)", "pair without its documents"),
        (
            "UPDATE document SET article_id = 9999 WHERE id = (SELECT min(id) FROM document)",
            "document without an article",
        ),
    ],
)
def test_a_broken_index_is_a_problem_and_made_anew_on_request(folder: CorpusFolder, statement: str, fault: str) -> None:
    before = ask(folder, "SELECT id, article_id, canonical FROM document ORDER BY id")
    tamper(folder, statement)
    assert near_duplicates(folder) == [(Severity.PROBLEM, False, (f"1 {fault}",))]
    assert near_duplicates(folder, repair=True) == [(Severity.PROBLEM, True, (f"1 {fault}",))]
    assert ask(folder, "SELECT id, article_id, canonical FROM document ORDER BY id") == before
