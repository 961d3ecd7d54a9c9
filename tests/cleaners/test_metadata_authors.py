import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metadata_pages import article, json_ld, meta, read

from cleaners.metadata import MetadataConfig
from cleaners.metadata.names import announced, distinct, split_names, turn_round


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("By Jane Doe", ["Jane Doe"]),
        ("BY JANE DOE", ["JANE DOE"]),
        ("Written by: Jane Doe", ["Jane Doe"]),
        ("Von Ana Müller", ["Ana Müller"]),
        ("Ein Gastbeitrag von Ana Müller", ["Ana Müller"]),
        ("Par Sébastien Petit", ["Sébastien Petit"]),
        ("Por: Juan Pérez y María López", ["Juan Pérez", "María López"]),
        ("Oleh Budi Santoso", ["Budi Santoso"]),
        ("作者：王小明", ["王小明"]),
        ("記者 大渡美咲", ["大渡美咲"]),
        ("안병준 기자", ["안병준"]),
        ("Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe, John Roe & Max Moe", ["Jane Doe", "John Roe", "Max Moe"]),
        ("Jane Doe; John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe / John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe, John Roe, and Max Moe", ["Jane Doe", "John Roe", "Max Moe"]),
        ("Ana Müller und Jan Koch", ["Ana Müller", "Jan Koch"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("王小明、李明", ["王小明", "李明"]),
        ("作者：王小明 ]", ["王小明"]),
        ("字号", []),
        ("粉丝", []),
        ("时间：", []),
        ("Jane Doe, Staff Writer", ["Jane Doe"]),
        ("Jane Doe | Chief Political Correspondent", ["Jane Doe"]),
        ("Jane Doe, MD, PhD", ["Jane Doe"]),
        ("Martin Luther King, Jr.", ["Martin Luther King, Jr."]),
        ("Angus M. Doe Jr.", ["Angus M. Doe Jr."]),
        ("Jane Doe in Berlin", ["Jane Doe"]),
        ("Jane Doe For The Planet On Sunday", ["Jane Doe"]),
        ("Jane Doe, Berlin", ["Jane Doe"]),
        ("Jane Doe, New York", ["Jane Doe"]),
        ("Jane Doe (The Planet)", ["Jane Doe"]),
        ("Jane Doe - jane.doe@planet.example", ["Jane Doe"]),
        ("Jane Doe @janedoe", ["Jane Doe"]),
        ("Jane Doe, May 3, 2024", ["Jane Doe"]),
        ("Jane Doe Updated: June 22nd, 2021, 07:30 IST", ["Jane Doe"]),
        ("Compiled by Jane Doe", ["Jane Doe"]),
        ("Jane Doe, John Roe, in Washington", ["Jane Doe", "John Roe"]),
        ("Jane Doe; Interview: John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe, 10+ Years", ["Jane Doe"]),
        ("Posted by Jane Doe on Wednesday, May 3rd, 2024", ["Jane Doe"]),
        ("Jane Doe am 3. Mai 2024", ["Jane Doe"]),
        ("Jane Doe at 1:02 PM", ["Jane Doe"]),
        ("作者：记者王敬照", ["王敬照"]),
        ("D.D.", ["D.D."]),
        ("J. R. R. Moe", ["J. R. R. Moe"]),
        ("Ursula von der Moe", ["Ursula von der Moe"]),
        ("Von Hausen", ["Von Hausen"]),
        ("Zoë O’Brien", ["Zoë O’Brien"]),
        ("Jane Doe, jane doe, JANE DOE", ["Jane Doe"]),
        ("AFP, MANILA", ["AFP"]),
        ("https://www.facebook.com/planet", []),
        ("@planet", []),
        ("admin", []),
        ("Updated 5 minutes ago", []),
        ("Senior Correspondent", []),
        ("A sentence that goes on for longer than any name would.", []),
        ("", []),
    ],
)
def test_names_are_taken_out_of_bylines(byline, expected):
    assert split_names(byline) == expected


@given(
    st.lists(
        st.sampled_from(["Jane Doe", "John Roe", "Zoë O’Brien", "Ludwig van Moe"]), min_size=1, max_size=4, unique=True
    )
)
def test_names_that_were_taken_out_come_out_again(names):
    assert split_names(", ".join(names)) == names
    assert split_names(" and ".join(names)) == names


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_byline_raises_and_names_are_short_lines(text):
    for name in split_names(text):
        assert 2 <= len(name) <= 70
        assert "\n" not in name


@pytest.mark.parametrize(
    ("text", "rest"),
    [("By", ""), ("By Jane", "Jane"), ("Hamburg | Text: Jane Doe", "Jane Doe"), ("Bypass surgery", None), ("", None)],
)
def test_a_word_announces_an_author_at_the_beginning_or_before_a_colon(text, rest):
    assert announced(text) == rest


