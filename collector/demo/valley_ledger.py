"""Valley Ledger: a modern nonprofit newsroom with JSON-LD, standfirsts, pull quotes, split stories and comments."""

from datetime import date, datetime
from typing import Any

from collector.demo.articles import DemoArticle
from collector.demo.layout import Layout, Listing, draw_blocks, escape, iso, json_ld, month_day_year, quoted
from corpus.types import Reason

_SIGNUP = (
    '<div class="inline-signup"><h4>The valley in your inbox</h4><p>One email every Friday, no ads, unsubscribe '
    'whenever you like.</p><form action="/support/" method="get"><input type="email" name="email" '
    'placeholder="Email address"><button>Sign up</button></form></div>'
)


class ValleyLedger(Layout):
    """Draw Valley Ledger."""

    def article(self, article: DemoArticle, part: int) -> str:
        """Draw one page of an article."""
        main = self.fill(
            "article",
            section_link=self.link(self.masthead.section(article.section_slug), article.section),
            title=escape(article.title),
            standfirst=f'<p class="newspack-subtitle">{escape(article.standfirst)}</p>' if article.standfirst else "",
            byline=" and ".join(self.link(self.masthead.author(name), name) for name in article.authors),
            published_iso=iso(article.published),
            published=clock_time(article.published),
            modified=self._modified(article),
            figure=self._figure(article),
            body=self._body(article, part),
            page_links=self._page_links(article, part),
            correction=self._correction(article),
            tags=", ".join(self.link(self.masthead.tag(tag), tag, rel="tag") for tag in article.tags),
            twins=self.link(article.path + "print/", "Print this story") if article.twins else "",
            bios=self._bios(article),
            related="".join(self._teaser(other) for other in self.others(article, 3)),
            comments=self._comments(article),
        )
        title = f"{article.title} - {self.masthead.name}"
        return self._frame(title, self._head(article, part), main, kind="single")

    def listing(self, listing: Listing) -> str:
        """Draw a section, tag or author front."""
        pages = []
        if listing.number > 1:
            pages.append(self.link(self.page_path(listing, listing.number - 1), "Newer posts", rel="prev"))
        if listing.number < listing.last:
            pages.append(self.link(self.page_path(listing, listing.number + 1), "Older posts", rel="next"))
        main = self.fill(
            "listing",
            label="Stories",
            title=escape(listing.title),
            items="\n".join(self._teaser(article, excerpt=True) for article in listing.articles),
            pages=" ".join(pages),
        )
        canonical = quoted(self.url(self.page_path(listing, listing.number)))
        head = f'<link rel="canonical" href="{canonical}">'
        return self._frame(f"{listing.title} - {self.masthead.name}", head, main, kind="archive")

    def home(self) -> str:
        """Draw the front page."""
        items = "\n".join(self._teaser(article, excerpt=True) for article in self.listed[:9])
        more = self.link(self.masthead.latest_path, "All stories")
        partners = " · ".join(f'<a href="{address}">{escape(name)}</a>' for name, address in self.partners)
        main = f"<section>{items}</section><p>{more}</p><p>Papers we share stories with: {partners}</p>"
        head = f'<meta property="og:type" content="website"><link rel="canonical" href="{self.base}/">'
        return self._frame(f"{self.masthead.name} - {self.masthead.tagline}", head, main, kind="home")

    def note(self, title: str, body: str, *, robots: str = "index, follow") -> str:
        """Draw a standing page or an error."""
        main = f'<h1 class="entry-title">{escape(title)}</h1><div class="entry-content">{body}</div>'
        return self._frame(f"{title} - {self.masthead.name}", f'<meta name="robots" content="{robots}">', main, "page")

    def _frame(self, title: str, head: str, main: str, kind: str) -> str:
        menu = "".join(
            f"<li>{self.link(self.masthead.section(slug), label)}</li>"
            for slug, label in self.masthead.sections.items()
        )
        return self.fill(
            "frame", lang=self.masthead.html_lang, title=escape(title), head=head, main=main, kind=kind, menu=menu
        )

    def _head(self, article: DemoArticle, part: int) -> str:
        path = part_path(article, part)
        lines = [f'<link rel="canonical" href="{quoted(self.url(path))}">']
        if part > 1:
            lines.append(f'<link rel="prev" href="{quoted(self.url(part_path(article, part - 1)))}">')
        if part < len(article.parts):
            lines.append(f'<link rel="next" href="{quoted(self.url(part_path(article, part + 1)))}">')
        if article.twins:
            lines.append(f'<link rel="amphtml" href="{quoted(self.url(article.path + "amp/"))}">')
        if article.removal is Reason.NOINDEX:
            lines.append('<meta name="robots" content="noindex">')
        lines.append(f'<meta property="og:title" content="{quoted(article.title)}">')
        lines.append(f'<meta property="og:site_name" content="{quoted(self.masthead.name)}">')
        if article.standfirst:
            lines.append(f'<meta name="description" content="{quoted(article.standfirst)}">')
        lines.append(json_ld({"@context": "https://schema.org", "@graph": self._graph(article)}))
        return "\n".join(lines)

    def _graph(self, article: DemoArticle) -> list[dict[str, Any]]:
        site = {"@type": "WebSite", "@id": f"{self.base}/#website", "url": f"{self.base}/", "name": self.masthead.name}
        kind = "Organization" if article.wire else "Person"
        story: dict[str, Any] = {
            "@type": article.page_type,
            "@id": self.url(article.path) + "#article",
            "mainEntityOfPage": self.url(article.path),
            "headline": article.title,
            "datePublished": iso(article.published),
            "dateModified": iso(article.changed),
            "author": [
                {"@type": kind, "name": name, "url": self.url(self.masthead.author(name))} for name in article.authors
            ],
            "publisher": {"@type": "NewsMediaOrganization", "name": self.masthead.name, "url": f"{self.base}/"},
            "articleSection": [article.section],
            "keywords": list(article.tags),
            "inLanguage": article.declared_language,
            "isAccessibleForFree": not article.paywalled,
            "isPartOf": {"@id": f"{self.base}/#website"},
        }
        if article.standfirst:
            story["description"] = article.standfirst
        if article.picture:
            story["image"] = {"@type": "ImageObject", "url": self.url(article.picture.path)}
        crumbs = {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "name": "Home", "item": f"{self.base}/"},
                {"@type": "ListItem", "position": 2, "name": article.section},
            ],
        }
        return [site, story, crumbs]

    def _modified(self, article: DemoArticle) -> str:
        if article.modified is None:
            return ""
        stamp = clock_time(article.modified)
        return f' <time class="updated" datetime="{iso(article.modified)}">Updated {stamp}</time>'

    def _figure(self, article: DemoArticle) -> str:
        if article.picture is None:
            return ""
        picture = article.picture
        return (
            f'<figure class="post-thumbnail"><img src="{self.href(picture.path)}" alt="" width="640" height="360">'
            f'<figcaption class="wp-caption-text">{escape(picture.caption)} '
            f'<span class="image-credit">Credit: {escape(picture.credit)}</span></figcaption></figure>'
        )

    def _body(self, article: DemoArticle, part: int) -> str:
        inserts = {}
        if article.pull_quote and part == 1:
            inserts[2] = f'<aside class="pullquote">“{escape(article.pull_quote)}”</aside>'
        if not article.paywalled:
            inserts[3] = _SIGNUP
            inserts[5] = self._more_on(article)
        gate = self.fill("paywall") if article.paywalled else ""
        return draw_blocks(article.parts[part - 1], inserts=inserts) + gate

    def _more_on(self, article: DemoArticle) -> str:
        items = "".join(f"<li>{self.article_link(other)}</li>" for other in self.others(article, 2, skip=3))
        return f'<div class="more-on"><h4>More on this</h4><ul>{items}</ul></div>'

    def _page_links(self, article: DemoArticle, part: int) -> str:
        last = len(article.parts)
        if last == 1:
            return ""
        links = " ".join(
            f"<span>{number}</span>" if number == part else self.link(part_path(article, number), str(number))
            for number in range(1, last + 1)
        )
        onward = self.link(part_path(article, part + 1), "Next page", rel="next") if part < last else ""
        return f'<div class="page-links">Page {part} of {last} {links} {onward}</div>'

    def _correction(self, article: DemoArticle) -> str:
        if article.correction is None:
            return ""
        return f'<p class="correction"><strong>Correction:</strong> {escape(article.correction)}</p>'

    def _bios(self, article: DemoArticle) -> str:
        if article.wire:
            return ""
        return "".join(
            f'<div class="author-bio"><h4>{self.link(self.masthead.author(name), name)}</h4><p>{escape(name)} writes '
            f"about {escape(article.section.lower())} for the {self.masthead.name}. Tips are welcome, on or off the "
            f"record. {self.link(self.masthead.author(name), 'More by ' + name)}</p></div>"
            for name in article.authors
        )

    def _comments(self, article: DemoArticle) -> str:
        if not article.comments:
            return '<section id="comments"><h3>Join the conversation</h3><p>No comments yet.</p></section>'
        items = "".join(
            f'<div class="comment"><strong>{escape(comment.name)}</strong> <span>says:</span>'
            f"<p>{escape(comment.text)}</p><span>Reply</span></div>"
            for comment in article.comments
        )
        return f'<section id="comments"><h3>{len(article.comments)} comments</h3>{items}</section>'

    def _teaser(self, article: DemoArticle, *, excerpt: bool = False) -> str:
        summary = article.standfirst or " ".join(article.text.split()[:24]) + " …"
        words = f"<p>{escape(summary)}</p>" if excerpt else ""
        return (
            f'<article class="teaser"><h3>{self.article_link(article)}</h3>{words}'
            f'<div class="entry-meta">{month_day_year(article.published)}</div></article>'
        )


def part_path(article: DemoArticle, part: int) -> str:
    """Return the path of page ``part`` (from 1) of an article."""
    return article.path if part == 1 else f"{article.path}?page={part}"


def clock_time(time: date | datetime) -> str:
    """Return the day, and the time where it is known, as the Ledger writes them.

    >>> clock_time(datetime(2026, 11, 9, 18, 5)), clock_time(date(2026, 11, 9))
    ('November 9, 2026 at 6:05 p.m.', 'November 9, 2026')
    """
    if not isinstance(time, datetime):
        return month_day_year(time)
    half = "a.m." if time.hour < 12 else "p.m."
    return f"{month_day_year(time)} at {time.hour % 12 or 12}:{time:%M} {half}"
