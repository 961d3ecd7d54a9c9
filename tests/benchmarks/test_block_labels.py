from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.block_labels import align

STORY = [[f"w{sentence}.{word}" for word in range(9)] for sentence in range(4)]
TRUTH = [word for sentence in STORY for word in sentence]


def test_the_blocks_of_the_truth_are_text_and_the_others_are_not() -> None:
    found = align([["home", "news"], *STORY, ["share"]], TRUTH)
    assert found.shares == (0.0, 1.0, 1.0, 1.0, 1.0, 0.0)
    assert found.covered == 1.0


def test_a_teaser_that_says_the_same_counts_only_in_its_place() -> None:
    assert align([*STORY, STORY[1]], TRUTH).shares == (1.0, 1.0, 1.0, 1.0, 0.0)


def test_a_caption_that_the_truth_has_elsewhere_counts() -> None:
    assert align([STORY[3], *STORY[:3]], TRUTH).shares == (1.0, 1.0, 1.0, 1.0)


def test_a_block_without_words_is_unknown() -> None:
    assert align([[], *STORY], TRUTH).shares[0] is None


def test_what_is_missing_on_the_page_is_not_covered() -> None:
    assert align(STORY[:2], TRUTH).covered == 0.5


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=12), max_size=8),
    st.lists(st.sampled_from("abcdef"), max_size=40),
)
@settings(max_examples=100, deadline=None)
def test_shares_are_shares(blocks: list[list[str]], truth: list[str]) -> None:
    found = align(blocks, truth)
    assert all(share is None or 0 <= share <= 1 for share in found.shares)
    assert 0 <= found.covered <= 1
