import pytest
from cleaning import URL, draft_of, kept, metadata, numbered, p, rules

from cleaners.closing import cut_closing, cut_loose_ends
from cleaners.closing_config import ClosingConfig
from cleaners.config import CleanerConfig
from cleaners.draft import Draft

TEXT = numbered(1, 2, 3, 4)
KNOWN = metadata(title="Ferry is back", authors=("Jane Winter", "AFP"), site_name="The Harbour Post")


def closed(*lines: str, config: ClosingConfig | None = None, text: list[str] = TEXT, **fields: object) -> Draft:
    draft = draft_of(p(*text, *lines))
    cut_closing(draft, metadata(**fields) if fields else KNOWN, URL, CleanerConfig(closing=config or ClosingConfig()))
    return draft


def rule_of(line: str, **fields: object) -> str | None:
    return rules(closed(line, **fields)).get(line)


@pytest.mark.parametrize(
    "line",
    [
        "(Reporting by John Roe; Editing by Ana Lima)",
        "Writers John Roe and Ana Lima contributed to this report.",
        "With reports from Reforma and El Economista",
        "Redaktion: Anna Müller, Max Weber",
        "Aus dem Englischen von Anna Müller",
        "(Con información de AFP, EFE y Reuters)",
        "Com informações da Agência Brasil",
        "Перевод: Анна Иванова",
        "(इनपुट: भाषा)",
        "责任编辑：王力",
        "（松花江网编辑 孙桂芳）",
        "Reuters contributed to this report.",
        "(Reporting by Ann Lee in Rome; additional reporting by Bo Li; editing by Cy Young)",
        "شارك في التغطية محمد علي",
    ],
)
def test_credits_in_the_last_lines_are_no_text(line: str) -> None:
    assert rule_of(line) == "byline"


@pytest.mark.parametrize(
    "line",
    [
        "Writing by hand helps the memory.",
        "Con información de la policía se halló el barco.",
        "इनपुट के आधार पर पुलिस ने जांच शुरू की।",
        "She was contributing to this town as nobody else did.",
        "He said that the rain had contributed to this story of failure.",
        "Reporting by The Guardian revealed in 2019 that the firm had known of the rot.",
        "Translated from Latin, the motto means that those who cross together arrive together.",
        "（完）",
    ],
)
def test_sentences_that_begin_like_credits_are_text(line: str) -> None:
    assert rule_of(line) is None


def test_a_credit_above_the_last_lines_is_text() -> None:
    credit = "Writers John Roe and Ana Lima contributed to this report."
    assert credit in kept(closed(credit, *numbered(5, 6, 7, 8)))
    assert credit not in kept(closed(credit, *numbered(5, 6, 7)))


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("Jane Winter is a writer who lives by the sea.", True),
        ("Our correspondent Jane Winter has lived in Rome since 2001.", True),
        ("The one who had to wait for it longest was Jane Winter.", False),
        ("John Roe is a sailor who lives by the sea.", False),
        ("AFP is an agency.", False),
        ("Über die Autorin: Anna Müller lebt in Rom.", True),
        ("“The author is wrong”, said the captain.", False),
        ("The writer is former ambassador to Nepal.", True),
        ("The author is a retired teacher.", True),
        ("作者系历史学者", True),
        ("De auteur is een historicus.", True),
        ("筆者は八歳のとき、この橋を渡って学校に通った。", False),
        ("The author is at her best when she lets the river speak.", False),
        ("Jane Winter, 71, has lived by the sea all her life.", False),
        ("Jane Winter was there. “I want to walk over it once more before I die,” she said.", False),
        ("Jane Winter lives by the sea. She says: “I will.”", False),
        ("Jane Winter is the author of “A River Runs Through Us,” which was published in May.", True),
    ],
)
def test_a_last_paragraph_that_begins_with_the_author_is_about_the_author(line: str, cut: bool) -> None:
    assert (rule_of(line) == "byline") is cut


