"""Masks personal data in the records of an export, and counts what was masked."""

from collections import Counter
from collections.abc import Callable, Mapping
from importlib.metadata import version

from corpus.export.records import Record, Value
from corpus.privacy.finding import find_pii, import_libraries, mask, region_of
from corpus.words import count_words


def masking_versions() -> dict[str, str]:
    """Return the versions of the libraries that decide what is found.

    Raises:
        ConfigError: One is missing.
    """
    import_libraries()
    return {name: version(name) for name in ("phonenumbers", "python-stdnum")}


#: Fields that are texts.
_TEXTS = ("title", "text", "description")


def mask_record(record: Record) -> tuple[Record, Counter[str]]:
    """Return a record without the personal data of its texts, and how much of each kind that was.

    Headline, text, summary, posts of a live blog and paragraphs that were cut are masked; authors and URLs stay.

    Args:
        record: A record with at least ``url``, ``language`` and ``text``.
    """
    region = region_of(str(record["url"]), str(record["language"]))
    masked: Counter[str] = Counter()

    def without(text: str) -> str:
        findings = find_pii(text, region)
        masked.update(one.kind.value for one in findings)
        return mask(text, findings) if findings else text

    changed: dict[str, Value] = {}
    for name in _TEXTS:
        value = record.get(name)
        if isinstance(value, str):
            changed[name] = without(value)
    posts, cut = record.get("posts"), record.get("cut_paragraphs")
    if isinstance(posts, list) and posts:
        changed["posts"] = [_post(post, without) for post in posts if isinstance(post, Mapping)]
    if isinstance(cut, list) and cut:
        changed["cut_paragraphs"] = [without(one) for one in cut if isinstance(one, str)]
    if not masked:
        return record, masked
    return record | changed | {"words": count_words(str(changed["text"]))}, masked


def _post(post: Mapping[str, str | None], without: Callable[[str], str]) -> dict[str, str | None]:
    return {
        name: without(value) if value is not None and name in ("headline", "text") else value
        for name, value in post.items()
    }
