"""The arrows hold: spiders -> collector -> cleaners -> corpus; each may skip down, none looks up."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: From the bottom up.
LAYERS = ("corpus", "cleaners", "collector", "spiders")
FRAMEWORKS = ("scrapy", "twisted")
#: A module of more lines has more than one subject.
MOST_LINES = 400
#: Functions that import what their first argument names.
_IMPORTERS = frozenset({"import_module", "__import__", "importorskip", "resolve_name"})

_IMPORT_ALL = """
import importlib, sys

hidden, names = (argument.split(",") for argument in sys.argv[1:])

class Hides:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"{name} is hidden", name=name)

sys.meta_path.insert(0, Hides())
for name in hidden:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        assert str(error) == f"{name} is hidden", error
    else:
        raise AssertionError(f"{name} was not hidden")
for name in names:
    importlib.import_module(name)
assert not {module.partition(".")[0] for module in sys.modules} & set(hidden)
"""


def files_of(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for layer in LAYERS for file in files_of(layer)}


def packages_in(tree: ast.Module, module: str) -> Iterator[str]:
    """Yield the top-level package of everything that a module imports, wherever and however it does it."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(level=0, module=str(name)):
                yield name.partition(".")[0]
            case ast.ImportFrom():
                yield module.partition(".")[0]
            case ast.Call(
                func=ast.Name(id=function) | ast.Attribute(attr=function), args=[ast.Constant(str(name)), *_]
            ):
                if function in _IMPORTERS:
                    yield name.partition(".")[0]


def imported_by(module: str) -> set[str]:
    return set(packages_in(ast.parse(MODULES[module].read_text("utf-8")), module))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import collector.cli", {"collector"}),
        ("import scrapy as s, json", {"scrapy", "json"}),
        ("from twisted.internet import reactor", {"twisted"}),
        ("def late():\n    from spiders import base", {"spiders"}),
        ("if TYPE_CHECKING:\n    from cleaners import clean", {"cleaners"}),
        ("importlib.import_module('scrapy.crawler')", {"scrapy"}),
        ("__import__('spiders')", {"spiders"}),
        ("from . import shingles", {"corpus"}),
        ("SPIDER_MODULES = ['spiders']", set()),
    ],
)
def test_no_kind_of_import_escapes_the_check(source: str, found: set[str]) -> None:
    assert set(packages_in(ast.parse(source), "corpus.signatures")) == found


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_modules(layer: str) -> None:
    assert files_of(layer)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_looks_at_its_own_layer_and_down(module: str) -> None:
    above = LAYERS[LAYERS.index(module.partition(".")[0]) + 1 :]
    assert not imported_by(module) & set(above)


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith(("corpus", "cleaners"))])
def test_the_layers_below_the_collector_name_no_framework(module: str) -> None:
    assert not imported_by(module) & set(FRAMEWORKS)


@pytest.mark.parametrize("layer", ["corpus", "cleaners"])
def test_a_layer_works_where_the_frameworks_and_the_layers_above_are_missing(layer: str) -> None:
    hidden = (*FRAMEWORKS, *LAYERS[LAYERS.index(layer) + 1 :])
    names = [name for name in MODULES if name.partition(".")[0] == layer and not name.endswith("__main__")]
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, ",".join(hidden), ",".join(names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_why_it_exists(module: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[module].read_text("utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_one_subject(module: str) -> None:
    lines = len(MODULES[module].read_text("utf-8").splitlines())
    assert lines <= MOST_LINES, f"{lines} lines > {MOST_LINES}"
