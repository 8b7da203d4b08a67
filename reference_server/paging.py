"""Pages of a list, with opaque tokens bound to the list that gave them."""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from reference_server import problems
from reference_server.exchange import Call

T = TypeVar("T")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the token of the next page, None on the last one."""

    items: list[T]
    next_token: str | None


def page_of(
    call: Call,
    items: Iterable[T],
    key: Callable[[T], Key],
    *,
    newest_first: bool = False,
) -> Page[T]:
    """Cut the page that the call asks for; `key` is unique and orders the list.

    A page continues after the key of the last item of the page before, so inserts never
    repeat an item. Raises the family code for a bad pageSize, INVALID_PAGE_TOKEN.
    """
    behaviour = call.behaviour
    size, after = _size(call), _key_in(call)
    ordered = sorted(items, key=key, reverse=newest_first)
    start = 0
    if after is not None:
        past = sum(key(i) >= after if newest_first else key(i) <= after for i in ordered)
        start = behaviour.page_start(past)
    page = ordered[start : start + size]
    last = key(page[-1]) if page else after or ("", "")
    more = len(ordered) > start + size
    return Page(page, behaviour.next_page_token(_token(call, last), more=more))


def scope_of_token(call: Call) -> str | None:
    """Read the scope that the call's page token names, None without a token of ours."""
    read = _read_token(call)
    return read[0][1] if read else None


def _size(call: Call) -> int:
    largest = call.behaviour.largest_page(call.operation.operation_id)
    message = f"pageSize takes a number from 1 to {largest}."
    refusal = problems.invalid(call.family_code, message, parameter="pageSize")
    return call.behaviour.page_size(call.query.get("pageSize"), largest, refusal)


def _list_name(call: Call) -> list[str]:
    filters = [call.query.get("correlationId", "")]
    return [call.operation.operation_id, *call.ids.values(), *filters]


def _token(call: Call, key: Key) -> str:
    written = json.dumps([_list_name(call), *key]).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _key_in(call: Call) -> Key | None:
    if "pageToken" not in call.query:
        return None
    read = _read_token(call)
    if read is None or not call.behaviour.takes_token_of(read[0], _list_name(call)):
        call.behaviour.bad_page_token(problems.invalid_page_token())
        return None
    return read[1]


def _read_token(call: Call) -> tuple[list[str], Key] | None:
    """Read a token into the list that it names and its key; None if it is none of ours."""
    given = call.query.get("pageToken", "")
    try:
        padded = given + "=" * (-len(given) % 4)
        written = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        name, first, second = json.loads(written)
    except (ValueError, TypeError, RecursionError):
        return None
    texts = isinstance(name, list) and all(isinstance(one, str) for one in [*name, first, second])
    return (name, (first, second)) if texts and len(name) > 1 else None
