"""py3langid's model, unpacked once and mapped into memory from then on.

The model comes compressed with LZMA: unpacking its 68 MB takes half a second of processor time, five times what
cleaning a page does. So the first process that needs it leaves the arrays in the user's cache folder
(``$XDG_CACHE_HOME/news-corpus-collector``, by default ``~/.cache/news-corpus-collector``), from where they are mapped:
all processes share the same memory. The numbers are the same to the last bit, and a file that is missing, damaged, of
another model or cannot be written costs that half second and nothing else.
"""

import hashlib
import json
import mmap
import os
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

#: First line of a file; another one is another layout.
_MAGIC = b"news-corpus-collector langid 1\n"
#: Every array begins at a multiple of so many bytes, the length of the head among them.
_ALIGNED_BYTES = 64
#: What follows the first line: where the arrays begin, and the checksum of all that comes next.
_SIZES = struct.Struct("<QI")
_FOLDER = "news-corpus-collector"
#: How the name of a file that is being written begins …
_UNFINISHED = ".langid-"
#: … and its age from which on nobody writes it any more, as it takes a second.
_STALE_SECONDS = 3600.0


def load_identifier(folder: Path | None = None, model: Path | None = None) -> LanguageIdentifier:
    """Return py3langid's identifier with probabilities that sum to one.

    Args:
        folder: Where the unpacked model is kept; the user's cache folder by default.
        model: The model as it comes; py3langid's own by default.

    Raises:
        OSError, ValueError: The model itself cannot be read.
    """
    model = MODEL_DIR / MODEL_FILE if model is None else model
    folder = cache_folder() if folder is None else folder
    if folder is None:
        return LanguageIdentifier.from_model_file(model, norm_probs=True)
    key = _key(model)
    path = folder / f"langid-{key}.model"
    with suppress(OSError, ValueError):
        return _mapped(path, key)
    identifier = LanguageIdentifier.from_model_file(model, norm_probs=True)
    with suppress(OSError):
        _keep(identifier, path, key)
    return identifier


def cache_folder() -> Path | None:
    """Return our folder among the user's caches (XDG Base Directory Specification); None where there is none."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / _FOLDER
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".cache" / _FOLDER if home.is_absolute() and home != Path("/") else None


def _key(model: Path) -> str:
    """Return what an unpacked model is known by: version of py3langid, this machine's byte order, the model's bytes."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    return f"{version('py3langid')}-{sys.byteorder}-{digest[:32]}"


def _mapped(path: Path, key: str) -> LanguageIdentifier:
    """Map a kept model.

    Raises:
        OSError: There is none.
        ValueError: It is damaged, or of another model.
    """
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    begin = len(_MAGIC) + _SIZES.size
    if len(mapped) < begin or mapped[: len(_MAGIC)] != _MAGIC:
        raise ValueError(f"{path} is no unpacked model")
    arrays_at, checksum = _SIZES.unpack(mapped[len(_MAGIC) : begin])
    if zlib.crc32(mapped[begin:]) != checksum:
        raise ValueError(f"{path} is damaged")
    head = json.loads(bytes(mapped[begin:arrays_at]))
    if head["key"] != key:
        raise ValueError(f"{path} is another model")
    ptc, pc, nextmove, row, output = (
        np.frombuffer(mapped, dtype=dtype, count=count, offset=arrays_at + offset)
        for dtype, count, offset in head["arrays"]
    )
    return LanguageIdentifier(
        ptc.reshape(-1, len(pc)),
        pc,
        head["classes"],
        nextmove.data,  # read item by item, which numpy is slow at
        output.tolist(),
        norm_probs=True,
        tk_row=row.tolist(),
    )


def _keep(identifier: LanguageIdentifier, path: Path, key: str) -> None:
    """Write the arrays of an identifier: whole, or not at all.

    Raises:
        OSError: It cannot be written.
    """
    arrays: Sequence[NDArray[np.generic]] = [
        np.ascontiguousarray(identifier.nb_ptc),
        np.ascontiguousarray(identifier.nb_pc),
        np.asarray(identifier.tk_nextmove),
        np.asarray(identifier.tk_row),
        np.asarray(identifier.tk_output, dtype=np.int32),
    ]
    body, places = bytearray(), []
    for array in arrays:
        places.append((array.dtype.str, array.size, len(body)))
        body += array.tobytes()
        body += bytes(-len(body) % _ALIGNED_BYTES)
    begin = len(_MAGIC) + _SIZES.size
    head = json.dumps({"key": key, "classes": identifier.nb_classes, "arrays": places}).encode()
    head += b" " * (-(begin + len(head)) % _ALIGNED_BYTES)
    sizes = _SIZES.pack(begin + len(head), zlib.crc32(body, zlib.crc32(head)))
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{_UNFINISHED}*"):  # by a process that was killed
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            left.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
        try:
            file.write(_MAGIC + sizes + head)
            file.write(body)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
