import dataclasses
from collections.abc import Iterator

import pytest

from cleaners import config as module
from cleaners.config import DEFAULT, CleanerConfig, SiteKnowledge
from corpus.errors import ConfigError

PARTS = [value for value in vars(module).values() if dataclasses.is_dataclass(value) and isinstance(value, type)]


def numbers(part: type) -> Iterator[str]:
    for field in dataclasses.fields(part):
        if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
            yield field.name


@pytest.mark.parametrize(("part", "name"), [(part, name) for part in PARTS for name in numbers(part)])
def test_every_number_has_a_range_and_an_error_that_names_it(part: type, name: str) -> None:
    for value in (-1e12, 1e12, "5", True, None):
        with pytest.raises(ConfigError, match=name):
            part(**{name: value})


def test_configurations_are_values() -> None:
    assert CleanerConfig() == DEFAULT
    assert repr(CleanerConfig()) == repr(DEFAULT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEFAULT.min_words = 1  # type: ignore[misc]


def test_settings_that_are_not_given_stay_as_they_are() -> None:
    assert CleanerConfig.with_settings() == DEFAULT
    assert CleanerConfig.with_settings(min_words=80).min_words == 80
    changed = CleanerConfig.with_settings(obey_noindex=False, obey_nosnippet=False)
    assert not changed.obey_noindex
    assert not changed.obey_nosnippet


def test_a_site_cannot_expect_a_blank_language() -> None:
    assert SiteKnowledge(languages=("or",)).languages == ("or",)
    with pytest.raises(ConfigError, match=r"SiteKnowledge\.languages"):
        SiteKnowledge(languages=("or", " "))
