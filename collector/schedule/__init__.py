"""When each site is crawled: timetables, whose turn it is, and the daemon that starts the crawls.

    times    a timetable: intervals and cron expressions, time zone, jitter, quiet hours; pure
    turns    whose turn it is, by timetable, history, budget and what is due; pure
    outlook  asks the corpus for what `turns` decides on
    crawls   crawls as processes: start, stop, result
    wakeup   waiting that signals cut short
    daemon   the loop of `collector run`

Cron expressions are evaluated by `cronsim`, after Debian's cron. The loop is our own, and small, because the state has
to stand in the corpus, the clock to be one that a test can set, and the order to be fair; and APScheduler (3.11), which
was tried first, fires a cron job of 02:30 twice when clocks are set back, takes weekday 1 for a Tuesday and lets two
daemons on one store fire twice.
"""
