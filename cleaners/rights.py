"""What is done about what a page, its response and its site say of its use."""

from collections.abc import Iterable, Sequence

from corpus.rights import Action, Policies, Signal, Statement
from corpus.types import Provenance, Reason, Removal

#: Signals that speak of images alone; obeyed, an article stays and names no image.
_OF_IMAGES = frozenset({Signal.NOIMAGEAI})


def decide(statements: Iterable[Statement], policies: Policies) -> tuple[Statement, ...]:
    """Settle contradictions and say what is done about each statement.

    A reservation after the TDM Reservation Protocol is superseded by a later one: the file by the header, that by the
    page ("Processing priority" of its final report). All other statements stand beside each other, each once.

    Args:
        statements: The site's first, then the header's, then the page's.
        policies: What is done about each signal.
    """
    said = list(statements)
    last = [one for one in said if one.signal is Signal.TDM_RESERVATION][-1:]
    settled = (one for one in said if one.signal is not Signal.TDM_RESERVATION or one is last[0])
    return tuple(dict.fromkeys(one.under(policies) for one in settled))


def judge_rights(
    url: str, decided: Sequence[Statement], provenance: Provenance | None = None, title: str | None = None
) -> Removal | None:
    """Remove a page whose use is reserved, where that is obeyed."""
    refusing = next((one for one in decided if one.refuses and one.signal not in _OF_IMAGES), None)
    if refusing is None:
        return None
    return Removal(url=url, reason=Reason.OPT_OUT, evidence=str(refusing), provenance=provenance, title=title)


def refuses_images(decided: Sequence[Statement]) -> bool:
    """Tell whether a statement that is obeyed reserves the page's images."""
    return any(one.refuses and one.signal in _OF_IMAGES for one in decided)


def asks_for(policies: Policies, signal: Signal) -> bool:
    """Tell whether a file that holds nothing but a signal is worth a request."""
    return policies.of(signal).action is not Action.IGNORE
