"""A first target file, in TOML with comments: what was found out, and what its owner must say."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HEAD: Final = """\
# The server to be judged by ackproof. A line that begins with # says nothing to the kit.
# "SAY" marks what could not be found out. docs/target-file.md tells of every key, and
# `ackproof config explain -c FILE` of every value and its default.
"""
PRINCIPALS: Final = """\
# SAY: somebody with a scope of its own and no access to yours; the profile isolation needs one.
# [principals.other]
# scope = "conformance-other"
# token_env = "ACKPROOF_OTHER_TOKEN"
"""
IMPLEMENTATIONS: Final = """\
# What members are bound to. Left out, a run binds four small workflows of its own; a smoke run
# says whether your server can run them. Otherwise describe yours, or say false for none.
# [implementations]
# poison = false
#
# [implementations.good]          # succeeds at once; likewise poison, slow and partial
# kind = "script"
# endpoint = "run"
# branch = { script = { scriptId = "upper" } }
# payload = { prompt = "hello" }
"""
GATE: Final = """\
# [gate]
# waivers = "waivers.toml"        # known defects, each with an owner and a last day
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a first target file says.

    Attributes:
        url, scope: as asked; `scope_told` says how it is known.
        token_env: the variable that holds the token; None where none was named.
        credential_told: what is known of the need for one.
        ca_file: beside the file; None for the public authorities.
        openapi: path of the document; None where none was found.
        profiles: those that the server claims itself; empty where it says nothing.
        kinds: those that its members show.
        origins: foreign ones that its URLs name.
        not_offered: operations that a read was told are not offered.
        member, run, status_url: what is there already.

    """

    url: str
    scope: str
    scope_told: str
    token_env: str | None = None
    credential_told: str = "the variable that holds the bearer token, never the token"
    ca_file: str | None = None
    openapi: str | None = None
    profiles: Sequence[str] = ()
    kinds: Sequence[str] = ()
    origins: Sequence[str] = ()
    not_offered: Sequence[str] = ()
    member: str | None = None
    run: str | None = None
    status_url: str | None = None

    def text(self) -> str:
        """Return the file."""
        target = "\n".join(["[target]", *self._target()])
        existing = "\n".join(self._existing())
        parts = (HEAD, target, existing, PRINCIPALS, IMPLEMENTATIONS, GATE)
        return "\n\n".join(one.strip("\n") for one in parts) + "\n"

    def _target(self) -> Iterator[str]:
        yield _line("url", self.url)
        yield _line("scope", self.scope, self.scope_told)
        token = self.token_env or "ACKPROOF_TOKEN"
        yield _line("token_env", token, self.credential_told, known=self.token_env is not None)
        if self.ca_file:
            yield _line("ca_file", self.ca_file, "trusted in place of the public authorities")
        told = "served as JSON" if self.openapi else "SAY: none was found at the usual paths"
        yield _line("openapi", self.openapi or "/openapi.json", told, known=bool(self.openapi))
        yield _line("version", "1.0.0", "what the report calls this version of it", known=False)
        yield from self._claims()

    def _claims(self) -> Iterator[str]:
        claimed = self.profiles or ("core", "member-first")
        told = "claimed by the server itself" if self.profiles else "SAY: what it claims to hold"
        yield _line("profiles", list(claimed), told, known=bool(self.profiles))
        kinds = self.kinds or ("workflow", "script", "gagent")
        told = "SAY: all that it offers" + ("; its members show these" if self.kinds else "")
        yield _line("kinds", list(kinds), told, known=False)
        if self.origins:
            told = "SAY: its URLs name it; the token goes there, too, once it is listed"
            yield _line("origins", list(self.origins), told, known=False)
        if self.not_offered:
            told = "it says so itself; listed here, the report holds it to that"
            yield _line("not_offered", list(self.not_offered), told, known=False)
        told = "seconds that a write may take where no deadline is published"
        yield _line("completion_limit", 30, told, known=False)

    def _existing(self) -> Iterator[str]:
        yield "# What is there already: `ackproof run --mode read-only` begins with it."
        known = self.member is not None
        yield "[existing]" if known else "# [existing]"
        told = "" if known else "SAY: a member of the scope, best one that is bound and has runs"
        yield _line("member", self.member or "ID", told, known=known)
        if known and self.run:
            yield _line("run", self.run, "one of its runs", known=False)
        if known and self.status_url:
            yield _line("status_url", self.status_url, "of a command; it may expire", known=False)


def _line(key: str, value: object, told: str = "", *, known: bool = True) -> str:
    spelt = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    said = ("" if known else "# ") + f"{key} = {spelt}"
    return f"{said:<35} # {told}" if told else said
