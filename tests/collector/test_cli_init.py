"""``collector init``: a folder whose collector.toml explains every setting that there is, and no other."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import annotated_types
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

from collector.cli.app import app
from collector.cli.init import configuration
from collector.config import Config, Site, read_config

_SECTION = re.compile(r"(?:# )?\[([a-z.]+)\]$")
_SETTING = re.compile(r"# ([a-z_]+) = (.+)$")
#: Settings without a default; the template shows an example.
_EXAMPLES = {
    f"sites.example.{name}"
    for name in ("url", "name", "delay_seconds", "concurrency", "schedule", "time_zone", "quiet", "rights")
}


def settings() -> Iterator[tuple[str, str, str]]:
    """Yield section and name, value and comment of every setting in the template."""
    section, comment = "", ""
    for line in configuration().splitlines():
        if heading := _SECTION.match(line):
            section, comment = heading[1], ""
        elif setting := _SETTING.match(line):
            yield f"{section}.{setting[1]}", setting[2], comment
            comment = ""
        elif line.startswith("# "):
            comment += line[1:]
        else:
            comment = ""


def fields() -> dict[str, FieldInfo]:
    """Return every field of the configuration by section and name."""
    found = {}
    for section, info in Config.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            found |= {f"{section}.{name}": field for name, field in model.model_fields.items()}
    return found | {f"sites.example.{name}": field for name, field in Site.model_fields.items()}


def bounds(field: FieldInfo) -> Iterator[str]:
    """Yield the bounds of a field as a comment writes them."""
    inner = [
        part for option in getattr(field.annotation, "__args__", ()) for part in getattr(option, "__metadata__", ())
    ]
    for constraint in [*field.metadata, *inner]:
        for part in getattr(constraint, "metadata", [constraint]):
            for kind, attribute in ((annotated_types.Ge, "ge"), (annotated_types.Gt, "gt"), (annotated_types.Le, "le")):
                if isinstance(part, kind):
                    yield f"{getattr(part, attribute):g}"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["init", *arguments], standalone_mode=False)
    return (result.return_value if result.exception is None else 1), result.output


# -- the template -----------------------------------------------------------------------------------------------------


def test_the_template_explains_every_setting_once_and_no_other() -> None:
    explained = [name for name, _, _ in settings()]
    assert sorted(explained) == sorted(fields())


def test_the_template_shows_the_defaults() -> None:
    uncommented = re.sub(r"^# (?=\[|[a-z_]+ = )", "", configuration(), flags=re.MULTILINE)
    shown = Config.model_validate(tomllib.loads(uncommented)).model_dump()
    example = shown["sites"].pop("example")
    assert shown == Config().model_dump() | {"sites": {}}
    defaults = Site(url="https://example.com/").model_dump()
    assert {name for name in example if example[name] != defaults[name]} | {"url"} == {
        name.rpartition(".")[2] for name in _EXAMPLES
    }


@pytest.mark.parametrize(("name", "comment"), [(name, comment) for name, _, comment in settings()])
def test_the_comment_of_a_setting_names_its_bounds_and_unit(name: str, comment: str) -> None:
    assert comment.strip()
    for bound in bounds(fields()[name]):
        assert re.search(rf"\b{re.escape(bound)}\b", comment), f"{name}: {bound} is not in its comment"
    if unit := re.search(r"_(seconds|mb|hours|days|words)$", name):
        assert {"mb": "megabytes"}.get(unit[1], unit[1]) in comment.lower()


# -- the command ------------------------------------------------------------------------------------------------------


def test_init_makes_a_folder_that_is_valid_as_it_stands(tmp_path: Path) -> None:
    code, output = run(str(tmp_path / "new" / "corpus"))
    assert code == 0
    assert "collector add URL" in output
    assert read_config(tmp_path / "new" / "corpus" / "collector.toml") == Config()


def test_init_writes_the_contact(tmp_path: Path) -> None:
    run(str(tmp_path), "--contact", 'https://example.org/"bot"')
    assert read_config(tmp_path / "collector.toml").collector.contact == 'https://example.org/"bot"'


def test_init_leaves_a_corpus_folder_as_it_is(tmp_path: Path) -> None:
    run(str(tmp_path))
    (tmp_path / "collector.toml").write_text("# mine")
    result = CliRunner().invoke(app, ["init", str(tmp_path)])
    assert "is a corpus folder already" in str(result.exception)
    assert (tmp_path / "collector.toml").read_text() == "# mine"


def test_init_does_not_mistake_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["init", str(tmp_path / "file")])
    assert "is a file" in str(result.exception)
