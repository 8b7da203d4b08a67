"""Decisions about pages, and what a request may carry."""

import re
from collections.abc import Iterable

from reference_server import requests
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.problems import Problem
from reference_server.requests import Body

LONGEST_NAME = 256
LONGEST_DESCRIPTION = 2048


class ListDecisions:
    """Honest decisions about pages, and what a request may carry."""

    def largest_page(self, operation_id: str) -> int:  # noqa: ARG002
        """Most items of a page, which is also the size where none is asked for."""
        return 200

    def page_size(self, asked: str | None, largest: int, refusal: Problem) -> int:
        """Give the most items of a page; raise the refusal unless a number from 1 is asked for."""
        if asked is None:
            return largest
        if not (asked.isascii() and asked.isdigit() and int(asked[:9]) > 0):
            raise refusal
        return min(int(asked[:9]), largest)

    def page_start(self, start: int) -> int:
        """Give the index of a page's first item; `start` follows the last of the page before."""
        return start

    def next_page_token(self, token: str, *, more: bool) -> str | None:
        """Give the nextPageToken of a page; `token` continues after its last item."""
        return token if more else None

    def bad_page_token(self, refusal: Problem) -> None:
        """Answer a page token that no list gave; None, if not raised, is the first page."""
        raise refusal

    def takes_token_of(self, named: list[str], own: list[str]) -> bool:
        """Say whether a token that names a list, operationId and scope first, fits this one."""
        return named == own

    def scope_listed(self, scope_id: str, named_by_token: str | None) -> str:  # noqa: ARG002
        """Give the scope whose members a roster shows; a page token names one too."""
        return scope_id

    def roster(self, scope_id: str, members: Iterable[Member]) -> Iterable[Member]:  # noqa: ARG002
        """Choose the members that a roster lists."""
        return members

    def member_kind(self, body: Body) -> str:
        """Read the implementationKind of a create; raise the family's refusal."""
        return requests.kind(body)

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Read an identifier from a body, in the one form that it has on every route."""
        return body.text(name, form, longest)

    def display_name(self, body: Body) -> str:
        """Read the displayName of a create or a change: one line, not blank, trimmed."""
        return body.needed("displayName", requests.ONE_LINE, LONGEST_NAME)

    def description(self, body: Body) -> str | None:
        """Read the description of a create or a change."""
        return body.text("description", requests.TEXT, LONGEST_DESCRIPTION)

    def roster_newest_first(self) -> bool:
        """Say whether a roster begins with the newest member."""
        return False

    def roster_shown(self, roster: Document) -> Document:
        """Give a page of the roster in its last form."""
        return roster
