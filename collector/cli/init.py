"""``collector init``."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import app, err, escape, out
from collector.cli.exits import Exit
from collector.cli.output import refuse
from collector.config import read_config
from corpus.errors import StoreError
from corpus.folder import CorpusFolder


@app.command(
    epilog="Examples:\n\n  collector init mycorpus\n\n  collector init mycorpus --contact news-corpus@example.org\n\n"
    "Then: cd mycorpus && collector add https://example.com && collector crawl"
)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    contact: Annotated[
        str | None, typer.Option(help="A URL or mail address where site owners reach you; sent with every request.")
    ] = None,
) -> int:
    """Make a corpus folder: a directory with a collector.toml that explains every setting.

    A folder that has a collector.toml is left as it is.
    """
    corpus = CorpusFolder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with corpus.config.open("x", encoding="utf-8") as file:
            file.write(configuration(contact))
    except FileExistsError:
        kind = "is a corpus folder already" if corpus.config.exists() else "is a file"
        refuse(f"{folder} {kind}; nothing was changed")
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}; check the path and its permissions") from error
    read_config(corpus.config)
    place = escape(str(folder))
    out.print(f"made {place}/collector.toml, where every setting is explained", soft_wrap=True)
    if contact is None:
        err.print("please set contact in it: with it, a site's owner can reach you instead of blocking you")
    out.print(f"next: cd {place} && collector add URL", soft_wrap=True)
    return Exit.OK


def configuration(contact: str | None = None) -> str:
    """Return the commented collector.toml of a new corpus folder.

    Args:
        contact: Value of ``collector.contact``, None to leave it at its default.
    """
    text = files("collector.cli").joinpath("template.toml").read_text("utf-8")
    # A JSON string is a TOML basic string.
    return text if contact is None else text.replace('# contact = ""', f"contact = {json.dumps(contact)}", 1)
