"""A slip in a setting's or a site's name is answered with what was probably meant."""

from pathlib import Path

import pytest

from collector.config import parse_config
from corpus.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[fetch]\ndelay_secs = 3", "fetch.delay_secs: there is no such setting (did you mean delay_seconds?)"),
        ("[fetch]\ncolour = 1", "fetch.colour: there is no such setting"),
        ("[feching]\ndelay_seconds = 3", "feching: there is no such setting (did you mean fetch?)"),
        (
            '[sites.post]\nurl = "https://post.example/"\nfeedz = []',
            "sites.post.feedz: there is no such setting (did you mean feeds?)",
        ),
        (
            '[sites.post]\nurl = "https://post.example/"\nmax_minutes = 3',
            "sites.post.max_minutes: there is no such setting (did you mean that of [schedule]?)",
        ),
        ("requests_per_day = 3", "requests_per_day: there is no such setting (did you mean that of [sites.NAME]?)"),
    ],
)
def test_what_was_meant_is_asked(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, Path("collector.toml"))
    assert str(caught.value).splitlines()[1:] == [f"  {told}"]


def test_a_site_with_a_like_name_is_named() -> None:
    config = parse_config('[sites.harbour-post]\nurl = "https://post.example/"', Path("collector.toml"))
    with pytest.raises(ConfigError, match=r"no site called harbor-post \(did you mean harbour-post\?\), x; known"):
        config.chosen(("harbor-post", "x"))
