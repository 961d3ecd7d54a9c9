"""The command line: one module a command.

Nothing is imported here: what takes time is loaded inside of `main`, so that Ctrl-C is answered from the first moment.
"""

import os
import sys

__all__ = ["main", "outline", "register"]

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
    "search": "search",
    "kwic": "kwic",
    "frequency": "frequency",
    "twins": "twins",
    "versions": "versions",
    "stats": "stats",
    "report": "report",
    "review": "review",
    "quality": "quality",
    "pii": "pii",
    "reclean": "reclean",
    "dedup": "dedup",
    "export": "export",
    "feed": "feed",
    "snapshot": "snapshot",
    "forget": "forget",
    "compact": "compact",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "demo": "demo",
}


#: Exit code of Ctrl-C (`collector.cli.exits` is not loaded yet).
_INTERRUPTED = 130


def register(arguments: list[str]) -> None:
    """Import the command that is asked for, or all of them: `collector list` needs no crawler in memory."""
    from importlib import import_module

    asked = _asked(arguments)
    for module in COMMANDS.values() if asked is None else [COMMANDS[asked]]:
        import_module(f"collector.cli.{module}")


def outline() -> None:
    """Let ``--help`` list all commands without importing them: enter stubs that have their docstrings only."""
    from collector.cli.outlines import enter_stubs

    enter_stubs(COMMANDS)


def _asked(arguments: list[str]) -> str | None:
    first = next((argument for argument in arguments if not argument.startswith("-")), None)
    return first if first in COMMANDS else None


def main() -> None:
    """Run the command line and exit with its code (see `collector.cli.exits`)."""
    try:
        import gc

        # More threads would sum in another order than cleaning processes do, and a process that has them is not forked.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        gc.disable()  # nothing that is loaded goes again; looking for what might costs a sixth of the time
        from collector.cli.app import completing, run

        if _asked(sys.argv[1:]) is None and not completing():
            outline()
        else:
            register(sys.argv[1:])
        gc.freeze()
        gc.enable()
        code = run()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is impatient gets the same exit code
    sys.exit(code)
