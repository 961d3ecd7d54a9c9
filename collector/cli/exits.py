"""Exit codes, for scripts."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of every command means."""

    #: All went well.
    OK = 0
    #: A bug or something nobody thought of; the message says where to find more.
    UNEXPECTED = 1
    #: The command line or ``collector.toml`` is wrong.
    USAGE = 2
    #: The corpus folder, its database, its archive or the disk is in trouble.
    CORPUS = 3
    #: It ran, but found nothing, or some of its input failed.
    INCOMPLETE = 4
    #: Alarms are open (`collector health`).
    ALARM = 5
    #: Stopped by Ctrl-C (128 + SIGINT); what was done is stored.
    INTERRUPTED = 130
