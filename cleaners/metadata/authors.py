"""Who wrote the article: persons first, an agency or desk where no person is credited."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from cleaners.metadata.byline import read_bylines
from cleaners.metadata.config import MetadataConfig
from cleaners.metadata.jsonld import LinkedData, texts, types
from cleaners.metadata.loose_json import Json
from cleaners.metadata.name_kinds import is_account, is_agency, is_called_agency, is_group
from cleaners.metadata.names import announced, distinct, split_names, strip_by, turn_round
from cleaners.metadata.nearby import Surroundings
from cleaners.metadata.site import Site
from cleaners.metadata.tables import places
from cleaners.metadata.tags import Tags
from cleaners.metadata.text import clean_line

#: Meta elements of libraries, which put the surname first.
_INVERTING = frozenset({"citation_author", "dc.creator", "dcterms.creator", "dc.creator.aut"})


@dataclass(frozen=True, slots=True)
class Credits:
    """The names that one place on the page credits."""

    source: str
    persons: tuple[str, ...] = ()
    #: Names of accounts that may be persons' (``jane.doe``).
    accounts: tuple[str, ...] = ()
    #: Agencies, desks, the publisher itself.
    groups: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The most personal names that there are."""
        return self.persons or self.accounts or self.groups


class _Kind(Enum):
    PERSON = "Person"
    GROUP = "Organization"
    UNKNOWN = "?"


@dataclass(slots=True)
class _Sheet:
    """Credits while they are collected."""

    site: Site
    persons: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def add(self, name: str, kind: _Kind) -> None:
        group = kind is _Kind.GROUP or is_group(name) or self.site.is_called(name)
        (self.groups if group else self.accounts if is_account(name) else self.persons).append(name)

    def close(self, source: str) -> Credits:
        persons, accounts, groups = (tuple(distinct(names)) for names in (self.persons, self.accounts, self.groups))
        return Credits(source, persons, accounts, groups)


def read_authors(
    tags: Tags, linked: LinkedData, around: Callable[[], Surroundings], site: Site, config: MetadataConfig
) -> tuple[Credits, str | None]:
    """Return the credits of the first place that names a person, and the agency that is credited anywhere.

    Where no place names a person, the credits are those of the first that names an account, else a group. Places are
    asked in the order of their trustworthiness, the later ones only if needed.
    """
    asked: list[Credits] = []
    asking: tuple[Callable[[], Iterator[Credits]], ...] = (
        lambda: _linked_credits(linked, site),
        lambda: _meta_credits(tags, site),
        lambda: _byline_credits(around(), site, sure_only=_credits_others(asked, site)),
    )
    for ask in asking:
        for found in ask():
            asked.append(found)
            if found.persons:
                return replace(found, persons=found.persons[: config.max_authors]), _agency(asked, site)
    return _second_best(asked), _agency(asked, site)


def _second_best(asked: list[Credits]) -> Credits:
    """Return the credits of an account, else of a news agency, else the first."""
    for found in asked:
        if found.accounts:
            return found
    for found in asked:
        if any(map(is_agency, found.groups)):
            return found
    return next(iter(asked), Credits(""))


def _credits_others(asked: list[Credits], site: Site) -> bool:
    """Tell whether a group is credited that is no name of the site: then only a sure byline names somebody else."""
    return any(not site.is_called(group) for found in asked for group in found.groups)


def _agency(asked: list[Credits], site: Site) -> str | None:
    """Return the first credited group that is a news agency and no name of the site: a known one before any other."""
    groups = [group for found in asked for group in found.groups if not site.is_called(group)]
    called = (group for group in groups if is_called_agency(group))
    return next((group for group in groups if is_agency(group)), None) or next(called, None)


def _linked_credits(linked: LinkedData, site: Site) -> Iterator[Credits]:
    for node in (*linked.articles, *linked.pages):
        for key in ("author", "creator"):
            sheet = _Sheet(site)
            for kind, line in _credited(linked, node.get(key)):
                for name in _names(line, kind):
                    sheet.add(name, kind)
            if sheet.persons or sheet.accounts or sheet.groups:
                yield sheet.close("json-ld")
                break


def _credited(linked: LinkedData, value: Json, depth: int = 0) -> Iterator[tuple[_Kind, str]]:
    """Yield the credited names with what the publisher says they are."""
    value = linked.resolve(value)
    if isinstance(value, list) and depth < 3:
        for part in value:
            yield from _credited(linked, part, depth + 1)
    elif isinstance(value, dict):
        names = types(value)
        kind = _Kind.PERSON if "Person" in names else _Kind.GROUP if names else _Kind.UNKNOWN
        stated = list(texts(value.get("name")))
        if not stated:
            whole = " ".join(line for key in ("givenName", "familyName") for line in texts(value.get(key)))
            stated = [whole] if whole else []
        for line in stated:
            yield kind, line
    else:
        for line in texts(value):
            yield _Kind.UNKNOWN, line


def _names(line: str, kind: _Kind) -> list[str]:
    if kind is _Kind.GROUP:
        name = strip_by(clean_line(line))
        return [name] if 2 <= len(name) <= 80 and "://" not in name and not name.startswith("@") else []
    return split_names(line)


def _meta_credits(tags: Tags, site: Site) -> Iterator[Credits]:
    yield from _labelled_credits(tags, site)
    for name in places("meta")["author"]:
        sheet = _Sheet(site)
        for content in tags.metas.get(name, ()):
            line = turn_round(content) if name in _INVERTING else content
            for credited in _names(line, _Kind.GROUP if site.is_called(clean_line(line)) else _Kind.UNKNOWN):
                sheet.add(credited, _Kind.UNKNOWN)
        if sheet.persons or sheet.accounts or sheet.groups:
            yield sheet.close(f"meta:{name}")


def _labelled_credits(tags: Tags, site: Site) -> Iterator[Credits]:
    """Yield what a card for social networks labels as the author: twitter:label1 "Written by", twitter:data1."""
    for number in ("1", "2"):
        labels, stated = tags.metas.get(f"twitter:label{number}"), tags.metas.get(f"twitter:data{number}")
        if labels and stated and announced(labels[0]) is not None:
            sheet = _Sheet(site)
            for name in split_names(stated[0]):
                sheet.add(name, _Kind.UNKNOWN)
            if sheet.persons or sheet.accounts or sheet.groups:
                yield sheet.close(f"meta:twitter:data{number}")


def _byline_credits(around: Surroundings, site: Site, *, sure_only: bool) -> Iterator[Credits]:
    for source, names in read_bylines(around, sure_only=sure_only):
        sheet = _Sheet(site)
        for name in names:
            sheet.add(name, _Kind.UNKNOWN)
        yield sheet.close(source)
