"""One page has one canonical URL, and canonicalising it again changes nothing."""

import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.urls import MAX_URL_CHARACTERS, canonicalise, resolve

HOSTS = st.sampled_from(["example.com", "WWW.Bücher.example", "127.0.0.1:8000", "[::1]:80", "user:pw@Example.COM:443"])
PATH_PIECES = ["/", "//", ".", "..", "a", "B", "%7e", "%7E", "%2f", "%", "%4", "%c3%a9", "é", "नमस्ते", " ", ";", "=",
               ";jsessionid=1A", "(S(ab12))", "index.html", "+", ",", "|", "[", "\\", "\t", "~", "'"]  # fmt: skip
QUERY_PIECES = ["a=1", "b=2", "a=3", "&", "&&", "=", "utm_source=x", "amp;", "amp;utm_medium=y", "sid=0123456789abcdef",
                "?", "news,12", "%61=1", "é=ü", " ", "+", "%", "fbclid", "ref=rss", "ref=7", "#", "[]"]  # fmt: skip


@st.composite
def urls(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["http", "https", "HTTP"]))
    path = "".join(draw(st.lists(st.sampled_from(PATH_PIECES) | st.characters(codec="utf-8"), max_size=8)))
    query = "".join(draw(st.lists(st.sampled_from(QUERY_PIECES), max_size=6)))
    return f"{scheme}://{draw(HOSTS)}/{path}" + (f"?{query}" if query else "")


@settings(max_examples=400, deadline=None)
@given(urls())
@example("http://example.com/(S(ab12));jsessionid=1A/")
def test_canonicalising_twice_changes_nothing(url: str) -> None:
    once = canonicalise(url)
    assert canonicalise(once) == once


@settings(max_examples=200, deadline=None)
@given(urls())
def test_resolving_twice_changes_nothing(url: str) -> None:
    once = resolve(url)
    assert resolve(once) == once


@settings(max_examples=200, deadline=None)
@given(urls())
def test_a_canonical_url_is_ascii_without_fragment_or_userinfo(url: str) -> None:
    canonical = canonicalise(url)
    parts = urlsplit(canonical)
    assert canonical.isascii()
    assert not any(character.isspace() for character in canonical)
    assert (parts.fragment, parts.username) == ("", None)


@settings(max_examples=200, deadline=None)
@given(urls())
def test_the_fetched_and_the_found_url_are_one_page(url: str) -> None:
    assert canonicalise(resolve(url)) == canonicalise(url)


