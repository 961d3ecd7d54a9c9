"""Questions and answers that belong to a text: below its end or folded up amid it.

Their looks are those of a menu (a row of buttons, of links to nowhere), so extractor and judge leave out the questions,
and often the answers with them. They are told by what the page states to machines (https://schema.org/FAQPage), and
where it states nothing by their order: several sister elements, each with a line that ends in a question mark and a
paragraph.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from lxml.html import HtmlElement

from cleaners.apart import Apart
from cleaners.blocks import Block, stand
from cleaners.cards import leads_nowhere, targets_of
from cleaners.config import CleanerConfig, QuestionConfig
from cleaners.draft import Draft
from cleaners.extract import is_paragraph
from cleaners.metadata import Question
from cleaners.typography import sameness

_MARKS = ("?", "？", "؟")
_QUOTES = " \"'”’»」』)"
_ENDS = frozenset(_QUOTES).union(_MARKS)
# Levels of tags and classes in which questions are alike.
_LEVELS = 2
# Levels around a heading up to which an element holds the questions that stand right below it.
_HEADING_LEVELS = 4
# Elements that hold the text and whatever else the page shows.
_WHOLE = frozenset({"html", "body", "main"})
# Parts that are none of a text's, if they do not hold half of it.
_ASIDE = frozenset({"nav", "aside", "form", "dialog"})


@dataclass(frozen=True, slots=True)
class _Item:
    """A question and its answer."""

    question: Block
    answer: Sequence[Block]
    #: The element around all items of the list.
    around: HtmlElement


def restore_questions(draft: Draft, stated: Sequence[Question], config: CleanerConfig) -> None:
    """Restore the questions and answers of a text.

    Args:
        draft: The page as the judge left it; it is changed.
        stated: Questions and answers that the page states to machines.
        config: Thresholds.
    """
    if draft.kept:
        restore_stated(draft, stated, config.questions)
        restore_lists_of_questions(draft, config)


def restore_stated(draft: Draft, stated: Sequence[Question], config: QuestionConfig) -> None:
    """Restore the blocks that say a stated question where those right below say most of its answer."""
    answers = {sameness(question.text): sameness(question.answer) for question in stated}
    headed = False
    first = draft.kept[0].index
    for block in draft.blocks if answers else ():
        if draft.is_title(block) and block.index < first:  # of a page about one question
            continue
        if answer := answers.get(block.key):
            said = _said_below(draft.blocks[block.index + 1 :], answer)
            if sum(len(other.key) for other in said) >= config.min_said * len(answer):
                if not headed:
                    _restore_heading(draft, block)
                    headed = True
                for each in (block, *said):
                    draft.restore(each)
                del answers[block.key]


def _restore_heading(draft: Draft, question: Block) -> None:
    """Restore the heading right above a list's first question ("Frequently asked questions")."""
    if question.index == 0:
        return
    above = draft.blocks[question.index - 1]
    if not above.heading or above.hidden or above.link_density >= 0.5 or draft.is_title(above):
        return
    around = (element for element in above.ancestors[:_HEADING_LEVELS] if element.tag not in _WHOLE)
    if any(element in question.ancestors for element in around):
        draft.restore(above)


def _said_below(blocks: Sequence[Block], answer: str) -> Sequence[Block]:
    """Return the first of the blocks, as far as an answer says them."""
    return list(takewhile(lambda block: block.key and block.key in answer, blocks))


def restore_lists_of_questions(draft: Draft, config: CleanerConfig) -> None:
    """Restore the lists of questions, each with an answer, amid the text and below its end."""
    asked: defaultdict[tuple[tuple[str, str], ...], list[Block]] = defaultdict(list)
    for block in [block for block in draft.blocks if block.text[-1] in _ENDS]:
        if _is_question(block, config.questions):
            asked[stand(block, _LEVELS)].append(block)
    if max(map(len, asked.values()), default=0) < config.questions.min_questions:
        return
    paragraphs = [block for block in draft.kept if is_paragraph(block, config.extract)]
    apart = Apart(paragraphs)
    for questions in asked.values():
        found = _find_items(draft.blocks, questions, config) if paragraphs else ()
        items = [item for item in found if item.question.index > paragraphs[0].index and not _is_aside(item, apart)]
        for item in items:
            for block in (item.question, *(() if item.answer[0] in draft else item.answer)):
                draft.restore(block)
        if items:
            _restore_heading(draft, items[0].question)


def _is_question(block: Block, config: QuestionConfig) -> bool:
    """Whether a line ends as questions do, and leads nowhere."""
    if block.weight > config.max_question or not block.text.rstrip(_QUOTES).endswith(_MARKS):
        return False
    return block.link_density < 0.5 or all(map(leads_nowhere, targets_of(block)))


def _find_items(blocks: Sequence[Block], questions: Sequence[Block], config: CleanerConfig) -> Sequence[_Item]:
    """Return the items of the list that the questions form, or none where it is no list."""
    if len(questions) < config.questions.min_questions:
        return ()
    shared = Counter(element for block in questions for element in block.ancestors)
    owners = {block: own for block in questions if (own := _owner(block, shared)) is not None}
    around, _ = Counter(own.getparent() for own in owners.values()).most_common(1)[0] if owners else (None, 0)
    if around is None:
        return ()
    own = {block: element for block, element in owners.items() if element.getparent() is around}
    items = [
        _Item(block, answer, around)
        for block, element in own.items()
        if _is_answer(answer := _below(blocks, block, element), block, config)
    ]
    least = max(config.questions.min_questions, config.questions.min_answered * len(own))
    return items if len(items) >= least else ()


def _owner(block: Block, shared: Counter[HtmlElement]) -> HtmlElement | None:
    """Return the outermost element that holds a question and no other one."""
    return next((element for element in reversed(block.ancestors) if shared[element] == 1), None)


def _below(blocks: Sequence[Block], question: Block, owner: HtmlElement) -> Sequence[Block]:
    """Return the blocks below a question in its own element, or those of the next element where it stands alone."""
    below = blocks[question.index + 1 :]
    inside = list(takewhile(lambda block: owner in block.ancestors, below))
    if inside or question.tag == "p":
        return inside
    following = owner.getnext()
    return list(takewhile(lambda block: following in block.ancestors, below))


def _is_answer(answer: Sequence[Block], question: Block, config: CleanerConfig) -> bool:
    if not 0 < len(answer) <= config.questions.max_answer_blocks or any(block.heading for block in answer):
        return False
    first, weight = answer[0], sum(block.weight for block in answer)
    linked = sum(block.weight * block.link_density for block in answer)
    if not is_paragraph(first, config.extract) or stand(first, _LEVELS) == stand(question, _LEVELS):
        return False
    return linked < config.questions.max_links * weight


def _is_aside(item: _Item, apart: Apart) -> bool:
    """Whether a question stands in a part of its own, or has nothing but the page in common with the text."""
    outer = (item.around, *item.around.iterancestors())
    between = list(takewhile(lambda element: not apart.holds_half(element), outer))
    if any(element.tag in _ASIDE for element in between) or outer[len(between)].tag in _WHOLE:
        return True
    return any(map(apart.holds, (item.question, *item.answer)))
