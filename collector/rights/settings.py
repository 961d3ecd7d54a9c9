"""The section ``[rights]`` of the configuration: what is done about each way of speaking of use."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from corpus.rights import Action, Policies, Policy

_IGNORE = "ignore:"
_DEFAULT = "default"


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


def _is_policy_or_default(text: str) -> str:
    return text if text == _DEFAULT else _is_policy(text)


_Policy = Annotated[str, AfterValidator(_is_policy)]
_Setting = Annotated[str, AfterValidator(_is_policy_or_default)]


class _Signals(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    #: TDM Reservation Protocol.
    tdm_reservation: _Setting = _DEFAULT
    #: ``noai`` and ``noml``.
    noai: _Setting = _DEFAULT
    #: ``noimageai``.
    noimageai: _Setting = _DEFAULT
    #: Spawning's ai.txt.
    ai_txt: _Setting = _DEFAULT
    #: robots.txt against crawlers that gather training data.
    ai_training: _Setting = _DEFAULT
    #: robots.txt against crawlers that look up answers.
    ai_answers: _Setting = _DEFAULT
    #: Content-Signal and Content-Usage.
    content_signal: _Setting = _DEFAULT
    #: Really Simple Licensing.
    rsl: _Setting = _DEFAULT


class SiteRights(_Signals):
    """``[sites.NAME.rights]``: what a site has of its own."""

    #: What holds for each signal that has no setting of its own here; None leaves it to [rights].
    default: _Policy | None = None


class Rights(_Signals):
    """``[rights]``: what is done about opt-outs of text mining and machine learning, and about licences."""

    #: What holds for each signal that is left to it. None of them forbids reading: each speaks of a use, which the user
    #: knows and we do not.
    default: _Policy = Action.RECORD.value

    def policies(self, own: SiteRights | None = None) -> Policies:
        """Return what is done about each signal, on a site that may have settings of its own."""
        return Policies(**{name: self._policy(name, own) for name in Policies.__dataclass_fields__})

    def _policy(self, name: str, own: SiteRights | None) -> Policy:
        settings = [] if own is None else [getattr(own, name), own.default or _DEFAULT]
        settings += [getattr(self, name), self.default]
        return parse_policy(next(setting for setting in settings if setting != _DEFAULT))
