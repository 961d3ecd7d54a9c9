import tarfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import tostring
from metadata_pages import FETCHED_AT, OWN, URL, article, json_ld, meta, page_of, read

from cleaners.decode import decode
from cleaners.metadata import Metadata, MetadataConfig, read_metadata
from cleaners.parse import parse
from corpus.errors import ConfigError
from corpus.types import Published

FULL = (
    '<html lang="en-GB"><head><title>Storm hits coast | The Planet</title>'
    + meta(
        og__title="Storm hits coast",
        og__site_name="The Planet",
        og__type="article",
        og__image="/storm.jpg",
        article__modified_time="2024-05-02T08:00:00Z",
    )
    + '<link rel="canonical" href="/world/storm-hits-coast?ref=x"><link rel="amphtml" href="/amp/storm">'
    + '<meta name="description" content="Hundreds flee."><meta name="robots" content="INDEX, noarchive">'
    + json_ld(
        article(
            headline="Storm hits coast",
            author=[{"@type": "Person", "name": "Jane Doe"}, {"@type": "Organization", "name": "Reuters"}],
            datePublished="2024-05-01T10:15:00+02:00",
            articleSection=["World", "Weather"],
            keywords="storm, coast",
            description="Hundreds of people flee.",
            articleBody="First.&nbsp;Second.",
            isAccessibleForFree="False",
            license="https://creativecommons.org/licenses/by/4.0/",
        )
    )
    + "</head><body><h1>Storm hits coast</h1><p>By Somebody Else</p></body></html>"
)


def test_all_that_a_page_states_is_read_with_where_it_stands():
    metadata = read(FULL)
    assert metadata == Metadata(
        title="Storm hits coast",
        headlines=("Storm hits coast",),
        authors=("Jane Doe",),
        agency="Reuters",
        published=Published(on=datetime.fromisoformat("2024-05-01T10:15:00+02:00"), source="json-ld"),
        modified=Published(on=datetime(2024, 5, 2, 8, tzinfo=UTC), source="meta:article:modified_time"),
        site_name="The Planet",
        description="Hundreds of people flee.",
        standfirsts=("Hundreds of people flee.", "Hundreds flee."),
        section=("World", "Weather"),
        tags=("storm", "coast"),
        image="https://www.planet.example/storm.jpg",
        licence="https://creativecommons.org/licenses/by/4.0/",
        paywalled=True,
        page_type="NewsArticle",
        canonical_url="https://www.planet.example/world/storm-hits-coast?ref=x",
        amp_url="https://www.planet.example/amp/storm",
        declared_language="en-GB",
        robots=frozenset({"index", "noarchive"}),
        article_body="First.\xa0Second.",
        sources=metadata.sources,
    )
    assert metadata.sources["title"] == "json-ld"
    assert metadata.sources["canonical_url"] == "link:canonical"
    assert metadata.sources["site_name"] == "meta:og:site_name"


def test_an_empty_page_states_nothing():
    assert read("") == Metadata()


def test_the_tree_is_left_as_it_was():
    tree = parse(FULL)
    before = tostring(tree)
    read_metadata(tree, page_of(), MetadataConfig())
    assert tostring(tree) == before


def test_every_source_belongs_to_a_field_that_says_something():
    metadata = read(FULL)
    assert all(getattr(metadata, field) is not None for field in metadata.sources)


@pytest.mark.parametrize(
    ("tier", "paywalled"), [("free", False), ("locked", True), ("metered", True), ("unheard of", None)]
)
def test_the_content_tier_says_whether_an_article_is_free(tier, paywalled):
    assert read(meta(article__content_tier=tier)).paywalled is paywalled


@pytest.mark.parametrize(
    ("fields", "paywalled"),
    [
        ({"isAccessibleForFree": True}, False),
        ({"isAccessibleForFree": False}, True),
        ({"isAccessibleForFree": "https://schema.org/False"}, True),
        ({"isAccessibleForFree": "maybe"}, None),
        ({"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "False"}}, True),
        ({"isAccessibleForFree": True, "hasPart": [{"isAccessibleForFree": False}]}, True),
        ({}, None),
    ],
)
def test_json_ld_says_whether_an_article_or_a_part_of_it_is_free(fields, paywalled):
    assert read(json_ld(article(headline="Storm", **fields))).paywalled is paywalled


@pytest.mark.parametrize(
    ("html", "headers", "expected"),
    [
        ('<html lang="de">', (), "de"),
        ('<html lang="pt_BR">', (), "pt-BR"),
        ('<html lang="{{ lang }}"><meta property="og:locale" content="hi_IN">', (), "hi-IN"),
        ('<meta http-equiv="Content-Language" content="or">', (), "or"),
        ("<p>", (("content-language", "ta, en"),), "ta"),
        (json_ld(article(headline="x", inLanguage={"@type": "Language", "name": "sw"})), (), "sw"),
        ("<p>", (), None),
    ],
)
def test_the_declared_language_is_read_from_the_first_place_that_states_one(html, headers, expected):
    assert read(html, page_of(headers=headers)).declared_language == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<link rel="canonical" href="https://planet.example/a">', "https://planet.example/a"),
        ('<link rel="canonical" href="/a#top">', "https://www.planet.example/a"),
        ('<base href="https://cdn.example/x/"><link rel="canonical" href="a">', "https://cdn.example/x/a"),
        ('<link rel="canonical" href="/">' + meta(og__url=URL), URL),
        ('<link rel="canonical" href="https://other.example/">', None),
        ('<link rel="canonical" href="https://other.example/?p=1">', "https://other.example/?p=1"),
        ('<link rel="canonical" href="http://localhost/a">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="http://[::1">', None),
        ('<link rel="alternate" href="/a">', None),
    ],
)
def test_a_canonical_url_is_absolute_and_no_unfilled_template(html, expected):
    assert read(html).canonical_url == expected


