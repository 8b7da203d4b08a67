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
    size = _size(call)
    after = _key_in(call)
    ordered = sorted(items, key=key, reverse=newest_first)
    if after is not None:
        ordered = [i for i in ordered if (key(i) < after if newest_first else key(i) > after)]
    page = ordered[:size]
    more = len(ordered) > size
    return Page(page, _token(call, key(page[-1])) if more else None)


def _size(call: Call) -> int:
    given = call.query.get("pageSize")
    largest = call.behaviour.largest_page(call.operation.operation_id)
    if given is None:
        return largest
    if not (given.isascii() and given.isdigit() and int(given[:9]) > 0):
        message = f"pageSize takes a number from 1 to {largest}."
        raise problems.invalid(call.family_code, message, parameter="pageSize")
    return min(int(given[:9]), largest)


def _list_name(call: Call) -> list[str]:
    filters = [call.query.get("correlationId", "")]
    return [call.operation.operation_id, *call.ids.values(), *filters]


def _token(call: Call, key: Key) -> str:
    written = json.dumps([_list_name(call), *key]).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _key_in(call: Call) -> Key | None:
    given = call.query.get("pageToken")
    if given is None:
        return None
    try:
        padded = given + "=" * (-len(given) % 4)
        written = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        name, first, second = json.loads(written)
    except (ValueError, TypeError, RecursionError) as error:
        raise problems.invalid_page_token() from error
    if name != _list_name(call) or not (isinstance(first, str) and isinstance(second, str)):
        raise problems.invalid_page_token()
    return first, second
