"""Twins, versions, common paragraphs and rates, as readers and exports see them."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import zstandard
from corpus_builder import Builder, Shot, story
from hypothesis import given
from hypothesis import strategies as st

from corpus import Corpus, open_corpus
from corpus.articles import Selection
from corpus.export import Filters, Settings, count_articles, export
from corpus.likeness import Keep, Likeness
from corpus.paragraphs import LEAST_WORDS, paragraph_key
from corpus.versions import diff_paragraphs

FERRY = story("ferry", 14)
PARAGRAPHS = FERRY.split("\n\n")
APPEAL = "Support our journalism: become a member of the Harbour Fund today."
POST, LEDGER, THIRD = (f"https://{site}.example/ferry" for site in ("post", "ledger", "third"))


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    with Builder.begin(tmp_path / "corpus") as begun:
        yield begun


@pytest.fixture
def corpus(builder: Builder) -> Iterator[Corpus]:
    """Return a corpus in which three sites print one story, one of them twice, and one an excerpt."""
    for shot in (
        Shot(url=POST, text=FERRY, title="In praise of the ferry", published="2024-11-12", payload="ferry"),
        Shot(url=f"{POST}/print", text=FERRY, payload="ferry", hour=1),
        Shot(url=LEDGER, text=f"CUTTACK (Reuters) - {FERRY}", title="Ferry praised", published="2024-11-11", hour=1),
        Shot(url=POST, text=f"{FERRY}\n\nIt was late again.", published="2024-11-12", payload="later", hour=5),
        Shot(url=f"{POST}/2", text=f"{FERRY}\n\nIt sank at last on Tuesday.", published="2024-11-13", hour=9),
        Shot(url=THIRD, text=PARAGRAPHS[0], title="An excerpt of it", published="2024-11-14"),
        Shot(url="https://third.example/other", text=story("dolphin", 14), published="2024-11-10"),
    ):
        builder.take(shot)
    with open_corpus(builder.root) as opened:
        yield opened


def of(corpus: Corpus, url: str):
    article = corpus.article(url)
    assert article is not None
    return article


# -- clusters ---------------------------------------------------------------------------------------------------------


def test_an_article_names_its_cluster_and_where_the_story_was_seen(corpus: Corpus) -> None:
    post, ledger, third = of(corpus, POST), of(corpus, LEDGER), of(corpus, THIRD)
    assert post.canonical
    assert (ledger.cluster, ledger.canonical) == (post.id, False)
    assert (third.cluster, third.canonical) == (third.id, True)
    assert post.appearances == (POST, f"{POST}/print")
    seen = tuple(sorted([POST, f"{POST}/print", f"{POST}/2", LEDGER]))
    assert post.cluster_appearances == ledger.cluster_appearances == seen


def test_versions_are_numbered_within_a_site(corpus: Corpus) -> None:
    assert [(of(corpus, url).version, of(corpus, url).versions) for url in (POST, f"{POST}/2", LEDGER)] == [
        (2, 2),
        (3, 1),
        (1, 1),
    ]


def test_a_text_that_comes_back_has_its_number_back(builder: Builder) -> None:
    for hour, text in enumerate([FERRY, f"{FERRY}\n\nMore.", FERRY]):
        builder.take(Shot(url=POST, text=text, hour=hour))
    with open_corpus(builder.root) as corpus:
        assert (of(corpus, POST).version, of(corpus, POST).versions) == (1, 2)


# -- twins ------------------------------------------------------------------------------------------------------------


def test_every_twin_has_its_verdict_and_scores(corpus: Corpus) -> None:
    found = {twin.url: twin for twin in corpus.twins(of(corpus, POST))}
    assert {url: twin.likeness for url, twin in found.items()} == {
        f"{POST}/print": Likeness.SAME,
        LEDGER: Likeness.COPY,
        f"{POST}/2": Likeness.VERSION,
        THIRD: Likeness.CONTAINS,
    }
    assert found[LEDGER].id == of(corpus, LEDGER).id
    assert found[THIRD].containment == 1.0
    assert found[THIRD].longer is False
    assert 0.5 < found[f"{POST}/2"].resemblance < 1


def test_an_excerpt_names_what_contains_it_but_not_as_its_canonical(corpus: Corpus) -> None:
    twins = {twin.url: twin for twin in corpus.twins(of(corpus, THIRD))}
    assert twins[POST].longer is True
    assert not twins[POST].canonical


def test_resemblance_is_symmetric(corpus: Corpus) -> None:
    for one, other in ((POST, LEDGER), (POST, THIRD), (LEDGER, f"{POST}/2")):
        there = next(twin for twin in corpus.twins(of(corpus, one)) if twin.url == other)
        back = next(twin for twin in corpus.twins(of(corpus, other)) if twin.url == one)
        assert (there.likeness, there.resemblance, there.containment) == (
            back.likeness,
            back.resemblance,
            back.containment,
        )


def test_the_canonical_twin_is_marked(corpus: Corpus) -> None:
    assert [twin.url for twin in corpus.twins(of(corpus, LEDGER)) if twin.canonical] == [POST]


def test_the_pages_of_a_split_article_are_its_parts(builder: Builder) -> None:
    builder.take(Shot(url=POST, text=PARAGRAPHS[0]))
    builder.take(Shot(url=f"{POST}?page=2", text=PARAGRAPHS[1], part=(POST, 2)))
    with open_corpus(builder.root) as corpus:
        (part,) = corpus.twins(of(corpus, POST))
        assert (part.likeness, part.url) == (Likeness.PART, f"{POST}?page=2")
        assert part.containment == 1.0


def test_an_article_of_its_own_has_no_twins(corpus: Corpus) -> None:
    assert corpus.twins(of(corpus, "https://third.example/other")) == ()


# -- versions ---------------------------------------------------------------------------------------------------------


def test_a_version_chain_goes_through_all_urls_of_the_site(corpus: Corpus) -> None:
    chain = corpus.versions(of(corpus, f"{POST}/2"))
    assert [(one.number, one.url, str(one.published)[:10]) for one in chain] == [
        (1, POST, "2024-11-12"),
        (2, POST, "2024-11-12"),
        (3, f"{POST}/2", "2024-11-13"),
    ]
    assert [[asdict(change) for change in one.changes] for one in chain] == [
        [],
        [{"before": (), "after": ("It was late again.",)}],
        [{"before": ("It was late again.",), "after": ("It sank at last on Tuesday.",)}],
    ]
    assert chain == corpus.versions(of(corpus, POST))


def test_another_site_s_copy_is_no_version(corpus: Corpus) -> None:
    assert [one.url for one in corpus.versions(of(corpus, LEDGER))] == [LEDGER]


PARAGRAPH_LISTS = st.lists(st.sampled_from("abcdef"), max_size=8)


@given(before=PARAGRAPH_LISTS, after=PARAGRAPH_LISTS)
def test_a_diff_tells_all_that_went_and_came(before: list[str], after: list[str]) -> None:
    changes = diff_paragraphs(before, after)
    assert bool(changes) is (before != after)
    went = [paragraph for change in changes for paragraph in change.before]
    came = [paragraph for change in changes for paragraph in change.after]
    assert len(before) - len(went) == len(after) - len(came)
    for paragraph in set(before) | set(after):
        assert before.count(paragraph) - went.count(paragraph) == after.count(paragraph) - came.count(paragraph)


# -- keeping ----------------------------------------------------------------------------------------------------------


def kept(corpus: Corpus, keep: Keep, **conditions: object) -> set[str]:
    return {article.url for article in corpus.articles(keep=keep, **conditions)}  # type: ignore[arg-type]


def test_all_one_or_one_of_each_site_of_a_story_is_kept(corpus: Corpus) -> None:
    others = {THIRD, "https://third.example/other"}
    assert kept(corpus, Keep.ALL) == {POST, f"{POST}/2", LEDGER} | others
    assert kept(corpus, Keep.FIRST_PER_SITE) == {POST, LEDGER} | others
    assert kept(corpus, Keep.CANONICAL) == {POST} | others


def test_a_story_whose_canonical_article_is_not_selected_is_kept_by_the_next(corpus: Corpus) -> None:
    assert kept(corpus, Keep.CANONICAL, site="ledger") == {LEDGER}
    assert kept(corpus, Keep.CANONICAL, since=date(2024, 11, 13)) == {f"{POST}/2", THIRD}
    assert corpus.count(Selection(sites=("ledger", "third"), keep=Keep.CANONICAL)) == 3


def records(folder: Path) -> list[dict[str, object]]:
    lines = zstandard.ZstdDecompressor().stream_reader((folder / "articles/articles-00000.jsonl.zst").read_bytes())
    return [json.loads(line) for line in lines.read().splitlines()]


@pytest.mark.parametrize(("keep", "count"), [(Keep.ALL, 5), (Keep.FIRST_PER_SITE, 4), (Keep.CANONICAL, 3)])
def test_an_export_keeps_by_policy_and_says_so(corpus: Corpus, tmp_path: Path, keep: Keep, count: int) -> None:
    manifest = export(corpus, tmp_path / "x", Settings(keep=keep))
    assert manifest.articles == count == count_articles(corpus, Filters(), keep)
    assert manifest.settings["keep"] == keep
    found = {record["url"]: record for record in records(tmp_path / "x")}
    assert found[POST]["appearances"] == sorted([POST, f"{POST}/print", f"{POST}/2", LEDGER])
    assert [found[POST][name] for name in ("cluster", "canonical", "version")] == [found[POST]["id"], True, 2]


# -- paragraphs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def appeals(builder: Builder) -> Iterator[Corpus]:
    """Return a corpus in which an appeal stands in three stories of two sites, and in a copy of one of them."""
    for number, subject in enumerate(("bridge", "cashew", "lighthouse")):
        text = f"{story(subject)}\n\n{APPEAL}"
        site = ("post", "ledger")[number % 2]
        builder.take(Shot(url=f"https://{site}.example/{subject}", text=text, published="2024-11-12"))
    # Undated, it comes after the one that it copies.
    builder.take(Shot(url="https://third.example/bridge", text=f"{story('bridge')} Told again.\n\n{APPEAL.upper()}"))
    with open_corpus(builder.root) as opened:
        yield opened


@pytest.mark.parametrize(("stories", "sites", "found"), [(3, 2, 1), (4, 2, 0), (3, 3, 0), (2, 1, 1)])
def test_a_paragraph_is_counted_once_a_story(appeals: Corpus, stories: int, sites: int, found: int) -> None:
    common = appeals.common_paragraphs(stories=stories, sites=sites)
    assert len(common) == found
    if found:
        assert (common[0].text.casefold(), common[0].stories, common[0].sites) == (APPEAL.casefold(), 3, 2)


def test_common_paragraphs_are_cut_with_their_counts(appeals: Corpus, tmp_path: Path) -> None:
    export(appeals, tmp_path / "x", Settings(cut_paragraphs=(3, 2), keep=Keep.ALL))
    for record in records(tmp_path / "x"):
        assert "Support" not in str(record["text"])
        assert record["words"] == len(str(record["text"]).split())
        (cut,) = record["cut_paragraphs"]  # type: ignore[misc]
        assert str(cut).casefold() == f"3 stories of 2 sites: {APPEAL}".casefold()


def test_nothing_is_cut_unless_it_is_asked_for(appeals: Corpus, tmp_path: Path) -> None:
    export(appeals, tmp_path / "x")
    for record in records(tmp_path / "x"):
        assert APPEAL in str(record["text"])
        assert record["cut_paragraphs"] == []


def test_a_text_of_common_paragraphs_alone_stays_whole(appeals: Corpus) -> None:
    assert appeals.count_paragraphs(stories=3, sites=2).cut(APPEAL) == (APPEAL, ())


@pytest.mark.parametrize(("words", "counted"), [(LEAST_WORDS - 1, False), (LEAST_WORDS, True)])
def test_short_paragraphs_are_not_counted(words: int, counted: bool) -> None:
    assert (paragraph_key(" ".join(["word"] * words)) is not None) is counted


# -- rates ------------------------------------------------------------------------------------------------------------


def test_what_is_copied_is_told_by_site_and_by_agency(corpus: Corpus) -> None:
    from corpus_builder import BEGAN

    counts = corpus.counts(now=BEGAN)
    assert {one.name: (one.articles, one.copies, one.versions) for one in counts.duplication} == {
        "ledger": (1, 1, 0),
        "post": (2, 0, 1),
        "third": (2, 0, 0),
    }
    assert [(one.name, one.articles, one.copies, one.rate) for one in counts.agencies] == [("Reuters", 1, 1, 1.0)]
    assert [one.name for one in corpus.counts(now=BEGAN, site="post").duplication] == ["post"]
    stories = corpus.count_stories()
    assert (stories.articles, stories.stories, stories.copies, stories.versions) == (5, 3, 1, 1)
    assert (stories.excerpts, stories.waiting) == (1, 0)


# -- pages that belong to no site -------------------------------------------------------------------------------------


def test_pages_that_belong_to_no_site_are_their_hosts(builder: Builder) -> None:
    one, two = "https://www.one.test/ferry", "https://two.test/ferry"
    later = "https://one.test/ferry-again"
    builder.take(Shot(url=one, text=FERRY, title="In praise of the ferry", published="2024-11-12"))
    builder.take(
        Shot(url=two, text=f"{FERRY}\n\nIt was late.", title="In praise of it", published="2024-11-13", hour=1)
    )
    builder.take(Shot(url=later, text=f"{FERRY}\n\nIt sank.", title="It sank", published="2024-11-14", hour=2))
    with open_corpus(builder.root) as corpus:
        assert {of(corpus, url).site for url in (one, two, later)} == {"ingest"}
        assert {twin.url: twin.likeness for twin in corpus.twins(of(corpus, one))} == {
            two: Likeness.COPY,
            later: Likeness.VERSION,
        }
        assert [version.number for version in corpus.versions(of(corpus, later))] == [1, 2]
