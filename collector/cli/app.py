"""What all commands share: the application, the corpus option, output, errors."""

import json
import logging
import os
import sys
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from collector.cli.exits import Exit
from collector.redaction import RedactingFormatter
from corpus.errors import CollectorError, ConfigError

#: Root of the errors of the command line itself: Typer brings its own copy of Click, or uses the installed one.
_UsageTrouble = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


class _Output(Console):
    """A console whose reader may leave: `collector list | head` is no error."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


#: Results go here …
out = _Output(highlight=False)
#: … messages, progress and errors here.
err = Console(stderr=True, highlight=False)

app = typer.Typer(
    name="collector",
    help="Crawl news sites into a folder of clean, deduplicated, traceable articles.",
    epilog="Start with: collector init mycorpus && cd mycorpus && collector add https://example.com && collector crawl",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: The option that every command has.
CorpusOption = Annotated[
    Path,
    typer.Option("--corpus", "-c", envvar="COLLECTOR_CORPUS", help="The corpus folder.", show_default="this folder"),
]
#: For commands whose result a script reads.
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

#: Environment variable that names the file of `MetricsFileOption`.
METRICS_FILE = "COLLECTOR_METRICS_FILE"
#: For commands after which Prometheus may want to know.
MetricsFileOption = Annotated[
    Path | None,
    typer.Option(
        "--metrics-file",
        metavar="FILE",
        envvar=METRICS_FILE,
        help="Write figures for Prometheus there after each crawl (default: metrics.file in collector.toml).",
    ),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from collector import __version__

        out.print(f"collector {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens to standard error.")] = False,
    _version_wanted: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.INFO if verbose else logging.WARNING)  # Scrapy sets levels of its own on its loggers
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def completing() -> bool:
    """Tell whether a shell asks how a command line may go on, for which it needs the options of every command."""
    return any(name.endswith("_COMPLETE") for name in os.environ)


def run() -> int:
    """Run the command line; return the exit code."""
    try:
        code = app(standalone_mode=False) or 0
        if code == Exit.INTERRUPTED and not isinstance(code, Exit):
            raise KeyboardInterrupt  # Typer makes a bare number of it, and says nothing
        sys.stdout.flush()
        return int(code)
    except typer.Abort:
        err.print("stopped")
        return Exit.INTERRUPTED
    except typer.Exit as stop:
        return stop.exit_code
    except KeyboardInterrupt:
        err.print("stopped; what was done is stored")
        return Exit.INTERRUPTED
    except CollectorError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        return Exit.USAGE if isinstance(error, ConfigError) else Exit.CORPUS
    except BrokenPipeError:
        return _left()
    except SystemExit as stop:
        if not isinstance(stop.__context__, BrokenPipeError):
            raise
        return _left()  # Click's own answer to a broken pipe would be 1
    except Exception as error:
        if not isinstance(error, _UsageTrouble):
            raise
        error.message = error.message.replace("Value error, ", "")  # type: ignore[attr-defined]
        error.show(sys.stderr)  # type: ignore[attr-defined]
        return Exit.USAGE


def _left() -> int:
    """End well after the reader, `head` for one, has had enough."""
    give_up_output()
    return Exit.OK


def give_up_output() -> None:
    """Let what is left to be flushed to standard output go nowhere, as that can no longer be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def escape(text: str) -> str:
    """Return text so that Rich prints it as it is."""
    return text.replace("[", r"\[")


def print_json(value: object) -> None:
    """Print a value (dataclasses, dates and paths included) as one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
    return str(value)
