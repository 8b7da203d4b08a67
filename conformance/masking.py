"""Secrets replaced wherever they stand: as they are, escaped, in base64, or cut off."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

CUT: Final = "…"
LEAST_OF_A_SECRET: Final = 4
ALIKE: Final = re.compile("[+/_-]")
ALPHABET: Final = {"+": "+-", "-": "+-", "/": "/_", "_": "/_"}


def masked(text: str, secrets: Mapping[str, str]) -> str:
    """Put the name of each secret in its place.

    Args:
        text: any text; of bytes that may be no UTF-8, each byte as the character of its number.
        secrets: printable ASCII, each with what is shown in its place.

    """
    for secret, shown in sorted(secrets.items(), key=lambda one: -len(one[0])):
        text = _without_the_cut(text, secret, shown)
        escapes = "%" in text or "\\" in text
        for core, form in _forms(secret):
            if escapes or core in text:
                text = form.sub(shown.replace("\\", r"\\"), text)
    return text


def _without_the_cut(text: str, secret: str, shown: str) -> str:
    if CUT in text:
        for length in range(len(secret) - 1, LEAST_OF_A_SECRET - 1, -1):
            text = text.replace(secret[:length] + CUT, shown + CUT)
    return text


@lru_cache(maxsize=64)
def _forms(secret: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return patterns, each with a text that stands in whatever it matches without escapes."""
    plain = (secret, "".join(_escaped(one) for one in secret))
    return tuple(
        (max(ALIKE.split(spelt), key=len), re.compile(pattern))
        for spelt, pattern in (plain, *_in_base64(secret))
    )


def _in_base64(secret: str) -> Iterator[tuple[str, str]]:
    """Yield, spelt and as a pattern, what base64 makes of a secret behind 0, 1 and 2 bytes.

    The pattern takes either alphabet. The characters at its ends, which hold bits of its
    neighbours too, are left out.
    """
    for before in range(3):
        encoded = b64encode(b"\0" * before + secret.encode()).decode()
        own = encoded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        if len(own) >= LEAST_OF_A_SECRET:
            yield own, "".join(_either(one) for one in own)


def _either(character: str) -> str:
    """Match a character of base64 in both alphabets."""
    both = ALPHABET.get(character)
    return f"(?:{'|'.join(_escaped(one) for one in both)})" if both else _escaped(character)


def _escaped(character: str) -> str:
    r"""Match an ASCII character as itself, as %XX however often escaped, and as JSON's \uXXXX."""
    digits = "".join(f"[{one}{one.upper()}]" for one in f"{ord(character):02x}")
    plain = re.escape(character)
    short = rf"|\\+{plain}" if character in '"\\/' else ""
    return rf"(?:{plain}|%(?:25)*{digits}|\\+u00{digits}{short})"
