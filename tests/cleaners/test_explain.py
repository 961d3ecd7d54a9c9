"""Every block of a page is told, and what is told of it is what `clean` did."""

from cleaning import numbered, p, page_of

from cleaners.clean import clean
from cleaners.explain import explain
from corpus.types import Article, Removal

STORY = p(*numbered(1, 2, 3))
HTML = f"""<title>Storm hits coast</title><nav class="menu top wide"><a href="/">Home</a> <a href="/s">Sport</a></nav>
<article id="a"><h1>Storm hits coast</h1><div class="body">{STORY}</div></article><footer>© 2026 The Post</footer>"""


def test_kept_blocks_are_the_text_and_the_others_are_the_cuts() -> None:
    verdict, explanation = clean(page_of(HTML)), explain(page_of(HTML))
    assert isinstance(verdict, Article)
    assert explanation.verdict == verdict
    assert "\n\n".join(block.text for block in explanation.blocks if block.kept) == verdict.text
    told = [(block.text, block.rule) for block in explanation.blocks if not block.kept]
    assert {rule for _, rule in told} == {cut.rule for cut in verdict.cuts}
    assert "\n\n".join(text for text, _ in told) == "\n\n".join(cut.text for cut in verdict.cuts)


def test_a_place_names_tags_ids_and_classes() -> None:
    blocks = explain(page_of(HTML)).blocks
    assert [block.place for block in blocks][:2] == ["nav.menu.top", "article#a > h1"]
    assert blocks[2].place == "article#a > div.body > p"
    assert explain(page_of(HTML)).counts()["kept"] == 3


def test_the_blocks_of_a_removed_page_are_told_unless_it_was_removed_unread() -> None:
    short = explain(page_of("<title>Brief</title><h1>Brief</h1><p>It rained.</p>"))
    assert isinstance(short.verdict, Removal)
    assert [block.text for block in short.blocks] == ["Brief", "It rained."]
    assert explain(page_of(HTML, status=404)).blocks == ()
