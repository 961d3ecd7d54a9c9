"""The command line begins at once, and may be stopped from its first moment on."""

import os
import subprocess
import sys

import pytest

from collector.cli.app import completing

INTERRUPTED_AT = """
import sys
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder)
sys.argv[0] = "collector"
from collector.cli import main
main()
"""
LOADED = """
import sys
from collector.cli import main
try:
    main()
finally:
    print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


@pytest.mark.parametrize("module", ["typer", "rich", "collector.cli.listing", "corpus.reader"])
def test_ctrl_c_while_modules_are_loaded_is_no_traceback(module: str) -> None:
    done = python(INTERRUPTED_AT.format(module=module), "list")
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("--help",), (), ("crwl",)])
def test_help_and_a_slip_load_nothing_that_works(arguments: tuple[str, ...]) -> None:
    done = python(LOADED, *arguments)
    loaded = set(done.stderr.split())
    assert "typer" in loaded
    assert not loaded & {"scrapy", "twisted", "trafilatura", "lxml", "numpy", "sqlite3"}
    if arguments == ("crwl",):
        assert "crawl" in done.stderr


@pytest.mark.parametrize(("variable", "told"), [("_COLLECTOR_COMPLETE", True), ("_COLLECTOR_COMPLETED", False)])
def test_a_shell_that_completes_a_line_is_told_the_options_of_every_command(
    variable: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "complete_bash")
    assert completing() == told


def python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
