"""A server repeats every secret in every spelling and breaks everything; no output holds one."""

import gzip
import html
import json
import os
import re
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from gateway import Answer, Asked, Send, gateway

ACKPROOF: Final = str(Path(sys.executable).parent / "ackproof")
CORES: Final = ("Qz7Kx2Wv9Rt4Ym", "Jb3Nf8Ld5Gs1Hc")
TOKEN: Final = f'tok"{CORES[0]}/+~='
TENANT: Final = f"ten&'{CORES[1]}<\\ant"
DESCRIBED: Final = """
[target]
url = "{url}"
scope = "s1"
token_env = "CANARY_TOKEN"
profiles = ["core"]
completion_limit = 0.5

[target.headers]
X-Tenant = {{ env = "CANARY_TENANT" }}
"""
SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "raw": lambda text: text,
    "in a URL": lambda text: quote(text, safe=""),
    "in a URL, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in a URL, all": lambda text: "".join(f"%{ord(one):02x}" for one in text),
    "in JSON": json.dumps,
    "in JSON, all": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "in a string, in hex": lambda text: "".join(f"\\x{ord(one):02X}" for one in text),
    "in a string, in octal": lambda text: "".join(f"\\{ord(one):03o}" for one in text),
    "in HTML": html.escape,
    "in HTML, all": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "in HTML, all in hex": lambda text: "".join(f"&#x{ord(one):x};" for one in text),
    "in JSON in a URL": lambda text: quote(json.dumps(text), safe=""),
    "in HTML in a URL": lambda text: quote(html.escape(text), safe=""),
    "in hex": lambda text: text.encode().hex(),
    "in hex, upper": lambda text: text.encode().hex().upper(),
    "in base64": lambda text: b64encode(text.encode()).decode(),
    "in base64 behind one": lambda text: b64encode(b":" + text.encode()).decode(),
    "in base64 behind two": lambda text: b64encode(b"u:" + text.encode()).decode(),
    "in base64 of a URL": lambda text: urlsafe_b64encode(text.encode()).decode().rstrip("="),
}
LEADING: Final = {"commandId", "memberId", "stage", "status", "statusUrl"}
EXTRA: Final = {TOKEN: TENANT}
TOLD: Final = [spell(secret) for secret in (TOKEN, TENANT) for spell in SPELLINGS.values()]


def needles() -> Iterator[str]:
    """The cores of the secrets as each spelling has them, without what depends on neighbours."""
    for core in CORES:
        for name, spell in SPELLINGS.items():
            shift = {"in base64 behind one": 1, "in base64 behind two": 2}.get(name, 0)
            spelt = spell(core).strip('"=')
            yield spelt[shift + (shift > 0) : -2] if "base64" in name else spelt


def leaks(text: str) -> list[str]:
    """What of a secret somebody finds who looks for it in every spelling, split or whole."""
    joined = re.sub(r"[\s,;\"]+", "", text)
    return [one for one in needles() if one.lower() in text.lower() or one in joined]


class Liar:
    """Lets the control through, and then answers everything wrongly, with a secret in it."""

    def __init__(self) -> None:
        self.numbers = count()
        self.created = 0

    def __call__(self, asked: Asked, send: Send) -> Answer:
        creates = asked.method == "POST" and asked.target.endswith("/members")
        self.created += creates
        answer = send(asked)
        number = next(self.numbers)
        if self.created > 1 and number % 97 == 0:
            raise ConnectionError
        if self.created > 1 and number % 41 == 0:
            return self.echoed(Answer(500, {"content-type": "text/html"}, self.page(number)))
        return self.echoed(self.lie(answer) if self.created > 1 else answer)

    def page(self, number: int) -> bytes:
        return f"<h1>{TOLD[number % len(TOLD)]}</h1>".encode() + b"\xff" * (number % 2)

    def lie(self, answer: Answer) -> Answer:
        """Put secrets in the place of texts, but leave what leads on to more requests."""
        try:
            document = json.loads(answer.body)
        except ValueError:
            return answer
        body = json.dumps(self.twisted(document)).encode()
        return replace(
            answer, headers={**answer.headers, "location": f"/{quote(TOKEN)}"}, body=body
        )

    def twisted(self, value: Any) -> Any:  # noqa: ANN401  # any JSON value
        match value:
            case dict():
                kept = {name: value[name] for name in LEADING & value.keys()}
                return {name: self.twisted(one) for name, one in value.items()} | kept | EXTRA
            case list():
                return [self.twisted(one) for one in value]
            case str():
                return TOLD[next(self.numbers) % len(TOLD)]
            case _:
                return value

    def echoed(self, answer: Answer) -> Answer:
        """Repeat the secrets in headers that are kept and in one that is not."""
        number = next(self.numbers)
        half = len(TOKEN) // 2
        told = {
            "server": f"liar {TOLD[number % len(TOLD)]}",
            "vary": f"accept, {TOKEN[:half]}, {TOKEN[half:]}",
            "via": f"1.1 {html.escape(TENANT)}",
            "x-echo": TOKEN,
            "x-request-id": TOKEN.encode().hex(),
        }
        return Answer(answer.status, {**answer.headers, **told}, answer.body)


def outputs_of(folder: Path, *command: str) -> tuple[int, dict[str, str]]:
    """Run a command in a folder; return its exit code, and all that it printed and wrote."""
    secrets = {"CANARY_TOKEN": TOKEN, "CANARY_TENANT": TENANT}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **secrets, "ACKPROOF_DEBUG": "1"},
        timeout=120,
    )
    outputs = {"stdout": done.stdout, "stderr": done.stderr}
    for file in (one for one in folder.rglob("*") if one.is_file()):
        content = file.read_bytes()
        packed = file.suffix == ".gz"
        outputs[file.name] = (gzip.decompress(content) if packed else content).decode()
    return done.returncode, outputs


@pytest.fixture
def lied_to(reference_server: Callable[..., str], tmp_path: Path) -> Iterator[Path]:
    """A folder whose target file names the liar."""
    with gateway(reference_server("--deadline", "500"), Liar()) as url:
        (tmp_path / "conformance.toml").write_text(DESCRIBED.format(url=url), encoding="utf-8")
        yield tmp_path


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("secret", [TOKEN, TENANT], ids=["token", "header"])
def test_the_search_finds_a_secret_in_each_spelling(
    secret: str, spell: Callable[[str], str]
) -> None:
    assert leaks(f"before {spell(secret)} after")


def test_no_output_of_a_run_that_fails_everywhere_holds_a_secret(lied_to: Path) -> None:
    code, outputs = outputs_of(
        lied_to, ACKPROOF, "run", "-c", "conformance.toml", "--report-dir", "out"
    )

    report = json.loads(outputs["report.json"])
    assert code == 1, outputs["stdout"] + outputs["stderr"]
    assert len(report["failed"]) > 10
    assert {name: found for name, text in outputs.items() if (found := leaks(text))} == {}
    assert "$CANARY_TOKEN" in outputs["stdout"]
    assert {"stderr", "trace.jsonl.gz", "report.html", "junit.xml"} < outputs.keys()
