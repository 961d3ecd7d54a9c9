"""Alarms are judged by a site's own history: what it explains is none, what it does not is named by its cause."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from collector.health.case import Case, Listing
from collector.health.causes import REMEDIES, Cause
from collector.health.judge import recovered, suspect
from collector.health.silence import learn_rhythm
from corpus.alarms import Alarm
from corpus.history import DAY_SECONDS, Stretch, word_bin

#: A Monday, 2026-11-02.
FIRST_DAY = 20_759
HOUR = 3600.0
#: A quiet day of a sound site: 20 articles of some 400 words, two scraps.
SOUND_DAY = {
    "feed/listed": 20,
    "section/listed": 20,
    "named/feed": 400,
    "article/kept": 20,
    "article/removed/too-short": 2,
    "articles": 20,
    f"words/{word_bin(250)}": 4,
    f"words/{word_bin(400)}": 12,
    f"words/{word_bin(700)}": 4,
    "charset/utf-8": 20,
    "language/en": 20,
    **{f"hour/{hour}": 2 for hour in range(8, 18)},
}
#: Three articles of a sound run.
SOUND = {"feed/listed": 1, "article/kept": 3, "articles": 3, "charset/utf-8": 3, "language/en": 3}
FEED = Listing(
    url="https://post.example/rss", kind="feed", visits=500, failures=0, failing_since=None, visited_at=0, evidence=""
)


def day_of(number: int, counts: Mapping[str, int]) -> Stretch:
    """A day of the history, all its runs in one."""
    began = (FIRST_DAY + number) * DAY_SECONDS
    return Stretch(
        site="post", day=FIRST_DAY + number, run_id=0, began_at=began, ended_at=began + 80_000, runs=20, counts=counts
    )


def run_of(number: int, hour: float, counts: Mapping[str, int]) -> Stretch:
    """A run at an hour of a day."""
    at = (FIRST_DAY + number) * DAY_SECONDS + hour * HOUR
    return Stretch(
        site="post",
        day=int(at // DAY_SECONDS),
        run_id=int(at // 60),
        began_at=at,
        ended_at=at + 60,
        runs=1,
        counts=counts,
    )


def case(
    *runs: Mapping[str, int],
    days: Sequence[Mapping[str, int]] = (SOUND_DAY,) * 14,
    alarms: Sequence[Alarm] = (),
    listings: Sequence[Listing] = (FEED,),
    hours: float = 0.25,
) -> Case:
    """Days of history, and runs on the day after them, from noon on."""
    history = [day_of(number, counts) for number, counts in enumerate(days)]
    history += [run_of(len(days), 12 + hours * place, counts) for place, counts in enumerate(runs)]
    now = history[-1].ended_at + 1 if runs else (FIRST_DAY + len(days)) * DAY_SECONDS
    return Case(history=history, alarms=alarms, listings=listings, now=now, false_alarms=0.1)


def alarm_of(judged: Case, *, number: int = 1, cause: Cause | None = None) -> Alarm:
    """The alarm that a case opens."""
    found = suspect(judged)
    assert found is not None
    return Alarm(
        id=number,
        site="post",
        cause=cause or found.cause,
        measure=found.measure,
        share=found.share,
        since=datetime.fromtimestamp(found.since, UTC),
        opened_at=datetime.fromtimestamp(judged.now, UTC),
        run_id=1,
        evidence=found.evidence,
        examples=found.examples,
    )


def followed(judged: Case, *runs: Mapping[str, int], alarms: Sequence[Alarm] = ()) -> Case:
    """The same site some runs later."""
    day, hour = judged.history[-1].day - FIRST_DAY, (judged.history[-1].began_at % DAY_SECONDS) / HOUR
    more = [run_of(day, hour + 0.25 * (place + 1), counts) for place, counts in enumerate(runs)]
    return replace(judged, history=[*judged.history, *more], alarms=alarms, now=more[-1].ended_at + 1)


BROKEN = {
    Cause.DNS: {"feed/failed/dns": 1, "section/failed/dns": 1},
    Cause.CERTIFICATE: {"feed/failed/tls": 1, "article/failed/tls": 1},
    Cause.SERVER_GONE: {"feed/failed/refused": 1, "section/failed/timeout": 1},
    Cause.ROBOTS: {"feed/removed/robots": 1, "section/removed/robots": 1, "article/removed/robots": 1},
    Cause.BLOCKED: {"feed/removed/http-403": 1, "article/removed/http-403": 2},
    Cause.CONSENT_WALL: {"feed/listed": 1, "article/removed/consent-wall": 3},
    Cause.PAYWALL: {"feed/listed": 1, "article/removed/stub": 3},
    Cause.OPT_OUT: {"feed/listed": 1, "article/removed/noindex": 3},
    Cause.MOVED: {"feed/listed": 1, "article/removed/http-404": 3},
    Cause.ONE_PAGE: {"feed/listed": 1, "article/duplicate/text": 3},
    Cause.CHARSET: SOUND | {"garbled": 3},
    Cause.REDESIGN: {"feed/listed": 1, "article/removed/no-text": 5},
    Cause.LANGUAGE: {"feed/listed": 1, "article/removed/language": 3},
}


@pytest.mark.parametrize(("cause", "counts"), BROKEN.items())
def test_what_breaks_is_named_after_two_runs(cause: Cause, counts: Mapping[str, int]) -> None:
    found = suspect(case(SOUND, counts, counts))
    assert found is not None
    assert found.cause is cause
    assert found.since == case(SOUND, counts).history[-1].began_at


@pytest.mark.parametrize(("cause", "counts"), [one for one in BROKEN.items() if one[0] is not Cause.ROBOTS])
def test_one_run_proves_nothing(cause: Cause, counts: Mapping[str, int]) -> None:
    assert suspect(case(SOUND, SOUND, counts)) is None


def test_a_server_that_has_been_late_is_gone_when_it_refuses_twice_but_not_when_it_is_late_twice() -> None:
    late, refused = {"feed/failed/timeout": 1, "section/failed/timeout": 1}, {"feed/failed/refused": 2}
    once_late = [SOUND_DAY, SOUND_DAY | {"feed/failed/timeout": 6}] * 7
    assert suspect(case(SOUND, late, late, days=once_late)) is None
    found = suspect(case(SOUND, refused, refused, days=once_late))
    assert found is not None
    assert found.cause is Cause.SERVER_GONE
    assert suspect(case(SOUND, late, refused, days=once_late)) is None


def test_robots_txt_is_a_statement_and_one_run_is_enough() -> None:
    found = suspect(case(SOUND, BROKEN[Cause.ROBOTS]))
    assert found is not None
    assert found.cause is Cause.ROBOTS
    assert found.evidence == "3 of 3 visits were forbidden by robots.txt, in the last run"


def test_articles_that_robots_txt_forbids_while_the_front_is_allowed_are_links_like_others() -> None:
    assert suspect(case(SOUND, {"feed/listed": 1, "article/removed/robots": 3})) is None


def test_fronts_that_name_nothing_confirm_what_the_articles_of_the_next_run_show() -> None:
    fronts = {"section/listed": 2, "empty/section": 2}
    walls = {"feed/listed": 1, "article/removed/consent-wall": 4}
    judged = case(SOUND, fronts, walls)
    found = suspect(judged)
    assert found is not None
    assert found.cause is Cause.CONSENT_WALL
    assert found.since == judged.history[-2].began_at
    assert suspect(case(SOUND, fronts)) is None
    assert suspect(case(SOUND, fronts | {"empty/section": 1}, walls)) is None
    often = [SOUND_DAY | {"empty/section": 3}] * 14
    assert suspect(case(SOUND, fronts, walls, days=often)) is None


EMPTY_FRONT = {"section/listed": 1, "empty/section": 1}
FEED_ONLY = {"feed/listed": 1, "named/feed": 10}


@pytest.mark.parametrize("pages", [1, 4])
def test_a_wall_is_named_at_the_second_run_that_meets_it_fronts_first_or_last_and_feeds_between(pages: int) -> None:
    walls = {"feed/listed": 1, "article/removed/consent-wall": pages}
    for runs in (
        (EMPTY_FRONT, walls),
        (EMPTY_FRONT, FEED_ONLY, walls),
        (walls, EMPTY_FRONT),
        (walls, FEED_ONLY, EMPTY_FRONT),
    ):
        judged = case(SOUND, *runs, days=[SOUND_DAY] * 30)
        found = suspect(judged)
        assert found is not None
        assert found.cause is Cause.CONSENT_WALL
        assert found.since == judged.history[-len(runs)].began_at


@pytest.mark.parametrize(
    "between",
    [
        {"section/listed": 2, "empty/section": 1},  # a front that names something
        {"article/kept": 1, "articles": 1},  # a sound page
    ],
)
def test_what_is_sound_between_fronts_and_pages_parts_them(between: Mapping[str, int]) -> None:
    walls = {"feed/listed": 1, "article/removed/consent-wall": 4}
    assert suspect(case(SOUND, EMPTY_FRONT, between, walls)) is None
    assert suspect(case(SOUND, walls, between, EMPTY_FRONT)) is None


@pytest.mark.parametrize(("hours", "named"), [(23.5, True), (24.5, False)])
def test_a_front_is_a_sign_for_a_day(hours: float, named: bool) -> None:
    walls = {"feed/listed": 1, "article/removed/consent-wall": 4}
    assert (suspect(case(EMPTY_FRONT, walls, hours=hours)) is not None) == named


@pytest.mark.parametrize(("days_ago", "named"), [(3, False), (20, True)])
def test_fronts_that_were_empty_while_the_site_was_young_are_no_rule(days_ago: int, named: bool) -> None:
    walls = {"feed/listed": 1, "article/removed/consent-wall": 4}
    days = [SOUND_DAY | {"empty/section": 10 * (30 - number == days_ago)} for number in range(30)]
    assert (suspect(case(SOUND, EMPTY_FRONT, walls, days=days)) is not None) == named


def test_a_wall_before_the_articles_alone_is_a_wall() -> None:
    counts = {"feed/listed": 1, "section/listed": 3, "sitemap/unchanged": 1, "article/removed/http-403": 3}
    found = suspect(case(SOUND, counts, counts))
    assert found is not None
    assert found.cause is Cause.BLOCKED
    assert found.evidence.startswith("6 of 6 articles asked for were refused by the server")


def test_a_sound_site_has_no_alarm() -> None:
    assert suspect(case(*[SOUND] * 30)) is None


@pytest.mark.parametrize(
    ("own", "counts"),
    [
        ({"charset/utf-8": 20}, {"charset/cp1252": 3}),
        ({"language/en": 20}, {"language/de": 3}),
        ({f"words/{word_bin(400)}": 20}, {f"words/{word_bin(60)}": 3}),
        ({f"size/{word_bin(40_000)}": 20}, {f"size/{word_bin(2_000)}": 3}),
    ],
)
def test_what_is_a_sites_own_is_learned_from_its_history(own: Mapping[str, int], counts: Mapping[str, int]) -> None:
    plain = {"article/kept": 20, "articles": 20} | dict(own)
    odd = {"article/kept": 3, "articles": 3} | dict(counts)
    assert suspect(case(odd, odd, days=[plain] * 14)) is not None
    as_ever = {"article/kept": 3, "articles": 3} | dict.fromkeys(own, 3)
    assert suspect(case(as_ever, as_ever, days=[plain] * 14)) is None


def test_a_share_that_a_site_has_always_had_is_no_alarm() -> None:
    galleries = SOUND_DAY | {"article/removed/no-text": 10}
    counts = {"feed/listed": 1, "article/kept": 1, "article/removed/no-text": 6}
    assert suspect(case(counts, counts, days=[galleries] * 14)) is None
    assert suspect(case(counts, counts, counts)) is not None


def test_days_that_differ_by_themselves_widen_the_bounds() -> None:
    calm = [SOUND_DAY | {"article/removed/no-text": 2}] * 14
    wild = [SOUND_DAY | {"article/removed/no-text": 14 if number % 7 == 6 else 0} for number in range(14)]
    counts = {"feed/listed": 1, "article/removed/no-text": 5}
    assert suspect(case(counts, counts, days=calm)) is not None
    assert suspect(case(counts, counts, days=wild)) is None


def test_a_new_site_that_is_walled_from_the_beginning_is_noticed_by_the_prior_alone() -> None:
    wall = {"feed/listed": 1, "article/removed/consent-wall": 4}
    assert suspect(case(wall, days=[])) is None
    found = suspect(case(wall, wall, days=[]))
    assert found is not None
    assert found.evidence.endswith("before, nothing is known")


def test_a_smaller_change_is_noticed_over_more_runs() -> None:
    some = {"feed/listed": 1, "article/kept": 2, "article/removed/consent-wall": 1}
    assert suspect(case(some, some)) is None
    found = suspect(case(*[some] * 8))
    assert found is not None
    assert found.cause is Cause.CONSENT_WALL


def test_the_cause_that_accounts_for_the_others_is_named_and_no_other_beside_it() -> None:
    counts = BROKEN[Cause.CONSENT_WALL] | {"article/removed/no-text": 3, "section/failed/refused": 1}
    found = suspect(case(SOUND, counts, counts))
    assert found is not None
    assert found.cause is Cause.CONSENT_WALL
    gone = BROKEN[Cause.SERVER_GONE]
    broken = case(SOUND, gone, gone)
    dead = replace(FEED, failures=9, failing_since=broken.history[-2].began_at)
    later = followed(replace(broken, listings=[dead]), *[gone] * 7, alarms=[alarm_of(broken)])
    assert suspect(later) is None


def test_an_alarm_is_opened_once_and_closes_after_two_sound_runs() -> None:
    blocked = BROKEN[Cause.BLOCKED]
    broken = case(SOUND, blocked, blocked)
    alarm = alarm_of(broken)
    still = followed(broken, blocked, SOUND, alarms=[alarm])
    assert suspect(still) is None
    assert not recovered(still, alarm)
    assert recovered(followed(still, SOUND, alarms=[alarm]), alarm)


@pytest.mark.parametrize("cause", [Cause.CONSENT_WALL, Cause.REDESIGN, Cause.CHARSET])
def test_a_share_recovers_by_the_history_from_before_the_trouble(cause: Cause) -> None:
    counts = BROKEN[cause]
    broken = case(SOUND, counts, counts)
    alarm = alarm_of(broken)
    long = followed(broken, *[counts] * 20, SOUND, alarms=[alarm])
    assert not recovered(long, alarm)
    assert recovered(followed(long, SOUND, alarms=[alarm]), alarm)


def test_a_history_does_not_learn_what_was_broken() -> None:
    wall = BROKEN[Cause.CONSENT_WALL]
    broken = case(SOUND, wall, wall)
    alarm = alarm_of(broken)
    long = followed(broken, *[wall] * 25, SOUND, SOUND, alarms=[alarm])
    closed = replace(alarm, closed_at=datetime.fromtimestamp(long.now, UTC), closing="recovered")
    again = followed(long, SOUND, wall, wall, alarms=[closed])
    found = suspect(again)
    assert found is not None
    assert "before, 0 of" in found.evidence


def test_what_was_accepted_is_normal_from_then_on() -> None:
    legacy = SOUND | {"charset/utf-8": 0, "charset/cp1252": 3}
    broken = case(SOUND, legacy, legacy)
    alarm = alarm_of(broken)
    assert alarm.cause == Cause.CHARSET
    accepted = replace(alarm, closed_at=datetime.fromtimestamp(broken.now, UTC), closing="accepted")
    assert suspect(followed(broken, *[legacy] * 4, alarms=[accepted])) is None
    recovered_once = replace(accepted, closing="recovered")
    assert suspect(followed(broken, *[legacy] * 4, alarms=[recovered_once])) is not None


# -- listings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "others", "dead"),
    [
        (1, SOUND, False),
        (2, SOUND, True),
        (3, {"feed/failed/http-500": 1}, False),
        (4, {"feed/failed/http-500": 1}, True),
    ],
)
def test_a_feed_is_dead_after_two_visits_while_the_site_lives_and_after_four_where_nothing_is_known_of_it(
    failures: int, others: Mapping[str, int], dead: bool
) -> None:
    judged = case(*[{"feed/failed/http-500": 1}] * (failures - 1), others | {"feed/failed/http-500": 1})
    feed = replace(FEED, failures=failures, failing_since=judged.history[14].began_at, evidence="HTTP 500")
    found = suspect(replace(judged, listings=[feed]))
    assert (found is not None and found.cause is Cause.FEED_DEAD) is dead
    if found is not None and dead:
        assert found.examples == (FEED.url,)
        alarm = alarm_of(replace(judged, listings=[feed]))
        assert not recovered(replace(judged, listings=[feed]), alarm)
        assert recovered(judged, alarm)


def test_a_feed_that_is_not_there_any_more_is_dead_whatever_else_was_asked() -> None:
    judged = case({"feed/removed/http-404": 1}, {"feed/removed/http-404": 1})
    feed = replace(FEED, failures=2, failing_since=judged.history[14].began_at, evidence="HTTP 404")
    found = suspect(replace(judged, listings=[feed]))
    assert found is not None
    assert found.cause is Cause.FEED_DEAD


def test_listings_that_failed_with_their_whole_site_have_a_day_to_come_back() -> None:
    gone = BROKEN[Cause.SERVER_GONE]
    broken = case(SOUND, gone, gone)
    closed = replace(alarm_of(broken), closed_at=datetime.fromtimestamp(broken.now + 900, UTC), closing="recovered")
    back = followed(broken, SOUND, SOUND, SOUND, alarms=[closed])
    feed = replace(FEED, failures=9, failing_since=broken.history[-2].began_at, visited_at=broken.now)
    assert suspect(replace(back, listings=[feed])) is None
    still = replace(feed, visited_at=broken.now + 2 * DAY_SECONDS)
    assert suspect(replace(back, listings=[still])) is not None


def test_a_feed_that_often_fails_needs_more_failures() -> None:
    flaky = [SOUND_DAY | {"feed/failed/timeout": 5}] * 14
    judged = case(SOUND, SOUND | {"feed/failed/timeout": 1}, SOUND | {"feed/failed/timeout": 1}, days=flaky)
    feed = replace(FEED, failures=2, failing_since=judged.history[-2].began_at)
    assert suspect(replace(judged, listings=[feed])) is None


# -- silence ----------------------------------------------------------------------------------------------------------

QUIET = {"feed/unchanged": 1}


def weeks(weekend: int) -> list[dict[str, int]]:
    """Four weeks with so many articles on a day of the week-end, up to a Friday evening."""
    return [
        SOUND_DAY | ({"article/kept": weekend} if number % 7 >= 5 else {"article/kept": 20 + number % 3})
        for number in range(4 * 7 + 5)
    ]


@pytest.mark.parametrize(("weekend", "silent"), [(0, False), (20, True)])
def test_a_quiet_weekend_is_no_alarm_where_weekends_are_quiet(weekend: int, silent: bool) -> None:
    # Saturday noon to Monday morning.
    found = suspect(case(*[QUIET] * 45, days=weeks(weekend), hours=1.0))
    assert (found is not None) is silent
    if found is not None:
        assert found.cause is Cause.NOTHING_PUBLISHED


def test_silence_on_working_days_is_an_alarm_and_an_article_ends_it() -> None:
    silent = case(*[QUIET] * 60, days=weeks(0) + [SOUND_DAY | {"article/kept": 0}] * 2, hours=1.0)
    alarm = alarm_of(silent)
    assert alarm.cause == Cause.NOTHING_PUBLISHED
    assert not recovered(followed(silent, QUIET, alarms=[alarm]), alarm)
    assert recovered(followed(silent, SOUND, alarms=[alarm]), alarm)


@pytest.mark.parametrize(("articles", "scarce"), [(60, False), (12, True)])
def test_a_site_that_brings_a_fraction_of_its_articles_is_noticed_after_some_days(articles: int, scarce: bool) -> None:
    busy = SOUND_DAY | {"article/kept": 60}
    days = [busy] * 16 + [SOUND_DAY | {"article/kept": articles}] * 3  # Wednesday to Friday
    judged = case(SOUND, days=days)
    found = suspect(judged)
    assert (found is not None) is scarce
    if found is not None:
        assert found.cause is Cause.FEWER_ARTICLES
        alarm = alarm_of(judged)
        history = list(judged.history)
        for number in range(19, 23):
            history.append(day_of(number, busy))
            later = replace(judged, history=history, alarms=[alarm], now=(FIRST_DAY + number + 1) * DAY_SECONDS + 60)
            assert recovered(later, alarm) is (number >= 20)


def test_days_of_few_articles_at_weekends_are_not_scarce() -> None:
    days = [SOUND_DAY | {"article/kept": 4 if number % 7 in {4, 5, 6} else 60} for number in range(35)]
    assert suspect(case(SOUND, days=days)) is None


def test_nothing_is_said_of_silence_before_a_rhythm_is_known() -> None:
    assert learn_rhythm([day_of(number, SOUND_DAY) for number in range(7)]) is None
    rhythm = learn_rhythm([day_of(number, SOUND_DAY) for number in range(8)])
    assert rhythm is not None
    wednesday, monday = FIRST_DAY + 2, FIRST_DAY
    assert rhythm.expected(wednesday * DAY_SECONDS, (wednesday + 1) * DAY_SECONDS) == pytest.approx(20, rel=0.01)
    assert rhythm.expected(monday * DAY_SECONDS, (monday + 1) * DAY_SECONDS) == pytest.approx(2, rel=0.01)  # not seen


def test_a_day_of_thousands_from_a_new_sitemap_does_not_move_the_rhythm() -> None:
    days = [SOUND_DAY | {"article/kept": 4000 if number == 6 else 20} for number in range(15)]
    rhythm = learn_rhythm([day_of(number, counts) for number, counts in enumerate(days)])
    assert rhythm is not None
    assert rhythm.weekdays[0] == pytest.approx(20, rel=0.1)


def test_every_cause_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Cause)
