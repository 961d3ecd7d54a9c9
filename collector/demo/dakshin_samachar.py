"""Dakshin Samachar: one outlet in English, Hindi and Odia, with old pages in old encodings and a scripted home."""

from datetime import date, datetime

from collector.demo.articles import DemoArticle
from collector.demo.layout import MONTHS, Layout, Listing, draw_blocks, escape, iso, quoted
from corpus.types import Reason

_LABELS = {
    "en": {
        "home": "Home",
        "by": "By",
        "updated": "Updated",
        "read": "Reading time",
        "join": "Join our WhatsApp channel for alerts",
        "tags": "Topics",
        "first": "First published on",
        "next": "Up Next",
        "also": "ALSO READ",
    },
    "hi": {
        "home": "होम",
        "by": "लेखक",
        "updated": "अपडेट",
        "read": "पढ़ने का समय",
        "join": "ताज़ा ख़बरों के लिए हमारे व्हाट्सऐप चैनल से जुड़ें",
        "tags": "विषय",
        "first": "पहली बार प्रकाशित",
        "next": "आगे पढ़ें",
        "also": "यह भी पढ़ें",
    },
    "or": {
        "home": "ହୋମ",
        "by": "ଲେଖକ",
        "updated": "ଅପଡେଟ",
        "read": "ପଢ଼ିବା ସମୟ",
        "join": "ତାଜା ଖବର ପାଇଁ ଆମ ହ୍ୱାଟ୍ସଆପ ଚ୍ୟାନେଲରେ ଯୋଗ ଦିଅନ୍ତୁ",
        "tags": "ବିଷୟ",
        "first": "ପ୍ରଥମେ ପ୍ରକାଶିତ",
        "next": "ଆଗକୁ ପଢ଼ନ୍ତୁ",
        "also": "ଏହା ମଧ୍ୟ ପଢ଼ନ୍ତୁ",
    },
}

_HINDI_MONTHS = (
    "जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून",
    "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
)  # fmt: skip
_ODIA_MONTHS = (
    "ଜାନୁଆରୀ", "ଫେବୃଆରୀ", "ମାର୍ଚ୍ଚ", "ଏପ୍ରିଲ", "ମଇ", "ଜୁନ",
    "ଜୁଲାଇ", "ଅଗଷ୍ଟ", "ସେପ୍ଟେମ୍ବର", "ଅକ୍ଟୋବର", "ନଭେମ୍ବର", "ଡିସେମ୍ବର",
)  # fmt: skip
_ODIA_DIGITS = str.maketrans("0123456789", "୦୧୨୩୪୫୬୭୮୯")


