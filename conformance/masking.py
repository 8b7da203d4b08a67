"""Secrets replaced wherever they stand: as they are, escaped, in base64, in hex, or cut off."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

CUT: Final = "…"
LEAST_OF_A_SECRET: Final = 4
ALIKE: Final = re.compile("[+/_-]")
ALPHABET: Final = {"+": "+-", "-": "+-", "/": "/_", "_": "/_"}
ESCAPES: Final = re.compile(r"[%\\&]")
HALF_AN_ESCAPE_AND_A_CUT: Final = re.compile(rf"(?:[%\\&][^{CUT}]{{0,10}})?{CUT}")
PERCENT: Final = "%(?:25){0,3}"
BACKSLASH: Final = rf"(?:\\|{PERCENT}5[cC])"
AND: Final = rf"(?:&|{PERCENT}26|\\{{1,7}}u0026)"
HASH: Final = f"(?:#|{PERCENT}23)"
END: Final = f"(?:;|{PERCENT}3[bB])"
ENTITIES: Final = {"&": "|amp", "<": "|lt", ">": "|gt", '"': "|quot", "'": "|apos"}


@dataclass(frozen=True, slots=True)
class _Form:
    """What a secret may look like.

    Attributes:
        core: a text that stands in whatever matches without escapes.
        whole: matches all of it.
        beginning: matches its first characters.
        characters: each matches one of it, in order.

    """

    core: str
    whole: re.Pattern[str]
    beginning: re.Pattern[str]
    characters: tuple[re.Pattern[str], ...]


def masked(text: str, secrets: Mapping[str, str]) -> str:
    """Put the name of each secret in its place.

    Args:
        text: any text; of bytes that may be no UTF-8, each byte as the character of its number.
        secrets: printable ASCII, each with what is shown in its place.

    """
    for secret, shown in sorted(secrets.items(), key=lambda one: -len(one[0])):
        escapes = ESCAPES.search(text)
        for form in _forms(secret):
            if escapes or form.core in text:
                text = form.whole.sub(shown.replace("\\", r"\\"), text)
            if CUT in text:
                text = _without_the_cut(text, form, shown)
    return text


def _without_the_cut(text: str, form: _Form, shown: str) -> str:
    """Put the name in the place of what a cut has left of a secret."""
    kept: list[str] = []
    done = 0
    for met in form.beginning.finditer(text):
        end = _furthest(form, text, met.start())
        if met.start() >= done and HALF_AN_ESCAPE_AND_A_CUT.match(text, end):
            kept += [text[done : met.start()], shown]
            done = text.index(CUT, end)
    return "".join([*kept, text[done:]])


def _furthest(form: _Form, text: str, start: int) -> int:
    """Return where the characters of the form end that stand from a place on, in order."""
    for character in form.characters:
        met = character.match(text, start)
        if met is None:
            break
        start = met.end()
    return start


@lru_cache(maxsize=64)
def _forms(secret: str) -> tuple[_Form, ...]:
    """Return what a secret may look like, each cut to no fewer than four of its characters."""
    in_hex = secret.encode().hex()
    least = LEAST_OF_A_SECRET
    return (
        _form(secret, map(_escaped, secret), least),
        *(_form(one, one, 2 * least) for one in (in_hex, in_hex.upper())),
        *(_form(one, map(_in_either, one), least + 2) for one in _in_base64(secret)),
    )


def _form(spelt: str, patterns: Iterable[str], least: int) -> _Form:
    each = tuple(patterns)
    return _Form(
        max(ALIKE.split(spelt), key=len),
        re.compile("".join(each)),
        re.compile("".join(each[:least])),
        tuple(map(_compiled, each)),
    )


_compiled = lru_cache(maxsize=256)(re.compile)


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what base64 makes of a secret behind 0, 1 and 2 bytes.

    The characters at its ends, which hold bits of its neighbours too, are left out.
    """
    for before in range(3):
        encoded = b64encode(b"\0" * before + secret.encode()).decode()
        own = encoded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        if len(own) >= LEAST_OF_A_SECRET:
            yield own


def _in_either(character: str) -> str:
    """Match a character of base64 in both alphabets; one that a URL would escape, so too."""
    both = ALPHABET.get(character)
    return f"(?:{'|'.join(_escaped(one) for one in both)})" if both else character


@lru_cache(maxsize=256)
def _escaped(character: str) -> str:
    r"""Match an ASCII character as itself, and escaped, up to three times over.

    As %XX of a URL, as \uXXXX of JSON, \xXX or \OOO of a string, and as an entity of HTML.
    """
    number = ord(character)
    digits = "".join(f"[{one}{one.upper()}]" for one in f"{number:02x}")
    named = ENTITIES.get(character, "")
    in_url = rf"{PERCENT}{digits}"
    in_string = rf"{BACKSLASH}{{1,7}}(?:(?:u00|x){digits}|{number:03o})"
    in_html = rf"{AND}(?:amp{END}){{0,3}}(?:{HASH}(?:0*{number}|[xX]0*{digits}){named}){END}"
    quoted = rf"{BACKSLASH}{{0,7}}" if character in "\"'\\/" else ""
    return f"(?:{in_string}|{quoted}(?:{in_html}|{in_url}|{re.escape(character)}))"
