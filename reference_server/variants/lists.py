"""Legitimate ways to cut lists."""

from reference_server.behaviour import Behaviour
from reference_server.problems import Problem


class PagesOfFifty(Behaviour):
    """Gives at most 50 items a page."""

    def largest_page(self, operation_id: str) -> int:
        """Cut earlier."""
        return min(50, super().largest_page(operation_id))


class RefusesLargePages(Behaviour):
    """Refuses a pageSize above the largest, and takes 0 for the default."""

    def page_size(self, asked: str | None, largest: int, refusal: Problem) -> int:
        """Refuse in place of clamping."""
        if asked is not None and asked.isascii() and asked.isdigit() and int(asked[:9]) > largest:
            raise refusal
        return super().page_size(None if asked == "0" else asked, largest, refusal)


class NewestFirst(Behaviour):
    """Lists the newest member first."""

    def roster_newest_first(self) -> bool:
        """Turn the roster round."""
        return True
