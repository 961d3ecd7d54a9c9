"""The sections ``[alarms]`` and ``[metrics]`` of the configuration."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

#: Environment variable that holds the password for the mail server; it stands in no file.
PASSWORD_VARIABLE = "COLLECTOR_SMTP_PASSWORD"  # noqa: S105

_Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alarms(_Section):
    """``[alarms]``: when something is called broken, and who is told."""

    #: False alarms that are allowed, of one site in a year: 0.1 are five a year on 50 sites. Less is slower to notice.
    false_alarms_a_year: Annotated[float, Field(gt=0, le=365)] = 0.1
    #: A program and its arguments; it gets the alarm as JSON on its standard input.
    command: tuple[str, ...] = ()
    #: A URL to which the alarm is posted as JSON. Kept out of logs, archives and the database: it may hold a token.
    webhook: SecretStr = SecretStr("")
    #: Who gets a mail …
    email_to: tuple[_Address, ...] = ()
    #: … from whom …
    email_from: Annotated[str, Field(pattern=r"^(?:[^@\s]+@[^@\s]+)?$")] = ""
    #: … by which server …
    smtp_host: str = "localhost"
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 25
    #: … over what …
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    #: … and as whom; the password is in the environment variable COLLECTOR_SMTP_PASSWORD.
    smtp_user: str = ""
    #: Longest that a hook may take.
    hook_seconds: Annotated[float, Field(gt=0, le=300)] = 15.0

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        url = self.webhook.get_secret_value()
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("webhook must be a URL that begins with https:// or http://")
        if self.email_to and not self.email_from:
            raise ValueError("email_to needs email_from")
        return self

    def hooks(self) -> tuple[str, ...]:
        """Return which hooks are configured.

        >>> Alarms(command=("notify-send",)).hooks()
        ('command',)
        """
        set_up = {"command": self.command, "webhook": self.webhook.get_secret_value(), "email": self.email_to}
        return tuple(name for name, value in set_up.items() if value)


class Metrics(_Section):
    """``[metrics]``: figures for Prometheus."""

    #: A file that is written after each crawl, for node_exporter's textfile collector; empty: none.
    file: Annotated[str, Field(pattern=r"^(?:.*\.prom)?$")] = ""
    #: TCP port at which `collector run` serves them; 0: none.
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    #: Address that the port is bound to.
    address: str = "127.0.0.1"
