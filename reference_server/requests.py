"""Request bodies: request-local faults are refused here, and nowhere else."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reference_server import problems
from reference_server.document import Document

LARGEST_BODY = 1_048_576
MEMBER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
SEGMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
COMMAND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}")
REFERENCE = re.compile(r"[^\x00-\x1f\x7f]+")
ONE_LINE = re.compile(r"[^\x00-\x1f\x7f]*")
TEXT = re.compile(r"[^\x00]*", re.DOTALL)

_BRANCHES = {"workflow": "workflow", "script": "script", "gAgent": "gagent", "gagent": "gagent"}
_LARGEST_YAML = 65536
_MOST_YAMLS = 16
_DEEPEST = 64
_VERSION = re.compile(r'"?([0-9]{1,16})"?')
_WAIT_DIGITS = 4
_KEY = re.compile(r"[\x20-\x7e]{1,255}")


def parsed(body: bytes) -> Document:
    """Parse a JSON object in UTF-8; nothing is the empty object. Raise INVALID_REQUEST_BODY."""
    if not body.strip():
        return {}
    try:
        document = json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
        _check_depth(document)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        message = (
            "The body is not plain JSON in UTF-8: unique names, finite numbers, no deep nests."
        )
        raise problems.invalid_request_body(message) from error
    if not isinstance(document, dict):
        raise problems.invalid_request_body("The body is not a JSON object.")
    return document


def fingerprint(method: str, path: str, query: str, body: Document) -> str:
    """Digest what an Idempotency-Key stands for."""
    written = json.dumps([method, path, query, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Read the key, bare or as a structured-field string; raise INVALID_IDEMPOTENCY_KEY."""
    given = headers.get("idempotency-key")
    if given is None:
        return None
    key = given.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = re.sub(r"\\(.)", r"\1", key[1:-1])
    if not _KEY.fullmatch(key) or not key.strip():
        raise problems.invalid_idempotency_key()
    return key


@dataclass(frozen=True, slots=True)
class Preferences:
    """What Prefer asks of the answer to a write; `wait` in seconds, None without."""

    respond_async: bool = False
    wait: int | None = None


def preferences(headers: Mapping[str, str]) -> Preferences:
    """Read Prefer as RFC 7240 has it: of a preference that stands twice, the first counts."""
    asked: dict[str, str] = {}
    for preference in headers.get("prefer", "").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        asked.setdefault(name.strip().lower(), value.strip().strip('"'))
    wait = asked.get("wait", "")
    seconds = int(wait) if wait.isascii() and wait.isdigit() and len(wait) <= _WAIT_DIGITS else None
    return Preferences("respond-async" in asked, seconds)


def expected_version(headers: Mapping[str, str]) -> int | None:
    """Read If-Match; `*` and absence expect nothing, a foreign tag expects version 0."""
    given = headers.get("if-match", "*").strip()
    if given == "*":
        return None
    tag = _VERSION.fullmatch(given)
    return int(tag[1]) if tag else 0


