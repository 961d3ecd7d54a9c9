"""Tells people and programs of alarms: by a command, a webhook, a mail.

What fails is logged, kept and tried again at the end of the next crawl; it never stops one. What was delivered is not
sent again.
"""

import json
import logging
import os
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import asdict
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from collector.health.causes import REMEDIES, Cause
from collector.health.settings import PASSWORD_VARIABLE, Alarms
from corpus.alarms import Notice, claim_notices, settle_notice
from corpus.store import Store

logger = logging.getLogger(__name__)

#: Longest piece of a command's or server's own words in a log line.
_MOST_WORDS = 200


class HookError(Exception):
    """A hook did not do its work; the message holds no secret."""


def deliver(store: Store, alarms: Alarms, root: Path, now: Callable[[], float]) -> int:
    """Deliver what waits for a configured hook; return how many notices were delivered.

    Args:
        store: The corpus.
        alarms: The hooks.
        root: The corpus folder, which notices name.
        now: The clock, in Unix seconds.

    Raises:
        StoreError: The database is locked, full, read-only or damaged.
    """
    delivered = 0
    with store.transaction() as db:
        notices = claim_notices(db, alarms.hooks(), now())
    for notice in notices:
        try:
            _HOOKS[notice.hook](alarms, notice, told(notice, root))
        except HookError as error:
            logger.warning("the %s of an alarm of %s failed: %s", notice.hook, notice.alarm.site, error)
            failure: str | None = str(error)
        else:
            delivered, failure = delivered + 1, None
        with store.transaction() as db:
            settle_notice(db, notice, now(), error=failure)
    return delivered


def told(notice: Notice, root: Path) -> dict[str, object]:
    """Return what hooks are told: fields of `corpus.alarms.Alarm`, and what was done to it."""
    alarm = asdict(notice.alarm)
    times = {name: value.isoformat() for name in ("since", "opened_at", "closed_at") if (value := alarm[name])}
    return {
        "event": notice.event,
        "corpus": str(root.absolute()),
        **alarm,
        **times,
        "examples": list(notice.alarm.examples),
        "remedy": REMEDIES[Cause(notice.alarm.cause)],
        "summary": _summary(notice),
    }


def _summary(notice: Notice) -> str:
    alarm = notice.alarm
    return f"{alarm.site}: {alarm.cause}" + (f" is over ({alarm.closing})" if notice.event == "closed" else "")


# -- the hooks --------------------------------------------------------------------------------------------------------


def _run_command(alarms: Alarms, _: Notice, fields: Mapping[str, object]) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # the user's own command, no shell
            list(alarms.command),
            input=json.dumps(fields),
            capture_output=True,
            text=True,
            timeout=alarms.hook_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise HookError(f"{alarms.command[0]} took longer than {alarms.hook_seconds:g} s") from error
    except OSError as error:
        raise HookError(f"{alarms.command[0]} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        words = " ".join((done.stderr or done.stdout).split())[:_MOST_WORDS]
        raise HookError(f"{alarms.command[0]} ended with exit code {done.returncode}: {words or 'without a word'}")


def _post(alarms: Alarms, _: Notice, fields: Mapping[str, object]) -> None:
    url = alarms.webhook.get_secret_value()
    host = urlsplit(url).hostname  # all that may be told: path and query may hold a token
    try:
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "POST",
                url,
                json=dict(fields),
                timeout=urllib3.Timeout(total=alarms.hook_seconds),
                retries=False,
                headers={"User-Agent": "news-corpus-collector"},
            )
    except urllib3.exceptions.HTTPError as error:
        raise HookError(f"{host} did not answer: {type(error).__name__}") from None
    if not 200 <= answer.status < 300:
        raise HookError(f"{host} answered {answer.status}")


def _send_mail(alarms: Alarms, notice: Notice, fields: Mapping[str, object]) -> None:
    message = EmailMessage()
    message["Subject"] = f"[collector] {fields['summary']}"
    message["From"] = alarms.email_from
    message["To"] = ", ".join(alarms.email_to)
    message["Message-ID"] = make_msgid(domain=alarms.email_from.rpartition("@")[2])
    message.set_content(_mail(notice, fields))
    try:
        with _connect(alarms) as server:
            if alarms.smtp_user:
                server.login(alarms.smtp_user, os.environ.get(PASSWORD_VARIABLE, ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise HookError(f"{alarms.smtp_host}: {_words_of(error)}") from None


def _connect(alarms: Alarms) -> smtplib.SMTP:
    where = (alarms.smtp_host, alarms.smtp_port)
    if alarms.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=alarms.hook_seconds, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=alarms.hook_seconds)
    if alarms.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _words_of(error: Exception) -> str:
    """Return what a mail server said, without what was sent to it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it does not know the user or the password in {PASSWORD_VARIABLE}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}"
    return f"{type(error).__name__} {getattr(error, 'strerror', None) or ''}".strip()


def _mail(notice: Notice, fields: Mapping[str, object]) -> str:
    alarm = notice.alarm
    lines = [
        f"{fields['summary']}",
        "",
        f"since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.evidence}",
        *(f"  {url}" for url in alarm.examples),
        "",
        f"{fields['remedy']}" if notice.event == "opened" else "",
        f"collector health {alarm.site} --corpus {fields['corpus']}",
    ]
    return "\n".join(lines)


_HOOKS: Mapping[str, Callable[[Alarms, Notice, Mapping[str, object]], None]] = {
    "command": _run_command,
    "webhook": _post,
    "email": _send_mail,
}
