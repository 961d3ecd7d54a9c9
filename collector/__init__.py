"""The collector: discovery, frontier, cleaning processes and the command line."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("news-corpus-collector")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0.0.0"
