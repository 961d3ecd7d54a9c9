"""Serve the demo outlets until Ctrl-C or SIGTERM: ``python -m collector.demo --port 8800``."""

import argparse
import signal
import sys
import threading

from collector.demo.sites import DemoNewsSites
from corpus.errors import ConfigError


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m collector.demo", description="Serve three invented news sites.")
    parser.add_argument("--port", type=int, default=8800, help="port on every address; 0 for any (default: 8800)")
    parser.add_argument(
        "--addresses",
        default="127.0.0.1,127.0.0.2,127.0.0.3",
        help="addresses of the outlets, with commas between (default: %(default)s)",
    )
    parser.add_argument(
        "--crawl-delay", type=float, default=0.2, help="Crawl-delay in robots.txt, in seconds (default: 0.2)"
    )
    parser.add_argument("--updated", action="store_true", help="show the second version of articles that have one")
    options = parser.parse_args(arguments)
    try:
        _serve(options)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _serve(options: argparse.Namespace) -> None:
    stopped = threading.Event()
    # Explicitly: a process that a script starts in the background inherits a SIGINT that is ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    addresses = tuple(options.addresses.split(","))
    with DemoNewsSites(addresses=addresses, port=options.port, crawl_delay_seconds=options.crawl_delay) as sites:
        if options.updated:
            sites.update()
        for outlet in sites.outlets:
            sys.stdout.write(f"{outlet.name:20} {outlet.url}\n")
        sys.stdout.write("Ctrl-C ends.\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
