"""Markdown: one ``.md`` an article, its metadata as YAML front matter and its text behind it.

Where a character of the text would be markup (CommonMark 0.31.2), it stands behind a backslash, so that the rendered
text is the article's text: paragraph by paragraph, without the title, which is in the front matter.
"""

import re

from corpus.export.frontmatter import front_matter
from corpus.export.records import Record

#: Fields of the front matter beside those of the record: none. Fields that are left out of it:
_NOT_IN_FRONT = ("text",)
# A backslash escapes only ASCII punctuation, and at a line's end breaks it; the others are markup wherever they stand.
_ANYWHERE = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)|[*_`<]|!(?=\[)|\](?=[(\[:])|&(?=#?\w+;)|~(?=~)", re.MULTILINE)
# Headings, quotations, lists, rules, fences, and underlines of headings; a table needs a line of dashes and bars.
_AT_LINE_START = re.compile(r"^([ \t]*)(?:([#>+\-=~|:])|(\d{1,9})([.)])(?=[ \t]|$))", re.MULTILINE)


def format_markdown(record: Record) -> bytes:
    """Return an article as the content of a Markdown file."""
    fields = {name: value for name, value in record.items() if name not in _NOT_IN_FRONT}
    return f"{front_matter(fields)}\n{escape(str(record['text']))}\n".encode()


def escape(text: str) -> str:
    r"""Return a text as Markdown that renders as the text.

    >>> print(escape("#1 in the *list*, [sic](1)\n\n1. a_b < c\n- AT&T &amp; 2 + 2"))
    \#1 in the \*list\*, [sic\](1)
    <BLANKLINE>
    1\. a\_b \< c
    \- AT&T \&amp; 2 + 2
    """
    escaped = _ANYWHERE.sub(r"\\\g<0>", text)
    return _AT_LINE_START.sub(lambda found: _escaped_start(found), escaped)


def _escaped_start(found: re.Match[str]) -> str:
    # Four spaces or a tab would make a line code.
    if found[2]:
        return f"\\{found[2]}"
    return f"{found[3]}\\{found[4]}"
