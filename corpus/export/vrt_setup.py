"""What CWB and Sketch Engine are told of an export in verticalised text: the structures and their attributes."""

from collections.abc import Mapping

from corpus.export.manifest import ARTICLES_NAME

#: Attributes of ``<doc>``, and how Sketch Engine calls them.
ATTRIBUTES: Mapping[str, str] = {
    "id": "Article",
    "url": "URL",
    "site": "Site",
    "title": "Title",
    "language": "Language",
    "date": "Day of publication",
    "month": "Month of publication",
    "year": "Year of publication",
    "published": "Time of publication",
    "modified": "Last change",
    "authors": "Author",
    "agency": "Agency",
    "site_name": "Publication",
    "section": "Section",
    "tags": "Tag",
    "licence": "Licence",
    "paywalled": "Not free to read",
    "page_type": "Type of page",
    "words": "Words",
    "cluster": "Story",
}
#: Those that may have several values, separated by ``|``.
MULTIPLE = ("authors", "section", "tags")
#: By which a reader of Sketch Engine chooses texts.
_SUBCORPORA = ("site", "language", "year", "month", "section", "agency", "page_type")

CWB_SCRIPT_NAME = "cwb-encode.sh"
CWB_REGISTRY_NAME = "cwb-registry"
SKETCH_ENGINE_NAME = "sketch-engine-registry"


def setup_files() -> Mapping[str, str]:
    """Return the files that stand beside the articles, by name."""
    return {
        CWB_SCRIPT_NAME: _cwb_script(),
        CWB_REGISTRY_NAME: _cwb_registry(),
        SKETCH_ENGINE_NAME: _sketch_engine(),
    }


def _cwb_script() -> str:
    return f"""#!/bin/sh
# Encodes this export for the IMS Open Corpus Workbench (CWB 3.4 or later):
#     sh {CWB_SCRIPT_NAME} DATA REGISTRY [NAME]
# DATA: folder for the corpus' files; REGISTRY: folder of registry files; NAME: lower case, "news" if not given.
set -eu
data=$1 registry=$2 name=${{3:-news}}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$data" "$registry"
data=$(cd "$data" && pwd) registry=$(cd "$registry" && pwd)
cwb-encode -d "$data" -R "$registry/$name" -c utf8 -xsB \\
    -S doc:0+{"+".join(ATTRIBUTES)} -S p:0 -S s:0 -0 g \\
    -F "$here/{ARTICLES_NAME}"
cwb-makeall -r "$registry" -V "$(printf %s "$name" | tr a-z A-Z)"
"""


def _cwb_registry() -> str:
    structures = "\n".join(f"STRUCTURE doc_{name}" for name in ATTRIBUTES)
    return f"""##
## Registry entry for CWB, as {CWB_SCRIPT_NAME} makes one. Who encodes in another way sets HOME and INFO, and gives the
## file the name of the corpus, in lower case, in the folder of the registry.
##

NAME "News articles"
ID   news
HOME /corpora/data/news
INFO /corpora/data/news/.info

##:: charset = "utf8"

ATTRIBUTE word

STRUCTURE doc
{structures}
STRUCTURE p
STRUCTURE s
"""


def _sketch_engine() -> str:
    attributes = "\n".join(_sketch_engine_attribute(name, label) for name, label in ATTRIBUTES.items())
    return f"""# Corpus configuration (registry file) for Sketch Engine and NoSketch Engine.
# Set PATH, and in VERTICAL the folder of this export, then: compilecorp --no-ske {SKETCH_ENGINE_NAME}
NAME "News articles"
PATH "/corpora/data/news/"
VERTICAL "| cd /corpora/vertical/news && cat {ARTICLES_NAME}/*.vrt"
ENCODING "UTF-8"
DEFAULTATTR word
DOCSTRUCTURE doc
SHORTREF "=doc.site"
FULLREF "doc.id,doc.title,doc.url,doc.site,doc.language,doc.published,doc.authors,doc.section"
SUBCORPATTRS "{",".join(f"doc.{name}" for name in _SUBCORPORA)}"

ATTRIBUTE word
ATTRIBUTE lc {{
    LABEL "word (lowercase)"
    DYNAMIC utf8lowercase
    DYNLIB internal
    ARG1 "C"
    FUNTYPE s
    FROMATTR word
    TYPE index
    TRANSQUERY yes
}}

STRUCTURE doc {{
{attributes}
}}
STRUCTURE p
STRUCTURE s
STRUCTURE g {{
    DISPLAYTAG 0
    DISPLAYBEGIN "_EMPTY_"
}}
"""


def _sketch_engine_attribute(name: str, label: str) -> str:
    several = '\n        MULTIVALUE yes\n        MULTISEP "|"' if name in MULTIPLE else ""
    return f'    ATTRIBUTE {name} {{\n        LABEL "{label}"{several}\n    }}'
