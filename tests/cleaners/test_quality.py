import pytest
from cleaning import URL, draft_of, metadata, page_of

from cleaners.config import CleanerConfig
from cleaners.metadata import Metadata
from cleaners.parse import parse
from cleaners.quality import judge_response, judge_robots, judge_text
from corpus.types import Reason, Removal

HTML = "<p>text</p>"


def judged(words: int, config: CleanerConfig | None = None, meta: Metadata | None = None) -> Removal | None:
    meta = meta or metadata(title="Storm hits coast")
    text = " ".join(["word"] * words)
    return judge_text(page_of(HTML), parse(HTML), meta, draft_of(HTML, "text"), text, config or CleanerConfig())


@pytest.mark.parametrize(
    ("status", "removed"), [(200, False), (206, False), (399, False), (400, True), (404, True), (503, True)]
)
def test_a_status_of_400_and_above_is_an_error(status: int, removed: bool) -> None:
    removal = judge_response(page_of(HTML, status=status))
    assert (removal is not None) is removed
    if removal:
        assert (removal.reason, removal.evidence) == (Reason.HTTP_ERROR, f"HTTP status {status}")


def test_what_is_no_page_is_named() -> None:
    removal = judge_response(page_of(b"%PDF-1.4 ..."))
    assert removal is not None
    assert (removal.reason, removal.evidence) == (Reason.NOT_HTML, "the body is PDF")


@pytest.mark.parametrize(
    ("directive", "setting"),
    [
        ("noindex", "obey_noindex"),
        ("none", "obey_noindex"),
        ("nosnippet", "obey_nosnippet"),
        ("max-snippet:0", "obey_nosnippet"),
    ],
)
def test_owners_are_obeyed_unless_the_configuration_says_otherwise(directive: str, setting: str) -> None:
    said = metadata(robots=frozenset({directive, "noarchive"}))
    removal = judge_robots(page_of(HTML), said, CleanerConfig())
    assert removal is not None
    assert (removal.reason, removal.evidence) == (Reason.NOINDEX, f"robots directive {directive}")
    assert judge_robots(page_of(HTML), said, CleanerConfig(**{setting: False})) is None  # type: ignore[arg-type]


def test_other_directives_are_no_reason() -> None:
    said = metadata(robots=frozenset({"noarchive", "nofollow", "max-snippet:120"}))
    assert judge_robots(page_of(HTML), said, CleanerConfig()) is None


@pytest.mark.parametrize(("words", "reason"), [(0, Reason.NO_TEXT), (49, Reason.TOO_SHORT), (50, None)])
def test_a_text_below_the_minimum_is_too_short(words: int, reason: Reason | None) -> None:
    removal = judged(words)
    assert (removal and removal.reason) == reason


def test_the_evidence_names_the_numbers() -> None:
    assert judged(38).evidence == "38 words < 50"  # type: ignore[union-attr]
    assert judged(0).evidence == "0 words in 1 blocks"  # type: ignore[union-attr]
    assert judged(9, CleanerConfig(min_words=10)).evidence == "9 words < 10"  # type: ignore[union-attr]


def test_a_han_character_is_a_word() -> None:
    page, tree, draft = page_of(HTML), parse(HTML), draft_of(HTML, "text")
    assert judge_text(page, tree, metadata(), draft, "光" * 50, CleanerConfig()) is None
    assert judge_text(page, tree, metadata(), draft, "光" * 49, CleanerConfig()) is not None


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        (metadata(paywalled=True), "and the page says that it is not for free"),
        (metadata(page_type="VideoObject"), "and the page says that it is a VideoObject"),
        (metadata(page_type="ImageGallery"), "and the page says that it is a ImageGallery"),
    ],
)
def test_a_short_text_whose_rest_is_elsewhere_is_a_stub(meta: Metadata, told: str) -> None:
    removal = judged(38, meta=meta)
    assert removal is not None
    assert removal.reason is Reason.STUB
    assert removal.evidence.endswith(told)


@pytest.mark.parametrize(("words", "reason"), [(119, Reason.STUB), (120, None)])
def test_a_page_that_is_not_for_free_must_show_more_than_a_teaser(words: int, reason: Reason | None) -> None:
    removal = judged(words, meta=metadata(paywalled=True))
    assert (removal and removal.reason) == reason


def test_a_removal_knows_its_page_and_keeps_what_was_cut() -> None:
    removal = judged(3)
    assert removal is not None
    assert removal.url == URL
    assert removal.title == "Storm hits coast"
    assert removal.provenance is not None
    assert [cut.text for cut in removal.cuts] == ["text"]


NAVIGATION = "\n\n".join(f"Previous story number {number} of the many that there are here" for number in range(9))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (NAVIGATION, False),
        (f"{NAVIGATION}\n\nIt rained.", True),
        (f"{NAVIGATION}\n\n“It rained.”", True),
        (f"{NAVIGATION}\n\nDid it rain?", False),
        (f"{NAVIGATION}\n\n{'nobody knew ' * 7}", True),
        (f"{NAVIGATION}\n\nबारिश हुई।", True),
    ],
)
def test_a_text_without_a_single_sentence_is_none(text: str, kept: bool) -> None:
    removal = judge_text(
        page_of(HTML), parse(HTML), metadata(title="Storm hits coast"), draft_of(HTML, "text"), text, CleanerConfig()
    )
    assert (removal is None) is kept
    if removal:
        assert removal.reason is Reason.NO_TEXT
        assert removal.evidence.endswith("lines, none of them a sentence")


VERSE = "<div>" + "<p>Over the hill and through the mill<p>The river goes and leaves no trace" * 5 + "</div>"


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        (VERSE, True),
        (f"{VERSE}<p>by nobody" + "<p>of note" * 1, True),
        (f"{VERSE}" + "<p>of note" * 3, False),
        (VERSE.replace("river", "<a href=/river>river</a>"), False),
        (VERSE.replace("<p>", "<li>"), False),
    ],
)
def test_lines_of_one_element_that_lead_nowhere_are_verse(html: str, kept: bool) -> None:
    draft = draft_of(html)
    removal = judge_text(page_of(HTML), parse(HTML), metadata(title="River"), draft, draft.text(), CleanerConfig())
    assert (removal is None) is kept
