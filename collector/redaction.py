"""Takes out of log lines what nobody is to read there: passwords, tokens, cookies, keys.

What a line says is put together in many places, by libraries too; so it is not left to those who log, but done to every
line as a whole, right before it is written. It errs on the side of taking out too much: a log is read to find out what
went wrong, and what stands in the place of a secret says that one was there.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

#: What stands in the place of a secret.
GONE = "***"
#: A line says what happened; whoever logs a page's body by mistake is cut short.
_MOST_CHARACTERS = 20_000
#: So much more is looked at, lest a secret that is cut in two is not known for one.
_BEYOND = 4_000

#: Names of parameters, fields and headers whose values are secret, as parts of names between separators.
_NAMES = (
    r"(?:[\w.-]{0,40}[_.-])?(?:access[_-]?token|api[_-]?key|apikey|auth|authorization|bearer|client[_-]?secret|cookie|credentials?"
    r"|id[_-]?token|jwt|key|pass|passphrase|passwd|password|private[_-]?key|pwd|refresh[_-]?token|secret|sess|session|session[_-]?id"
    r"|sessionid|sid|sig|signature|token|x-amz-[\w-]+)"
)
#: scheme://user:password@host (RFC 3986, section 3.2.1); also where the password holds an unescaped "@".
_USERINFO = re.compile(
    r"(?P<scheme>(?:\b[a-z][a-z0-9+.-]{0,30}:|(?<![\w/:]))//)[^\s/?#@:<>\"']*(?::[^\s/?#<>\"']*)?@", re.IGNORECASE
)
#: The same where the password holds a slash, as long as no host's port or path can be meant: http://user:pa/ss@host.
_SLASHED = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,30}://)[^\s/?#@:<>\"'.]{1,64}:(?!\d+/)[^\s<>\"'@]{0,200}@", re.IGNORECASE
)
#: user:password@host without a scheme, as proxies are named; and within a parameter, percent-encoded.
_PAIR = re.compile(r"(?<![\w/@:.%-])[\w.%+-]{1,64}:[^\s/?#<>\"'@:]{1,200}@(?=[\w-]+(?:\.[\w-]+)*(?::\d|[\s/,;'\")]|$))")
_ENCODED = re.compile(r"(?P<scheme>%3A%2F%2F)[^\s&;#\"'<>]{0,200}?%40", re.IGNORECASE)
#: ?token=…, &sig=…, ;jsessionid=…
_PARAMETER = re.compile(rf"(?P<name>[?&;#](?:{_NAMES}|[a-z]{{0,20}}sess(?:ion)?id))=[^\s&;#\"'<>)\]}}]*", re.IGNORECASE)
#: The same within a parameter, percent-encoded.
_INNER = re.compile(rf"(?P<name>%(?:3F|26){_NAMES})%3D(?:(?!%26)[^\s&;#\"'<>])*", re.IGNORECASE)
#: Cookie: …, Authorization: …, X-Api-Key: … to the end of the line.
_HEADER = re.compile(
    r"(?P<name>\b(?:(?:proxy-)?authorization|(?:set-)?cookie2?|x-(?:[\w-]{1,40}-)?(?:api-?key|auth|token|secret)[\w-]{0,40}))"
    r"(?P<colon>[ \t]*:[ \t]*)(?![ \t]*[\[{(])[^\r\n]+",
    re.IGNORECASE,
)
#: {'Cookie': [b'…']}, {"password": "…"}, b'Authorization': b'…', password='…'
_QUOTED = re.compile(
    rf"(?P<name>\b{_NAMES}|(?:set-)?cookie2?|(?:proxy-)?authorization)(?P<sign>['\"]?\s*[:=]\s*[\[(]?\s*b?)"
    r"(?P<quote>['\"])(?:\\.|(?!(?P=quote)).)*(?P=quote)(?:\s*,\s*b?(?P<next>['\"])(?:\\.|(?!(?P=next)).)*(?P=next)(?=\s*[,\])]))*",
    re.IGNORECASE,
)
#: password=…, token: … in running text.
_BARE = re.compile(
    r"(?P<name>\b(?:[\w-]{1,40}[_-])?(?:password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?token|token)|\b[a-z]{0,20}sess(?:ion)?id(?==))"
    r"(?P<sign>\s*=\s*|:\s+)(?!['\"\[(]|b['\"])[^\s,;&\"']+",
    re.IGNORECASE,
)
#: Bearer and basic credentials wherever they stand (RFC 6750, RFC 7617), and JSON Web Tokens (RFC 7519).
_CREDENTIALS = re.compile(r"\b(?P<scheme>Bearer|Basic|Digest|Token)\s+[A-Za-z0-9+/._~-]{8,}=*", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]*")


class RedactingFormatter(logging.Formatter):
    """Formats a line for people, without secrets."""

    def __init__(self, form: str, secrets: Iterable[str] = ()) -> None:
        super().__init__(form)
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return redact(super().format(record), self._secrets)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return text without passwords, tokens, cookies and keys.

    Args:
        text: What is to be logged; of more than 20,000 characters only the first are kept.
        secrets: Values that must not stand in it, whatever is around them.

    >>> redact("GET https://asha:hunter2@post.example/feed?page=2&token=abc123 failed")
    'GET https://***@post.example/feed?page=2&token=*** failed'
    >>> redact("Cookie: session=1; theme=dark")
    'Cookie: ***'
    """
    more = len(text) - _MOST_CHARACTERS
    text = text[: _MOST_CHARACTERS + _BEYOND]
    for secret in secrets:
        text = text.replace(secret, GONE)
    for pattern in (_USERINFO, _SLASHED):
        text = pattern.sub(rf"\g<scheme>{GONE}@", text)
    text = _PAIR.sub(f"{GONE}@", text)
    text = _ENCODED.sub(rf"\g<scheme>{GONE}%40", text)
    text = _HEADER.sub(rf"\g<name>\g<colon>{GONE}", text)
    text = _QUOTED.sub(rf"\g<name>\g<sign>\g<quote>{GONE}\g<quote>", text)
    text = _PARAMETER.sub(rf"\g<name>={GONE}", text)
    text = _INNER.sub(rf"\g<name>%3D{GONE}", text)
    text = _CREDENTIALS.sub(rf"\g<scheme> {GONE}", text)
    text = _BARE.sub(rf"\g<name>\g<sign>{GONE}", text)
    text = _JWT.sub(GONE, text)
    return text if more <= 0 else f"{text[:_MOST_CHARACTERS]} … {more} characters more"


def redact_value(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Return a JSON value whose texts are redacted, those of fields with telling names entirely."""
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, Mapping):
        return {
            redact(str(name), secrets): GONE
            if re.fullmatch(_NAMES, str(name), re.IGNORECASE)
            else redact_value(one, secrets)
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_value(one, secrets) for one in value]
    return value
