"""conformance.toml, the environment and the command line's flags, read into a target."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from conformance.pace import Pace
from conformance.target import Existing, Implementation, Principal, Target
from conformance.target_fixtures import DEFAULTS
from conformance.target_hooks import HOOKS, hook_of, not_run
from conformance.target_keys import TargetFileError
from conformance.target_settings import Settings, gathered
from conformance.target_shape import check_shape
from conformance.target_source import Source
from conformance.target_tokens import extra_headers, token_of
from conformance.trust import unusable
from conformance.waiver_file import load_waivers

__all__ = ("TargetFileError", "load_target", "read_settings")

NONE: Final[Mapping[str, Any]] = {}


def load_target(
    path: Path | None,
    flags: Mapping[str, Any],
    environ: Mapping[str, str] = os.environ,
    defaults: Mapping[str, Any] = NONE,
) -> Target:
    """Read a target file, if there is one, and let the environment and the flags override it.

    Args:
        path: the file; None if the flags and the environment alone describe the target.
        flags: the values given on the command line by their dotted names; a name without a dot is
            one of the table `[target]`.
        environ: the variables, those that hold tokens among them.
        defaults: values by dotted name in place of the schema's own.

    Raises:
        TargetFileError: the file cannot be read, or all of it does not make a target.
        WaiverFileError: the waivers file that it names cannot be used.

    """
    return _target(read_settings(path, flags, environ, defaults), environ)


def read_settings(
    path: Path | None,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    defaults: Mapping[str, Any] = NONE,
) -> Settings:
    """Read what `load_target` reads, without looking at tokens and other files.

    Raises:
        TargetFileError: the file cannot be read, or all of it does not fit the schema.

    """
    settings = gathered(Source.read(path), flags, environ, defaults)
    check_shape(settings)
    return settings


def _target(settings: Settings, environ: Mapping[str, str]) -> Target:
    table, timing = settings.content["target"], settings.content["timing"]
    good, poison, slow, partial = (
        _implementation(name, settings) for name in ("good", "poison", "slow", "partial")
    )
    token_env, token = token_of("target", settings, environ)
    waivers = settings.file("gate.waivers") if settings.value("gate.waivers") else None
    target = Target(
        url=_base_url(table["url"], settings, "url"),
        scope=table["scope"],
        other_scope=table.get("other_scope"),
        version=table.get("version"),
        profiles=tuple(dict.fromkeys(table["profiles"])),
        good=good,
        poison=poison,
        slow=slow,
        partial=partial,
        token_env=token_env,
        token=token,
        kinds=tuple(table["kinds"]),
        completion_limit=float(table["completion_limit"]),
        concurrency=int(table["concurrency"]),
        max_writes=table.get("max_writes"),
        origins=tuple(_base_url(one, settings, "origins") for one in table["origins"]),
        accept_not_verified=tuple(table["accept_not_verified"]),
        not_offered=tuple(table["not_offered"]),
        openapi=table.get("openapi"),
        described_by=settings.source.name,
        from_file=settings.source.path is not None,
        pace=_pace(timing, settings),
        auth_header=table["auth_header"],
        auth_scheme=table["auth_scheme"],
        headers=extra_headers(settings, environ),
        ca_file=_authorities(settings),
        verify=table["verify"],
        overridden_by=tuple(
            one.where for one in settings.by_name.values() if one.origin == "environment"
        ),
        waivers=load_waivers(waivers) if waivers else (),
        waivers_file=str(waivers) if waivers else None,
        mode=settings.content["run"]["mode"],
        existing=Existing(**settings.content.get("existing", {})),
        keep=settings.content["cleanup"]["keep"],
    )
    target = replace(target, other=_other(target, settings, environ))
    hooks = {name: hook_of(name, settings, environ, target.secrets) for name in HOOKS}
    away = {name: why for name in HOOKS if (why := not_run(name, settings))}
    own = {name: None if name in away else hook for name, hook in hooks.items()}
    return replace(target, restart=own["restart"], reset=own["reset"], hooks_not_run=away)


def _implementation(name: str, settings: Settings) -> Implementation | None:
    given = settings.value(f"implementations.{name}")
    if given is False:
        return None
    if given is None:
        default = DEFAULTS[name]
        return default if default.kind in settings.content["target"]["kinds"] else None
    return Implementation(given["kind"], given["branch"], given["endpoint"], given["payload"])


def _base_url(url: str, settings: Settings, key: str) -> str:
    where = settings.where("target", key)
    try:
        parts = urlsplit(url)
        readable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        readable = None
    if not readable:
        raise TargetFileError(
            f"{where}: the target's {key} {url!r} is not an http or https URL such as "
            "http://127.0.0.1:8080/prefix."
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise TargetFileError(
            f"{where}: the target's {key} takes no user name, query or fragment; name the "
            "variable that holds a bearer token with token_env."
        )
    return url.rstrip("/")


def _pace(timing: Mapping[str, Any], settings: Settings) -> Pace:
    pace = Pace(**{name: float(value) for name, value in timing.items()})
    if pace.poll_least > pace.poll_most:
        where = settings.where("timing", "poll_least")
        raise TargetFileError(
            f"{where}: timing.poll_least ({pace.poll_least:g} s) is more than timing.poll_most "
            f"({pace.poll_most:g} s); give a lower one, or raise the other."
        )
    return pace


def _authorities(settings: Settings) -> str | None:
    """Return the path of the certificate authorities, once it is seen to hold some."""
    given = settings.value("target.ca_file")
    if given is None:
        return None
    where = settings.where("target", "ca_file")
    if settings.value("target.verify") is False:
        raise TargetFileError(
            f"{where}: ca_file says whom to trust and verify = false that nobody is asked; "
            "leave one of them out."
        )
    path = settings.file("target.ca_file")
    if wrong := unusable(path):
        raise TargetFileError(f"{where}: {path} {wrong}.")
    return str(path)


def _other(target: Target, settings: Settings, environ: Mapping[str, str]) -> Principal | None:
    """Read the second principal.

    Raises:
        TargetFileError: it cannot be told from the first.

    """
    given = settings.content.get("principals", {}).get("other")
    if given is None:
        return None
    where = f"{settings.where('principals', 'other', 'scope')}: [principals.other]"
    if given["scope"] == target.scope:
        raise TargetFileError(f"{where} has the target's own scope; give it another one.")
    name, token = token_of("principals.other", settings, environ)
    if (name is None) != (target.token_env is None):
        raise TargetFileError(
            f"{where} and [target] both have a token_env, or neither has one (or a token_file)."
        )
    if token is not None and token == target.token:
        raise TargetFileError(f"{where} has the target's own token; give it another one.")
    return Principal(given["scope"], name, token)