def test_a_surname_put_first_is_turned_round():
    assert turn_round("Doe, Jane") == "Jane Doe"
    assert turn_round("Jane Doe") == "Jane Doe"


def test_names_that_differ_in_accents_and_case_are_one():
    assert distinct(["Zoë Moe", "ZOE MOE", "Zoe Roe"]) == ["Zoë Moe", "Zoe Roe"]


def credited(html: str) -> tuple[tuple[str, ...], str | None]:
    metadata = read(html)
    return metadata.authors, metadata.agency


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Jane Doe", (("Jane Doe",), None)),
        (["Jane Doe", "John Roe"], (("Jane Doe", "John Roe"), None)),
        ({"@type": "Person", "name": "Jane Doe"}, (("Jane Doe",), None)),
        ({"@type": "Person", "givenName": "Jane", "familyName": "Doe"}, (("Jane Doe",), None)),
        ({"@type": "Person", "name": ["Jane Doe", "John Roe"]}, (("Jane Doe", "John Roe"), None)),
        ([{"@type": "Person", "name": "By Jane Doe, Staff Writer"}], (("Jane Doe",), None)),
        ({"@type": "Organization", "name": "Reuters"}, (("Reuters",), "Reuters")),
        ({"@type": "Person", "name": "Reuters"}, (("Reuters",), "Reuters")),
        (
            [{"@type": "Person", "name": "Jane Doe"}, {"@type": "Organization", "name": "Reuters"}],
            (("Jane Doe",), "Reuters"),
        ),
        ({"@type": "Organization", "name": "The Planet"}, (("The Planet",), None)),
        (
            [{"@type": "Organization", "name": "The Planet"}, {"@type": "Person", "name": "Jane Doe"}],
            (("Jane Doe",), None),
        ),
        ({"@type": "Person", "name": "The Planet"}, (("The Planet",), None)),
        ({"@type": "Person", "name": None}, ((), None)),
        ({"@type": "Person"}, ((), None)),
        (42, ((), None)),
        ("https://www.planet.example/authors/jane-doe", ((), None)),
    ],
)
def test_json_ld_credits_persons_before_agencies_before_the_site(author, expected):
    html = meta(og__site_name="The Planet") + json_ld(article(headline="Storm", author=author))
    assert credited(html) == expected


def test_a_person_in_a_meta_element_comes_before_a_group_in_json_ld():
    html = json_ld(article(headline="Storm", author={"@type": "Organization", "name": "The Planet"}))
    assert credited(html + '<meta name="author" content="Jane Doe">')[0] == ("Jane Doe",)


def test_an_account_gives_way_to_a_visible_name():
    html = '<meta name="author" content="jane.doe"><h1>Storm</h1><p class="byline">By Jane Doe</p>'
    assert read(html).authors == ("Jane Doe",)
    assert read('<meta name="author" content="jane.doe"><h1>Storm</h1>').authors == ("jane.doe",)


def test_several_meta_elements_credit_several_authors():
    html = '<meta property="article:author" content="Jane Doe"><meta property="article:author" content="John Roe">'
    assert read(html).authors == ("Jane Doe", "John Roe")


def test_a_card_label_that_says_by_credits_an_author():
    assert read(meta(twitter__label1="Written by", twitter__data1="Jane Doe")).authors == ("Jane Doe",)
    assert read(meta(twitter__label1="Reading time", twitter__data1="Five Minutes")).authors == ()


def test_libraries_put_the_surname_first():
    html = '<meta name="citation_author" content="Doe, Jane"><meta name="citation_author" content="Roe, John">'
    assert read(html).authors == ("Jane Doe", "John Roe")


@pytest.mark.parametrize(
    "byline",
    [
        '<span itemprop="author"><span itemprop="name">Jane Doe</span></span>',
        '<meta itemprop="author" content="Jane Doe"><p itemprop="author">Jane Doe</p>',
        '<a rel="author" href="/jane">Jane Doe</a>',
        '<p class="byline">By <a href="/jane">Jane Doe</a>, Berlin correspondent</p>',
        '<div class="article-author">Jane Doe</div>',
        '<div class="AuthorBox"><img alt="x"><span class="role">Reporter</span><a>Jane Doe</a></div>',
        '<div class="meta"><span>Published 3 May 2024</span><span class="writer">by Jane Doe</span></div>',
        "<p>By Jane Doe</p>",
        "<div><span>Written by</span><span>Jane Doe</span></div>",
        "<ul><li><strong>Autorin/Autor</strong> Jane Doe</li></ul>",
        "<p>3. Mai 2024 | Text: Jane Doe</p>",
        "<p><strong>Jane Doe</strong></p>",
    ],
)
def test_a_visible_byline_is_read(byline):
    html = f"<title>Storm</title><h1>Storm hits coast</h1>{byline}<p>{'The storm came. ' * 30}</p>"
    assert read(html).authors == ("Jane Doe",)