def remove_dot_segments(path: str) -> str:
    """The algorithm of RFC 3986, section 5.2.4, step by step."""
    output = ""
    while path:
        if path.startswith("/./") or path == "/.":
            path = "/" + path[3:]
        elif path.startswith("/../") or path == "/..":
            path, output = "/" + path[4:], output.rpartition("/")[0]
        else:
            end = path.find("/", 1)
            end = len(path) if end < 0 else end
            output, path = output + path[:end], path[end:]
    return output


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", ".", "..", ""]), min_size=1, max_size=8))
def test_dot_segments_go_as_in_rfc_3986(segments: list[str]) -> None:
    path = "/" + "/".join(segments)
    assert canonicalise(f"http://h.example{path}") == f"http://h.example{remove_dot_segments(path)}"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.COM/A", "https://example.com/A"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://user:pw@example.com/", "http://example.com/"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com/?", "http://example.com/"),
        ("http://example.com/a#b", "http://example.com/a"),
        ("http://example.com/a#!b", "http://example.com/a"),
        ("http://example.com./a", "http://example.com/a"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://نامه‌ای.com/", "http://xn--mgba3gch31f060k.com/"),
        ("http://☃.example/", "http://xn--n3h.example/"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/a/b/..", "http://example.com/a/"),
        ("http://example.com/%2e%2E/a", "http://example.com/a"),
        ("http://example.com/a//b/", "http://example.com/a//b/"),
        ("http://example.com/%7euser/%e9", "http://example.com/~user/%E9"),
        ("http://example.com/a b", "http://example.com/a%20b"),
        ("http://example.com/ओडिशा", "http://example.com/%E0%A4%93%E0%A4%A1%E0%A4%BF%E0%A4%B6%E0%A4%BE"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/a%2fb", "http://example.com/a%2Fb"),
        ("http://example.com/?b=2&a=1", "http://example.com/?a=1&b=2"),
        ("http://example.com/?a[]=2&b=0&a[]=1", "http://example.com/?a%5B%5D=2&a%5B%5D=1&b=0"),
        ("http://example.com/?news,12&a=1", "http://example.com/?news,12&a=1"),
        ("http://example.com/?a=&b", "http://example.com/?a=&b"),
        ("http://example.com/?a=1&&b=2&", "http://example.com/?a=1&b=2"),
        ("http://example.com/?utm_source=x&UTM_Medium=y&fbclid=z", "http://example.com/"),
        ("http://example.com/?id=1&amp;utm_source=x&amp;b=2", "http://example.com/?b=2&id=1"),
        ("http://example.com/?source=rss&id=1", "http://example.com/?id=1"),
        ("http://example.com/?source=123", "http://example.com/?source=123"),
        ("http://example.com/?ref=hp-story-1", "http://example.com/?ref=hp-story-1"),
        ("http://example.com/?sid=0123456789abcdef", "http://example.com/"),
        ("http://example.com/?sid=99390", "http://example.com/?sid=99390"),
        ("http://example.com/a;jsessionid=12AB?x=1", "http://example.com/a?x=1"),
        ("http://example.com/(S(lit3py55t21z5v55))/a.aspx", "http://example.com/a.aspx"),
        ("http://example.com/?PHPSESSID=1", "http://example.com/"),
        ("  http://example.com/a\n\tb  ", "http://example.com/ab"),
        ("http://example.com\\a\\b?c\\d", "http://example.com/a/b?c%5Cd"),
        ("http:///example.com/a", "http://example.com/a"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::0:1]:80/", "http://[::1]/"),
    ],
)
def test_equivalent_spellings_are_one(url: str, canonical: str) -> None:
    assert canonicalise(url) == canonical
    assert canonicalise(canonical) == canonical


@pytest.mark.parametrize(
    "different",
    ["https://example.com/a/", "http://example.com/a", "https://www.example.com/a", "https://example.com/A"],
)
def test_what_servers_may_tell_apart_stays_apart(different: str) -> None:
    assert canonicalise(different) != canonicalise("https://example.com/a")


@pytest.mark.parametrize(
    "url",
    ["", "/a", "a", "mailto:a@example.com", "javascript:void(0)", "ftp://example.com/", "data:,", "http://",
     "http://a b/", "http://a..b/", "http://example.com:99999/", "http://example.com:port/", "http://[::1", "http://[fe80::1%25eth0]/",
     "http://1.2.3.4.5/", "http://" + "a" * 64 + ".example/", "http://example.com/\ud800"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonicalise(url)


def test_the_longest_url_is_read_and_a_longer_one_refused() -> None:
    longest = "http://example.com/".ljust(MAX_URL_CHARACTERS, "a")
    assert canonicalise(longest) == longest
    for longer in (longest + "a", longest[:-1] + "%", longest[:-1] + "é"):
        with pytest.raises(ValueError, match="characters"):
            canonicalise(longer)


@pytest.mark.parametrize(
    ("reference", "base", "absolute"),
    [
        ("b", "https://example.com/a/", "https://example.com/a/b"),
        ("//other.example/b", "https://example.com/a", "https://other.example/b"),
        ("?p=2", "https://example.com/a?p=1", "https://example.com/a?p=2"),
        ("", "https://example.com/a?p=1#x", "https://example.com/a?p=1"),
        ("https:b", "https://example.com/a/", "https://example.com/a/b"),
        ("http:b", "https://example.com/a/", "http://b/"),
        ("\\b", "https://example.com/a/", "https://example.com/b"),
        ("https://other.example/b", "about:blank", "https://other.example/b"),
    ],
)
def test_references_are_resolved_as_browsers_do(reference: str, base: str, absolute: str) -> None:
    assert resolve(reference, base) == absolute


def test_a_url_is_fetched_with_the_parameters_it_was_found_with() -> None:
    assert resolve("https://example.com/a?utm_source=x&b=2&a=1") == "https://example.com/a?utm_source=x&b=2&a=1"


@pytest.mark.shared
def test_the_resolution_table_is_followed(shared: Path) -> None:
    lines = (shared / "data/urls/url-resolve.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader((line for line in lines if line and not line.startswith("#")), skipinitialspace=True))
    assert len(rows) > 10
    for reference, base, expected in rows:
        if expected.startswith("http"):
            assert canonicalise(reference, base or None) == canonicalise(expected)
        else:
            with pytest.raises(ValueError, match="no http"):
                canonicalise(reference, base or None)


#: Inputs on which we differ from the URL Standard, knowingly: hosts that no resolver takes, userinfo with brackets, and
#: spaces before a fragment.
KNOWN_DIFFERENCES = {
    "http://f:21/ b ? d # e ", "http://&a:foo(b]c@d:2/", "http://./", "http://../", "http://!\"$&'()*+,-.;=_`{}~/",
    "https://0x.0x.0", "https://0x.0x.0x.0x", "https://user:pass[\x7f@foo/bar", "http://foo.09..",
}  # fmt: skip


@pytest.mark.shared
def test_the_url_standard_s_vectors_agree(shared: Path) -> None:
    table = json.loads((shared / "data/urls/wpt-urltestdata.json").read_text(encoding="utf-8"))
    agreed = 0
    for row in (row for row in table if isinstance(row, dict)):
        try:
            ours = canonicalise(row["input"], row.get("base"))
        except ValueError:
            ours = None
        expected = row.get("href") or ""
        if row["input"] in KNOWN_DIFFERENCES:
            continue
        if ours is not None:
            assert canonicalise(ours) == ours
        assert ours == (canonicalise(expected) if expected.startswith(("http:", "https:")) else None), row["input"]
        agreed += 1
    assert agreed > 800
