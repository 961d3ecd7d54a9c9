"""The command line: one module a command, registered here."""

import sys

from collector.cli.app import app, run

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line and exit with its code (see `collector.cli.exits`)."""
    from collector.cli import add, crawl, doctor, export, ingest, init, listing, reclean, show, stats, why  # noqa: F401

    sys.exit(run())
