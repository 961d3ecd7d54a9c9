"""``collector demo``."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import app, err, escape, out
from collector.cli.exits import Exit
from collector.demo import DemoNewsSites
from collector.demo.sites import Outlet
from corpus import open_corpus
from corpus.errors import ConfigError

#: What shows that a folder was made by this command and may be made anew by it.
_MARK = ".made-by-collector-demo"


@app.command(epilog="Examples:\n\n  collector demo\n\n  collector demo /tmp/demo-corpus")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where its corpus goes.")] = Path("demo-corpus"),
) -> int:
    """Serve three small news sites on loopback, crawl them, and show what was kept, what was removed and why."""
    _make_room(folder)
    with _serving() as sites:
        out.print(f"Three small news sites are served on this machine: {', '.join(o.url for o in sites.outlets)}\n")
        _run("init", folder)
        (folder / _MARK).touch()
        for outlet in sites.outlets:
            _run("add", outlet.url, "--name", outlet.key, "--corpus", folder)
        _quicken(folder)
        _run("crawl", "--corpus", folder)
        _run("stats", "--corpus", folder)
        _run("list", "--limit", "5", "--corpus", folder)
        _show_one(folder, sites.outlets[0])
        _run("list", "--removed", "--limit", "12", "--corpus", folder)
        _run("export", "--corpus", folder)
    out.print(f"\nThe corpus lies in {escape(str(folder.absolute()))}: collector.toml, corpus.db, archive/, exports/.")
    out.print("The demo sites are no longer served; everything above can be asked again without them, for example:")
    out.print(f"  collector list --corpus {escape(shlex.quote(str(folder)))}")
    out.print("Your own: collector init mycorpus && cd mycorpus && collector add https://… && collector crawl")
    return Exit.OK


def _make_room(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / _MARK).is_file():
        raise ConfigError(f"{folder} exists and was not made by `collector demo`; choose another folder")
    shutil.rmtree(folder)


def _serving() -> DemoNewsSites:
    try:
        sites = DemoNewsSites()
        sites.start()
        sites.close()
    except (ConfigError, OSError):  # macOS has one loopback address only
        return DemoNewsSites(addresses=("127.0.0.1",) * 3)
    return DemoNewsSites()


def _quicken(folder: Path) -> None:
    """Ask loopback sites faster than others' sites; their Crawl-delay of 0.2 s is kept all the same."""
    file = folder / "collector.toml"
    file.write_text(file.read_text("utf-8").replace("delay_seconds = 1.0", "delay_seconds = 0.1", 1), "utf-8")


def _run(*arguments: str | Path) -> None:
    """Show a command as a user would type it, and run it."""
    words = [str(argument) for argument in arguments]
    out.print(f"[bold]$ collector {escape(shlex.join(words))}[/]", soft_wrap=True)
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-m", "collector", *words], check=False)  # noqa: S603  # our own words
    if done.returncode != Exit.OK:
        err.print(f"(ended with exit code {done.returncode})")
        raise typer.Exit(done.returncode)
    out.print()


def _show_one(folder: Path, outlet: Outlet) -> None:
    """Show an article of the outlet whose pages are most cluttered, and its story."""
    with open_corpus(folder) as corpus:
        articles = [article for article in corpus.articles() if article.url.startswith(outlet.url)]
        if not articles:
            return
        most_cut = max(articles, key=lambda article: (len(corpus.cuts(article)), article.id))
    _run("show", most_cut.url, "--cuts", "--corpus", folder)
    _run("why", most_cut.url, "--corpus", folder)
