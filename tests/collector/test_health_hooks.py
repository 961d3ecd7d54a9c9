"""Who is to be told of an alarm is told once, by real programs and servers, and a failure costs nothing but a retry."""

import json
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from corpus_builder import Builder

from collector.config import Config
from collector.demo.server import LoopbackServer, QuietHandler
from collector.health.hooks import deliver
from collector.health.settings import PASSWORD_VARIABLE, Alarms
from corpus.alarms import claim_notices, close_alarm, count_waiting, open_alarm, read_alarms
from corpus.store import Store

NOW = 1_731_600_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Builder.begin(tmp_path / "c") as builder:
        yield builder.store


def raise_alarm(store: Store, *hooks: str, cause: str = "blocked") -> int:
    with store.transaction() as db:
        alarm = open_alarm(
            db,
            site="post",
            cause=cause,
            measure="kept-out/denied",
            share=1.0,
            since=NOW - 3600,
            now=NOW,
            run_id=7,
            evidence="4 of 4 visits were refused by the server, in the last 2 runs",
            examples=["https://post.example/ferry"],
            hooks=hooks,
        )
    assert alarm is not None
    return alarm.id


def send(store: Store, alarms: Alarms, now: float = NOW) -> int:
    return deliver(store, alarms, store.file.parent, lambda: now)


