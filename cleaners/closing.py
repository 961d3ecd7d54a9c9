"""What stands in a text's last lines and is none of it: credits, notes on the author, appeals, and loose ends.

They are written as paragraphs of the text, in its own element, so nothing but their words, the names in them and their
place tells them. What they tell of author and agency is read off the cut lines (`cleaners.credit_lines`).
"""

import re
from collections.abc import Sequence

from cleaners.blocks import Block
from cleaners.closing_config import ClosingConfig
from cleaners.config import CleanerConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.metadata import Metadata
from cleaners.metadata.name_kinds import has_role, is_group, is_unspaced
from cleaners.remarks import opens, says
from corpus.hosts import same_site

#: The rule of what stands below a line of signs at a text's end.
CODA = "coda"
# A sign, repeated: what is drawn between a text and what is said of it.
_RULED = re.compile(r"([^\w\s.…!?¿¡]|_)(?:\s*\1)+")
# Of these, the ones that part no sections of a text.
_DASHES = "_-–—=+"
_ADDRESS = re.compile(r"([\w.+-]{1,64})@([\w-]+(?:\.[\w-]+){1,5})")
_QUOTED = ('"', "“", "„", "«", "»", "‘", "'", "「", "『")
# What somebody is quoted with: behind a colon, or six words and more that end as sentences do. Titles of books do not.
_SPEECH = re.compile(
    r"""[:：]\s?["“„«]|["“„«]\s?(?:[^\s"“”»]+\s+){5,}[^\s"“”»]+[.,!?…]\s?["”“»]|[「『][^」』]{8,}[」』]"""
)
# The age of somebody whom a text is about.
_AGED = re.compile(r",\s\d{1,3}\b")
_COLONS = (":", "：")
# A line in brackets, as reporters and editors sign in scripts without spaces ("（编辑 王力）").
_SIGNED = re.compile(r"[(（\[【].+[)）\]】]")
_LONGEST_SIGNED = 40
# The longest line that is a credit in a script without capitals.
_LONGEST_CASELESS = 80
_ENDS, _BRACKETS = ("।", "。", ".", "!", "?"), ")）]】"
# Levels up to the part that a line shares with what it announces, where that stands in a list or a quotation.
_NEAR_LEVELS = 4
_ARTICLES = ("a", "an", "een", "un", "une", "una", "um", "uma", "en", "ett", "seorang")
# Letters of the shortest word that tells a sentence from a list of names.
_LEAST_SMALL = 4
# Letters of the shortest surname that is looked for in an address.
_LEAST_SURNAME = 4


def cut_closing(draft: Draft, metadata: Metadata, url: str, config: CleanerConfig) -> None:
    """Cut from the text's last lines what is said of the text, of its author, or to its readers.

    Args:
        draft: The page as the judge left it; it is changed.
        metadata: What the page states: authors, title, the name of the site.
        url: Its address: letters to the same site are letters to the house.
        config: Thresholds.
    """
    closing = config.closing
    for block in _below_rule(draft.kept, closing):
        draft.cut(block, CODA)
    kept = draft.kept
    persons = _persons(metadata)
    for number in range(max(closing.min_left, len(kept) - closing.last_lines), len(kept)):
        block = kept[number]
        if block.heading or block.weight > closing.max_line:
            continue
        is_last = number >= len(kept) - closing.last_notes
        rule = _rule_of(block, persons if is_last else (), kept[:number], url, closing)
        if rule is not None:
            draft.cut(block, rule)


def cut_loose_ends(draft: Draft, config: CleanerConfig) -> None:
    """Cut from the text's end lines of signs, and lines that announce with a colon what does not follow."""
    kept = draft.kept
    last = max((number for number, block in enumerate(kept) if is_paragraph(block, config.extract)), default=len(kept))
    for block in reversed(kept[max(last + 1, config.closing.min_left) :]):
        if not any(map(str.isalnum, block.text)):
            draft.cut(block, CODA)
        elif block.heading or (block.text.endswith(_COLONS) and not _leads_on(block, draft)):
            draft.cut(block, "related")
        else:
            break


def _leads_on(block: Block, draft: Draft) -> bool:
    """Whether what a line announces stands right below, without a link, in the line's own part, if not in the text."""
    below = draft.blocks[block.index + 1] if block.index + 1 < len(draft.blocks) else None
    if below is None or below.link_density or not draft.is_left_out(below):
        return False
    return block.element.getparent() in below.ancestors[:_NEAR_LEVELS]


def _below_rule(kept: Sequence[Block], config: ClosingConfig) -> Sequence[Block]:
    """Return the last line of signs and the few lines below it, where they are no addition to the text."""
    for count in range(1, config.max_coda + 2):
        if len(kept) - count < config.min_left:
            break
        ruled, *below = kept[-count:]
        if drawn := _RULED.fullmatch(ruled.text):
            added = any(block.weight > config.max_said or _goes_on(block.text) for block in below)
            parted = drawn[1] not in _DASHES and any(_RULED.fullmatch(block.text) for block in kept[:-count])
            return () if added or (below and parted) else kept[-count:]
    return ()


