"""The probabilities behind alarms are those of the models that they name; their levels keep false alarms down."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.health.chance import PRIOR_ODD, PRIOR_PAGES, Share, dispersion, know_share, level
from collector.health.measures import Group, digest, own_measures, quantile, visits_by_class

shares = st.builds(
    lambda odd, sound: Share(odd=odd, pages=odd + sound),
    odd=st.floats(0.05, 500),
    sound=st.floats(0.5, 5000),
)


@given(shares, st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=50, deadline=None)
def test_more_odd_pages_are_less_probable(share: Share, odd: int, sound: int) -> None:
    here, more = share.tail(odd, odd + sound), share.tail(odd + 1, odd + 1 + sound)
    assert 0 <= share.tail(odd + 1, odd + sound + 1) <= share.tail(odd, odd + sound + 1) <= 1 + 1e-9
    assert here >= 0
    assert more >= 0


@given(shares, st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_the_tail_is_that_of_a_beta_binomial(share: Share, pages: int) -> None:
    """P(all odd) is the product of what Polya's urn gives, and P(any odd) the complement of none."""
    a, n = share.odd, share.pages
    all_odd = math.prod((a + k) / (n + k) for k in range(pages))
    none = math.prod((n - a + k) / (n + k) for k in range(pages))
    assert share.tail(pages, pages) == pytest.approx(all_odd, rel=1e-6, abs=1e-300)
    assert share.tail(1, pages) == pytest.approx(1 - none, rel=1e-6, abs=1e-9)


def test_a_history_without_any_is_the_prior_and_its_pages() -> None:
    assert know_share([]) == Share(odd=PRIOR_ODD, pages=PRIOR_PAGES)
    assert know_share([(0, 30)] * 10) == Share(odd=PRIOR_ODD, pages=PRIOR_PAGES + 300)


def test_days_that_differ_by_chance_keep_their_worth_and_others_do_not() -> None:
    chance = random.Random(1)
    even = [(sum(chance.random() < 0.2 for _ in range(50)), 50) for _ in range(40)]
    uneven = [(40, 50) if day % 7 == 6 else (3, 50) for day in range(40)]
    assert know_share(even).pages > 500
    assert know_share(uneven).pages < 20
    assert know_share(uneven).mean == pytest.approx(sum(x for x, _ in uneven) / 2000, rel=0.01)


def test_many_pages_are_scaled_and_stay_as_improbable_as_any_level_wants() -> None:
    assert Share(odd=0.1, pages=5000).tail(5000, 5000) < 1e-100
    assert Share(odd=500, pages=5000).tail(500, 5000) == pytest.approx(0.5, abs=0.1)


def test_counts_of_a_poisson_process_are_not_dispersed_and_batches_are() -> None:
    chance = random.Random(2)
    plain = [sum(chance.random() < 0.2 for _ in range(100)) for _ in range(200)]
    assert dispersion(plain, [20.0] * 200) < 1.6
    batches = [4 * sum(chance.random() < 0.05 for _ in range(100)) for _ in range(200)]
    assert 1.5 < dispersion(batches, [20.0] * 200) < 7


@pytest.mark.parametrize(
    ("odd", "pages", "noticed"),
    [(2, 70, False), (2, 80, True), (2, 3000, True), (3, 10, False), (3, 20, True), (4, 0, False), (4, 10, True)],
)
def test_the_longer_the_history_the_fewer_odd_pages_it_takes_and_never_one(odd: int, pages: int, noticed: bool) -> None:
    known = know_share([(0, pages)])
    bound = level(0.1 / 32 / 2, pages=known.pages, looks_a_year=365 * 40)
    assert (known.tail(odd, odd) < bound) is noticed
    assert known.tail(1, 1) > bound


def test_over_a_year_of_sound_sites_the_false_alarms_of_a_measure_stay_within_what_is_allowed() -> None:
    """Shares as the prior draws them: most sites have none of an oddity, a few have many."""
    chance, allowed, false, sites = random.Random(3), 0.5, 0, 150
    for _ in range(sites):
        share = chance.betavariate(PRIOR_ODD, PRIOR_PAGES - PRIOR_ODD)
        odd_before, pages, last = 0, 0, 0
        for _ in range(365 * 4):
            run = [chance.random() < share for _ in range(2)]
            odd = sum(run)
            if odd and last:
                known = Share(odd=PRIOR_ODD + odd_before, pages=PRIOR_PAGES + pages)
                bound = level(allowed, pages=known.pages, looks_a_year=365 * 4)
                false += known.tail(odd + last, 4) < bound
            odd_before, pages, last = odd_before + last, pages + 2, odd
    assert false / sites <= 2 * allowed  # spent twice: once while the histories are short, once over the year


def test_what_says_nothing_of_a_page_is_not_counted_among_pages() -> None:
    counts = {
        "article/kept": 2,
        "article/unchanged": 9,
        "article/removed/redirected": 1,
        "article/removed/http-403": 1,
        "article/removed/http-404": 1,
        "article/failed/timeout": 1,
        "article/failed/extraction": 1,
        "new/kept": 2,
    }
    found = digest(counts)
    assert found[Group.PAGES] == 4
    assert (found["gone"], found["no-text"]) == (1, 1)
    assert visits_by_class(counts)["denied"] == 1


def test_what_is_tried_again_counts_only_where_nothing_else_came() -> None:
    assert visits_by_class({"feed/deferred/http-503": 3, "feed/listed": 1}) == {"answered": 1}
    assert visits_by_class({"feed/deferred/http-503": 3}) == {"server-error": 3}


@given(st.dictionaries(st.integers(0, 60), st.integers(1, 50), min_size=1), st.floats(0.01, 0.99))
@settings(max_examples=50, deadline=None)
def test_a_quantile_has_its_share_below_or_in_it(bins: dict[int, int], share: float) -> None:
    place = quantile(bins, share)
    total = sum(bins.values())
    assert sum(number for at, number in bins.items() if at < place) <= share * total + 1e-6
    assert sum(number for at, number in bins.items() if at <= place) >= share * total - 1e-6


@pytest.mark.parametrize(("texts", "drawn"), [(19, False), (20, True)])
def test_a_history_of_few_texts_draws_nothing(texts: int, drawn: bool) -> None:
    history = {"articles": texts, "charset/utf-8": texts, "language/en": texts, "words/34": texts}
    names = {measure.name for measure in own_measures(history)}
    assert ({"charset", "language", "very-short", "very-long", "short"} <= names) is drawn