@dataclass(frozen=True, slots=True)
class Body:
    """The members of a body; `code` is the route family's, `pointer` where the object is."""

    members: Document
    code: str
    pointer: str = ""

    def refuse(self, name: str, message: str) -> problems.Problem:
        """Make the family's refusal of one member."""
        return problems.invalid(self.code, message, pointer=f"{self.pointer}/{name}")

    def text(self, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Read an optional string, None where absent or null."""
        value = self.members.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            where = f"{self.pointer}/{name}"
            raise problems.invalid_request_body(f"'{name}' is not a string.", where)
        if len(value) > longest:
            raise self.refuse(name, f"'{name}' is longer than {longest} characters.")
        if not form.fullmatch(value):
            raise self.refuse(name, f"'{name}' is not of the form that the contract gives it.")
        return value

    def needed(self, name: str, form: re.Pattern[str], longest: int) -> str:
        """Read a string that must be there and not be blank; trimmed."""
        value = (self.text(name, form, longest + 1024) or "").strip()
        if not value:
            raise self.refuse(name, f"'{name}' is required and must not be blank.")
        if len(value) > longest:
            raise self.refuse(name, f"'{name}' is longer than {longest} characters.")
        return value

    def below(self, name: str) -> "Body":
        """Read an object inside."""
        value = self.members.get(name)
        where = f"{self.pointer}/{name}"
        if not isinstance(value, dict):
            raise problems.invalid_request_body(f"'{name}' is not an object.", where)
        return Body(value, self.code, where)


def kind(body: Body) -> str:
    """Read implementationKind; any case, stored in lower case."""
    given = body.needed("implementationKind", ONE_LINE, 64).lower()
    if given not in {"workflow", "script", "gagent"}:
        raise body.refuse("implementationKind", "'implementationKind' is none of the kinds.")
    return given


def implementation(body: Body) -> Document | None:
    """Read the one branch that is there, None without; raise the family code for two."""
    named = [name for name in _BRANCHES if body.members.get(name) is not None]
    if not named:
        return None
    if len(named) > 1:
        raise body.refuse(named[1], "The body has more than one implementation.")
    branch = body.below(named[0])
    match _BRANCHES[named[0]]:
        case "workflow":
            return _workflow(branch)
        case "script":
            script_id = branch.needed("scriptId", REFERENCE, 256)
            revision = branch.text("scriptRevision", REFERENCE, 256)
            return {"kind": "script", "scriptId": script_id, "scriptRevision": revision}
        case _:
            actor = branch.needed("actorTypeName", REFERENCE, 256)
            return {"kind": "gagent", "actorTypeName": actor, "endpoints": _endpoints(branch)}


def _workflow(branch: Body) -> Document:
    sources = branch.members.get("workflowYamls")
    if sources is not None and not isinstance(sources, list):
        where = f"{branch.pointer}/workflowYamls"
        raise problems.invalid_request_body("'workflowYamls' is not a list.", where)
    if not sources or len(sources) > _MOST_YAMLS:
        raise branch.refuse("workflowYamls", f"'workflowYamls' takes 1 to {_MOST_YAMLS} texts.")
    for source in sources:
        if not isinstance(source, str) or not source.strip() or len(source) > _LARGEST_YAML:
            raise branch.refuse("workflowYamls", "A workflow is no text, blank or too long.")
    name = branch.text("workflowId", REFERENCE, 256)
    return {"kind": "workflow", "workflowYamls": sources, "workflowId": name}


def _endpoints(branch: Body) -> list[str]:
    given = branch.members.get("endpoints") or []
    if not isinstance(given, list):
        where = f"{branch.pointer}/endpoints"
        raise problems.invalid_request_body("'endpoints' is not a list.", where)
    entries = [Body(e, branch.code, f"{branch.pointer}/endpoints") for e in given if e]
    if any(not isinstance(entry.members, dict) for entry in entries):
        raise branch.refuse("endpoints", "An endpoint is not an object.")
    return [entry.needed("endpointId", SEGMENT_ID, 128) for entry in entries]


def payload(body: Body, takes: Callable[[str], bool]) -> str:
    """Read the input text of an invoke: prompt, payloadJson or payloadBase64, one at most.

    `takes` says whether a payload is taken although it has two forms, no type or is not base64.
    """
    forms = [
        n for n in ("prompt", "payloadJson", "payloadBase64") if body.members.get(n) is not None
    ]
    if len(forms) > 1 and not takes("two forms"):
        raise body.refuse(forms[1], "The body has more than one form of payload.")
    if not forms:
        return ""
    if forms[0] == "prompt":
        return body.text("prompt", TEXT, 65536) or ""
    if not body.text("payloadTypeUrl", REFERENCE, 512) and not takes("no type"):
        raise body.refuse("payloadTypeUrl", f"'{forms[0]}' needs 'payloadTypeUrl'.")
    if forms[0] == "payloadJson":
        return _json_text(body.below("payloadJson").members)
    return _decoded(body, takes)


def _json_text(members: Document) -> str:
    """Take `prompt` or `input` for the text, else the object itself."""
    for name in ("prompt", "input"):
        if isinstance(members.get(name), str):
            return str(members[name])
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _decoded(body: Body, takes: Callable[[str], bool]) -> str:
    given = body.text("payloadBase64", TEXT, LARGEST_BODY) or ""
    try:
        return base64.b64decode(given, validate=True).decode("utf-8", "replace")
    except binascii.Error as error:
        if takes("not base64"):
            return given
        raise body.refuse("payloadBase64", "'payloadBase64' is not base64.") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Document:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return members


def _check_depth(document: Any) -> None:  # noqa: ANN401  # any JSON
    """Refuse what a later recursion could fail on."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise ValueError("nested too deeply")


def _inside(value: Any) -> Iterable[Any]:  # noqa: ANN401  # any JSON
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_constant(name: str) -> Any:  # noqa: ANN401  # never returns
    raise ValueError(name)
