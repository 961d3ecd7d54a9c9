"""What may have broken on a site: the causes that alarms name."""

from enum import StrEnum


class Cause(StrEnum):
    """The likely cause of an alarm, from what keeps us from everything to what concerns one thing.

    A cause accounts for what stands below it: where the server is gone, nobody needs to hear that the feed is dead.
    """

    #: The host's name cannot be resolved.
    DNS = "dns"
    #: The certificate is not valid, or TLS fails otherwise.
    CERTIFICATE = "certificate"
    #: No connection, no answer in time, or nothing but errors of the server (5xx).
    SERVER_GONE = "server-gone"
    #: robots.txt forbids what it allowed before.
    ROBOTS = "robots"
    #: The server refuses us (401, 403, 429, 451).
    BLOCKED = "blocked"
    #: A consent wall, bot check or login comes instead of articles.
    CONSENT_WALL = "consent-wall"
    #: Pages hold a beginning, or say that they are not for free.
    PAYWALL = "paywall"
    #: Pages say that they must not be kept, or reserve their use.
    OPT_OUT = "opt-out"
    #: What feeds and fronts name is not there, or leads away from the site.
    MOVED = "moved"
    #: One page comes under many URLs: a wall or an error page in disguise.
    ONE_PAGE = "one-page"
    #: Another encoding, or texts read in a wrong one.
    CHARSET = "charset"
    #: Pages are built otherwise: no text is found, less of it, or less of what is said about it.
    REDESIGN = "redesign"
    #: Another language.
    LANGUAGE = "language"
    #: A feed, sitemap or front answers no longer, or names nothing any more.
    FEED_DEAD = "feed-dead"
    #: All is in order, and yet nothing new comes.
    NOTHING_PUBLISHED = "nothing-published"
    #: The same, and far less comes than before.
    FEWER_ARTICLES = "fewer-articles"

    @property
    def keeps_out(self) -> bool:
        """Whether nothing can be fetched while it lasts."""
        return _RANK[self] <= _RANK[Cause.BLOCKED]

    def accounts_for(self, other: "Cause") -> bool:
        """Tell whether the other cause is no news while this one lasts.

        >>> Cause.BLOCKED.accounts_for(Cause.FEED_DEAD), Cause.REDESIGN.accounts_for(Cause.FEED_DEAD)
        (True, False)
        """
        if self is other or self.keeps_out:
            return True
        if Cause.FEED_DEAD in {self, other}:
            return self is Cause.MOVED or other in {Cause.NOTHING_PUBLISHED, Cause.FEWER_ARTICLES}
        return _RANK[self] <= _RANK[other]


_RANK = {cause: rank for rank, cause in enumerate(Cause)}


def rank(cause: Cause) -> int:
    """Return a cause's place: what keeps us from everything is first."""
    return _RANK[cause]


#: What somebody may do about it.
REMEDIES = {
    Cause.DNS: "Check whether the site has moved to another name, and correct its entry in collector.toml.",
    Cause.CERTIFICATE: "Open the site in a browser: its owner has to renew the certificate, or this machine's clock or "
    "certificates are wrong.",
    Cause.SERVER_GONE: "Nothing is to be done unless it lasts; what was missed is fetched when the site is back.",
    Cause.ROBOTS: "It is obeyed. Ask the owner, or set enabled = false for the site.",
    Cause.BLOCKED: "Ask more slowly (delay_seconds), set collector.contact, and write to the owner.",
    Cause.CONSENT_WALL: "Look at an example in a browser; feeds or sitemaps may still name pages without a wall.",
    Cause.PAYWALL: "Look at an example; a licence from the publisher is what helps.",
    Cause.OPT_OUT: "It is obeyed. See docs/rights.md.",
    Cause.MOVED: "Look at the site, and correct its URLs in collector.toml (collector add URL finds feeds).",
    Cause.ONE_PAGE: "Look at an example: what comes is probably a wall or an error page.",
    Cause.CHARSET: "Look at an example's text (collector show). If it is sound, say so: collector health SITE --accept",
    Cause.REDESIGN: "Compare an example with its page (collector show). If it is sound, say so: collector health SITE "
    "--accept. What is archived can be cleaned again by a newer version (collector reclean).",
    Cause.LANGUAGE: "Look at an example; the site's sections may need an ignore pattern.",
    Cause.FEED_DEAD: "Look for the site's feeds again (collector add URL) and correct its entry.",
    Cause.FEWER_ARTICLES: "Look for sections and feeds that are new, or not named any more (collector add URL).",
    Cause.NOTHING_PUBLISHED: "Look at the site: it publishes elsewhere, or no longer.",
}
