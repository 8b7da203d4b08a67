"""Secrets that a server repeats, every spelling of them, and the search for what is left of one."""

import gzip
import html
import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

CORES: Final = {
    "CANARY_TOKEN": "Qz7Kx2Wv9Rt4Ym",
    "CANARY_TENANT": "Jb3Nf8Ld5Gs1Hc",
    "CANARY_OTHER": "Pd6Hs1Gk8Zc3Vb",
}
SECRETS: Final = {
    "CANARY_TOKEN": f'tok"{CORES["CANARY_TOKEN"]}/+~=',
    "CANARY_TENANT": f"ten&'{CORES['CANARY_TENANT']}<\\ant",
    "CANARY_OTHER": f"oth%{CORES['CANARY_OTHER']}>+~/",
}
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
TOLD: Final = [spell(secret) for secret in SECRETS.values() for spell in SPELLINGS.values()]
ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BETWEEN: Final = re.compile(r"[\s,;\"]+")
PACKED_BODY: Final = re.compile(r'"body_base64": ?"([A-Za-z0-9+/=]+)"')


def needles(secrets: Iterable[str]) -> Iterator[str]:
    """The cores of secrets as each spelling has them, without what depends on neighbours."""
    for core in (CORES[name] for name in secrets):
        for name, spell in SPELLINGS.items():
            shift = {"in base64 behind one": 1, "in base64 behind two": 2}.get(name, 0)
            spelt = spell(core).strip('"=')
            yield spelt[shift + (shift > 0) : -2] if "base64" in name else spelt


def leaks(text: str, *secrets: str) -> set[str]:
    """What of the secrets, by default of all, is found in any spelling, split or whole."""
    plain = ANSI.sub("", text)
    joined = BETWEEN.sub("", plain)
    lowered, lowered_joined = plain.lower(), joined.lower()
    return {
        one
        for one in needles(secrets or SECRETS)
        if one.lower() in lowered or BETWEEN.sub("", one).lower() in lowered_joined
    }


def read(path: Path) -> str:
    """Return all that a file holds: unpacked, and with the bodies that it holds as base64."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    bodies = [b64decode(one).decode("latin-1") for one in PACKED_BODY.findall(text)]
    return "\n".join([text, *bodies])


def files_in(folder: Path) -> dict[str, str]:
    """Return what each file below a folder holds, by its path."""
    return {
        path.relative_to(folder).as_posix(): read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
