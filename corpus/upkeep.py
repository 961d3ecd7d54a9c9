"""Brings what is known of near-duplicates up to date where one transaction would be too long for it."""

from collections.abc import Callable

from corpus.store import Store


def catch_up(store: Store, shown: Callable[[int], object] = lambda _: None) -> int:
    """Look for near-duplicates of all articles that wait for it, in transactions of moderate size.

    Some wait when the corpus was made by an older version, or when many articles changed at once; and all clusters are
    made anew when the rules changed.

    Args:
        store: The corpus.
        shown: Told after each transaction how many articles it settled.

    Returns:
        How many articles that were: none where all wait for `rebuild` (see `corpus.documents.Documents.in_step`).

    Raises:
        StoreError: The database cannot be written; what is settled so far is stored.
    """
    total = 0
    while True:
        with store.transaction():
            store.documents.follow_rules()
            before = store.documents.count_waiting()
        settled = before - store.documents.count_waiting()
        total += settled
        shown(settled)
        if settled <= 0:
            return total


def rebuild(store: Store, shown: Callable[[int], object] = lambda _: None) -> int:
    """Make signatures, pairs and clusters anew from the stored texts; return how many articles there are.

    Interrupted, it is finished by the next `catch_up`.
    """
    with store.transaction():
        store.documents.forget()
        total = store.documents.count_waiting()
    shown(total - store.documents.count_waiting())
    catch_up(store, shown)
    return total
