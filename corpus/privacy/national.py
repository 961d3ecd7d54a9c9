"""Numbers by which states know people, where their form and check digits tell them from other numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class National:
    """The number of a country."""

    #: ISO 3166 code of the country.
    country: str
    #: Module of python-stdnum that checks it.
    module: str
    form: re.Pattern[str]
    #: Whether the form alone is that of nothing else, so that it is looked for on pages of all countries.
    unmistakable: bool = False


def _of(country: str, module: str, form: str, *, unmistakable: bool = False) -> National:
    return National(country, module, re.compile(rf"(?<![\w.,/-]){form}(?![\w/-]|[.,]\d)"), unmistakable)


#: Those whose form has letters or marks of its own are looked for everywhere; bare digits only where the page is of
#: that country: one in ten numbers of eleven digits has some country's check digit right.
NATIONAL = (
    _of("US", "us.ssn", r"\d{3}-\d{2}-\d{4}", unmistakable=True),
    _of("BR", "br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", unmistakable=True),
    _of("IT", "it.codicefiscale", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", unmistakable=True),
    _of("FI", "fi.hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]", unmistakable=True),
    _of("MX", "mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d", unmistakable=True),
    _of("IN", "in_.pan", r"[A-Z]{3}[PCHABGJLFT][A-Z]\d{4}[A-Z]"),
    _of("IN", "in_.aadhaar", r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}"),
    _of("GB", "gb.nhs", r"\d{3} \d{3} \d{4}"),
    _of("ES", "es.dni", r"\d{8}-?[A-Z]"),
    _of("ES", "es.nie", r"[XYZ]-?\d{7}-?[A-Z]"),
    _of("FR", "fr.nir", r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}"),
    _of("DE", "de.idnr", r"\d{2} ?\d{3} ?\d{3} ?\d{3}"),
    _of("SE", "se.personnummer", r"\d{6}(?:\d{2})?[-+]\d{4}"),
    _of("DK", "dk.cpr", r"\d{6}-\d{4}"),
    _of("NO", "no.fodselsnummer", r"\d{6} ?\d{5}"),
    _of("BE", "be.nn", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}"),
    _of("NL", "nl.bsn", r"\d{4}\.\d{2}\.\d{3}"),
    _of("PL", "pl.pesel", r"\d{11}"),
    _of("TR", "tr.tckimlik", r"[1-9]\d{10}"),
    _of("RO", "ro.cnp", r"[1-9]\d{12}"),
    _of("ZA", "za.idnr", r"\d{13}"),
    _of("CN", "cn.ric", r"\d{17}[\dX]"),
    _of("KR", "kr.rrn", r"\d{6}-[1-4]\d{6}"),
)


def find_national(text: str, region: str) -> Iterator[tuple[int, int]]:
    """Yield where a text has the number of a person, as a state gives it out.

    Args:
        text: Any text.
        region: ISO 3166 code of the page's country.
    """
    for one in NATIONAL:
        if one.unmistakable or one.country == region:
            for match in one.form.finditer(text):
                if import_module(f"stdnum.{one.module}").is_valid(match[0]):
                    yield match.span()