def test_a_front_page_may_name_itself_as_canonical():
    page = page_of("https://www.planet.example/")
    assert (
        read('<link rel="canonical" href="https://planet.example/">', page).canonical_url == "https://planet.example/"
    )


@pytest.mark.parametrize(
    ("html", "headers", "expected"),
    [
        ('<meta name="ROBOTS" content="NoIndex,NoFollow">', (), {"noindex", "nofollow"}),
        (
            '<meta name="robots" content="max-snippet: -1; max-image-preview:large">',
            (),
            {"max-snippet:-1", "max-image-preview:large"},
        ),
        ('<meta name="googlebot" content="noindex">', (), set()),
        ('<meta name="newscorpuscollector" content="noindex">', (), {"noindex"}),
        ("", (("X-Robots-Tag", "noindex"), ("x-robots-tag", "noarchive")), {"noindex", "noarchive"}),
        ("", (("X-Robots-Tag", "googlebot: noindex, nofollow"),), set()),
        ("", (("X-Robots-Tag", "NewsCorpusCollector: noindex, otherbot: nofollow"),), {"noindex"}),
        ("", (("X-Robots-Tag", "max-snippet: 20, noai"),), {"max-snippet:20", "noai"}),
        ("", (("X-Robots-Tag", ", ,:,"),), set()),
    ],
)
def test_robots_directives_are_those_for_everybody_or_for_us(html, headers, expected):
    assert read(html, page_of(headers=headers)).robots == expected


def test_another_agent_obeys_other_directives():
    html = '<meta name="examplebot" content="noindex">'
    assert read(html, config=replace(OWN, agent="ExampleBot")).robots == {"noindex"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (json_ld(article(headline="x")), "NewsArticle"),
        (json_ld({"@type": ["NewsArticle", "OpinionNewsArticle"], "headline": "x"}), "OpinionNewsArticle"),
        (json_ld({"@type": "https://schema.org/LiveBlogPosting", "headline": "x"}), "LiveBlogPosting"),
        (json_ld({"@type": "CollectionPage"}) + meta(og__type="website"), "CollectionPage"),
        (json_ld({"@type": "WebPage"}) + meta(og__type="article"), "article"),
        ("", None),
    ],
)
def test_the_type_is_the_most_special_one_that_is_stated(html, expected):
    assert read(html).page_type == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (json_ld(article(articleSection="World, Health & Food")), ("World", "Health & Food")),
        (json_ld(article(articleSection=["World", "Health, Food"])), ("World", "Health, Food")),
        (meta(article__section="World, Weather"), ("World", "Weather")),
        (meta(article__section="Region 1,5"), ("Region 1,5",)),
    ],
)
def test_sections_in_one_line_are_told_apart(html, expected):
    assert read(html).section == expected


def test_sections_fall_back_to_breadcrumbs_between_front_page_and_article():
    names = ("Home", "World", "Weather", "Storm hits coast")
    entries = [{"@type": "ListItem", "position": number, "item": {"name": name}} for number, name in enumerate(names)]
    html = json_ld({"@type": "BreadcrumbList", "itemListElement": entries})
    assert read(html).section == ("World", "Weather")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (json_ld(article(headline="x", keywords=["storm", "coast", "storm"])), ("storm", "coast")),
        (json_ld(article(headline="x", keywords="storm; coast, #sea")), ("storm", "coast", "sea")),
        (
            '<meta property="article:tag" content="storm"><meta property="article:tag" content="coast">',
            ("storm", "coast"),
        ),
        ('<meta name="keywords" content="storm,coast">', ("storm", "coast")),
    ],
)
def test_tags_are_read_from_lists_and_from_separated_strings(html, expected):
    assert read(html).tags == expected


