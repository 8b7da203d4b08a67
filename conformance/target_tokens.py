"""What must be shown to nobody: the tokens, and the headers that come from variables."""

from collections.abc import Mapping
from typing import Final

from conformance.masking import LEAST_OF_A_SECRET
from conformance.target import Header
from conformance.target_keys import TargetFileError
from conformance.target_settings import TOKENS, Settings

SHOWN_AS: Final = dict(zip(("target", "principals.other"), TOKENS, strict=True))
OWN: Final = frozenset(
    {
        "accept",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "prefer",
        "transfer-encoding",
    }
)


def token_of(
    table: str, settings: Settings, environ: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Return the variable that is shown in place of a principal's token, and the token.

    Raises:
        TargetFileError: there should be a token, and there is none that can be sent.

    """
    if (name := settings.value(f"{table}.token_env")) is not None:
        held = f"The environment variable {name}"
        return name, _sendable(environ.get(name, ""), held, "is not set")
    if settings.value(f"{table}.token_file") is None:
        return None, None
    path = settings.file(f"{table}.token_file")
    try:
        text = path.read_text(encoding="utf-8").strip("\r\n")
    except OSError as problem:
        raise TargetFileError(f"{path} cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise TargetFileError(f"{path} is not UTF-8 text.") from problem
    return SHOWN_AS[table], _sendable(text, f"The file {path}", "is empty")


def _sendable(token: str, held: str, absent: str) -> str:
    if not token:
        raise TargetFileError(f"{held}, which should hold the bearer token, {absent}.")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise TargetFileError(
            f"{held} holds no bearer token: a token is printable ASCII without spaces."
        )
    if len(token) < LEAST_OF_A_SECRET:
        raise TargetFileError(
            f"{held} is too short to be masked: it has fewer than {LEAST_OF_A_SECRET} characters, "
            "which stand in every report by chance. Give the run a longer token."
        )
    return token


def extra_headers(settings: Settings, environ: Mapping[str, str]) -> tuple[Header, ...]:
    """Return the headers that go with every request.

    Raises:
        TargetFileError: a variable is not set or holds no header value, or the kit sets the header
            itself.

    """
    own = {*OWN, str(settings.value("target.auth_header")).lower()}
    headers = []
    for name, given in settings.value("target.headers").items():
        where = settings.where("target", "headers", name)
        if name.lower() in own:
            raise TargetFileError(
                f"{where}: {name} is sent by the kit itself, or named twice; leave it out of "
                "[target.headers]."
            )
        own.add(name.lower())
        if isinstance(given, str):
            headers.append(Header(name, given))
        else:
            headers.append(Header(name, _from(given["env"], name, environ), given["env"]))
    return tuple(headers)


def _from(variable: str, header: str, environ: Mapping[str, str]) -> str:
    value = environ.get(variable, "")
    held = f"The environment variable {variable}"
    if not value:
        raise TargetFileError(f"{held}, which should hold the header {header}, is not set.")
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        raise TargetFileError(
            f"{held} holds no header value: it is printable ASCII without spaces around it."
        )
    if len(value) < LEAST_OF_A_SECRET:
        raise TargetFileError(
            f"{held} is too short to be masked as the secret header {header}: it has fewer than "
            f"{LEAST_OF_A_SECRET} characters. Write it into [target.headers] if it is no secret."
        )
    return value
