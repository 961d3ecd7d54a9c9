"""The Harbour Post: a crowded daily on a blog engine, with every sort of clutter around and inside the story."""

from collections.abc import Sequence

from collector.demo.articles import DemoArticle
from collector.demo.layout import Layout, Listing, draw_blocks, escape, iso, month_day_year, ordinal_day, quoted
from collector.demo.masthead import CONTENT
from corpus.types import Reason

#: Sections that hide under "More.." in the menu.
_MORE = ("feature", "opinion", "sci-tech")

#: Standing pages in the footers.
_STANDING = {
    "about-us": "About Us",
    "advertise": "Advertise",
    "contact-us": "Contact Us",
    "jobs": "Jobs",
    "archive": "Archive",
}


class HarbourPost(Layout):
    """Draw The Harbour Post."""

    def article(self, article: DemoArticle, part: int) -> str:
        """Draw an article; its page number is always 1."""
        main = self.fill(
            "article",
            base=self.base,
            url=self.href(article.path),
            title=escape(article.title),
            section_link=self.link(self.masthead.section(article.section_slug), article.section),
            byline=" and ".join(self.link(self.masthead.author(name), name) for name in article.authors),
            updated=f"{ordinal_day(article.changed)}, {article.changed:%H:%M} IST",
            figure=self._figure(article),
            print_link=self._print_link(article),
            body=self._body(article, part),
            tags="".join(self.link(self.masthead.tag(tag), tag, rel="tag") for tag in article.tags),
            sidebar=self._sidebar(),
        )
        title = f"{article.title} - {self.masthead.name}"
        return self._frame(title, self._head(article), main, kind="single-post", lang=article.declared_language)

    def listing(self, listing: Listing) -> str:
        """Draw a section, tag or author front."""
        pages = [
            f"<span>{number}</span>"
            if number == listing.number
            else self.link(self.page_path(listing, number), str(number))
            for number in range(1, listing.last + 1)
        ]
        if listing.number < listing.last:
            pages.append(self.link(self.page_path(listing, listing.number + 1), "Next", rel="next"))
        main = self.fill(
            "listing",
            base=self.base,
            title=escape(listing.title),
            items="\n".join(self._teaser(article) for article in listing.articles),
            pages=" ".join(pages) + f" <em>Page {listing.number} of {listing.last}</em>",
            sidebar=self._sidebar(),
        )
        canonical = self.href(self.page_path(listing, listing.number))
        head = f'<meta name="robots" content="index, follow">\n<link rel="canonical" href="{canonical}">'
        return self._frame(f"{listing.title} Archives - {self.masthead.name}", head, main, kind="archive")

    def home(self) -> str:
        """Draw the front page: the newest stories, then a block for each section."""
        blocks = [f"<section><h2>Top Stories</h2>{self._teasers(self.listed[:6])}</section>"]
        for slug, label in self.masthead.sections.items():
            stories = [article for article in self.listed if article.section_slug == slug][:4]
            heading = self.link(self.masthead.section(slug), label)
            blocks.append(f"<section><h2>{heading}</h2>{self._teasers(stories)}</section>")
        partners = " ".join(f'<a href="{address}">{escape(name)}</a>' for name, address in self.partners)
        main = (
            '<div class="hp-columns"><main class="hp-main">'
            + "\n".join(blocks)
            + f'<p class="hp-meta">Partner papers: {partners}</p></main>{self._sidebar()}</div>'
        )
        head = f'<meta name="description" content="{quoted(self.masthead.tagline)}">'
        return self._frame(f"{self.masthead.name} - {self.masthead.tagline}", head, main, kind="home")

    def note(self, title: str, body: str, *, robots: str = "index, follow") -> str:
        """Draw a standing page or an error."""
        main = f'<main class="hp-main"><h1>{escape(title)}</h1><div class="content-inner">{body}</div></main>'
        head = f'<meta name="robots" content="{robots}">'
        return self._frame(f"{title} - {self.masthead.name}", head, main, kind="page")

    def href(self, path: str) -> str:
        """Return the absolute address: the blog engine never writes a relative one."""
        return self.base + super().href(path)

    def _frame(self, title: str, head: str, main: str, *, kind: str, lang: str | None = None) -> str:
        standing = "".join(f"<li>{self.link(f'/{slug}/', label)}</li>" for slug, label in _STANDING.items())
        sections = "".join(f"<li>{self._section_link(slug)}</li>" for slug in self.masthead.sections)
        return self.fill(
            "frame",
            lang=lang or self.masthead.html_lang,
            title=escape(title),
            head=head,
            base=self.base,
            kind=kind,
            menu=self._menu(),
            main=main,
            footer_menu=f"<li>{self.link('/', 'Home')}</li>{sections}{standing}",
            long_menu=f"<li>{self.link('/latest/', 'Trending')}</li>{sections}{standing}",
        )

    def _menu(self) -> str:
        plain = [f"<li>{self._section_link(slug)}</li>" for slug in self.masthead.sections if slug not in _MORE]
        more = "".join(f"<li>{self._section_link(slug)}</li>" for slug in _MORE)
        return (
            f"<li>{self.link('/', 'Home')}</li><li>{self.link('/latest/', 'Trending')}</li>{''.join(plain)}"
            f"<li>{self.link('/latest/', 'More..')}<ul>{more}</ul></li>"
            f"<li>{self.link('/epaper/2026-11-14.pdf', 'Epaper')}</li>"
        )

    def _section_link(self, slug: str) -> str:
        return self.link(self.masthead.section(slug), self.masthead.sections[slug])

    def _head(self, article: DemoArticle) -> str:
        url = self.href(article.path)
        lines = [f'<link rel="canonical" href="{url}">', f'<link rel="shortlink" href="{self._short(article)}">']
        if article.removal is Reason.NOINDEX:
            lines.append('<meta name="robots" content="noindex, nofollow">')
        if article.twins:
            lines.append(f'<link rel="amphtml" href="{self.href(article.path + "amp/")}">')
        if article.bare_head:
            return "\n".join(lines)
        lines += [
            '<meta property="og:type" content="article">',
            f'<meta property="og:title" content="{quoted(article.title)} - {self.masthead.name}">',
            f'<meta property="og:url" content="{url}">',
            f'<meta property="og:site_name" content="{self.masthead.name}">',
            f'<meta property="article:published_time" content="{iso(article.published)}">',
            f'<meta property="article:section" content="{article.section}">',
            *(f'<meta name="author" content="{quoted(name)}">' for name in article.authors),
            *(f'<meta property="article:tag" content="{quoted(tag)}">' for tag in article.tags),
        ]
        if article.modified:
            lines.append(f'<meta property="article:modified_time" content="{iso(article.modified)}">')
        if article.picture:
            lines.append(f'<meta property="og:image" content="{self.href(article.picture.path)}">')
        return "\n".join(lines)

    def _short(self, article: DemoArticle) -> str:
        return self.href(self.masthead.short_path.format(number=article.number, path=article.path))

    def _figure(self, article: DemoArticle) -> str:
        if article.picture is None:
            return ""
        picture = article.picture
        return (
            f'<figure class="hp-featured"><img src="{self.href(picture.path)}" alt="{quoted(picture.caption)}" '
            f'width="640" height="360"><figcaption>{escape(picture.caption)}</figcaption></figure>'
            f'<p class="hp-credit">{escape(picture.credit)}</p>'
        )

    def _print_link(self, article: DemoArticle) -> str:
        return self.link(article.path + "?print=print", "Print") if article.twins else ""

    def _body(self, article: DemoArticle, part: int) -> str:
        blocks = article.parts[part - 1]
        inserts = {2: self._also_read(article)}
        if len(blocks) > 5:
            inserts[5] = '<div class="hp-ad">Advertisement</div>'
        credit = f'<p class="hp-agency">{escape(article.authors[0])}</p>' if article.wire else ""
        return draw_blocks(blocks, inserts=inserts) + credit

    def _also_read(self, article: DemoArticle) -> str:
        items = "".join(
            f'<div><h3>{self.article_link(other)}</h3><div class="hp-meta">{7 + 4 * place} hours ago</div></div>'
            for place, other in enumerate(self.others(article, 2))
        )
        return f'<div class="hp-also"><h3>Also Read</h3>{items}</div>'

    def _teasers(self, articles: Sequence[DemoArticle]) -> str:
        return "\n".join(self._teaser(article) for article in articles)

    def _teaser(self, article: DemoArticle) -> str:
        opening = " ".join(article.text.split()[:22])
        return (
            f'<article class="hp-post"><h3>{self.article_link(article)}</h3>'
            f'<div class="hp-meta">{month_day_year(article.published)}</div>'
            f"<p>{escape(opening)}...</p>{self.link(article.path, 'Read more')}</article>"
        )

    def _sidebar(self) -> str:
        return self.fill("sidebar", base=self.base, contest=self._contest(), archives=self._archives())

    def _contest(self) -> str:
        names = (CONTENT / self.masthead.key / "contest.txt").read_text("utf-8").splitlines()
        return "\n".join(
            f'<div class="hp-entry"><span>#MyLagoonPledge</span><h3>{self.link(f"/contest/#{place}", name)}</h3>'
            f'<div class="hp-meta">October 2, 2026</div></div>'
            for place, name in enumerate(names, start=1)
        )

    def _archives(self) -> str:
        opinions = [article for article in self.listed if article.section_slug == "opinion"]
        return "\n".join(
            f'<article><h3>{self.article_link(article)}</h3><div class="hp-meta">{month_day_year(article.published)}'
            f"</div><p>{escape(' '.join(article.text.split()[:20]))}...</p>"
            f"{self.link(article.path, 'Read more')}<span>Details</span></article>"
            for article in opinions
        )
