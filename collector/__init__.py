"""The collector: discovery, frontier, cleaning processes and the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str


def __getattr__(name: str) -> str:
    """Look the version up when it is asked for; reading packages' metadata takes a twentieth of a second."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("news-corpus-collector")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0.0.0"
