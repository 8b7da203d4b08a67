"""Every state in which `ackproof run`, `ackproof review` or a command beside them is red, as data.

docs/exit-codes.md lists the same states under the same names, and a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

HTML: Final = ("content-type", "text/html")
FAULT: Final = "fault-calls-a-failed-run-ready"
LEAST: Final = '[target]\nurl = "URL"\nscope = "s1"\n'
WAIVED: Final = LEAST + '[gate]\nwaivers = "waivers.toml"\n'
ONLY: Final = ("--only", "FLR-01")
BY_FILE: Final = ("run", "-c", "conformance.toml")
BY_FLAGS: Final = ("run", "URL", "--scope", "s1", *ONLY)
TOKEN: Final = "canary-4d1e0b"  # noqa: S105  # no real secret
CONTRACT: Final = """openapi: 3.1.0
info: {title: letters, version: 1.0.0}
paths:
  /letters: {get: {operationId: listLetters, responses: {'200': {description: All of them.}}}}
"""
APPROVED: Final = """- rule: info-changed
  pointer: new.yaml#/info/title
  values: "ed6706495c1518db"
  who: Ada
  why: The old title was wrong.
  until: 2026-01-01
"""
NONE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class State:
    """One red state.

    Attributes:
        code: the exit code.
        says: the sentence of stderr, whole, where the command ended early; else words of stdout.
            `…` stands for anything, 127.0.0.1:8080 for the server.
        arguments: of `ackproof`; `URL` stands for the server in them and in the files.
        server: `reference`, or a habit of `conftest.Sick` and what it is told; empty without one.
        files: what lies in the working directory.
        variables: of the environment.

    """

    code: int
    says: str
    arguments: tuple[str, ...] = BY_FILE
    server: tuple[object, ...] = ()
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def early(self) -> bool:
        """Whether it ends the command before anything is judged, by a sentence on stderr."""
        return self.code in {2, 3}


def described(text: str | bytes, says: str, **more: str) -> State:
    """A state of the target file."""
    return State(2, says, files={"conformance.toml": text}, variables=more)


def said(says: str, *arguments: str) -> State:
    """A state of the arguments."""
    return State(2, says, arguments)


def waived(code: int, says: str, requirement: str, expires: str, scope: str = "s1") -> State:
    """A state of an entry of the waivers file."""
    entry = (
        f'[[waiver]]\nrequirement = "{requirement}"\nfingerprint = "00112233aabbccdd"\n'
        f'reason = "r"\nissue = "https://example.org/1"\nowner = "o"\nexpires = "{expires}"\n'
    )
    files = {"conformance.toml": WAIVED.replace("s1", scope), "waivers.toml": entry}
    return State(code, says, (*BY_FILE, *ONLY), ("reference",), files)


def answered(says: str, *habit: object, flags: tuple[str, ...] = ()) -> State:
    """A state of a server that cannot be judged."""
    return State(3, says, (*BY_FLAGS, *flags), habit)


def reviewed(code: int, says: str, *flags: str, **files: str) -> State:
    """A state of a review; a file is named by its stem, and those of the contract lie there."""
    named = {f"{name}.yaml": text for name, text in {"old": CONTRACT, "new": CONTRACT}.items()}
    named |= {NAMES.get(name, f"{name}.yaml"): text for name, text in files.items()}
    return State(code, says, ("review", "old.yaml", "new.yaml", *flags), files=named)


NAMES: Final = {"policy": "review.toml", "approvals": "spec-approvals.yaml"}
REVIEW: Final = {
    "no policy file": reviewed(
        2,
        "strict.toml cannot be read: No such file or directory. Correct the path.",
        *("--policy", "strict.toml"),
    ),
    "an unknown clause of a policy": reviewed(
        2,
        'review.toml (line 2): gate.fail-on knows no "guarantee=weaken". Did you mean '
        "guarantee=weakened?",
        policy='[gate]\nfail-on = ["guarantee=weaken"]\n',
    ),
    "an unknown key of a policy": reviewed(
        2,
        "review.toml (line 2): [gate] has no key fail_on. Did you mean fail-on?",
        policy="[gate]\nfail_on = []\n",
    ),
    "a relabelled rule without a reason": reviewed(
        2,
        "review.toml (line 1): [[rules]] lacks why; expected: why its labels are others here, in "
        "words.",
        policy='[[rules]]\nid = "property-added"\nclients = "ok"\n',
    ),
    "an approval that nobody filled in": reviewed(
        2,
        "spec-approvals.yaml (line 4): who is YOUR NAME still. Fill in who, why and until.",
        approvals=APPROVED.replace("Ada", "YOUR NAME"),
    ),
    "an approval that is not whole": reviewed(
        2,
        "spec-approvals.yaml (line 1): the entry lacks why; expected: why the change may be, in "
        "words.",
        approvals=APPROVED.replace("  why: The old title was wrong.\n", ""),
    ),
    "a third side": said(
        "3 sides are given; there are two, BASE and HEAD.", "review", "one", "two", "three"
    ),
    "an unknown format": reviewed(
        2,
        "--out jsn=review.json: there is no format jsn. Did you mean json?",
        *("--out", "jsn=review.json"),
    ),
    "a review that cannot be written": reviewed(
        2,
        "build/review.json cannot be written: No such file or directory. Make room, or name "
        "another folder.",
        *("--out", "json=build/review.json"),
    ),
    "a side that is not there": State(
        3,
        "old.yaml is no file and no folder; this git repository cannot be used: not a git "
        "repository (or any …. Name the repository of the revisions: --repository PATH.",
        ("review", "old.yaml", "new.yaml"),
    ),
    "a head that nothing says the past of": State(
        3,
        "new.yaml lies in no git repository, so nothing says what it was. Name both sides: "
        "ackproof review BASE HEAD.",
        ("review", "new.yaml"),
        files={"new.yaml": CONTRACT},
    ),
    "a side that is no YAML": reviewed(
        3, "new.yaml:…: this is no YAML: did not find expected …", new="openapi: [3.1.0"
    ),
    "a side that is no OpenAPI": reviewed(
        3,
        "new.yaml:1: at the top: it lacks paths.",
        new="openapi: 3.0.4\ninfo: {title: a, version: '1'}\n",
    ),
    "a reference to the network": reviewed(
        3,
        'new.yaml:4: the reference "https://example.org/all.yaml" leads out of the contract\'s '
        "files, and no network is used.",
        new=CONTRACT.replace("description: All of them.", "$ref: 'https://example.org/all.yaml'"),
    ),
    "a change that the policy forbids": reviewed(
        1,
        "Contract review: not ready, since 1 change breaks clients",
        new=CONTRACT.replace("/letters", "/notes"),
    ),
    "an approval of what did not change": reviewed(
        5,
        "spec-approvals.yaml (line 1): nothing at new.yaml#/info/title is a change of "
        "info-changed. Remove the entry; if its change is merged, it has done its work.",
        approvals=APPROVED.replace("2026-01-01", "2199-12-31"),
    ),
    "an approval of another change": reviewed(
        5,
        "spec-approvals.yaml (line 1): the change is another one now: …, values …. Look at it "
        "anew, and approve that one if it may be.",
        new=CONTRACT.replace("title: letters", "title: notes"),
        approvals=APPROVED.replace("ed67", "0000").replace("2026-01-01", "2199-12-31"),
    ),
    "an approval that has expired": reviewed(
        5,
        "spec-approvals.yaml (line 1): the yes of Ada counted until 2026-01-01, and today is …, "
        "in UTC. Undo the change, or ask Ada for a new day.",
        new=CONTRACT.replace("title: letters", "title: notes"),
        approvals=APPROVED,
    ),
}

USAGE: Final = {
    "no target file": said(
        "absent.toml cannot be read: No such file or directory. Correct the path.",
        *("run", "-c", "absent.toml"),
    ),
    "a folder for a target file": said(
        ". cannot be read: Is a directory. Correct the path.", "run", "-c", "."
    ),
    "an unreadable target file": said(
        "/proc/self/mem cannot be read: Input/output error. Correct the path.",
        *("run", "-c", "/proc/self/mem"),
    ),
    "a target file in another encoding": described(
        b"\xff\xfe", "conformance.toml is not UTF-8 text. Save it as UTF-8."
    ),
    "a target file that is no TOML": described(
        "[target]\nurl = \n",
        "conformance.toml is not TOML: Invalid value (at line 2, column 7). Correct that place.",
    ),
    "an unknown key": described(
        LEAST + 'profile = "core"\n',
        "conformance.toml (line 4): [target] has no key profile. Did you mean profiles?",
    ),
    "an unknown table": described(
        LEAST + "[timings]\n",
        "conformance.toml (line 4): the file has no key timings. Did you mean timing?",
    ),
    "a value of another type": described(
        LEAST + "concurrency = true\n",
        'conformance.toml (line 4): target.concurrency: true is not of type "integer".',
    ),
    "a value out of range": described(
        LEAST + "concurrency = 65\n",
        "conformance.toml (line 4): target.concurrency: 65 is greater than the maximum of 64.",
    ),
    "a key that is missing": described(
        '[target]\nurl = "URL"\n', "conformance.toml (line 1): [target] lacks scope."
    ),
    "a token in the target file": described(
        LEAST + f'token = "{TOKEN}"\n',
        "conformance.toml (line 4): [target] has no key token. Did you mean token_env?",
    ),
    "a token in place of its variable": described(
        LEAST + f'token_env = "{TOKEN}"\n',
        "conformance.toml (line 4): target.token_env is no name of an environment variable: "
        "letters, digits and _, and never a token itself.",
    ),
    "a token that is not set": described(
        LEAST + 'token_env = "MY_TOKEN"\n',
        "The environment variable MY_TOKEN, which should hold the bearer token, is not set.",
    ),
    "a token that is a word of the contract": described(
        LEAST + 'token_env = "MY_TOKEN"\n',
        "conformance.toml: the secret $MY_TOKEN stands in the contract, word for word. A report "
        "shows the variable in its place everywhere, so that its evidence could be read by nobody. "
        "Give the run one that is long and drawn at random.",
        MY_TOKEN="ready",  # noqa: S106  # no secret: that is what is wrong
    ),
    "an unknown variable of ours": described(
        LEAST,
        "The environment variable ACKPROOF_TARGET_SKOPE sets nothing. "
        "Did you mean ACKPROOF_TARGET_SCOPE?",
        ACKPROOF_TARGET_SKOPE="s2",
    ),
    "an unknown profile": described(
        LEAST + 'profiles = ["cor"]\n', "There is no profile cor. Did you mean core?"
    ),
    "an unknown requirement": said(
        "There is no requirement FLR-1. Did you mean FLR-…?",
        *("run", "http://127.0.0.1:8080", "--scope", "s1", "--only", "FLR-1"),
    ),
    "an unknown id to accept": described(
        LEAST + 'accept_not_verified = ["FLR-1"]\n',
        "conformance.toml: accept_not_verified names FLR-1, which is no requirement. "
        "Did you mean FLR-…?",
    ),
    "no authorities": described(
        LEAST + 'ca_file = "ca.pem"\n',
        "conformance.toml (line 4): ca.pem cannot be read: No such file or directory.",
    ),
    "authorities that are no PEM": described(
        LEAST + 'ca_file = "conformance.toml"\n',
        "conformance.toml (line 4): conformance.toml holds no certificate as PEM.",
    ),
    "no waivers file": described(
        WAIVED, "waivers.toml cannot be read: No such file or directory. Correct the path."
    ),
    "a waiver that is not whole": State(
        2,
        "waivers.toml (line 1): [[waiver]] lacks …; expected: ….",
        files={"conformance.toml": WAIVED, "waivers.toml": "[[waiver]]\nrequirement = 'FLR-01'\n"},
    ),
    "flags that contradict each other": said(
        "target.scope is given by --set and by a flag of its own.",
        *("run", "http://127.0.0.1:8080", "--scope", "s1", "--set", "target.scope=s2"),
    ),
    "a gate without its lane": said(
        "--gate-generated gates nothing without --lane generated.", "run", "--gate-generated"
    ),
    "no scope": said(
        "The command line does not say the target's scope. Give --scope ID or a file.",
        *("run", "http://127.0.0.1:8080"),
    ),
    "no URL": said(
        "URL: the target's url 'nonsense' is not an http or https URL such as "
        "http://127.0.0.1:8080/prefix.",
        *("run", "nonsense", "--scope", "s1"),
    ),
    "a server that is not on this machine": said(
        "http://192.0.2.1 is not on this machine and a run writes to it. Describe it in a target "
        "file (-c FILE) or say --yes.",
        *("run", "http://192.0.2.1", "--scope", "s1"),
    ),
    "a number that is none": said(
        "Invalid value for '--concurrency': 'many' is not a valid integer.",
        *("run", "--concurrency", "many"),
    ),
    "no contract": State(
        2,
        "The contract file nowhere/openapi.yaml …",
        ("run",),
        variables={"ACKPROOF_SPEC": "nowhere"},
    ),
    "an unknown option": said("No such option '--report'. …", "run", "--report"),
    "an unknown command": said("No such command 'rnu'.…", "rnu"),
    "a report folder that is a file": State(
        2,
        "The report folder report cannot be written to: File exists. Name another one.",
        ("run", "--report-dir", "report"),
        files={"report": ""},
    ),
    "a report folder below a file": State(
        2,
        "The report folder report/today cannot be written to: Not a directory. Name another one.",
        ("run", "--report-dir", "report/today"),
        files={"report": ""},
    ),
}

UNUSABLE: Final = {
    "refused connection": State(
        3,
        "http://127.0.0.1:9 cannot be reached: no connection: refused or unreachable (…). "
        "Start the server, or correct the URL.",
        ("run", "http://127.0.0.1:9", "--scope", "s1"),
    ),
    "a name that leads nowhere": State(
        3,
        "http://nowhere.invalid cannot be reached: no connection: refused or unreachable (…). "
        "Start the server, or correct the URL.",
        ("run", "http://nowhere.invalid", "--scope", "s1", "--yes"),
    ),
    "TLS asked of a server that speaks none": State(
        3,
        "https://127.0.0.1:8080 cannot be reached: no connection: the TLS handshake failed (…). "
        "If it speaks no TLS there, say http:// in the URL; else correct the URL.",
        ("run", "TLS", "--scope", "s1"),
        ("says", 400, b"<h1>Bad request</h1>", HTML),
    ),
    "a connection that breaks off": answered(
        "http://127.0.0.1:8080 cannot be reached: no whole answer: …. See what the server's log "
        "says; if it speaks TLS at this port, say https://.",
        "resets",
    ),
    "no answer in time": answered(
        "http://127.0.0.1:8080 cannot be reached: no answer: timed out after 0.3 s. "
        "Start the server, or correct the URL.",
        "hangs",
        flags=("--set", "timing.request_timeout=0.3"),
    ),
    "not ready": answered(
        "http://127.0.0.1:8080 is not ready: GET /api/scopes/s1/members → 503, "
        "Retry-After: 120. Wait until it is, then run again.",
        *("says", 503, b"", ("retry-after", "120")),
        flags=("--limit", "0.1"),
    ),
    "a page in place of the API": answered(
        "http://127.0.0.1:8080 does not answer as this API: GET /api/scopes/s1/members → 200, and "
        "its body is not a JSON object of the contract. Give the base URL before /api, with any "
        "path prefix.",
        *("says", 200, b"<h1>It works!</h1>", HTML),
    ),
    "another API": answered(
        "http://127.0.0.1:8080 does not answer as this API: GET /api/scopes/s1/members → 404, and "
        "its body is not a JSON object of the contract. Give the base URL before /api, with any "
        "path prefix.",
        *("says", 404, b'{"error": "no such route"}'),
    ),
    "a redirect": answered(
        "http://127.0.0.1:8080 redirects to another place, and a run follows no redirect: "
        "GET /api/scopes/s1/members → 302, Location: https://login.example/. If the API is there, "
        "name that base URL.",
        *("says", 302, b"", ("location", "https://login.example/")),
    ),
    "a token that is refused": answered(
        "http://127.0.0.1:8080 refuses the credential: GET /api/scopes/s1/members → 401 with "
        "an empty body. Name the environment variable that holds the token (--token-env), and a "
        "scope that it may use (--scope).",
        *("says", 401),
    ),
    "a scope that is refused": answered(
        "http://127.0.0.1:8080 refuses the credential: GET /api/scopes/s1/members → 403 with "
        "an empty body. Name the environment variable that holds the token (--token-env), and a "
        "scope that it may use (--scope).",
        *("says", 403),
    ),
}

JUDGED: Final = {
    "a MUST is broken": State(
        1,
        "exit 1: a MUST is broken",
        ("run", "URL", "--scope", FAULT, *ONLY),
        ("reference",),
    ),
    "a waiver of another finding": waived(
        1,
        "unmatched FLR-01 00112233aabbccdd until 2199-12-31 FLR-01 fails differently: the entry "
        "has 00112233aabbccdd, this run met …. Remove the entry; what is new wants a decision of "
        "its own.",
        *("FLR-01", "2199-12-31", FAULT),
    ),
    "a waiver that has expired": waived(
        1,
        "expired FLR-01 00112233aabbccdd until 2026-01-01 The entry for FLR-01 expired after "
        "2026-01-01. Mend the defect, or ask its owner for a new date.",
        *("FLR-01", "2026-01-01", FAULT),
    ),
    "a MUST is not verified": State(
        4,
        "exit 4: a MUST could not be verified",
        (*BY_FILE, *ONLY),
        ("reference",),
        {"conformance.toml": LEAST + "[implementations]\npoison = false\n"},
    ),
    "a write limit too small for the control": State(
        4,
        "exit 4: a MUST could not be verified",
        ("run", "URL", "--scope", "s1", *ONLY, "--max-writes", "1"),
        ("reference",),
    ),
    "a waiver of what is mended": waived(
        5,
        "stale FLR-01 00112233aabbccdd until 2199-12-31 FLR-01 is no longer broken, it passes. "
        "Remove the entry.",
        *("FLR-01", "2199-12-31"),
    ),
    "a waiver that has expired and is mended": waived(
        5,
        "expired FLR-01 00112233aabbccdd until 2026-01-01 The entry for FLR-01 expired after "
        "2026-01-01. Remove the entry.",
        *("FLR-01", "2026-01-01"),
    ),
    "a waiver of no requirement": waived(
        5,
        "unknown FLR-99 00112233aabbccdd until 2199-12-31 There is no requirement FLR-99. Did you "
        "mean FLR-…?",
        *("FLR-99", "2199-12-31"),
    ),
    "a waiver of what nobody judges": waived(
        5,
        "planned EPC-05 00112233aabbccdd until 2199-12-31 EPC-05 is planned: nothing judges it "
        "yet, so nothing can be waived.",
        *("EPC-05", "2199-12-31"),
    ),
    "only what is planned": State(
        7,
        "exit 7: nothing was judged",
        ("run", "URL", "--scope", "s1", "--only", "EPC-05"),
        ("reference",),
    ),
}

STATES: Final = {**USAGE, **UNUSABLE, **JUDGED, **REVIEW}

FULL: Final = (
    "The output cannot be written: No space left on device. Make room, or send it elsewhere."
)
KIT_ERRED: Final = (
    "The kit itself erred: ZeroDivisionError: division by zero. This is a defect of ackproof: run "
    "again with ACKPROOF_DEBUG=1 and report what it prints, as CONTRIBUTING.md says."
)
ELSEWHERE: Final = {
    "a full disk under the output": (2, FULL),
    "a full disk under the report": (
        2,
        "report/… cannot be written: File too large. Make room, or name another folder.",
    ),
    "the server dies in the middle": (4, "stopped answering: The target stopped answering …"),
    "a check of the kit breaks": (6, "kit error ZeroDivisionError: division by zero"),
    "a check of the plan is lost": (
        6,
        "kit error … is in the plan, and was neither performed nor left out for a reason",
    ),
    "the kit breaks outside every check": (
        6,
        KIT_ERRED,
    ),
    "Ctrl-C before anything is judged": (130, "Interrupted."),
    "Ctrl-C in the middle": (130, "exit 130: interrupted"),
    "Ctrl-C twice": (130, "Interrupted."),
    "SIGTERM in the middle": (130, "exit 130: interrupted"),
}
