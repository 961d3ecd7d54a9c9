"""The command line: one module a command."""

import sys
from importlib import import_module

from collector.cli.app import app
from collector.cli.app import run as run_command_line
from collector.cli.exits import Exit

__all__ = ["app", "main"]

#: The commands in the order in which ``--help`` lists them, and their modules.
COMMANDS = {
    "init": "init",
    "add": "add",
    "crawl": "crawl",
    "run": "run",
    "schedule": "schedule",
    "health": "health",
    "ingest": "ingest",
    "list": "listing",
    "show": "show",
    "why": "why",
    "twins": "twins",
    "versions": "versions",
    "stats": "stats",
    "report": "report",
    "review": "review",
    "reclean": "reclean",
    "dedup": "dedup",
    "export": "export",
    "forget": "forget",
    "compact": "compact",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "demo": "demo",
}


def register(arguments: list[str]) -> None:
    """Import the command that is asked for, or all of them: `collector list` needs no crawler in memory."""
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    modules = [COMMANDS[asked]] if asked in COMMANDS else COMMANDS.values()
    for module in modules:
        import_module(f"collector.cli.{module}")


def main() -> None:
    """Run the command line and exit with its code (see `collector.cli.exits`)."""
    try:
        register(sys.argv[1:])
    except KeyboardInterrupt:  # loading takes half a second
        sys.exit(Exit.INTERRUPTED)
    sys.exit(run_command_line())
