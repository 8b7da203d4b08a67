"""conformance.toml and the command line's flags, read into a target."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jsonschema_rs

from conformance.nearest import hint
from conformance.target import Implementation, Principal, Target
from conformance.target_fixtures import DEFAULTS

DEFAULT_PROFILES: Final = ("core", "member-first")
FLAGS: Final = {
    "url": "URL",
    "scope": "--scope ID",
    "token_env": "--token-env NAME",
    "profiles": "--profile NAME",
    "completion_limit": "--limit SECONDS",
    "concurrency": "--concurrency N",
    "max_writes": "--max-writes N",
}


class TargetFileError(Exception):
    """The target is not described well enough to judge it; the message is one sentence."""


def load_target(
    path: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ
) -> Target:
    """Read a target file, if there is one, and let the flags override its `[target]` table.

    Args:
        path: the file; None if the flags alone describe the target.
        flags: keys of the file's `[target]` table with the values given on the command line.
        environ: where the token variable is looked up.

    Raises:
        TargetFileError: the file cannot be read, or it and the flags do not make a target.

    """
    source = _Source.read(path)
    content = source.content
    table = content.get("target", {})
    if isinstance(table, dict):
        content = {**content, "target": {**table, **flags}}
    _check(content, source)
    return _target(content, source, environ)


class _Source:
    """Where the description came from, so that a sentence can point into it."""

    def __init__(self, path: Path | None, text: str, content: dict[str, Any]) -> None:
        self.path = path
        self.name = str(path or "the command line")
        self.text = text
        self.content = content

    @classmethod
    def read(cls, path: Path | None) -> "_Source":
        if path is None:
            return cls(None, "", {})
        try:
            text = path.read_text(encoding="utf-8")
            dates_as_text = json.dumps(tomllib.loads(text), default=str)
            return cls(path, text, json.loads(dates_as_text))
        except OSError as problem:
            raise TargetFileError(f"{path} cannot be read: {problem.strerror}.") from problem
        except UnicodeDecodeError as problem:
            raise TargetFileError(f"{path} is not UTF-8 text.") from problem
        except tomllib.TOMLDecodeError as problem:
            raise TargetFileError(f"{path} is not TOML: {problem}.") from problem

    def line_of(self, key: str) -> str:
        """Return " (line N)" for the first line that sets the key; "" if none is found."""
        pattern = re.compile(rf"\s*(\[.*\b)?\"?{re.escape(key)}\"?\s*(=|\])")
        for number, line in enumerate(self.text.splitlines(), start=1):
            if pattern.match(line):
                return f" (line {number})"
        return ""


def _schema() -> dict[str, Any]:
    text = files("conformance").joinpath("schemas/target.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _check(content: Mapping[str, Any], source: _Source) -> None:
    schema = _schema()
    validator = jsonschema_rs.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(content), key=lambda error: not _is_unknown_key(error))
    if errors:
        raise TargetFileError(_sentence(errors[0], schema, source))


def _is_unknown_key(error: jsonschema_rs.ValidationError) -> bool:
    return isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties)


def _sentence(
    error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], source: _Source
) -> str:
    place = ".".join(str(step) for step in error.instance_path)
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        key = kind.unexpected[0]
        table = f"[{place}]" if place else "the file"
        known = _keys_at(schema, [str(step) for step in error.instance_path])
        return f"{source.name}{source.line_of(key)}: {table} has no key {key}. {hint(key, known)}"
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return _missing(place, str(kind.property), source)
    key = next((str(s) for s in reversed(error.instance_path) if isinstance(s, str)), place)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Not):
        return f"{source.name}{source.line_of(key)}: {place} is a table, or false for none."
    return f"{source.name}{source.line_of(key)}: {place}: {error.message}."


def _missing(place: str, key: str, source: _Source) -> str:
    if place == "target" and key in FLAGS and source.path is None:
        return f"The command line does not say the target's {key}. Give {FLAGS[key]} or a file."
    table = f"[{place}]" if place else "the file"
    return f"{source.name}: {table} lacks {key}."


def _keys_at(schema: Mapping[str, Any], steps: list[str]) -> list[str]:
    """Return the keys that the schema knows at a place in the file."""
    node: Mapping[str, Any] = schema
    for step in steps:
        node = node["properties"][step]
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return list(node["properties"])


def _target(content: Mapping[str, Any], source: _Source, environ: Mapping[str, str]) -> Target:
    table = content["target"]
    kinds = tuple(table.get("kinds", ("workflow", "script", "gagent")))
    good, poison, slow, partial = (
        _implementation(name, content.get("implementations", {}), kinds)
        for name in ("good", "poison", "slow", "partial")
    )
    token_env = table.get("token_env")
    return Target(
        url=_base_url(table["url"], source),
        scope=table["scope"],
        other_scope=table.get("other_scope"),
        version=table.get("version"),
        profiles=tuple(dict.fromkeys(table.get("profiles", DEFAULT_PROFILES))),
        good=good,
        poison=poison,
        slow=slow,
        partial=partial,
        token_env=token_env,
        token=_token(token_env, environ),
        other=_other(content, source, environ),
        kinds=kinds,
        completion_limit=float(table.get("completion_limit", 30)),
        concurrency=int(table.get("concurrency", 6)),
        max_writes=table.get("max_writes"),
        origins=tuple(_base_url(origin, source, "origins") for origin in table.get("origins", ())),
        accept_not_verified=tuple(table.get("accept_not_verified", ())),
        openapi=table.get("openapi"),
        described_by=source.name,
        from_file=source.path is not None,
    )


def _implementation(
    name: str, table: Mapping[str, Any], kinds: tuple[str, ...]
) -> Implementation | None:
    given = table.get(name)
    if given is False:
        return None
    if given is None:
        default = DEFAULTS[name]
        return default if default.kind in kinds else None
    return Implementation(given["kind"], given["branch"], given["endpoint"], given["payload"])


def _base_url(url: str, source: _Source, key: str = "url") -> str:
    try:
        parts = urlsplit(url)
        readable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        readable = None
    if not readable:
        raise TargetFileError(
            f"{source.name}{source.line_of(key)}: the target's {key} {url!r} is not an http or "
            "https URL such as http://127.0.0.1:8080/prefix."
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise TargetFileError(
            f"{source.name}{source.line_of(key)}: the target's {key} takes no user name, query or "
            "fragment; name the variable that holds a bearer token with token_env."
        )
    return url.rstrip("/")


def _other(
    content: Mapping[str, Any], source: _Source, environ: Mapping[str, str]
) -> Principal | None:
    """Read the second principal.

    Raises:
        TargetFileError: it cannot be told from the first.

    """
    given = content.get("principals", {}).get("other")
    if given is None:
        return None
    first, name = content["target"], given.get("token_env")
    where = f"{source.name}{source.line_of('other')}: [principals.other]"
    if given["scope"] == first["scope"]:
        raise TargetFileError(f"{where} has the target's own scope; give it another one.")
    if (name is None) != (first.get("token_env") is None):
        raise TargetFileError(f"{where} and [target] both have a token_env, or neither has one.")
    token = _token(name, environ)
    if token is not None and token == _token(first["token_env"], environ):
        raise TargetFileError(f"{where} has the target's own token; give it another one.")
    return Principal(given["scope"], name, token)


def _token(name: str | None, environ: Mapping[str, str]) -> str | None:
    if name is None:
        return None
    token = environ.get(name, "")
    if not token:
        raise TargetFileError(
            f"The environment variable {name}, which should hold the bearer token, is not set."
        )
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise TargetFileError(
            f"The environment variable {name} holds no bearer token: a token is printable ASCII "
            "without spaces."
        )
    return token
