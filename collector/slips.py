"""Slips of the pen in names: what somebody meant who wrote a setting, or a site, that there is not."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel


def meant(name: str, known: Iterable[str]) -> str:
    """Return the question whether another name was meant, to stand behind this one; "" where none is like it.

    >>> meant("delay_secs", ["delay_seconds", "concurrency"]), meant("colour", ["delay_seconds"])
    (' (did you mean delay_seconds?)', '')
    """
    found = get_close_matches(name, list(known), n=1)
    return f" (did you mean {found[0]}?)" if found else ""


def meant_setting(configuration: type[BaseModel], place: Sequence[str | int]) -> str:
    """Return the same for a setting: the sections that have one of this name, or one of its own with a like name.

    Args:
        configuration: The whole configuration.
        place: The names that lead to the setting, its own the last.
    """
    *above, name = map(str, place)
    section = _section(configuration, above)
    if section is None:
        return ""
    elsewhere = [title for title, other in _sections(configuration).items() if name in other.model_fields]
    return f" (did you mean that of {' or '.join(elsewhere)}?)" if elsewhere else meant(name, section.model_fields)


def _section(model: type[BaseModel] | None, names: Sequence[str]) -> type[BaseModel] | None:
    """Return the model at a place; the entries of a table have one between them."""
    for name in names:
        if model is None:
            return None
        field = model.model_fields.get(name)
        if field is not None:
            model = _model_in(field.annotation)
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _sections(configuration: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    found = {}
    for name, field in configuration.model_fields.items():
        model = _model_in(field.annotation)
        if model is not None:
            found[f"[{name}.NAME]" if get_args(field.annotation) else f"[{name}]"] = model
    return found