def test_an_author_whom_the_text_names_is_in_it() -> None:
    note = "Jane Winter is a writer who lives by the sea."
    assert note in kept(closed(note, text=[*TEXT[:3], f"Jane Winter was on board. {TEXT[3]}"]))
    assert rule_of(note, title="Jane Winter is back", authors=("Jane Winter",)) is None
    assert rule_of(note, authors=("Jane Winter",), site_name="Jane Winter") is None


@pytest.mark.parametrize(
    ("said", "cut"),
    [("My father, Arthur Winter, built it.", False), ("It was a cold winter.", True), ("Rain fell.", True)],
)
def test_who_bears_a_surname_of_the_text_is_in_it(said: str, cut: bool) -> None:
    note = "Jane Winter and her sister scattered the ashes at noon."
    assert (note not in kept(closed(note, text=[*TEXT[:3], f"{said} {TEXT[3]}"]))) is cut


def test_a_note_with_two_paragraphs_of_text_below_it_is_text() -> None:
    note = "Jane Winter is a writer who lives by the sea."
    assert note not in kept(closed(note, *numbered(5)))
    assert note in kept(closed(note, *numbered(5, 6)))


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("Letters to the editor: letters@planet.example", True),
        ("E-mail comments to jane.winter@elsewhere.example", True),
        ("Tickets: office@elsewhere.example", False),
        ("Tickets: office@-.example", False),
        ("“We want all of you to have a say,” he said. Names go to name@planet.example.", False),
        (f"Tickets for the ferry {'and the train ' * 5}from jane.winter@elsewhere.example", False),
    ],
)
def test_addresses_of_the_house_and_of_its_author_are_no_text(line: str, cut: bool) -> None:
    assert (rule_of(line) == "byline") is cut


@pytest.mark.parametrize(("host", "cut"), [("mail.planet.com.au", True), ("moon.com.au", False)])
def test_an_address_in_the_same_country_is_none_of_the_house(host: str, cut: bool) -> None:
    line = f"Letters to the editor: letters@{host}"
    draft = draft_of(p(*TEXT, line))
    cut_closing(draft, KNOWN, "https://www.planet.com.au/ferry", CleanerConfig())
    assert (line not in kept(draft)) is cut


def test_a_page_without_an_address_has_no_house() -> None:
    line = "Letters to the editor: letters@planet.example"
    draft = draft_of(p(*TEXT, line))
    cut_closing(draft, KNOWN, "", CleanerConfig())
    assert line in kept(draft)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("This article was originally published on The Conversation.", "source"),
        ("Dieser Artikel ist zuerst bei „Capital“ erschienen.", "source"),
        ("Artikel ini telah tayang di Harian Laut dengan judul Kapal", "source"),
        ("The ferry's log was originally published in 1902, said this article.", None),
        ("The views expressed here are those of the writer.", "legal"),
        ("（以上内容仅代表作者本人观点）", "legal"),
        ("Please sign up for our daily newsletter, Posted, here.", "prompt"),
        ("Hat Ihnen der Artikel gefallen? Dann unterstützen Sie uns bitte.", "prompt"),
        ("Подписывайтесь на наш канал", "prompt"),
        ("“Please support us,” said the captain, and went back on board.", None),
        ("They sign up for nothing.", None),
        ("The donors were thanked: “You support our work when nobody else does.”", None),
        ("Sign up for our newsletter “The Ferry” and read on.", "prompt"),
        ("For most of them wood is still the preferred source of heat.", None),
        ("It is people like us on the ground who pay for it.", None),
        ("The queen agreed to become a patron of the ferry.", None),
        ("Die Gemeinde unterstütze uns nach Kräften, sagte der Wirt.", None),
        ("彼のチャンネル登録者数は百万人を超えた。", None),
        ("チャンネル登録をお願いします。", "prompt"),
        ("“This article was originally published without a source,” said the judge.", None),
        ("Growth does not necessarily reflect how people live.", None),
        ("The text does not necessarily reflect the views of this house.", "legal"),
        ("Las encuestas no reflejan necesariamente lo que piensan los vecinos.", None),
        ("पार्टी ने कहा कि ये उनके निजी विचार हैं।", None),
        ("(ये लेखक के निजी विचार हैं)", "legal"),
    ],
)
def test_last_lines_about_the_text_and_to_its_readers_are_no_text(line: str, rule: str | None) -> None:
    assert rule_of(line) == rule


