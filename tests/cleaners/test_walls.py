import pytest
from cleaning import PARAGRAPH, draft_of

from cleaners.config import DEFAULT
from cleaners.parse import parse
from cleaners.walls import wall_signs
from corpus.types import Reason


def signs(title: str, html: str = "", words: int = 40) -> list[tuple[Reason, str]]:
    page = f"<title>{title}</title>{html}"
    return list(wall_signs(parse(page), title, draft_of(page), words, DEFAULT))


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("404 Not Found", Reason.ERROR_PAGE),
        ("Page not found", Reason.ERROR_PAGE),
        ("Oops! That page can’t be found.", Reason.ERROR_PAGE),
        ("Seite nicht gefunden", Reason.ERROR_PAGE),
        ("Página no encontrada", Reason.ERROR_PAGE),
        ("Страница не найдена", Reason.ERROR_PAGE),
        ("पेज नहीं मिला", Reason.ERROR_PAGE),
        ("页面不存在", Reason.ERROR_PAGE),
        ("ページが見つかりません", Reason.ERROR_PAGE),
        ("500 Internal Server Error", Reason.ERROR_PAGE),
        ("Just a moment...", Reason.CONSENT_WALL),
        ("Attention Required! | Cloudflare", Reason.CONSENT_WALL),
        ("Access Denied", Reason.CONSENT_WALL),
        ("Are you a robot?", Reason.CONSENT_WALL),
        ("Before you continue", Reason.CONSENT_WALL),
        ("Datenschutzeinstellungen", Reason.CONSENT_WALL),
        ("Log in", Reason.CONSENT_WALL),
        ("ログイン", Reason.CONSENT_WALL),
    ],
)
def test_errors_and_walls_say_so_in_their_titles(title: str, reason: Reason) -> None:
    assert signs(title)[0] == (reason, f"40 words under {title!r}")


@pytest.mark.parametrize(
    "title",
    [
        "How the page not found became a work of art",
        "404 houses without water in the valley",
        "The robot that checks the harbour",
        "Minister denied access to archive",
        "Error in the count delays the result",
        "Cookies for a rainy day",
        "Ein Fehler mit Folgen",
        "",
    ],
)
def test_articles_may_speak_of_errors_and_walls(title: str) -> None:
    assert not signs(title)


@pytest.mark.parametrize(("words", "wall"), [(150, True), (151, False)])
def test_a_long_text_is_no_wall(words: int, wall: bool) -> None:
    assert bool(signs("Page not found", words=words)) is wall


def test_a_headline_says_it_as_well_as_a_title() -> None:
    assert signs("The Planet", "<h1>Page not found</h1><p>Try the search.</p>")[0][0] is Reason.ERROR_PAGE


def test_a_weblog_says_it_in_its_body() -> None:
    (sign,) = signs("The Planet", '<body class="error404"><p>text</p></body>')
    assert sign == (Reason.ERROR_PAGE, "40 words on a page of the class error404")


@pytest.mark.parametrize(("words", "wall"), [(49, True), (50, False)])
def test_a_password_field_beside_a_few_words_is_a_login(words: int, wall: bool) -> None:
    html = f'<p>{PARAGRAPH}</p><form><input type="password"></form>'
    assert bool(signs("The Planet", html, words)) is wall
