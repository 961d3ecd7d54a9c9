"""Site entries in ``collector.toml``: written so that whatever else stands in the file stays as it is."""

import re
import tempfile
import tomllib
from collections.abc import Collection, Mapping, MutableMapping
from pathlib import Path

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, Item

from collector.config import Config
from corpus.errors import ConfigError
from corpus.hosts import host_of, registrable_domain

#: Settings of an entry, as they are written.
Entry = Mapping[str, str | tuple[str, ...]]

#: How the remark of an entry begins.
_REMARK = "Looked at on "
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+")


def name_for(url: str, taken: Collection[str]) -> str:
    """Return a name for a site's entry: its domain's own label, or its host, or that with a number.

    >>> name_for("https://www.harbour-post.co.in/", ())
    'harbour-post'
    >>> name_for("https://blog.example.com/", ["example"])
    'blog.example.com'
    >>> name_for("http://127.0.0.1:8000/", ())
    '127.0.0.1-8000'
    """
    host, domain = host_of(url), registrable_domain(url)
    label = domain if domain.replace(".", "").replace(":", "").isdigit() else domain.partition(".")[0]
    names = [_NOT_IN_NAMES.sub("-", name).strip("-._") or "site" for name in (label, host)]
    numbered = (f"{names[-1]}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*names, *numbered) if name not in taken)


def with_entry(text: str, name: str, entry: Entry, remark: str) -> str:
    """Return a configuration with a site's entry.

    A new entry is appended. One that is there gets the settings, and in its lists the addresses, that it lacks: what
    somebody wrote by hand stays, comments too.

    Args:
        text: The configuration.
        name: The site's name.
        entry: Settings of its entry.
        remark: Comment at the head of the entry; takes the place of an earlier one.

    Raises:
        ConfigError: The text is no TOML, or the result would be no valid configuration.
    """
    try:
        document = tomlkit.parse(text)
        known = document.get("sites", {}).get(name)
        if known is None:
            line_end = "\r\n" if "\r\n" in text else "\n"
            written = render_entry(name, entry, remark).replace("\n", line_end)
            changed = f"{text.rstrip()}{3 * line_end}{written}".lstrip()
        else:
            for key, value in entry.items():
                _change(known, key, value)
            changed = _with_remark(tomlkit.dumps(document), name, remark)
        Config.model_validate(tomllib.loads(changed))
    except (TOMLKitError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConfigError(f"the entry of {name} does not fit into collector.toml; write it by hand: {error}") from error
    return changed


def render_entry(name: str, entry: Mapping[str, object], remark: str | None = None) -> str:
    """Return an entry as TOML, with a remark above its settings."""
    table = tomlkit.table()
    if remark is not None:
        table.add(tomlkit.comment(f"{_REMARK}{remark}"))
    for key, value in entry.items():
        table.add(key, _item(value))
    sites = tomlkit.table(is_super_table=True)
    sites.add(name, table)
    document = tomlkit.document()
    document.add("sites", sites)
    return tomlkit.dumps(document)


def _with_remark(text: str, name: str, remark: str) -> str:
    heading = rf"""^\[sites\.["']?{re.escape(name)}["']?\][ \t]*\r?\n"""
    place = re.compile(rf"({heading})# {_REMARK}[^\r\n]*", re.MULTILINE)
    return place.sub(lambda found: f"{found[1]}# {_REMARK}{remark}", text)


def write_whole(file: Path, text: str) -> None:
    """Replace a file, whole or not at all; its permissions stay.

    Raises:
        ConfigError: It cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=file.parent, delete=False) as new:
            new.write(text)
        Path(new.name).chmod(file.stat().st_mode)
        Path(new.name).replace(file)
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from error


def _change(entry: MutableMapping[str, object], key: str, value: str | tuple[str, ...]) -> None:
    there = entry.get(key)
    if isinstance(value, str) or not isinstance(there, Array):
        entry[key] = _item(value)
    else:
        for address in value:
            if address not in there:
                there.append(address)  # in place: comments between the others stay


def _item(value: object) -> Item:
    if not isinstance(value, (tuple, list)):
        return tomlkit.item(value)
    array = tomlkit.array()
    array.extend(value)
    return array.multiline(len(value) > 1)
