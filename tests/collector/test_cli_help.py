"""``--help``: every command says what it does, and shows examples that work as they stand."""

import inspect
import re
import shlex

import pytest
import typer.main
from command_line import Call

from collector.cli import COMMANDS, register
from collector.cli.app import app
from collector.cli.outlines import docstring_of

register([])
GROUP = typer.main.get_command(app)


def examples(name: str) -> list[list[str]]:
    """Return the example command lines of a command, as words."""
    epilog = GROUP.commands[name].epilog or ""  # type: ignore[attr-defined]
    lines = (line.strip() for line in epilog.splitlines())
    return [shlex.split(re.split(r" [|>&]+ ", line.rpartition(" | ")[2] if line.startswith("cat ") else line)[0])
            for line in lines if line.startswith(("collector ", "cat "))]  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples(name: str, call: Call) -> None:
    assert examples(name), f"collector {name} --help shows no example"
    told = call(name, "--help")
    assert told.code == 0
    assert "Examples:" in told.out


@pytest.mark.parametrize("name", COMMANDS)
def test_what_help_lists_without_importing_a_command_is_what_the_command_says(name: str) -> None:
    told = docstring_of(COMMANDS[name])
    assert told is None or told == inspect.cleandoc(GROUP.commands[name].help)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "words"), [(name, words) for name in COMMANDS for words in examples(name)])
def test_an_example_uses_options_that_there_are(name: str, words: list[str]) -> None:
    program, command, *arguments = words
    assert (program, command) == ("collector", name)
    known = {option for parameter in GROUP.commands[name].params for option in parameter.opts}  # type: ignore[attr-defined]
    known |= {option for parameter in GROUP.commands[name].params for option in parameter.secondary_opts}  # type: ignore[attr-defined]
    assert {word.partition("=")[0] for word in arguments if word.startswith("--")} <= known
