"""``python -m collector`` is the same as ``collector``."""

from collector.cli import main

main()
