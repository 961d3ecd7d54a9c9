import pytest
from cleaning import draft_of, kept, numbered, p, rules

from cleaners.closing_config import NoticeConfig
from cleaners.notices import cut_notices

FIRST, LAST = numbered(1, 2)


def rule_of(line: str, config: NoticeConfig | None = None, tag: str = "p") -> str | None:
    draft = draft_of(f"{p(FIRST)}<div><{tag}>{line}</{tag}></div>{p(LAST)}")
    cut_notices(draft, config or NoticeConfig())
    assert kept(draft)[:: len(kept(draft)) - 1] == [FIRST, LAST]
    return rules(draft).get(line)


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("(Image: Ana Lima/ Harbour Post)", True),
        ("Foto: Stadt Nordhausen", True),
        ("Фото: Анна Иванова", True),
        ("◎ 图片：新华社", True),
        ("The ferry at the pier. Photo: Jane Doe/AFP", True),
        ("Am Pier wird ein Wald gepflanzt (Foto: Stadt Nordhausen)", True),
        ("Los geht’s: Von Montag an fährt sie wieder. Bild: Max von Laue", True),
        ("They took it for the whole picture: Rome and the sea.", False),
        ("The ferry left. Photo: nobody was there to take one", False),
        ("Source: Ministry of the Sea", False),
        ("Video: 4K with no crop", False),
        ("Image:", False),
        ("The captain said: Nothing.", False),
        ("BILD: Herr Müller, was haben Sie gesehen?", False),
        ("写真：これは何ですか？", False),
    ],
)
def test_a_line_that_ends_in_the_credit_of_a_picture_is_a_caption(line: str, cut: bool) -> None:
    assert (rule_of(line) == "caption") is cut


def test_items_cells_and_headings_are_no_captions() -> None:
    assert rule_of("Photo: Jane Doe", tag="h2") is None
    assert rule_of("<li>Photo: Jane Doe", tag="ul") is None


@pytest.mark.parametrize(("share", "cut"), [(0.3, False), (0.99, True)])
def test_a_page_of_pictures_keeps_their_captions(share: float, cut: bool) -> None:
    captions = [f"The ferry at pier {number} in the morning. Photo: Jane Doe" for number in range(9)]
    draft = draft_of(p(FIRST, *captions))
    cut_notices(draft, NoticeConfig(max_caption_share=share))
    assert (kept(draft) == [FIRST]) is cut


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Printer Friendly Page", "share"),
        ("Artikel anhören", "share"),
        ("खबर सुनें", "share"),
        ("収听本文", None),
        ("收听本文", "share"),
        ("Story continues below", "navigation"),
        ("İçeriğin Devamı Aşağıda", "navigation"),
        ("The story continues below the deck.", None),
    ],
)
def test_labels_that_are_all_of_their_line_are_no_text(line: str, rule: str | None) -> None:
    assert rule_of(line) == rule


@pytest.mark.parametrize(
    "line",
    [
        "Ich bin damit einverstanden, dass mir der externe Inhalt angezeigt wird.",
        "To view this content, please accept marketing cookies.",
        "Pour afficher ce contenu, vous devez accepter les cookies.",
        "Para ver este contenido debe aceptar las cookies.",
        "Para visualizar este conteúdo é preciso aceitar os cookies.",
        "Чтобы посмотреть внешний контент, дайте согласие.",
        "لعرض هذا المحتوى نحتاج إلى موافقتك",
        "इस सामग्री को देखने के लिए अपनी सहमति दें।",
        "查看此内容需要您的同意",
        "このコンテンツを表示するには同意が必要です。",
        "Bu içeriği görüntülemek için çerezleri kabul edin.",
        "Untuk melihat konten ini kami perlu persetujuan Anda.",
    ],
)
def test_a_notice_in_place_of_what_is_embedded_is_no_text(line: str) -> None:
    assert rule_of(line) == "consent"
    assert rule_of(line, NoticeConfig(max_notice=len(line) - 1)) is None


def test_a_paragraph_among_the_text_is_no_notice() -> None:
    line = "To view this content, please accept marketing cookies."
    text = [*numbered(1, 2), line, *numbered(3)]
    draft = draft_of(f"<main>{p(*text)}</main>")
    cut_notices(draft, NoticeConfig())
    assert kept(draft) == text


@pytest.mark.parametrize(
    "line",
    [
        "The law on cookies asks for the consent of every reader.",
        "To view this content she went aboard.",
        "Die Einwilligung wird nicht angezeigt.",
    ],
)
def test_a_text_about_consent_is_a_text(line: str) -> None:
    assert rule_of(line) is None
