import pytest
from cleaning import PARAGRAPH, numbered, p
from lxml.etree import _Element

from cleaners.blocks import read_blocks
from cleaners.cascade import Cascade
from cleaners.config import ExtractConfig
from cleaners.extract import extract, is_doubtful, is_paragraph, is_rival
from cleaners.parse import parse
from corpus.errors import ConfigError, ExtractionError

URL = "https://planet.example/a"
BODY = p(*numbered(1, 2, 3))


def extracted(html: str) -> list[str]:
    tree = parse(html)
    blocks = read_blocks(tree)
    return [blocks[index].text for index in sorted(extract(tree, blocks, URL))]


def test_the_article_is_chosen_and_what_is_around_it_is_not() -> None:
    html = f"<nav><a href=/>Home</a></nav><article>{BODY}</article><footer><p>Imprint of the newspaper</p></footer>"
    assert extracted(html) == numbered(1, 2, 3)


def test_blocks_come_whole_though_the_extractor_drops_inline_elements() -> None:
    last = "<p>The council met on <time>3 May</time> <ins>and again</ins> on 4 May in the old hall.</p>"
    html = f"<article>{BODY}{last}</article>"
    assert extracted(html)[-1] == "The council met on 3 May and again on 4 May in the old hall."


def test_a_page_without_blocks_has_no_article() -> None:
    assert extracted("") == []


def test_a_page_of_scraps_is_read_by_the_last_resort() -> None:
    assert "It rained." in extracted("<div>It rained.</div><div>Then it stopped.</div>")


def test_a_failing_extractor_is_our_error_with_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(Cascade, "ask", fail)
    tree = parse(BODY)
    with pytest.raises(
        ExtractionError, match=r"trafilatura failed: RecursionError\('too deep'\) \(https://planet"
    ) as caught:
        extract(tree, read_blocks(tree), URL)
    assert isinstance(caught.value.__cause__, RecursionError)


def test_the_full_mode_is_asked_only_where_the_fast_answer_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    real = Cascade.ask

    def spy(cascade: Cascade, *, fast: bool) -> _Element | None:
        asked.append(fast)
        return real(cascade, fast=fast)

    monkeypatch.setattr(Cascade, "ask", spy)
    extracted(f"<article>{BODY}</article>")
    assert asked == [True]
    asked.clear()
    extracted(f"<div>one</div><div>two</div><aside>{BODY}</aside>")
    assert asked == [True, False]


@pytest.mark.parametrize(
    ("markup", "running"),
    [
        (f"<p>{'x' * 80}</p>", True),
        (f"<p>{'x' * 79}</p>", False),
        (f"<p>{'光' * 27}</p>", True),
        (f"<p>{'光' * 26}</p>", False),
        (f"<p>{'x' * 70}<a href=/>{'y' * 30}</a></p>", True),
        (f"<p>{'x' * 70}<a href=/>{'y' * 31}</a></p>", False),
        (f"<p hidden>{'x' * 80}</p>", False),
    ],
)
def test_a_paragraph_is_long_seen_and_no_list_of_links(markup: str, running: bool) -> None:
    (block,) = read_blocks(parse(markup))
    assert is_paragraph(block, ExtractConfig()) is running


@pytest.mark.parametrize(("chosen", "doubtful"), [({0, 1, 2, 3}, False), ({0, 1, 2}, True), (set(), True)])
def test_an_answer_that_covers_little_is_doubtful(chosen: set[int], doubtful: bool) -> None:
    blocks = read_blocks(parse(f"<p>{PARAGRAPH}</p>" * 5))
    assert is_doubtful(chosen, blocks, ExtractConfig()) is doubtful


@pytest.mark.parametrize(("scraps", "doubtful"), [(3, False), (4, True)])
def test_an_answer_with_many_scraps_is_doubtful(scraps: int, doubtful: bool) -> None:
    blocks = read_blocks(parse(f"<p>{PARAGRAPH[:170]}</p>" + f"<p>{'x' * 9}</p>" * scraps))
    assert is_doubtful(range(scraps + 1), blocks, ExtractConfig()) is doubtful


def test_another_article_is_a_rival_that_loses_to_the_headlines() -> None:
    blocks = read_blocks(parse("<h1>Title</h1>" + p(*numbered(*range(1, 21)))))
    quick, full = range(1, 6), range(8, 21)
    headline = blocks[0]
    assert is_rival(full, quick, blocks, headline, ExtractConfig())
    assert not is_rival(quick, full, blocks, headline, ExtractConfig())
    assert not is_rival(range(1, 21), quick, blocks, headline, ExtractConfig())
    assert not is_rival(full, quick, blocks, None, ExtractConfig())
    assert not is_rival(full, range(1, 4), blocks, headline, ExtractConfig())


def test_a_threshold_out_of_range_is_named() -> None:
    with pytest.raises(ConfigError, match=r"ExtractConfig\.min_cover must lie in \[0, 1\], not 2"):
        ExtractConfig(min_cover=2)
