"""Lines amid a text that are told by what they say: captions with a credit, labels of tools, notices of consent.

A caption that stands as a paragraph names its photographer; and where something from elsewhere is embedded, a notice
stands in its place until the reader agrees.
"""

from collections import Counter
from functools import cache

from cleaners.blocks import Block
from cleaners.closing_config import NoticeConfig
from cleaners.data import read_table
from cleaners.draft import Draft
from cleaners.remarks import holds, is_all, says

_COLONS = ":："
# What stands before the label of a credit that ends a caption: the end of its sentence, or a bracket.
_BORDERS = (".", "!", "?", "…", "。", ")", "）", "(", "（", "[", "|", "/", "–", "—", "”", '"', "»")
_ENDS = (".", "!", "?", "。", "！", "？", "।")
# What ends a question of somebody who is called like a label of pictures: a newspaper in an interview, "BILD".
_ASKING = ("?", "？", "؟")
_AROUND = " ()[]（）【】◎●■▲►*_.'\"’”"
# Labels that are all of their lines, and the rules that cut them.
_LABELS = (("tools", "share"), ("onward", "navigation"))
_LONGEST_LABEL = 60
# Paragraphs of an element that is the text's own.
_LEAST_PARAGRAPHS = 3
# Words for pictures that stand before other things as well.
_AMBIGUOUS = frozenset({"video", "archiv"})
_CELLS = frozenset({"li", "td", "th", "dt", "dd"})


def cut_notices(draft: Draft, config: NoticeConfig) -> None:
    """Cut captions that are told by their credit, labels of tools, and notices in place of what is embedded.

    Args:
        draft: The page as the judge left it; it is changed.
        config: Thresholds.
    """
    kept = draft.kept
    captions = [block for block in kept if _is_caption(block, config)]
    if sum(block.weight for block in captions) <= config.max_caption_share * sum(block.weight for block in kept):
        for block in captions:
            draft.cut(block, "caption")
    for block in kept:
        if len(block.text) <= _LONGEST_LABEL:
            for kind, rule in _LABELS:
                if is_all(block.key, kind):
                    draft.cut(block, rule)
    parents = Counter(block.element.getparent() for block in kept)
    most = max(parents.values(), default=0)
    for block in kept:
        # In the element that holds the text's paragraphs nothing is embedded without one of its own.
        apart = parents[block.element.getparent()] < max(most, _LEAST_PARAGRAPHS)
        if apart and len(block.text) <= config.max_notice and _asks_consent(block.text):
            draft.cut(block, "consent")


def _asks_consent(line: str) -> bool:
    return holds(line, "consent") and says(line, "elsewhere") and says(line, "shown")


def _is_caption(block: Block, config: NoticeConfig) -> bool:
    """Whether a line is a label of pictures and a credit, or ends in one behind its sentence."""
    if block.weight > config.max_caption or block.heading or block.tag in _CELLS:
        return False
    if ":" not in block.text and "：" not in block.text:
        return False
    text = block.text.replace("：", ":")
    head, _, credit = text.partition(":")
    if not credit.strip(_AROUND) or text.rstrip(_AROUND).endswith(_ASKING):
        return False
    if head.strip(_AROUND).casefold() in _labels():
        return len(text) <= config.max_credit_line
    head, _, credit = text.rpartition(":")
    name = credit.strip(_AROUND)
    if not name or len(name) > config.max_credit or name[0].islower() or any(sign in name for sign in _ENDS):
        return False
    folded = head[-_LONGEST_LABEL:].rstrip().casefold()
    return any(folded.endswith(label) and folded[: -len(label)].rstrip().endswith(_BORDERS) for label in _labels())


@cache
def _labels() -> frozenset[str]:
    """Return the words for pictures, without those for the sources of texts and for other things."""
    furniture, labels = read_table("furniture.toml"), read_table("labels.toml")
    others = (frozenset(labels["source"]) - frozenset(labels["picture"])) | _AMBIGUOUS
    return frozenset(entry.casefold().strip(_COLONS + "／/.") for entry in furniture["picture"]) - others
