"""What happens to a corpus: pages come, change, are merged, judged again, forgotten, moved in the archive."""

from corpus_builder import CLEANER, Builder, Shot, article, at, story
from hypothesis import strategies as st

from corpus.takedown import begin_takedown, finish_takedown, plan_takedown
from corpus.targets import name_targets
from corpus.types import Reason, Removal
from corpus.urls import canonicalise

A, B, C, D = (
    "https://post.example/ferry",
    "https://post.example/ferry?view=amp",
    "https://ledger.example/wire",
    "https://ledger.example/other",
)
FERRY, DOLPHINS = story("ferry"), story("dolphin")
FERRY_LATER = f"{FERRY}\n\nThe ferry was late again on Tuesday, its owner said."

#: Its name and its arguments.
Happening = tuple[object, ...]

_URLS = st.sampled_from((A, B, C, D))
_TEXTS = st.sampled_from((FERRY, FERRY_LATER, DOLPHINS))
HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    st.tuples(st.just("take"), _URLS, _TEXTS, st.sampled_from((None, A)), st.sampled_from(("en", "fr")), st.booleans()),
    st.tuples(st.just("take"), _URLS, _TEXTS, st.just(None), st.just("en"), st.just(False)),
    st.tuples(st.just("reclean"), _URLS, st.one_of(st.none(), _TEXTS)),
    st.tuples(st.just("forget"), _URLS),
    st.tuples(st.just("compact")),
    st.tuples(st.just("rebuild")),
)


def let_happen(builder: Builder, happening: Happening, hour: int) -> None:
    """Do to a corpus what happens to it."""
    match happening:
        case ("take", str(url), str(text), canonical, str(language), bool(is_part)):
            assert canonical is None or isinstance(canonical, str)
            part = (A, 2) if is_part and url != A else None
            builder.take(Shot(url=url, text=text, canonical=canonical, language=language, hour=hour, part=part))
        case ("reclean", str(url), text):
            assert text is None or isinstance(text, str)
            judge_again(builder, url, text, hour)
        case ("forget", str(url)):
            if builder.store.db.execute("SELECT 1 FROM url WHERE url = ?", (canonicalise(url),)).fetchone():
                forget(builder, url, hour)
        case ("compact",):
            with builder.store.transaction() as db:
                db.execute("UPDATE warc SET file = id || ?", (f".c{hour}.warc.gz",))
        case ("rebuild",):
            with builder.store.transaction():
                builder.store.documents.forget()  # and the clusters are made again bit by bit
        case _:
            raise AssertionError(f"nobody knows how this happens: {happening}")


def forget(builder: Builder, name: str, hour: float = 9) -> None:
    """Forget an article or a site on request; of the archive there is nothing in these corpora."""
    (target,) = name_targets(builder.store.db, [name])
    plan = plan_takedown(builder.store.db, target)
    takedown = begin_takedown(builder.store, plan, "asked", at(hour).timestamp())
    finish_takedown(builder.store, takedown, at(hour).timestamp())


def judge_again(builder: Builder, url: str, text: str | None, hour: float = 8) -> None:
    """Let another cleaner make another text, or none, of a URL's newest page."""
    row = builder.store.db.execute(
        "SELECT fetch_id FROM capture JOIN url ON url.id = url_id WHERE url = ? ORDER BY 1 DESC",
        (canonicalise(url),),
    ).fetchone()
    if row is None:
        return
    verdict = Removal(url=url, reason=Reason.TOO_SHORT, evidence="3 words < 50")
    with builder.store.transaction():
        builder.store.replace_capture(
            row["fetch_id"],
            verdict if text is None else article(Shot(url=url, text=text)),
            f"{CLEANER}+{hour}",
            at(hour).timestamp(),
        )
