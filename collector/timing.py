"""The sections of the configuration that say when: ``[revisit]`` and ``[schedule]``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from collector.schedule.times import parse_hours, parse_when, parse_zone
from corpus.habits import RevisitRules

#: Stands in where only the form of a schedule is checked.
_ANY_ZONE = parse_zone("UTC")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Revisiting(_Section):
    """``[revisit]``: when listings (feeds, sitemaps, home and section pages) and articles are looked at again."""

    #: What a request is worth: how many minutes one article may come later for one request less.
    request_minutes: Annotated[float, Field(gt=0, le=10_000)] = 15.0
    #: Least minutes between two visits to a listing …
    least_minutes: Annotated[float, Field(ge=0, le=10_000)] = 5.0
    #: … and most hours, while it is alive.
    most_hours: Annotated[float, Field(gt=0, le=8760)] = 24.0
    #: Most days between two visits to a listing that is dead, or has had nothing new for long.
    dead_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    #: Articles found in the last so many days are asked for again (conditionally), to see updates.
    article_days: Annotated[float, Field(ge=0, le=36_500)] = 3.0
    #: But not before so many hours have gone by since they were last fetched …
    article_hours: Annotated[float, Field(ge=0, le=87_600)] = 6.0
    #: … nor before this share of the age that they had then.
    article_spacing: Annotated[float, Field(ge=0, le=100)] = 1.0

    def rules(self) -> RevisitRules:
        """Return when listings and articles are asked again."""
        return RevisitRules(
            request_seconds=self.request_minutes * 60,
            least_seconds=self.least_minutes * 60,
            most_seconds=max(self.most_hours * 3600, self.least_minutes * 60),
            dead_seconds=self.dead_days * 86_400,
            young_seconds=self.article_days * 86_400,
            pause_seconds=self.article_hours * 3600,
            spacing=self.article_spacing,
        )


class Scheduling(_Section):
    """``[schedule]``: when `collector run` crawls which site."""

    #: When a site's turn comes: an interval (``every 15 minutes``) or a cron expression.
    when: str = "every 15 minutes"
    #: Time zone of cron expressions and quiet hours.
    time_zone: str = "UTC"
    #: Turns come up to so many minutes late, by chance, but never later than half-way to the next.
    jitter_minutes: Annotated[float, Field(ge=0, le=1440)] = 2.0
    #: Hours in which no crawl runs.
    quiet: tuple[str, ...] = ()
    #: Most crawls at once.
    max_crawls: Annotated[int, Field(ge=1, le=64)] = 2
    #: Longest crawl of a site, in minutes; then the others have their turn, and it goes on after them.
    max_minutes: Annotated[float, Field(gt=0, le=10_080)] = 60.0

    @field_validator("when")
    @classmethod
    def _comes(cls, when: str) -> str:
        parse_when(when, _ANY_ZONE)
        return when

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        parse_zone(name)
        return name

    @field_validator("quiet")
    @classmethod
    def _are_hours(cls, quiet: tuple[str, ...]) -> tuple[str, ...]:
        for hours in quiet:
            parse_hours(hours)
        return quiet
