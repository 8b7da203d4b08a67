"""Whose a member is that bears a name of the server's making: the run's, or an older one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from conformance.exchange import Exchange
from conformance.history import http_date, instant

SLACK_SECONDS: Final = 60.0
STEPS: Final = ("", ".", "..")


@dataclass(frozen=True, slots=True)
class Ownership:
    """What tells the members of a run from all others.

    Attributes:
        namespace: what is in every name of the run, and in no other name.
        began: when the run began, by the clock of this machine.

    """

    namespace: str
    began: datetime

    def is_named(self, member_id: str) -> bool:
        """Whether the run itself has named it, so that nobody else's can be meant."""
        return self.namespace in member_id

    def is_ours(self, member: Mapping[str, object], answer: Exchange) -> bool:
        """Whether a member that the server named was made by the run.

        A server may answer a create with a member that was there before. By its own clock it says
        how old that one is; where it does not, the member must still be called as the run asked.

        Args:
            member: its summary.
            answer: what shows it.

        """
        created, now = instant(member.get("createdAt")), http_date(answer.header("date"))
        if created is None or now is None:
            return self.namespace in str(member.get("displayName"))
        taken = (datetime.now(UTC) - self.began).total_seconds()
        return (now - created).total_seconds() <= taken + SLACK_SECONDS


def is_one_segment(member_id: str) -> bool:
    """Whether an id leads to one member, however a gateway decodes and resolves its path."""
    return not any(one in STEPS for one in re.split(r"[/\\]", member_id))
