"""Fixtures that many tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine and in every run: what fails in one fails in all.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")

#: Third-party evaluation data; never part of this project. Override with COLLECTOR_TEST_DATA.
SHARED = Path(os.environ.get("COLLECTOR_TEST_DATA", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared evaluation data (data/, seeds/), or skip the test where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"no evaluation data at {SHARED}")
    return SHARED
