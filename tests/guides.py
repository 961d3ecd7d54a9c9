"""Runs a guide of the documentation as it stands there: its fenced blocks, one after the other, in a shell.

    from guides import run_guide

    run_guide(ROOT / "docs" / "guides" / "spacy.md", tmp_path)  # tmp_path/mycorpus is made by the test beforehand

- ``sh`` blocks are commands of one bash, which ends at the first that fails: what one block sets, the next one has.
- ``python`` blocks that no ``sh`` block parts are one program.
- Other blocks are not run, nor is one behind a comment ``<!-- test: skip, because … -->``; a block behind
  ``<!-- test: file NAME -->`` is written to that file instead of being run. For one behind
  ``<!-- test: instead NAME, because … -->`` the test has commands of its own (``instead={NAME: …}``): a copy of a
  corpus that it has made, say, for a crawl.
- A ``text`` block behind ``<!-- test: output -->`` is what the block before it prints, line by line: each of its lines
  must be among those that were printed, in this order; ``…`` in a line stands for anything.

Commands find `collector` and `python` of the environment that the tests run in; nothing reaches for the network.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(
    r"^(?:<!-- test: (?P<marker>[^\n]*?) -->\n+)?```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SHELL = frozenset({"sh", "bash", "shell"})
#: Printed behind each block, so that its output is told from the next one's.
_BORDER = "-- end of block --"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of a guide."""

    language: str
    code: str
    #: What the comment before it says, without ``test:``; empty for none.
    marker: str
    #: Line of the guide where it begins.
    line: int

    @property
    def is_run(self) -> bool:
        """Whether it is a command or a program that is run."""
        return not self.marker and self.language in {*_SHELL, "python"}


def blocks_of(guide: Path) -> list[Block]:
    """Return the fenced blocks of a guide, in order."""
    text = guide.read_text("utf-8")
    return [
        Block(
            language=found["language"],
            code=found["code"],
            marker=found["marker"] or "",
            line=text.count("\n", 0, found.start("code")),
        )
        for found in _FENCE.finditer(text)
    ]


def run_guide(
    guide: Path,
    folder: Path,
    *,
    instead: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> str:
    """Run a guide in a folder; return what it printed.

    Args:
        guide: The guide.
        folder: Where its commands are run.
        instead: Commands for blocks that cannot be run in a test, by the name that their comment gives.
        env: Further variables of the environment.
        seconds: After so many, it has failed.

    Raises:
        AssertionError: A block failed, or printed something else than the guide says.
    """
    blocks = blocks_of(guide)
    assert any(block.is_run for block in blocks), f"{guide} has nothing to run"
    ended = subprocess.run(
        ["bash", "-c", _script(blocks, instead or {})],
        cwd=folder,
        env=_environment() | dict(env or {}),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert ended.returncode == 0, f"{guide.name}:\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
    _check_outputs(guide, blocks, ended.stdout)
    return ended.stdout.replace(f"{_BORDER}\n", "")


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    return dict(os.environ) | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "120"} | offline


def _script(blocks: list[Block], instead: Mapping[str, str]) -> str:
    """Return the guide as one script of bash."""
    parts = ["set -euo pipefail"]
    program: list[str] = []

    def end_program() -> None:
        if program:
            parts.append(f"python -c {shlex.quote(''.join(program))}")
            program.clear()

    for block in blocks:
        file = block.marker.removeprefix("file ")
        if file != block.marker:
            end_program()
            parts.append(f"mkdir -p {shlex.quote(str(Path(file).parent))}")
            parts.append(f"printf %s {shlex.quote(block.code)} > {shlex.quote(file)}")
        elif block.marker.startswith("instead "):
            end_program()
            parts.append(instead[block.marker.removeprefix("instead ").partition(",")[0]])
        elif block.is_run and block.language == "python":
            program.append(f"{block.code}\nprint({_BORDER!r}, flush=True)\n")
        elif block.is_run:
            end_program()
            parts.append(f"{block.code}\necho {shlex.quote(_BORDER)}")
    end_program()
    return "\n".join(parts)


def _check_outputs(guide: Path, blocks: list[Block], printed: str) -> None:
    outputs = iter(printed.split(f"{_BORDER}\n"))
    last = ""
    for block in blocks:
        if block.is_run:
            last = next(outputs)
        elif block.marker == "output":
            pieces = (re.escape(line.strip()).replace("…", ".*") for line in block.code.splitlines() if line.strip())
            pattern = "".join(rf"(?:.*\n)*?\s*{piece}\s*\n" for piece in pieces)
            assert re.match(pattern, last), f"{guide.name}, line {block.line}: printed was\n{last}"