class DakshinSamachar(Layout):
    """Draw Dakshin Samachar."""

    def article(self, article: DemoArticle, part: int) -> str:  # noqa: ARG002 - it splits none
        """Draw an article; old encodings stand in the old layout."""
        main = self._legacy(article) if is_legacy(article) else self._modern(article)
        title = f"{article.title} | {self.masthead.name}"
        return self._frame(title, self._head(article), main, article.declared_language, charset=article.meta_charset)

    def listing(self, listing: Listing) -> str:
        """Draw a section, tag or author front."""
        items = "\n".join(
            f"<p>{self.article_link(article)}<br><small>{day_in_words(article.published, 'en')}</small></p>"
            for article in listing.articles
        )
        pages = "".join(
            f"[{number}] " if number == listing.number else self.link(self.page_path(listing, number), str(number))
            for number in range(1, listing.last + 1)
        )
        main = self.fill("listing", title=escape(listing.title), items=items, pages=pages)
        return self._frame(f"{listing.title} | {self.masthead.name}", "", main, self.masthead.html_lang)

    def home(self) -> str:
        """Draw the front page, which is empty until its script runs."""
        return self.fill("home")

    def note(self, title: str, body: str, *, robots: str = "index, follow") -> str:
        """Draw a standing page or an error."""
        head = f'<meta name="robots" content="{robots}">'
        main = f"<h1>{escape(title)}</h1>{body}"
        return self._frame(f"{title} | {self.masthead.name}", head, main, self.masthead.html_lang)

    def _modern(self, article: DemoArticle) -> str:
        labels = _LABELS[article.language]
        return self.fill(
            "article",
            **{f"{name}_label": label for name, label in labels.items() if name != "also"},
            section_link=self.link(self.masthead.section(article.section_slug), article.section),
            title=escape(article.title),
            byline=self._byline(article),
            stamp=stamp(article.changed, article.language),
            minutes=str(1 + len(article.text.split()) // 200),
            figure=self._figure(article),
            body=draw_blocks(article.blocks, inserts={3: self._also(article, labels["also"])}),
            tags=" | ".join(self.link(self.masthead.tag(tag), tag) for tag in article.tags),
            twins=self.link(f"/print{article.path}", "Print") if article.twins else "",
            first=day_in_words(article.published, article.language),
            next="".join(f"<p>{self.article_link(other)}</p>" for other in self.others(article, 3)),
        )

    def _legacy(self, article: DemoArticle) -> str:
        return self.fill(
            "legacy",
            section_link=self.link(self.masthead.section(article.section_slug), article.section),
            title=escape(article.title),
            byline=self._byline(article),
            stamp=stamp(article.changed, "en"),
            figure=self._figure(article),
            body="<br><br>\n".join(block.html for block in article.blocks),
            tags=", ".join(self.link(self.masthead.tag(tag), tag) for tag in article.tags),
        )

    def _frame(self, title: str, head: str, main: str, lang: str, *, charset: str | None = "utf-8") -> str:
        menu = "".join(self.link(self.masthead.section(slug), label) for slug, label in self.masthead.sections.items())
        return self.fill(
            "frame",
            lang=lang,
            meta_charset=f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else "",
            title=escape(title),
            head=head,
            ticker=" *** ".join(self.article_link(article) for article in self.listed[2:5]),
            menu=menu,
            main=main,
            most_read="".join(f"<li>{self.article_link(article)}</li>" for article in self.listed[5:10]),
        )

    def _head(self, article: DemoArticle) -> str:
        lines = [
            f'<link rel="canonical" href="{quoted(self.url(article.path))}">',
            '<link rel="alternate" type="application/feed+json" title="Dakshin Samachar" href="/feed.json">',
        ]
        if article.removal is Reason.NOINDEX:
            lines.append('<meta name="robots" content="noindex,noarchive">')
        if article.twins:
            lines.append(f'<link rel="amphtml" href="{quoted(self.url("/amp" + article.path))}">')
        if not article.bare_head:
            lines += [
                f'<meta name="title" content="{quoted(article.title)}">',
                f'<meta name="keywords" content="{quoted(", ".join(article.tags))}">',
                f'<meta itemprop="datePublished" content="{iso(article.published)}">',
                *(f'<meta name="author" content="{quoted(name)}">' for name in article.authors),
            ]
            if article.modified:
                lines.append(f'<meta itemprop="dateModified" content="{iso(article.modified)}">')
        return "\n".join(lines)

    def _byline(self, article: DemoArticle) -> str:
        return ", ".join(self.link(self.masthead.author(name), name) for name in article.authors)

    def _figure(self, article: DemoArticle) -> str:
        if article.picture is None:
            return ""
        picture = article.picture
        return (
            f'<div class="photo"><img src="{self.href(picture.path)}" alt="{quoted(picture.caption)}" width="640" '
            f'height="360"><br><small>{escape(picture.caption)} ({escape(picture.credit)})</small></div>'
        )

    def _also(self, article: DemoArticle, label: str) -> str:
        other = self.others(article, 1, skip=4)[0]
        return f"<p><strong>{label} | {self.article_link(other)}</strong></p>"


def is_legacy(article: DemoArticle) -> bool:
    """Tell whether the article is an old page: not UTF-8 throughout."""
    return (article.charset, article.header_charset, article.meta_charset) != ("utf-8", "utf-8", "utf-8")


def day_in_words(time: date | datetime, language: str) -> str:
    """Return the day in the words and digits of a language.

    >>> [day_in_words(date(2026, 11, 14), language) for language in ("en", "hi", "or")]
    ['14 Nov 2026', '14 नवंबर 2026', '୧୪ ନଭେମ୍ବର ୨୦୨୬']
    """
    if language == "hi":
        return f"{time.day} {_HINDI_MONTHS[time.month - 1]} {time.year}"
    if language == "or":
        return f"{time.day} {_ODIA_MONTHS[time.month - 1]} {time.year}".translate(_ODIA_DIGITS)
    return f"{time.day} {MONTHS[time.month - 1][:3]} {time.year}"


def stamp(time: date | datetime, language: str) -> str:
    """Return the day, and the time where it is known, in the words of a language."""
    day = day_in_words(time, language)
    if not isinstance(time, datetime):
        return day
    clock = f"{time:%H:%M} IST"
    return f"{day}, {clock.translate(_ODIA_DIGITS) if language == 'or' else clock}"
