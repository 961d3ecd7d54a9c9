"""YAML front matter: fields between two lines of dashes, at the head of a Markdown file.

Each value is written as JSON, which is YAML too (YAML 1.2.2, section 1.3), so that no text can be mistaken for a
number, a date or the end of the fields. Characters that JSON leaves as they are and YAML does not allow, or takes for a
line end (sections 5.1 and 5.4), are escaped as both read them.
"""

import json
import re
from collections.abc import Mapping

_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def front_matter(fields: Mapping[str, object]) -> str:
    r"""Return fields as front matter, the line of dashes at its end included.

    >>> front_matter({"title": "Rain: no end", "tags": ["2026-11-22", "no"], "image": None})
    '---\ntitle: "Rain: no end"\ntags: ["2026-11-22", "no"]\nimage: null\n---\n'
    """
    lines = "".join(f"{name}: {_value(value)}\n" for name, value in fields.items())
    return f"---\n{lines}---\n"


def _value(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