def test_two_authors_of_a_visible_byline_are_read():
    html = '<h1>Storm</h1><p class="byline">By <a class="n">Jane Doe</a> and <a class="n">John Roe</a></p>'
    assert read(html).authors == ("Jane Doe", "John Roe")


@pytest.mark.parametrize(
    "foreign",
    [
        '<div class="comments"><span class="author">Angry Reader</span></div>',
        '<aside><span class="byline">By Other Writer</span></aside>',
        '<div class="related-stories"><span class="author">Other Writer</span></div>',
        '<nav><a class="author">Our Authors</a></nav>',
        '<p class="author-bio">Jane has written on weather for years and lives at the sea with her two old dogs.</p>',
        '<p class="byline">Share this story</p>',
        '<p class="byline">Follow</p>',
        "<p>By the time the storm hit, all had fled.</p>",
        "<p><strong>The wind was strong that night, they said.</strong></p>",
    ],
)
def test_what_is_no_byline_of_the_article_credits_nobody(foreign):
    html = f"<h1>Storm hits coast</h1><p>{'The storm came. ' * 30}</p>{foreign}"
    assert read(html).authors == ()


def test_a_visible_agency_comes_before_the_site_in_json_ld():
    html = meta(og__site_name="The Planet") + json_ld(article(headline="Storm", author="The Planet"))
    assert credited(html + '<h1>Storm</h1><p class="byline">AFP, MANILA</p>') == (("AFP",), "AFP")


@pytest.mark.parametrize(("most", "count"), [(1, 1), (2, 2), (3, 2)])
def test_no_more_authors_are_kept_than_configured(most, count):
    html = json_ld(article(headline="Storm", author=["Jane Doe", "John Roe"]))
    assert len(read(html, config=MetadataConfig(fallback=False, max_authors=most)).authors) == count


def test_a_signature_in_italics_at_the_end_is_read():
    html = f"<h1>Storm</h1><p>{'The storm came. ' * 60}</p><p><em>Jane Doe</em></p>"
    assert read(html).authors == ("Jane Doe",)


@pytest.mark.parametrize(
    "line", ["Share This", "Table of Contents", "Your Home Will Sell", "Vast services. Rich experience", "人物画像"]
)
def test_what_stands_alone_in_bold_and_is_no_name_credits_nobody(line: str) -> None:
    assert read(f"<h1>Storm</h1><p><strong>{line}</strong></p>").authors == ()
    assert read("<h1>Storm</h1><p><strong>Jane Doe</strong></p>").authors == ("Jane Doe",)


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("Reuters", "Reuters"),
        ("CNN Wire", "CNN Wire"),
        ("Deutsche Nachrichtenagentur", "Deutsche Nachrichtenagentur"),
        ("Planet News Desk", None),
        ("Web Commerce GmbH", None),
    ],
)
def test_an_agency_is_a_news_agency_and_no_desk_or_company(author: str, agency: str | None) -> None:
    metadata = read(json_ld(article(author={"@type": "Organization", "name": author})))
    assert (metadata.authors, metadata.agency) == ((author,), agency)


def test_the_name_of_the_site_is_not_taken_apart() -> None:
    html = '<meta property="og:site_name" content="Salt & Wind"><meta name="author" content="Salt & Wind">'
    assert read(html).authors == ("Salt & Wind",)


def test_a_company_in_json_ld_leaves_authors_to_sure_bylines() -> None:
    company = json_ld(article(author={"@type": "Organization", "name": "Contributors to projects"}))
    assert read(f"{company}<h1>Storm</h1><p>By Jane Doe</p>").authors == ("Contributors to projects",)
    assert read(f'{company}<h1>Storm</h1><p class="author">Jane Doe</p>').authors == ("Jane Doe",)


def test_a_container_that_holds_the_headline_is_not_foreign_whatever_its_name() -> None:
    inside = '<div class="promo"><h1>Storm</h1><div class="byline">By Jane Doe</div></div>'
    assert read(inside).authors == ("Jane Doe",)
    outside = '<h1>Storm</h1><div class="promo"><div class="byline">By Jane Doe</div></div>'
    assert read(outside).authors == ()


def test_a_bold_heading_within_the_article_is_no_signature():
    html = f"<h1>Storm</h1><p>{'The storm came. ' * 60}</p><p><strong>Jane Doe</strong></p><p>{'More. ' * 100}</p>"
    assert read(html).authors == ()


def test_credits_of_pictures_credit_nobody():
    html = '<h1>Storm</h1><figure><img src="a.jpg"><figcaption class="byline">By Photo Grapher</figcaption></figure>'
    assert read(html).authors == ()


@pytest.mark.parametrize("link", ['<a href="/news/" rel="category tag">News</a>', '<a href="/?category=3">News</a>'])
def test_a_link_to_a_category_is_no_author(link: str) -> None:
    html = f'<h1>Storm</h1><p class="post-meta vcard"><span class="updated">2 May 2024</span> | {link} | 0</p>'
    assert read(html).authors == ()
