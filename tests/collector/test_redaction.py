"""What is secret stands in no log, in whatever shape it comes; what is not stays readable."""

import io
import json
import logging
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.redaction import GONE, RedactingFormatter, redact, redact_value

SECRET = "hunter2-Zq9"

SHAPES = [
    "GET https://asha:{}@post.example/feed failed",
    "GET https://{}@post.example/feed failed",
    "ftp://asha:p@{}@post.example",
    "https://post.example/feed?page=2&token={}",
    "https://post.example/feed?access_token={}&page=2",
    "https://post.example/feed;jsessionid={}?page=2",
    "https://post.example/feed?X-Amz-Signature={}#top",
    "https://post.example/feed?api_key={}, then another",
    "<https://post.example/feed?sig={}>",
    "https://post.example/#access_token={}",
    "Cookie: a=1; session={}",
    "Set-Cookie: session={}; Path=/; HttpOnly",
    "Authorization: Basic {}",
    "Proxy-Authorization: Bearer {}",
    "authorization:{}",
    "X-Api-Key: {}",
    "X-Auth-Token: {}",
    "{{b'Cookie': [b'session={}']}}",
    "{{'Authorization': 'Bearer {}', 'Accept': '*/*'}}",
    '{{"password": "{}"}}',
    "smtp_password = '{}'",
    "Settings(user='asha', password='{}', port=25)",
    "login failed with password={} at 09:00",
    "token: {}",
    "the server wants Bearer {}",
    "GET / HTTP/1.1\r\nHost: a\r\nCookie: id={}\r\nAccept: */*",
    "{{b'Set-Cookie': [b'a=1; Path=/', b'sid={}; Path=/']}}",
    "no tunnel through asha:{}@proxy.example:3128",
    "no tunnel through http://asha:p/{}@proxy.example:3128",
    "//asha:{}@post.example/feed",
    "https://post.example/go?to=https%3A%2F%2Fasha%3A{}%40ledger.example%2F",
    "https://post.example/go?to=https%3A%2F%2Fledger.example%2F%3Fpage%3D1%26token%3D{}",
    "https://post.example/feed?pass={}",
    "told to send PHPSESSID={}; path=/",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_is_taken_out_of_every_shape(shape: str) -> None:
    told = redact(shape.format(SECRET))
    assert SECRET not in told
    assert GONE in told


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SHAPES),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~+", min_size=8, max_size=40),
    st.text(max_size=30),
)
def test_whatever_the_secret_and_what_stands_before(shape: str, secret: str, before: str) -> None:
    told = redact(f"{before}\n{shape.format(secret)}")
    # The secret may be a word of the line itself.
    assert told.count(secret) <= f"{before}\n{shape.format(GONE)}".count(secret)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_redacting_twice_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("shape", SHAPES)
def test_redacting_a_redacted_line_changes_nothing(shape: str) -> None:
    told = redact(shape.format(SECRET))
    assert redact(told) == told


@pytest.mark.parametrize(
    "line",
    [
        "run 12 finished: 340 pages in 61.2 s",
        "harbour-post: run 3 failed after 12 s, 6 pages: 3 kept, 2 removed; exit code 1",
        "cannot make sense of https://post.example/2026/11/keys-found?page=2&utm_source=rss",
        "https://post.example:8080/@asha/story asks for 300 s between requests; 60 s are kept",
        "https://post.example/authors/asha@post.example is no URL to fetch",
        "KeyError: 'title' in /usr/lib/tokenizer.py:12",
        "write to corpus@post.example: the disk is full",
        "removed/too-short: 38 words < 50",
        "a session of parliament; the secretary said: no token gesture",
        "at 09:00, 127.0.0.1:8080 told asha@post.example: passages: 12",
        "{'token': 'a', 'site': 'b'}".replace("'a'", f"'{GONE}'"),
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert redact(line) == line


def test_known_secrets_go_wherever_they_stand() -> None:
    assert redact("posted to /services/T000/B000/xyzxyz: 404", ["/services/T000/B000/xyzxyz"]) == (
        f"posted to {GONE}: 404"
    )


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        "x-y-",
        "token.",
        "x@",
        "https://",
        "'cookie' ",
        "eyJ-",
        "sid_",
        "Bearer ",
        "a:b@",
        "//a:",
        "%3A%2F%2F",
        "token='a', ",
        "a://b:c",
    ],
)
def test_a_line_made_to_take_long_does_not(piece: str) -> None:
    began = time.process_time()
    redact(piece * 20_000)
    assert time.process_time() - began < 2


def test_a_long_line_is_cut_short() -> None:
    told = redact("x" * 30_000)
    assert told.startswith("x" * 20_000)
    assert told.endswith(" … 10000 characters more")


@pytest.mark.parametrize("before", [19_980, 19_995, 23_990])
def test_a_secret_where_the_line_is_cut_is_none_the_less_one(before: int) -> None:
    told = redact("x" * before + f" https://asha:{SECRET}@post.example/")
    assert SECRET[:4] not in told


def test_fields_with_telling_names_go_as_a_whole() -> None:
    value = {
        "url": "https://a:b@c.example/",
        "smtp_password": SECRET,
        "outcomes": {"kept": 3},
        "list": [f"token={SECRET}"],
        f"https://asha:{SECRET}@d.example/": 1,
    }
    told = redact_value(value)
    assert SECRET not in json.dumps(told)
    assert told["outcomes"] == {"kept": 3}
    assert told["url"] == f"https://{GONE}@c.example/"


def test_tracebacks_are_redacted_with_their_line() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(message)s", [SECRET]))
    logger = logging.Logger("apart")
    logger.addHandler(handler)
    try:
        raise ValueError(f"no answer from https://asha:{SECRET}@post.example/, nor anywhere with {SECRET}")
    except ValueError:
        logger.exception("trouble with %s", SECRET)
    assert "Traceback" in stream.getvalue()
    assert SECRET not in stream.getvalue()