@pytest.mark.parametrize("sign", ["___", "---", "——", "***", "* * *", "☼ ☼ ☼", "+++"])
def test_what_stands_below_a_line_of_signs_at_the_end_is_said_of_the_text(sign: str) -> None:
    draft = closed(sign, "On the Net:", "http://ferry.example/")
    assert kept(draft) == TEXT
    assert set(rules(draft).values()) == {"coda"}


@pytest.mark.parametrize(
    "lines",
    [
        ["***", *numbered(5, 6, 7)],
        ["***", f"{numbered(5)[0]} {numbered(6)[0]}"],
        ["◇", *numbered(5)],
        ["…", *numbered(5)],
        ["___", "Update, 2 pm: The ferry is back."],
        ["___", "“I will be back,” he said."],
    ],
    ids=["section", "long", "single", "ellipsis", "update", "speech"],
)
def test_sections_and_additions_below_a_line_of_signs_are_text(lines: list[str]) -> None:
    assert kept(closed(*lines)) == [*TEXT, *lines]


@pytest.mark.parametrize(("sign", "cut"), [("***", False), ("___", True)])
def test_a_text_whose_sections_are_parted_by_stars_keeps_its_last_one(sign: str, cut: bool) -> None:
    draft = closed("5. Short.", text=[TEXT[0], sign, *TEXT[1:], sign])
    assert ("5. Short." not in kept(draft)) is cut


def test_the_first_blocks_of_a_text_stay_whatever_they_say() -> None:
    lines = ["Reporting by John Roe", "___", "On the Net:"]
    draft = closed(text=lines)
    cut_loose_ends(draft, CleanerConfig())
    assert kept(draft) == lines


@pytest.mark.parametrize(
    ("lines", "rest"),
    [
        (["Sources:"], []),
        (["关键词："], []),
        (["___"], []),
        (["Read on:", "---"], []),
        (["He said:", "Yes."], ["He said:", "Yes."]),
        (["All of it."], ["All of it."]),
    ],
)
def test_lines_that_announce_what_does_not_follow_are_loose_ends(lines: list[str], rest: list[str]) -> None:
    draft = draft_of(p(*TEXT, *lines))
    cut_loose_ends(draft, CleanerConfig())
    assert kept(draft) == [*TEXT, *rest]


@pytest.mark.parametrize(
    ("below", "cut"),
    [
        ("<ul><li>an end before winter</li></ul>", False),
        ('<ul><li><a href="/winter">The end of winter</a></li></ul>', True),
        ("</div><div>an end before winter", True),
    ],
    ids=["item", "link", "other part"],
)
def test_a_line_whose_announced_items_stand_right_below_it_is_text(below: str, cut: bool) -> None:
    html = f"<div>{p(*TEXT, 'He set a term:')}{below}</div>"
    left_out = "The end of winter" if "href" in below else "an end before winter"
    draft = draft_of(html, left_out)
    cut_loose_ends(draft, CleanerConfig())
    assert ("He set a term:" not in kept(draft)) is cut


def test_a_page_without_paragraphs_has_no_loose_ends() -> None:
    lines = [f"Line {number}:" for number in range(9)]
    draft = draft_of(p(*lines))
    cut_loose_ends(draft, CleanerConfig())
    assert kept(draft) == lines


@pytest.mark.parametrize(
    ("config", "line"),
    [
        (ClosingConfig(max_credit=20), "Reporting by John Roe"),
        (ClosingConfig(max_note=20), "Jane Winter is a writer."),
        (ClosingConfig(max_name_at=3), "Our Jane Winter is a writer."),
        (ClosingConfig(max_contact=20), "letters@planet.example"),
        (ClosingConfig(max_request=15), "Please support us."),
        (ClosingConfig(max_line=10), "Please support us."),
    ],
)
def test_each_limit_spares_what_is_longer(config: ClosingConfig, line: str) -> None:
    assert line in kept(closed(line, config=config))
    assert line not in kept(closed(line))
