"""Lists of cards: sister elements that lead to other stories, as fronts have them, and articles below their text."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.blocks import Block
from cleaners.config import BodyConfig

# Levels between a card and the text in it.
_DEPTH = 6
_NUMBER = re.compile(r"\d")
# Beginnings of addresses that lead to no other page.
_NOWHERE = ("#", "javascript:")
# The beginning of an address that says all about its host.
_PLAIN_HOST = re.compile(r"(?:https?:)?//[a-z0-9.-]+(?=/)")


def find_cards(blocks: Sequence[Block], url: str, config: BodyConfig) -> frozenset[int]:
    """Return the indices of the blocks that stand in lists of cards.

    A card is a small element with a link to another page of the site; a list is three sisters of that kind.
    """
    site = _site_of(_host(url) or "")
    running = dict.fromkeys(
        (element for block in blocks if _leads_on(block, site, config) for element in block.ancestors[:_DEPTH]), 0
    )
    for block in blocks:
        weight = round(block.weight * (1 - block.link_density))
        for element in block.ancestors[:_DEPTH]:
            if element in running:
                running[element] += weight
    cards = {
        element for element, weight in running.items() if weight <= config.max_card_weight and element.tag != "body"
    }
    listed = set()
    for parent in {element.getparent() for element in cards}:
        if parent is not None:
            listed |= _list_of(parent, cards, config)
    return frozenset(block.index for block in blocks if not listed.isdisjoint(block.ancestors[:_DEPTH]))


def _site_of(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _list_of(parent: HtmlElement, cards: Collection[HtmlElement], config: BodyConfig) -> set[HtmlElement]:
    """Return the children of an element that are cards among enough sisters of their kind."""
    sisters: defaultdict[tuple[str, str], list[HtmlElement]] = defaultdict(list)
    for child in parent:
        sisters[_kin(child)].append(child)
    listed: set[HtmlElement] = set()
    for family in sisters.values():
        own = [child for child in family if child in cards]
        if len(own) >= max(config.min_cards, config.min_card_share * len(family)):
            listed.update(own)
    return listed


def _leads_on(block: Block, site: str, config: BodyConfig) -> bool:
    if block.link_density < 0.8 or block.weight < config.min_card_link:
        return False
    host = _host(target_of(block))
    return host is None or not site or host.endswith(site)


def is_on_site(address: str, url: str) -> bool:
    """Whether an address leads to the site of a page: relative ones do, of whatever page."""
    host, own = _host(address), _host(url)
    return host is None or (own is not None and host.endswith(_site_of(own)))


def target_of(block: Block) -> str:
    """Return the address that the block's first link leads to, "" where that names none."""
    return next(targets_of(block), "")


def leads_nowhere(address: str) -> bool:
    """Whether an address leads to no other page: to a place on this one, or to a script that unfolds something."""
    return not address or address.startswith(_NOWHERE)


def targets_of(block: Block) -> Iterator[str]:
    """Yield the addresses that the block's links lead to, one for each run of linked text."""
    for node in block.nodes:
        if node.linked:
            around = (node.element, *node.element.iterancestors("a"))
            yield next((element.get("href") or "" for element in around if element.tag == "a"), "")


def _kin(element: HtmlElement) -> tuple[str, str]:
    """Return tag and first class of an element: blogs write number, categories and tags of a post into the others."""
    return str(element.tag), _first_class(element.get("class") or "")


@lru_cache(maxsize=4096)
def _first_class(classes: str) -> str:
    return next((name for name in classes.split() if not _NUMBER.search(name)), "")


def _host(url: str) -> str | None:
    """Return the host of an address, or None where it names none: relative ones, and what is no address."""
    if "//" not in url:
        return None
    plain = _PLAIN_HOST.match(url)
    return _read_host(plain.group() if plain else url)


@lru_cache(maxsize=1024)
def _read_host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
