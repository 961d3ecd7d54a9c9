"""The section ``[rights]`` of the configuration: what is done about each way of speaking of use."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from corpus.rights import Action, Policies, Policy

_IGNORE = "ignore:"


def parse_policy(text: str) -> Policy:
    """Return the policy that a setting names.

    Raises:
        ValueError: It is none of ``obey``, ``record`` and ``ignore: REASON``.

    >>> parse_policy("ignore: licensed to us on 2026-03-01")
    Policy(action=<Action.IGNORE: 'ignore'>, reason='licensed to us on 2026-03-01')
    """
    if text in {Action.OBEY, Action.RECORD}:
        return Policy(action=Action(text))
    reason = text.removeprefix(_IGNORE).strip()
    if text.startswith(_IGNORE) and reason:
        return Policy(action=Action.IGNORE, reason=reason)
    if text.startswith(Action.IGNORE):
        raise ValueError('to ignore needs a reason: "ignore: we have a licence of …"')
    raise ValueError('must be "obey", "record" or "ignore: REASON"')


def _is_policy(text: str) -> str:
    parse_policy(text)
    return text


_Setting = Annotated[str, AfterValidator(_is_policy)] | None


class Rights(BaseModel):
    """``[rights]``, and ``[sites.NAME.rights]`` for one site."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: What holds for each signal that has no setting of its own here.
    default: _Setting = None
    #: TDM Reservation Protocol.
    tdm_reservation: _Setting = None
    #: ``noai`` and ``noml``.
    noai: _Setting = None
    #: ``noimageai``.
    noimageai: _Setting = None
    #: Spawning's ai.txt.
    ai_txt: _Setting = None
    #: robots.txt against crawlers that gather training data.
    ai_training: _Setting = None
    #: robots.txt against crawlers that look up answers.
    ai_answers: _Setting = None
    #: Content-Signal and Content-Usage.
    content_signal: _Setting = None
    #: Really Simple Licensing.
    rsl: _Setting = None

    def policies(self, own: "Rights | None" = None) -> Policies:
        """Return what is done about each signal, where a site has settings of its own by these."""
        chosen: dict[str, Policy] = {}
        for name in Policies.__dataclass_fields__:
            settings = [getattr(own, name), own.default] if own is not None else []
            setting = next(filter(None, [*settings, getattr(self, name), self.default]), Action.RECORD.value)
            chosen[name] = parse_policy(setting)
        return Policies(**chosen)
