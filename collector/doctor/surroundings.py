"""Checks what surrounds a corpus: its configuration, the software, the disk."""

import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from collector.config import Archiving, Config, read_config
from collector.doctor.findings import Finding, Patient, Severity, several, some
from corpus.errors import ConfigError
from corpus.export.target import is_abandoned

_DISTRIBUTION = "news-corpus-collector"
#: Extras that a user may want, and what for.
_EXTRAS = {"parquet": "`collector export --format parquet`"}
#: Free space is tight below so many times what a crawl must have.
_TIGHT = 5


def read_configuration(file: Path) -> tuple[Config | None, list[Finding]]:
    """Read the configuration; return it, and a finding where it cannot be read."""
    try:
        return read_config(file), []
    except ConfigError as error:
        finding = Finding(
            check="configuration",
            severity=Severity.PROBLEM,
            message=str(error),
            meaning="No command that needs the configuration runs; the articles themselves are not affected.",
            remedy="Correct what is named here.",
        )
        return None, [finding]


def check_configuration(patient: Patient) -> Iterator[Finding]:
    """Look for settings that are valid and yet surprising."""
    config = patient.config
    if config is None:
        return
    if not config.collector.contact:
        yield _note(
            "collector.contact is not set",
            "A site's owner who has a complaint can only block us, not reach us.",
            'Set contact under [collector]: a URL or a mail address, e.g. contact = "https://example.org/crawler".',
        )
    if not config.robots.obey:
        yield _note(
            "robots.obey is false: robots.txt is not asked",
            "The crawl fetches what sites forbid to crawlers (RFC 9309).",
            "Set obey = true under [robots], unless every site's owner has agreed.",
        )
    if not config.sites:
        yield _note("no site is configured", "There is nothing to crawl.", "Add one: collector add URL")
    yield from _check_sites(config)


def _check_sites(config: Config) -> Iterator[Finding]:
    without = [name for name, site in config.sites.items() if not (site.feeds or site.sitemaps)]
    blind = [name for name in without if not (config.sites[name].follow_links or config.sites[name].robots_sitemaps)]
    if blind:
        yield Finding(
            check="configuration",
            severity=Severity.PROBLEM,
            message=f"{several(len(blind), 'site')} without feeds and sitemaps, whose links are not followed",
            meaning="A crawl of them finds nothing.",
            remedy="Give feeds or sitemaps under [sites.NAME], or set follow_links = true.",
            examples=some(blind),
        )
    seen = [name for name in without if name not in blind]
    if seen:
        yield _note(
            f"{several(len(seen), 'site')} without feeds and sitemaps",
            "New articles are found through links and the sitemaps of robots.txt only: later, and with more requests.",
            "Run `collector add URL` again to look for feeds, or enter them under [sites.NAME].",
            examples=seen,
        )
    disabled = [name for name, site in config.sites.items() if not site.enabled]
    if disabled:
        yield _note(
            f"{several(len(disabled), 'site')} disabled",
            "`collector crawl` leaves them out unless they are named.",
            "Set enabled = true under [sites.NAME] to crawl them.",
            examples=disabled,
        )


def _note(message: str, meaning: str, remedy: str, *, examples: list[str] | None = None) -> Finding:
    return Finding(
        check="configuration",
        severity=Severity.NOTE,
        message=message,
        meaning=meaning,
        remedy=remedy,
        examples=some(examples or []),
    )


def check_software(_: Patient) -> Iterator[Finding]:
    """Compare Python and the installed packages with what the collector asks for."""
    wanted = metadata(_DISTRIBUTION)["Requires-Python"]
    if not SpecifierSet(wanted).contains(platform.python_version(), prereleases=True):
        yield _software(Severity.PROBLEM, f"Python {platform.python_version()} is not {wanted}", "use another Python")
    asked = [Requirement(text) for text in requires(_DISTRIBUTION) or ()]
    lacking = [fault for one in asked if one.marker is None and (fault := _fault(one))]
    if lacking:
        yield _software(
            Severity.PROBLEM,
            f"{several(len(lacking), 'package')} missing or too old",
            f"pip install --upgrade {_DISTRIBUTION}",
            examples=lacking,
        )
    for extra, purpose in _EXTRAS.items():
        faults = [fault for one in asked if one.marker and f'"{extra}"' in str(one.marker) and (fault := _fault(one))]
        if faults:
            yield _software(
                Severity.NOTE,
                f"the extra {extra} is not installed: {purpose} does not work",
                f"pip install '{_DISTRIBUTION}[{extra}]'",
                examples=faults,
            )


def software_line() -> str:
    """Return the versions that matter, in one line."""
    sqlite = sqlite3.sqlite_version
    return f"{_DISTRIBUTION} {version(_DISTRIBUTION)}, Python {platform.python_version()}, SQLite {sqlite}"


def _fault(requirement: Requirement) -> str:
    """Return what is wrong with an installed package, nothing if it is as required."""
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(found, prereleases=True):
        return ""
    return f"{requirement.name} {found} is not {requirement.specifier}"


def _software(severity: Severity, message: str, remedy: str, *, examples: list[str] | None = None) -> Finding:
    return Finding(
        check="software",
        severity=severity,
        message=message,
        meaning="Some commands may fail." if severity is Severity.PROBLEM else "",
        remedy=remedy,
        examples=some(examples or []),
    )


def check_disk(patient: Patient) -> Iterator[Finding]:
    """Look for space, and try to write where a crawl writes."""
    folder = patient.folder
    least = (patient.config.archive if patient.config else Archiving()).min_free_mb
    free = shutil.disk_usage(folder.root).free / 1e6
    if free < _TIGHT * least:
        yield Finding(
            check="disk",
            severity=Severity.PROBLEM if free < least else Severity.NOTE,
            message=f"{free:.0f} MB free; a crawl stops below {least:.0f} (archive.min_free_mb)",
            meaning="A crawl ends early, in good order; nothing that is stored is at risk.",
            remedy="Free some space, or move the corpus folder to a larger disk.",
        )
    barred = [fault for place in (folder.root, folder.archive, folder.exports, folder.locks) if (fault := _bar(place))]
    if barred:
        yield Finding(
            check="disk",
            severity=Severity.PROBLEM,
            message=f"{several(len(barred), 'folder')} of the corpus cannot be written",
            meaning="The corpus can be read, but not crawled or exported into.",
            remedy="Check who owns the folders, and whether the disk is mounted read-only.",
            examples=some(barred),
        )


def check_exports(patient: Patient) -> Iterator[Finding]:
    """Look for exports that were interrupted and not taken up again."""
    place = patient.folder.exports
    left = sorted(path for path in place.iterdir() if is_abandoned(path)) if place.is_dir() else []
    if left:
        size = sum(file.stat().st_size for path in left for file in path.rglob("*") if file.is_file())
        yield Finding(
            check="exports",
            severity=Severity.NOTE,
            message=f"{several(len(left), 'export')} interrupted, of which {size / 1e6:.1f} MB are left",
            meaning="The same export again goes on where it was, as long as the corpus has not changed.",
            remedy="Export again to the same folder, or delete the hidden folders in exports/.",
            examples=some([path.name for path in left]),
        )


def _bar(place: Path) -> str:
    """Return why a folder cannot be written, nothing if it can or is not there yet."""
    if not place.exists():
        return ""
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"x")
    except OSError as error:
        return f"{place.name or place}: {error.strerror or error}"
    return ""