def _goes_on(line: str) -> bool:
    """Whether a line is an addition to the text, or somebody speaks in it."""
    return opens(line, "update") is not None or line.startswith(_QUOTED)


def _persons(metadata: Metadata) -> tuple[str, ...]:
    """Return the authors that are persons of at least two names, and no subject of the text by its title."""
    title, site = (metadata.title or "").casefold(), (metadata.site_name or "").casefold()
    names = (name.casefold() for name in metadata.authors if not is_group(name) and " " in name.strip())
    return tuple(name for name in names if name != site and name not in title)


def _rule_of(
    block: Block, persons: Sequence[str], before: Sequence[Block], url: str, config: ClosingConfig
) -> str | None:
    """Return what a last line is, if it is no part of the text."""
    line = block.text
    if _is_credit(line, config) or _is_note(block, persons, before, config) or _is_contact(line, persons, url, config):
        return "byline"
    if line.startswith(_QUOTED):
        return None
    if len(line) <= config.max_credit and says(line, "origin") and opens(line, "itself") is not None:
        return "source"
    if says(line, "views"):
        return "legal"
    asks = len(line) <= config.max_request and says(line, "asks") and _SPEECH.search(line) is None
    return "prompt" if asks else None


def _is_credit(line: str, config: ClosingConfig) -> bool:
    if len(line) > config.max_credit:
        return False
    names = opens(line, "credited")
    if (names and _may_name(names, line)) or (says(line, "contributed") and _names_any(line)):
        return True
    return len(line) <= _LONGEST_SIGNED and is_unspaced(line) and _SIGNED.fullmatch(line) is not None and has_role(line)


def _may_name(text: str, line: str) -> bool:
    """Whether names may follow: a capital begins them, or the line is no sentence, in scripts without capitals."""
    first = next((sign for sign in text if sign.isalnum()), "")
    if first.lower() != first.upper():
        return first.isupper() and not _is_sentence(text)
    return len(line) <= _LONGEST_CASELESS and not line.rstrip(_BRACKETS).endswith(_ENDS)


def _is_sentence(text: str) -> bool:
    """Whether words in small letters outweigh those that begin with a capital, as they do not in a list of names."""
    words = [word.strip("(),;.") for word in text.split()]
    small = sum(len(word) >= _LEAST_SMALL and word.islower() for word in words)
    return small > sum(word[:1].isupper() for word in words)


def _names_any(line: str) -> bool:
    """Whether a line may hold a name: a capital behind its first word, or an agency that is its first."""
    first, _, others = line.partition(" ")
    named = first.isupper() or any(word.lstrip("(—–")[:1].isupper() for word in others.split())
    return named or opens(others, "contributed") is not None or _is_caseless(line)


def _is_caseless(line: str) -> bool:
    return not any(sign.lower() != sign.upper() for sign in line)


def _is_note(block: Block, persons: Sequence[str], before: Sequence[Block], config: ClosingConfig) -> bool:
    """Whether a paragraph is about its author: it begins with the name, which the text has not said before.

    Who is quoted, whose age is told, or whose surname the text has said is somebody whom it is about.
    """
    line = block.text
    if block.weight > config.max_note or _SPEECH.search(line) is not None:
        return False
    if (told := opens(line, "author")) is not None and not line.startswith(_QUOTED) and _tells_who(told):
        return True
    folded = line.casefold()
    named = [name for name in persons if 0 <= folded.find(name) <= config.max_name_at]
    if any(_AGED.match(line, folded.find(name) + len(name)) for name in named):
        return False
    return bool(named) and not any(_mentions(name.split()[-1], other.text) for other in before for name in named)


def _mentions(surname: str, text: str) -> bool:
    """Whether a text says a name, which is no word that is written the same in small letters ("King")."""
    found = re.finditer(rf"\b{re.escape(surname)}\b", text, re.IGNORECASE)
    return any(not match[0][0].islower() for match in found)


def _tells_who(told: str) -> bool:
    """Whether what follows "the author is" tells who: "a …", or something with a name; not how it is written."""
    words = told.split()
    named = not words or words[0] in _ARTICLES or any(word[:1].isupper() for word in words)
    return named or _is_caseless(told)


def _is_contact(line: str, persons: Sequence[str], url: str, config: ClosingConfig) -> bool:
    """Whether a line holds the address of the house, or of its author."""
    if len(line) > config.max_contact or "@" not in line or _SPEECH.search(line) is not None:
        return False
    surnames = [name.split()[-1] for name in persons] if len(line) <= config.max_address else []
    return any(
        _is_of_house(host, url)
        or any(len(surname) >= _LEAST_SURNAME and surname in local.casefold() for surname in surnames)
        for local, host in _ADDRESS.findall(line)
    )


def _is_of_house(host: str, url: str) -> bool:
    try:
        return same_site(f"https://{host.lower()}/", url)
    except ValueError:
        return False
