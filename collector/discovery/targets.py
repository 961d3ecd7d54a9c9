"""How a page links: every URL it points to, with the words and the places of its links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml.html import HtmlElement

from corpus.urls import canonicalise, resolve

#: Words of a link's text from which on it reads like a headline.
MIN_HEADLINE_WORDS = 4
#: Characters that do the same, whatever the words.
MIN_HEADLINE_CHARACTERS = 25
#: Han characters and kana that do the same; four words have about eight.
MIN_HEADLINE_HAN_OR_KANA = 8
#: Words of a label that repeats its URL, at most: "Arts & Culture".
MAX_LABEL_WORDS = 3
#: Characters of a label that names a URL of one word in another script, at most.
MAX_LABEL_CHARACTERS = 12

_MENU_TAGS = frozenset({"nav", "header", "footer"})
# Whole class names and ids; a page whose <body> is called "has-menu" is no menu.
_MENU_NAME = re.compile(
    r"(?:^|\s)(?:(?:main|primary|secondary|site|top|global|header|mobile|sub|off-?canvas)[-_]?)?"
    r"(?:nav|navbar|navigation|menu|breadcrumbs?|footer|topbar)(?=\s|$)"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"\d")
# The last segment of a path, without a folder's own document, and the query.
_NAME = re.compile(r"/([^/]*?)/?(?:(?:index|default|home)\.\w{2,5})?(?:\?.*)?$")
_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(slots=True, kw_only=True)
class Target:
    """A URL that a page links to, and what all its links say together."""

    #: The URL as resolved from its first link.
    url: str
    #: Link relations, in lower case.
    rels: set[str] = field(default_factory=set)
    #: Texts of the links, white space collapsed.
    texts: set[str] = field(default_factory=set)
    #: True where at least one link carries no rel=nofollow.
    followed: bool = False
    #: True where a link reads like a headline: many words; or in a heading, and no label or within an ``article``;
    #: or around a picture outside the menus.
    headlined: bool = False
    #: True where every link stands in a menu, a header or a footer.
    in_menus: bool = True
    #: True where a link is a label: its text is the URL's own name.
    labelled: bool = False


def base_of(tree: HtmlElement, url: str) -> str:
    """Return the URL that the page's references are relative to (``<base href>``)."""
    for element in tree.iter("base"):
        if href := element.get("href"):
            try:
                return resolve(href, url)
            except ValueError:
                break
    return url


def read_targets(tree: HtmlElement, url: str) -> tuple[Target, ...]:
    """Return what a page's ``a`` and ``area`` elements point to, in order; http(s) URLs other than its own.

    URLs with one canonical form are one target.
    """
    base = base_of(tree, url)
    own = canonicalise(url)
    targets: dict[str, Target] = {}
    places = _Places()
    for anchor in tree.iter("a", "area"):
        try:
            reference = resolve(anchor.get("href", ""), base)
            key = canonicalise(reference)
        except ValueError:
            continue
        if key != own:
            _add(targets.setdefault(key, Target(url=reference)), anchor, places)
    return tuple(targets.values())


def _add(target: Target, anchor: HtmlElement, places: "_Places") -> None:
    rels = set((anchor.get("rel") or "").lower().split())
    texts = {" ".join(text.split()) for text in _texts(anchor)} - {""}
    in_menu, in_article = places.of(anchor)
    in_heading = bool(texts) and _in_heading(anchor)
    labelled = any(_is_label(text, target.url) for text in texts)
    pictured = not in_menu and next(anchor.iter("img", "picture"), None) is not None
    target.rels |= rels
    target.texts |= texts
    target.followed |= "nofollow" not in rels
    target.in_menus &= in_menu
    target.labelled |= labelled
    target.headlined |= pictured or (in_heading and (in_article or not labelled))
    target.headlined |= any(map(_reads_like_headline, texts))


def _texts(anchor: HtmlElement) -> Iterator[str]:
    yield anchor.text_content()
    yield anchor.get("title") or ""
    yield anchor.get("aria-label") or ""


def _reads_like_headline(text: str) -> bool:
    if len(_HAN_OR_KANA.findall(text)) >= MIN_HEADLINE_HAN_OR_KANA:
        return True
    return len(text.split()) >= MIN_HEADLINE_WORDS or len(text) >= MIN_HEADLINE_CHARACTERS


def _is_label(text: str, url: str) -> bool:
    """Tell whether the link is called as its URL is: "Arts & Culture" for /arts-and-culture/, "财经" for /caijing/."""
    name = _NAME.search(url)
    words = _WORD.findall(text.lower())
    if name is None or not words or len(words) > MAX_LABEL_WORDS:
        return False
    named = _WORD.findall(unquote(name[1]).lower())
    if len(named) == 1 and not _DIGIT.search(name[1]) and not _LATIN.search(text) and len(text) <= MAX_LABEL_CHARACTERS:
        return True
    return set(named).issuperset(words)


def _in_heading(anchor: HtmlElement) -> bool:
    return next(anchor.iterancestors(*_HEADINGS), None) is not None or next(anchor.iter(*_HEADINGS), None) is not None


class _Places:
    """Where elements stand; remembers the answers for their ancestors."""

    def __init__(self) -> None:
        self._places: dict[HtmlElement, tuple[bool, bool]] = {}

    def of(self, element: HtmlElement) -> tuple[bool, bool]:
        """Return whether ``element`` stands in a menu, and whether in an ``article``: what is nearer decides."""
        passed = []
        answer = (False, False)
        for ancestor in element.iterancestors():
            if ancestor in self._places:
                answer = self._places[ancestor]
                break
            passed.append(ancestor)
            if ancestor.tag == "article" or _is_menu(ancestor):
                answer = (ancestor.tag != "article", ancestor.tag == "article")
                break
        self._places.update(dict.fromkeys(passed, answer))
        return answer


def _is_menu(element: HtmlElement) -> bool:
    if element.tag == "body":
        return False
    if element.tag in _MENU_TAGS:
        # The header of an article holds its headline, the footer of one its labels.
        return element.tag != "header" or next(element.iterancestors("article"), None) is None
    name = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return element.get("role") == "navigation" or bool(_MENU_NAME.search(name))
