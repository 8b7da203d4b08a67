"""No secret is kept in any spelling, and what is no secret stays as it is."""

import html
import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.evidence.comparing import same_judgement
from conformance.evidence.redaction import KEPT, REDACTED, kept_body, kept_header
from conformance.masking import masked

NAME: Final = "$ACKPROOF_TOKEN"
PRINTABLE: Final = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
TOKENS: Final = st.text(PRINTABLE, min_size=8, max_size=60)
AROUND: Final = st.text(st.characters(codec="utf-8"), max_size=12)
HEX: Final = re.compile(r"[0-9a-fA-F]{2,}")
BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]+")
SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "raw": lambda text: text,
    "escaped in a URL": lambda text: quote(text, safe=""),
    "escaped in lower case": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "escaped twice": lambda text: quote(quote(text, safe="")),
    "in JSON": json.dumps,
    "in JSON, all escaped": lambda text: "".join(f"\\u{ord(one):04x}" for one in text if one < "￿"),
    "in a string, in hex": lambda text: "".join(f"\\x{ord(one):02x}" for one in text if one < "ÿ"),
    "in a string, in octal": lambda text: "".join(f"\\{ord(one):03o}" for one in text if one < "ÿ"),
    "in HTML": html.escape,
    "in HTML, twice": lambda text: html.escape(html.escape(text)),
    "in HTML, all by number": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "in JSON in a URL": lambda text: quote(json.dumps(text), safe=""),
    "in JSON in HTML": lambda text: html.escape(json.dumps(text)),
    "in HTML in a URL": lambda text: quote(html.escape(text), safe=""),
    "in HTML in JSON of Go": lambda text: json.dumps(html.escape(text)).replace("&", "\\u0026"),
    "in hex": lambda text: text.encode().hex(),
    "in hex, upper": lambda text: text.encode().hex().upper(),
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "in base64": lambda text: b64encode(text.encode()).decode(),
    "in base64 of a URL": lambda text: urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "in base64 in a URL": lambda text: quote(b64encode(text.encode()).decode(), safe=""),
}