@contextmanager
def webhook(*statuses: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Serve one status after the other, the last for ever; yield the URL and what was posted."""
    posted: list[dict[str, object]] = []

    class Handler(QuietHandler):
        def do_POST(self) -> None:  # noqa: N802 - the base class' name
            status = statuses[min(len(posted), len(statuses) - 1)]
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with LoopbackServer(("127.0.0.1", 0), Handler) as server:
        yield f"http://127.0.0.1:{server.server_port}/hooks/T0K3N", posted


def test_a_webhook_gets_the_alarm_as_json_and_once(store: Store) -> None:
    with webhook(204) as (url, posted):
        alarms = Alarms(webhook=url)
        number = raise_alarm(store, *alarms.hooks())
        assert send(store, alarms) == 1
        assert send(store, alarms) == 0
        with store.transaction() as db:
            close_alarm(db, number, NOW + 60, hooks=alarms.hooks())
        assert send(store, alarms) == 1
    opened, closed = posted
    assert opened | {"event": "opened", "site": "post", "cause": "blocked", "closed_at": None} == opened
    assert opened["examples"] == ["https://post.example/ferry"]
    assert opened["since"] == "2024-11-14T15:00:00+00:00"
    assert "delay_seconds" in str(opened["remedy"])
    assert closed["event"] == "closed"
    assert closed["summary"] == "post: blocked is over (recovered)"


def test_a_webhook_that_fails_is_tried_again_and_its_secret_is_told_nowhere(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook(500, 200) as (url, posted):
        alarms = Alarms(webhook=url)
        raise_alarm(store, *alarms.hooks())
        assert send(store, alarms) == 0
        assert count_waiting(store.db) == 1
        assert send(store, alarms) == 1
        assert len(posted) == 2
    assert "the webhook of an alarm of post failed: 127.0.0.1 answered 500" in caplog.text
    refused = Alarms(webhook=url)  # nobody listens there any more
    raise_alarm(store, *refused.hooks(), cause="robots")
    assert send(store, refused) == 0
    assert "did not answer" in caplog.text
    kept = [*store.db.iterdump(), caplog.text, Config(alarms=alarms).model_dump_json()]
    assert not [line for line in kept if "T0K3N" in line]


def test_a_command_reads_the_alarm_from_its_standard_input(store: Store, tmp_path: Path) -> None:
    script = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
    alarms = Alarms(command=(sys.executable, "-c", script, str(tmp_path / "told")))
    raise_alarm(store, *alarms.hooks())
    assert send(store, alarms) == 1
    assert json.loads((tmp_path / "told").read_text())["summary"] == "post: blocked"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((sys.executable, "-c", "import sys; sys.exit('no pager')"), "ended with exit code 1: no pager"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "took longer than 0.2 s"),
        (("/no/such/program",), "cannot be run: No such file or directory"),
    ],
)
def test_a_command_that_fails_is_kept_for_the_next_time(
    store: Store, caplog: pytest.LogCaptureFixture, command: tuple[str, ...], told: str
) -> None:
    alarms = Alarms(command=command, hook_seconds=0.2 if "sleep" in command[-1] else 15)
    raise_alarm(store, *alarms.hooks())
    assert send(store, alarms) == 0
    assert told in caplog.text
    assert caplog.records[0].levelno == logging.WARNING
    assert count_waiting(store.db) == 1


class MailServer:
    """Speaks as much SMTP (RFC 5321) as a client needs, to one client after the other."""

    def __init__(self, *, password: str | None = None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.mails: list[str] = []
        self._password = password
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts
        self.socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: object) -> None:
        def say(line: str) -> None:
            stream.write(f"{line}\r\n".encode())  # type: ignore[attr-defined]
            stream.flush()  # type: ignore[attr-defined]

        say("220 mail.example")
        for line in stream:  # type: ignore[attr-defined]
            word = line.split()[0].upper()
            if word == b"EHLO":
                say("250-mail.example\r\n250 AUTH PLAIN")
            elif word == b"AUTH":
                right = self._password is not None and self._password.encode() in self._plain(line)
                say("235 welcome" if right else "535 no")
            elif word == b"DATA":
                say("354 go on")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += stream.readline()  # type: ignore[attr-defined]
                self.mails.append(mail.decode())
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")

    @staticmethod
    def _plain(line: bytes) -> bytes:
        import base64

        return base64.b64decode(line.split()[2])


def test_a_mail_names_site_cause_examples_and_what_to_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "s3cret")
    server = MailServer(password="s3cret")
    try:
        alarms = Alarms(
            email_to=("desk@example.org",),
            email_from="collector@example.org",
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_user="collector",
        )
        raise_alarm(store, *alarms.hooks())
        assert send(store, alarms) == 1
    finally:
        server.close()
    (mail,) = server.mails
    assert "Subject: [collector] post: blocked" in mail
    assert "To: desk@example.org" in mail
    assert "https://post.example/ferry" in mail
    assert "write to the owner" in mail.replace("=\r\n", "")


def test_a_wrong_password_is_told_as_such_and_itself_nowhere(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "s3cret")
    server = MailServer()
    try:
        alarms = Alarms(
            email_to=("a@example.org",),
            email_from="b@example.org",
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_user="collector",
        )
        raise_alarm(store, *alarms.hooks())
        assert send(store, alarms) == 0
    finally:
        server.close()
    assert f"does not know the user or the password in {PASSWORD_VARIABLE}" in caplog.text
    assert not [line for line in (*store.db.iterdump(), caplog.text) if "s3cret" in line]


def test_two_processes_do_not_deliver_the_same(store: Store) -> None:
    raise_alarm(store, "command", "webhook")
    with store.transaction() as db:
        first = claim_notices(db, ("command",), NOW)
        assert [notice.hook for notice in first] == ["command"]
        assert claim_notices(db, ("command",), NOW + 1) == []
        assert [notice.hook for notice in claim_notices(db, ("command", "webhook"), NOW + 1)] == ["webhook"]
        assert len(claim_notices(db, ("command", "webhook"), NOW + 3600)) == 2  # whoever had them died


def test_an_alarm_is_open_once_for_each_cause(store: Store) -> None:
    raise_alarm(store)
    with store.transaction() as db:
        again = open_alarm(
            db,
            site="post",
            cause="blocked",
            measure="kept-out/denied",
            share=1.0,
            since=NOW,
            now=NOW,
            run_id=8,
            evidence="",
            examples=(),
        )
    assert again is None
    assert len(read_alarms(store.db, only_open=True)) == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"webhook": "ftp://example.org/"}, "webhook must be a URL"),
        ({"email_to": ["a@example.org"]}, "email_to needs email_from"),
        ({"email_to": ["nobody"], "email_from": "a@example.org"}, "email_to"),
        ({"smtp_security": "ssl"}, "smtp_security"),
    ],
)
def test_a_hook_that_cannot_work_is_refused_when_the_configuration_is_read(
    fields: dict[str, object], named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        Alarms.model_validate(fields)
