"""The section of the configuration that says what is kept, and for how long: ``[retention]``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from corpus.retention import Retention

#: Strict: `true` is no day; what is deleted does not come back.
_Days = Annotated[float, Field(ge=0, le=36_500, strict=True)]


class Retaining(BaseModel):
    """``[retention]``: for how many days at least; 0, the default of all, keeps for ever.

    Nothing goes by itself: `collector compact` obeys this.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Raw copies of feeds, sitemaps, home and section pages.
    listings_days: _Days = 0.0
    #: Raw copies of pages that became no article: they cannot be judged again by a newer cleaner.
    removed_days: _Days = 0.0
    #: Raw copies of an article's page from before its last version; the texts of all versions stay.
    superseded_days: _Days = 0.0
    #: Of the places that named a URL (menus name each section from every page), so many are kept, the first ones;
    #: 0 keeps what the ledger does (`corpus.ledger.MOST_MENTIONS`). No days: a number.
    mentions: Annotated[int, Field(ge=0, le=10_000, strict=True)] = 0
    #: Folders in exports/.
    exports_days: _Days = 0.0
    #: Files in reports/.
    reports_days: _Days = 0.0

    def shortest_days(self) -> float | None:
        """Return the shortest time after which something goes, None if nothing goes by its age."""
        every = (self.listings_days, self.removed_days, self.superseded_days, self.exports_days, self.reports_days)
        return min((days for days in every if days > 0), default=None)

    def archive(self) -> Retention:
        """Return what holds for the archive."""
        return Retention(
            listings_days=self.listings_days, removed_days=self.removed_days, superseded_days=self.superseded_days
        )
