"""Signatures: what they say of two texts, and that nothing changes them unnoticed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import signatures
from corpus.shingles import Shingles, shingle
from corpus.signatures import BANDS, PERMUTATIONS, SIGNATURE_BYTES, agreement, band_keys, scheme, sign, sketches


def sets_of_resemblance(share: float, size: int, seed: int) -> tuple[Shingles, Shingles]:
    dice = np.random.default_rng(seed)
    both = round(size * 2 * share / (1 + share))
    drawn = dice.integers(0, 2**63, 2 * size - both, dtype=np.uint64)
    return np.sort(drawn[:size]), np.sort(drawn[size - both :])


def test_the_scheme_changes_only_on_purpose() -> None:
    # When this fails, stored signatures are of no use any more: that costs every user a rebuild.
    assert scheme() == ("shingles 1 of 5 words or 8 characters; r-minhash 2, 128 places, 16 bands; packing 1; 4660a59b")


def test_a_library_with_other_permutations_is_another_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scheme()
    monkeypatch.setattr(signatures, "_SEED", 1)
    assert scheme() != before


@given(words=st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=30))
@settings(deadline=None)
def test_a_signature_is_of_the_set_alone(words: list[str]) -> None:
    shingles = shingle(" ".join(words))
    signature = sign(shingles)
    assert len(signature) == SIGNATURE_BYTES == 176
    assert signature == sign(shingles[::-1].copy())
    assert band_keys([signature]).shape == (1, BANDS)
    assert agreement(signature, [signature]).tolist() == [PERMUTATIONS]


@pytest.mark.parametrize("share", [0.02, 0.15, 0.5, 0.8])
def test_agreement_estimates_resemblance(share: float) -> None:
    pairs = [sets_of_resemblance(share, 300, seed) for seed in range(150)]
    agreed = [agreement(sign(one), [sign(other)])[0] / PERMUTATIONS for one, other in pairs]
    error = np.sqrt(share * (1 - share) / PERMUTATIONS / len(pairs))
    assert abs(np.mean(agreed) - share) < 4 * error + 1 / 256


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_documents_meet_as_often_as_the_formula_says(share: float) -> None:
    pairs = [sets_of_resemblance(share, 300, seed) for seed in range(400)]
    met = np.mean([bool(np.intersect1d(*band_keys([sign(one), sign(other)])).size) for one, other in pairs])
    assert met == pytest.approx(1 - (1 - share) ** BANDS, abs=0.06)


def test_keys_of_strangers_differ() -> None:
    keys = band_keys([sign(sets_of_resemblance(0.0, 300, seed)[0]) for seed in range(200)])
    assert len(np.unique(keys)) >= keys.size - 2


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9, 1.0])
def test_sketches_agree_wherever_signatures_do(share: float) -> None:
    for seed in range(60):
        one, other = (sign(shingles) for shingles in sets_of_resemblance(share, 300, seed))
        places = int(np.equal(*sketches([one, other])).sum())
        agreed = int(agreement(one, [other])[0])
        assert agreed <= places <= agreed + 3
