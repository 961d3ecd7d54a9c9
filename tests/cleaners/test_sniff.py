import pytest

from cleaners.sniff import sniff


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.4\n%\xe2\xe3", "PDF"),
        (b"\xef\xbb\xbf  %PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40), "JPEG picture"),
        (b"GIF89a\x01\x00", "GIF picture"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "RIFF media"),
        (b"PK\x03\x04\x14\x00", "ZIP archive or office document"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "gzip archive"),
        (b"\x00\x00\x00\x18ftypmp42", "MP4 video"),
        (b"BM" + bytes(60), "BMP picture"),
        (b'<?xml version="1.0"?>\n<!-- x --><rss version="2.0"><channel>', "XML (rss)"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "XML (feed)"),
        (b'<?xml version="1.0"?><urlset>', "XML (urlset)"),
        (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;">]><rss version="2.0">', "XML (rss)"),
        (b"<!-- a > b --><sitemapindex>", "XML (sitemapindex)"),
        (b'{"headline": "<p>not a page</p>"}', "JSON"),
        (b"[1, 2]", "JSON"),
        (bytes(range(8)) * 200, "binary data"),
    ],
)
def test_what_is_no_page_is_named(body: bytes, kind: str) -> None:
    assert sniff(body) == kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain text, which may be a page of a careless server",
        b"<!doctype html><title>x</title>",
        b"\n\n<html><body>x",
        b'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">',
        b"BMW opens a plant in the valley",
        b"ID3 is a tag",
        b"<p>a\x00b\x00c</p>",
        "<html><body>wide</body></html>".encode("utf-16-le"),
        "<html><body>wide</body></html>".encode("utf-16"),
        "<html><body>wide</body></html>".encode("utf-32-be"),
        b"\x1b$B%F%9%H\x1b(B",
        b"{{ template }} <html><body>left over",
    ],
)
def test_what_may_be_a_page_is_left_to_the_parser(body: bytes) -> None:
    assert sniff(body) is None