@pytest.mark.parametrize(("most", "count"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_no_more_tags_are_kept_than_configured(most, count):
    html = '<meta name="keywords" content="a,b,c">'
    assert len(read(html, config=replace(OWN, max_tags=most)).tags) == count


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (meta(og__image="//img.example/a.jpg"), "https://img.example/a.jpg"),
        (meta(og__image="data:image/png;base64,AAAA"), None),
        (
            json_ld(article(headline="x", image=[{"@type": "ImageObject", "url": "/a.jpg"}])),
            "https://www.planet.example/a.jpg",
        ),
        (json_ld(article(headline="x", image="/b.jpg")), "https://www.planet.example/b.jpg"),
    ],
)
def test_the_image_is_absolute(html, expected):
    assert read(html).image == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        ('<link rel="license" href="/terms">', "https://www.planet.example/terms"),
        ('<meta name="dc.rights.license" content="CC BY 4.0">', "CC BY 4.0"),
        ("<a href='/licenses/'>", None),
    ],
)
def test_a_licence_is_a_url_or_a_name(html, expected):
    assert read(html).licence == expected


def test_the_fallback_asks_third_parties_for_what_nothing_states():
    html = "<h1></h1><h2 class='entry-title'>Storm hits coast</h2><div class='screenname'>Jane Doe</div>"
    html += meta(og__image="https://img.example/2024/05/01/storm.jpg")
    own = read(html, config=OWN)
    assert (own.title, own.authors, own.published) == (None, (), None)
    asked = read(html, config=MetadataConfig())
    assert (asked.title, asked.authors, asked.published.on) == ("Storm hits coast", ("Jane Doe",), date(2024, 5, 1))
    assert {asked.sources[field] for field in ("title", "authors", "published")} == {"trafilatura", "htmldate"}


def test_a_failing_third_party_costs_the_field_and_is_logged(monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    for name in ("extract_title", "extract_author", "find_date"):
        monkeypatch.setattr(f"cleaners.metadata.fallback.{name}", fail)
    assert read("<p>Nothing</p>", config=MetadataConfig()).title is None
    assert len(caplog.records) == 3


@pytest.mark.parametrize(
    ("field", "value", "valid"),
    [
        ("max_title_chars", 20, True),
        ("max_title_chars", 19, False),
        ("max_title_chars", 2000, True),
        ("max_title_chars", 2001, False),
        ("max_authors", 1, True),
        ("max_authors", 0, False),
        ("max_authors", 1000, True),
        ("max_authors", 1001, False),
        ("max_tags", 1, True),
        ("max_tags", 0, False),
        ("max_tags", True, False),
        ("max_tags", 1001, False),
        ("max_jsonld_chars", 1000, True),
        ("max_jsonld_chars", 999, False),
        ("agent", "a", True),
        ("agent", " ", False),
    ],
)
def test_thresholds_are_checked_when_the_configuration_is_built(field, value, valid):
    if valid:
        assert getattr(MetadataConfig(**{field: value}), field) == value
    else:
        with pytest.raises(ConfigError, match=field):
            MetadataConfig(**{field: value})


KEYS = st.sampled_from(
    [
        "@type",
        "@id",
        "@graph",
        "headline",
        "name",
        "author",
        "datePublished",
        "dateModified",
        "image",
        "url",
        "mainEntity",
        "mainEntityOfPage",
        "hasPart",
        "isAccessibleForFree",
        "keywords",
        "articleSection",
        "articleBody",
        "publisher",
        "license",
        "itemListElement",
        "inLanguage",
        "description",
        "@value",
        "givenName",
    ],
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["NewsArticle", "WebPage", "Person", "BreadcrumbList", URL, "2024-05-01T10:00:00Z", "Jane Doe", "\ud800"]
    )
)
NODES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(NODES)
@settings(max_examples=200, deadline=None)
def test_no_json_ld_raises(node):
    metadata = read(json_ld(node))
    metadata.__repr__().encode()
    assert isinstance(metadata.authors, tuple)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_script_raises(text):
    read(f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": {text}</script>')


@given(st.text(alphabet=st.characters(exclude_characters='"\x00', exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_content_of_an_element_raises(text):
    names = ("og:title", "author", "article:published_time", "og:url", "og:image", "robots", "keywords", "og:locale")
    html = f'<html lang="{text}"><link rel="canonical" href="{text}"><base href="{text}"><title>{text}</title>'
    html += "".join(f'<meta name="{name}" content="{text}">' for name in names)
    html += f'<h1>{text}</h1><p class="byline">{text}</p><time datetime="{text}">{text}</time><p>By {text}</p>'
    read(html)


@pytest.mark.parametrize("url", ["http://[", "", "not a url", "https://", "https://user:pass@host:99999/"])
def test_no_url_of_a_page_raises(url):
    read(FULL, page_of(url))


@pytest.mark.shared
def test_no_document_of_the_html_specification_raises(shared):
    with tarfile.open(shared / "data" / "badinput" / "html5lib-tests.tar.xz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                read(decode(content.read()[:200_000]).text)


@pytest.mark.shared
def test_no_page_of_the_bad_input_raises(shared):
    files = sorted((shared / "data" / "badinput" / "synthetic").glob("*.html"))
    assert files
    for path in files:
        read(decode(path.read_bytes()).text, config=MetadataConfig())


def test_the_same_page_gives_the_same_metadata():
    page = page_of(hint=date(2024, 5, 1), fetched_at=FETCHED_AT)
    assert read(FULL, page) == read(FULL, page)
