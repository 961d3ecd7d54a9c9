"""Pages of every outlet that are no articles: errors in both senses, walls, loops, traps, drafts."""

import re
from collections.abc import Iterator

from collector.demo.articles import OddPage
from collector.demo.assets import draw_pdf
from collector.demo.layout import MONTHS, Layout, escape, fill
from collector.demo.resource import Resource, redirect
from corpus.types import Reason

#: Front of the calendar that never ends.
EVENTS = "/events/2026/11/"
#: List of old and odd pages that every page's footer links to.
ARCHIVE = "/archive/"
EPAPER = "/epaper/2026-11-14.pdf"
GONE = "/archive/2018/gone/"
WITHDRAWN = "/archive/2017/withdrawn/"
SOFT_404 = "/archive/2019/the-week-the-lighthouse-went-dark/"
CONSENT_WALL = "/archive/2026/weekend-long-read/"
LOOP = "/go/round/"
LOOP_BACK = "/go/about/"
PARTNER = "/go/partner/"
DRAFT = "/draft/"
PRIVATE = "/private/"

_MONTH = re.compile(r"/events/(\d{4})/(0[1-9]|1[0-2])/")
_DAY = re.compile(r"/events/(\d{4})/(0[1-9]|1[0-2])/(0[1-9]|[12]\d)/")

_REASONS = {
    EPAPER: Reason.NOT_HTML,
    GONE: Reason.HTTP_ERROR,
    WITHDRAWN: Reason.HTTP_ERROR,
    SOFT_404: Reason.ERROR_PAGE,
    CONSENT_WALL: Reason.CONSENT_WALL,
    LOOP: Reason.REDIRECT_LOOP,
    LOOP_BACK: Reason.REDIRECT_LOOP,
    PARTNER: Reason.OFFSITE,
    DRAFT: Reason.NOINDEX,
    EVENTS: Reason.TRAP,
    PRIVATE: Reason.ROBOTS,
}

_LABELS = {
    EPAPER: "Epaper of 14 November 2026",
    GONE: "Budget special, 2018",
    WITHDRAWN: "A letter from 2017",
    SOFT_404: "The week the lighthouse went dark",
    CONSENT_WALL: "The weekend long read",
    LOOP: "Election night, as it happened",
    PARTNER: "Front page of our partner",
    DRAFT: "From the drafts folder",
    EVENTS: "What’s on",
    PRIVATE: "Letters for subscribers",
}


def odd_pages(outlet: str) -> tuple[OddPage, ...]:
    """Return the odd pages of an outlet with what a collector ought to make of them."""
    return tuple(OddPage(outlet=outlet, path=path, removal=reason) for path, reason in _REASONS.items())


def draw_oddities(layout: Layout) -> Iterator[tuple[str, Resource]]:
    """Yield path and resource of every odd page but the calendar's, and of the archive that links to them."""
    yield ARCHIVE, _page(layout.note("Archive", _archive(layout)))
    yield EPAPER, Resource(body=draw_pdf(f"{layout.masthead.name} 14 November 2026"), content_type="application/pdf")
    yield SOFT_404, missing(layout, status=200)
    yield WITHDRAWN, _page(layout.note("Withdrawn", "<p>This letter was withdrawn.</p>"), status=410)
    yield CONSENT_WALL, _page(fill("shared/consent", name=layout.masthead.name))
    yield LOOP, redirect(layout.url(LOOP_BACK), status=302)
    yield LOOP_BACK, redirect(layout.url(LOOP), status=302)
    partner = layout.partners[0][1] if layout.partners else layout.url("/")
    yield PARTNER, redirect(partner, status=302)
    draft = layout.note("From the drafts folder", fill("shared/draft"))
    yield DRAFT, Resource(body=draft.encode(), headers=(("X-Robots-Tag", "noindex, nofollow"),))
    yield PRIVATE, _page(layout.note("Letters for subscribers", _letters(layout)))
    yield "/search", _page(layout.note("Search", "<p>No Result</p>", robots="noindex, follow"))


def draw_calendar(layout: Layout, path: str) -> Resource | None:
    """Return a month or a day of the calendar, whatever year is asked for; None for any other path."""
    if month := _MONTH.fullmatch(path):
        return _page(_month(layout, int(month[1]), int(month[2])))
    if day := _DAY.fullmatch(path):
        title = f"{int(day[3])} {MONTHS[int(day[2]) - 1]} {day[1]}"
        back = layout.link(f"/events/{day[1]}/{day[2]}/", "Back to the month")
        return _page(layout.note(title, f"<p>Nothing is announced for this day. {back}</p>"))
    return None


def missing(layout: Layout, *, status: int = 404) -> Resource:
    """Return the outlet's error page; with status 200 it is what is called a soft 404."""
    words = (
        "<p>Oops! The page you asked for can’t be found. It may have moved, or the address may be wrong. "
        f"Try the {layout.link('/', 'front page')} or the {layout.link(ARCHIVE, 'archive')}.</p>"
    )
    return _page(layout.note("Page not found", words), status=status)


def _page(html: str, status: int = 200) -> Resource:
    return Resource(body=html.encode(), status=status)


def _archive(layout: Layout) -> str:
    old = [(f"/old/{article.number}.html", article.title) for article in layout.listed[-3:]]
    items = "".join(f"<li>{layout.link(path, label)}</li>" for path, label in [*_LABELS.items(), *old])
    return f"<ul>{items}</ul>"


def _letters(layout: Layout) -> str:
    letters = [article for article in layout.articles if article.removal is Reason.ROBOTS]
    return "".join(f"<p>{layout.article_link(article)}</p>" for article in letters)


def _month(layout: Layout, year: int, month: int) -> str:
    before, after = (year * 12 + month - 2, year * 12 + month)
    links = [
        layout.link(_month_path(place), f"{MONTHS[place % 12]} {place // 12}", rel=rel)
        for place, rel in ((before, "prev"), (after, "next"))
        if 0 < place // 12 <= 9999
    ]
    days = " ".join(layout.link(f"/events/{year:04}/{month:02}/{day:02}/", str(day)) for day in range(1, 29))
    body = f"<p>{' | '.join(links)}</p><p>{days}</p>"
    return layout.note(f"Events in {escape(MONTHS[month - 1])} {year}", body)


def _month_path(place: int) -> str:
    return f"/events/{place // 12:04}/{place % 12 + 1:02}/"