def readings(text: str) -> list[str]:
    """What somebody who looks for a secret would read a text as."""
    unescaped = unquote(unquote(text, "latin-1"), "latin-1")
    plain = re.sub(r"\\+u00([0-9a-fA-F]{2})", lambda met: chr(int(met[1], 16)), unescaped)
    by_hex = re.sub(r"\\+x([0-9a-fA-F]{2})", lambda met: chr(int(met[1], 16)), text)
    by_octal = re.sub(r"\\+([0-7]{3})", lambda met: chr(int(met[1], 8)), text)
    read = [text, unescaped, plain, re.sub(r"\\+(.)", r"\1", plain), by_hex, by_octal]
    read += [html.unescape(text), html.unescape(html.unescape(text))]
    read += [bytes.fromhex(run[: len(run) // 2 * 2]).decode("latin-1") for run in HEX.findall(text)]
    for run in BASE64_RUN.findall(unescaped.replace("-", "+").replace("_", "/")):
        for start in range(4):
            whole = run[start : start + (len(run) - start) // 4 * 4]
            read.append(b64decode(whole).decode("latin-1"))
    return read


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
@settings(max_examples=40, deadline=None)
@given(TOKENS, AROUND, AROUND)
def test_no_spelling_of_a_secret_survives(
    spelling: Callable[[str], str], token: str, before: str, after: str
) -> None:
    assume(token not in NAME)

    kept = masked(spelling(before + token + after), {token: NAME})

    assert NAME in kept
    assert [one for one in readings(kept) if token in one.replace(NAME, "")] == []


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
@settings(max_examples=10, deadline=None)
@given(st.text("abcdefghijkl0123456789", min_size=20, max_size=60), st.data())
def test_a_secret_that_was_cut_off_is_kept_in_no_spelling(
    spelling: Callable[[str], str], token: str, data: st.DataObject
) -> None:
    spelt = spelling(token)
    length = data.draw(st.integers(len(spelt) * 2 // 3, len(spelt) * 3 // 4))

    kept = masked(f"it says {spelt[:length]}… and more", {token: NAME})

    quotes = spelling("")
    assert kept == f"it says {quotes[: len(quotes) // 2]}{NAME}… and more"


@pytest.mark.parametrize(
    "cut", [r"\u0071\u0077\u0065\u0072\u…", r"\x71\x77\x65\x72\x…", r"\161\167\145\162\1…"]
)
def test_a_cut_in_the_escape_of_a_backslash_leaves_nothing_before_it(cut: str) -> None:
    assert masked(f"it says {cut}", {"qwer\\ant": NAME}) == f"it says {NAME}…"


@settings(deadline=None)
@given(TOKENS, st.binary(max_size=12), st.binary(max_size=12))
def test_a_body_that_is_no_text_keeps_no_secret_and_everything_else(
    token: str, before: bytes, after: bytes
) -> None:
    whole = before + token.encode() + after
    assume(token not in NAME)
    assume(whole.count(token.encode()) == 1)
    assume(not {*b"%\\&"} & {*whole})

    kept = kept_body(whole, {token: NAME})

    assert kept == before + NAME.encode() + after


@settings(deadline=None)
@given(AROUND, TOKENS)
def test_what_holds_no_secret_stays(text: str, token: str) -> None:
    assume(token not in text)
    assume("%" not in text)
    assume("\\" not in text)
    assume("&" not in text)
    assume(not BASE64_RUN.search(text))

    assert masked(text, {token: NAME}) == text


@settings(deadline=None)
@given(st.sampled_from(sorted(KEPT)), st.text("0123456789 ;=,", max_size=20))
def test_a_listed_header_keeps_its_value(name: str, value: str) -> None:
    assert kept_header(name.title(), value, {"s3cr3t-token": NAME}) == value


@settings(deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1), AROUND)
def test_a_header_that_is_not_listed_loses_its_value(name: str, value: str) -> None:
    assume(name not in KEPT)

    assert kept_header(name, value, {}) == REDACTED


def test_a_secret_that_is_split_over_the_parts_of_a_header_is_not_kept() -> None:
    secrets = {"s3cr3t-token": NAME}

    assert kept_header("vary", "accept, s3cr3t, -token", secrets) == REDACTED
    assert kept_header("vary", "accept, s3cr3t-token", secrets) == f"accept, {NAME}"


@pytest.mark.parametrize(
    ("value", "kept"),
    [("Bearer $ACKPROOF_TOKEN", "Bearer $ACKPROOF_TOKEN"), ("Basic dTpw", REDACTED)],
    ids=["the variable's name", "a credential"],
)
def test_of_a_credential_only_the_name_of_its_variable_is_kept(value: str, kept: str) -> None:
    assert kept_header("authorization", value, {}) == kept


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    secrets = {"s3cr3t": "$SHORT", "s3cr3t-token": "$LONG"}

    assert masked("s3cr3t-token and s3cr3t", secrets) == "$LONG and $SHORT"


HOSTILE: Final = {
    "backslashes": ("\\", "\\"),
    "backslashes in a URL": ("\\", "%5c"),
    "backslashes in JSON": ("\\", "\\u005c"),
    "slashes behind backslashes": ("\\/", "\\\\\\/"),
    "quotes in HTML in JSON": ('"', "\\\\\\\\u0026quot;"),
    "backslashes that are spelt in the token": ("\\u005c", "\\u005c"),
}


@pytest.mark.parametrize(("piece", "spelt"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_long_token_of_signs_that_are_escaped_is_masked_amid_many(piece: str, spelt: str) -> None:
    token = piece * 12 + "xyz"

    kept = masked(spelt * 2000 + spelt * 12 + "xyz" + spelt * 2000, {token: NAME})

    assert kept.count(NAME) == 1
    assert "xyz" not in kept


SIGNS: Final = st.lists(st.sampled_from(["\\", "\\\\\\", *"/\"'&%a1"]), min_size=4, max_size=9)


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
@settings(max_examples=40, deadline=None)
@given(SIGNS.map("".join))
def test_no_spelling_of_a_secret_of_signs_that_are_escaped_survives(
    spelling: Callable[[str], str], token: str
) -> None:
    kept = masked(spelling(f"before {token} after"), {token: NAME})

    assert NAME in kept
    assert [one for one in readings(kept) if token in one.replace(NAME, "")] == []


@settings(deadline=None)
@given(TOKENS, st.text("ab '\"", max_size=12))
def test_what_was_quoted_with_a_secret_in_it_is_what_is_quoted_with_its_name(
    token: str, behind: str
) -> None:
    assume(token not in NAME)
    assume(not {*token} <= {*"ab'\"\\"})
    stored = {"actual": masked(repr({"title": f"{token} {behind}"}), {token: NAME})}
    again = {"actual": repr({"title": f"{NAME} {behind}"})}

    assert same_judgement(stored, again, [NAME])
    assert not same_judgement(stored, {"actual": repr({"title": f"{NAME} {behind}c"})}, [NAME])


def test_without_a_secret_in_it_what_is_quoted_otherwise_is_something_else() -> None:
    assert not same_judgement({"actual": "'a'"}, {"actual": '"a"'}, [NAME])
