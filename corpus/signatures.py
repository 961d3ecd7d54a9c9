"""Signatures: a text's shingles in 176 bytes, from which it is guessed which texts are worth comparing.

A signature is a MinHash (Broder 1997): under a random permutation of all shingles, two sets have the same least
member with a probability that equals their resemblance J. `PERMUTATIONS` such members are kept, so the share of places
where two signatures agree estimates J with a standard deviation of at most √(J(1−J)/128) ≤ 0.044. The permutations are
those of rensa's R-MinHash with a fixed seed: on 3,000 random pairs each of J = 0.02, 0.15, 0.25, 0.5 and 0.8 the mean
estimate was right to 0.001, and the standard deviation nine tenths of that.

The index looks documents up by bands of r places: two documents meet if they agree on all places of any of b bands,
which happens with probability 1 − (1 − J^r)^b. Here b = `BANDS` = 16 and r = 1:

    J      0.05  0.10  0.15  0.20  0.25  0.30  0.40   0.50    0.70
    met    .560  .815  .926  .972  .990  .997  .9997  .99998  1

Bands of one place are unusual: with four or more, as is the custom, few pairs below the threshold meet. But then
excerpts do not either: a quarter of a long text has J = 0.25 with the whole of it. And few documents meet by chance,
because a shingle that d documents have is the least one of a document of n shingles in one of n cases, so that only
some d/n of them stand under one key: on 1,335 English pages of 400 sites, at a rate of 80 for each of a million.
Whether those that meet resemble each other is then asked of the whole signature, and at last of the shingles.

The first 16 places are kept with 32 bits, for the index' keys, the others with the 8 bits that suffice to compare.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from corpus.shingles import SHINGLE_CHARACTERS, SHINGLE_WORDS, SHINGLES_VERSION, Shingles, shingle

#: Places of a signature.
PERMUTATIONS = 128
#: Bands of one place each by which documents are looked up.
BANDS = 16
#: Raised when signatures are packed in another way.
_PACKING = 1
_SEED = 20_261_122
#: Spreads the entropy of a least member, which is a small number, over all bits (Knuth's multiplicative hashing).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BAND_OFFSETS = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
_HEAD_BYTES = 4 * BANDS
#: Size of a signature.
SIGNATURE_BYTES = _HEAD_BYTES + PERMUTATIONS - BANDS


def sign(shingles: Shingles) -> bytes:
    """Return the signature of a text's shingles, of which there must be at least one."""
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles, (0, len(shingles)), PERMUTATIONS, _SEED)
    places = np.array(matrix.to_rows()[0], np.uint64)
    head = ((places[:BANDS] + _BAND_OFFSETS) * _SPREAD) >> np.uint64(32)
    tail = (places[BANDS:] * _SPREAD) >> np.uint64(56)
    return head.astype("<u4").tobytes() + tail.astype(np.uint8).tobytes()


def band_keys(signatures: Sequence[bytes]) -> NDArray[np.uint32]:
    """Return the keys under which documents are looked up: shape (documents, BANDS)."""
    return np.ascontiguousarray(_rows(signatures)[:, :_HEAD_BYTES]).view("<u4")


def sketches(signatures: Sequence[bytes]) -> NDArray[np.uint8]:
    """Return 8 bits of each place of signatures: shape (documents, PERMUTATIONS).

    Where two signatures agree, so do their sketches; and elsewhere in one of 256 of the first places.
    """
    rows = _rows(signatures)
    return np.concatenate([rows[:, :_HEAD_BYTES:4], rows[:, _HEAD_BYTES:]], axis=1)


def agreement(signature: bytes, others: Sequence[bytes]) -> NDArray[np.int64]:
    """Return for each of the other signatures in how many of the `PERMUTATIONS` places it agrees."""
    rows = _rows(others)
    mine = np.frombuffer(signature, np.uint8)
    heads = np.ascontiguousarray(rows[:, :_HEAD_BYTES]).view("<u4") == mine[:_HEAD_BYTES].view("<u4")
    tails = rows[:, _HEAD_BYTES:] == mine[_HEAD_BYTES:]
    agreed: NDArray[np.int64] = heads.sum(axis=1) + tails.sum(axis=1)
    return agreed


def _rows(signatures: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(signatures), np.uint8).reshape(len(signatures), SIGNATURE_BYTES)


def scheme() -> str:
    """Return the name of the way in which signatures are made; those of two schemes cannot be compared.

    It ends with a digest of a signature, so that a library that changed its permutations cannot go unnoticed.
    """
    probe = hashlib.sha256(sign(shingle("one two three four five six seven eight nine ten"))).hexdigest()[:8]
    lengths = f"{SHINGLE_WORDS} words or {SHINGLE_CHARACTERS} characters"
    return (
        f"shingles {SHINGLES_VERSION} of {lengths}; r-minhash {RMinHash.ALGORITHM_VERSION}, {PERMUTATIONS} places, "
        f"{BANDS} bands; packing {_PACKING}; {probe}"
    )
