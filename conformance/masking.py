"""Secrets replaced wherever they stand: as they are, escaped, in base64, in hex, or cut off."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

CUT: Final = "…"
LEAST_OF_A_SECRET: Final = 4
ALIKE: Final = re.compile("[+/_-]")
ALPHABET: Final = {"+": "+-", "-": "+-", "/": "/_", "_": "/_"}
ESCAPES: Final = re.compile(r"[%\\&]")
HALF_AN_ESCAPE_AND_A_CUT: Final = re.compile(rf"(?:(?:[%\\&]|(?<=\\))[^{CUT}]{{0,10}})?{CUT}")
PERCENT: Final = "%(?:25){0,3}"
BACKSLASH: Final = rf"(?:\\|{PERCENT}5[cC])"
PLAIN: Final = r"\\"
BACKSLASHES: Final = re.compile(r"\\+|[^\\]")
MOST_FOR_ONE: Final = 8
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
        characters: each matches one of it, or some backslashes that stand together, in order.

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
        _form(secret, _spelt, least),
        *(_form(one, list, 2 * least) for one in (in_hex, in_hex.upper())),
        *(_form(one, _in_either, least + 2) for one in _in_base64(secret)),
    )


def _form(text: str, patterns: Callable[[str], Iterable[str]], least: int) -> _Form:
    return _Form(
        max(ALIKE.split(text), key=len),
        re.compile("".join(patterns(text))),
        re.compile("".join(patterns(text[:least]))),
        tuple(map(_compiled, patterns(text))),
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


def _in_either(text: str) -> Iterator[str]:
    """Match each character of base64 in both alphabets; one that a URL would escape, so too."""
    for character in text:
        both = ALPHABET.get(character)
        yield f"(?:{'|'.join(_escaped(one) for one in both)})" if both else character


def _spelt(text: str) -> Iterator[str]:
    """Match each character of a text in every spelling, but backslashes side by side at once.

    How many of the backslashes before a character escape it and how many are the text's own, nobody
    can tell. To try each share of them takes time that grows with the power of their number, so
    they are counted together, with what escapes the character behind them. For the same reason a
    text that itself spells a backslash behind one is looked for with plain ones only.
    """
    backslash = PLAIN if re.search(rf"{PLAIN}(?!{PLAIN})(?:{_any_backslash()})", text) else None
    behind = False
    for met in BACKSLASHES.findall(text):
        own = met.count("\\")
        most = MOST_FOR_ONE * (own + 1)
        several = rf"(?:{backslash or _any_backslash()}){{{own},{most}}}"
        yield several if own else _escaped(met, behind_backslashes=behind)
        behind = own > 0


@cache
def _any_backslash() -> str:
    """Match a backslash, or behind one what makes it one that is escaped."""
    in_html = _in_html("\\", f"&|{PERCENT}26|u0026")
    return rf"{BACKSLASH}|{in_html}|u005[cC]|x5[cC]|134"


@lru_cache(maxsize=512)
def _escaped(character: str, *, behind_backslashes: bool = False) -> str:
    r"""Match an ASCII character as itself, and escaped, up to three times over.

    As %XX of a URL, as \uXXXX of JSON, \xXX or \OOO of a string, and as an entity of HTML. No
    two ways to match one text lead to one end, since a long text would be tried in all of them.

    Args:
        character: which is no backslash.
        behind_backslashes: whether those that escape it are matched already.

    """
    digits = _digits(character)
    escapes = "" if behind_backslashes else rf"{BACKSLASH}{{1,7}}"
    quoted = rf"{BACKSLASH}{{0,7}}" if character in "\"'/" and not behind_backslashes else ""
    in_string = rf"{escapes}(?:(?:u00|x){digits}|{ord(character):03o})"
    in_html = _in_html(character, rf"{quoted}(?:&|{PERCENT}26)|{escapes}u0026")
    return f"(?:{in_string}|{in_html}|{quoted}(?:{PERCENT}{digits}|{re.escape(character)}))"


def _in_html(character: str, ampersand: str) -> str:
    number, named = ord(character), ENTITIES.get(character, "")
    by_number = f"{HASH}(?:0*{number}|[xX]0*{_digits(character)})"
    return rf"(?:{ampersand})(?:amp{END}){{0,3}}(?:{by_number}{named}){END}"


def _digits(character: str) -> str:
    return "".join(f"[{one}{one.upper()}]" for one in f"{ord(character):02x}")
