"""What commands say of themselves, without importing them: for ``collector --help``, which would load everything."""

import ast
from collections.abc import Mapping
from importlib import import_module
from importlib.resources import files

from collector.cli.app import app


def enter_stubs(commands: Mapping[str, str]) -> None:
    """Enter a stub for each command, with its docstring; what cannot be told without importing is imported.

    Args:
        commands: Names of the commands, and of their modules.
    """
    for name, module in commands.items():
        text = docstring_of(module)
        if text is None:
            import_module(f"collector.cli.{module}")
        else:
            app.command(name, help=text)(_nothing)


def docstring_of(module: str) -> str | None:
    """Return the docstring of the one command in a module; None where it is not simply that."""
    source = (files("collector.cli") / f"{module}.py").read_text("utf-8")
    if ".add_typer(" in source:
        return None
    found = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and _is_command(node)]
    return ast.get_docstring(found[0]) if len(found) == 1 else None


def _is_command(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator).startswith("app.command(") for decorator in node.decorator_list)


def _nothing() -> None:
    """Stand for a command that was not asked for."""
