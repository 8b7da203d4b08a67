"""What a change is reviewed against, as the CI server tells it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.ci.event import event_of
from conformance.ci.inputs import InputsUnusable
from conformance.review import git

OF_GITLAB: Final = ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA")
OF_A_MERGE: Final = 3


def base_of(environment: Mapping[str, str]) -> str:
    """Return the commit of the branch that a change is to go into; "" where no change is told.

    On GitHub that is the first parent of the merge that it made of the pull request, where that
    merge is checked out: the base that the event names may be older, and then the review would
    tell the changes of others. The review itself looks for where the head left it.

    Raises:
        InputsUnusable: the base itself is checked out.

    """
    event = event_of(environment)
    if "merge_group" in event:
        return str(event["merge_group"]["base_sha"])
    if "pull_request" not in event:
        return next((environment[name] for name in OF_GITLAB if environment.get(name)), "")
    base, head = (str(event["pull_request"][side]["sha"]) for side in ("base", "head"))
    checked_out = _with_parents()
    if checked_out[:1] == [base]:
        raise InputsUnusable(
            f"The base of the pull request ({base[:7]}) is checked out, so nothing of the pull "
            "request would be reviewed. Run the job on pull_request, and give actions/checkout "
            "no other ref."
        )
    is_merge = len(checked_out) == OF_A_MERGE and checked_out[2] == head
    return checked_out[1] if is_merge else base


def _with_parents() -> list[str]:
    """Return the commit that is checked out, and its parents as far as the clone has them."""
    return (git.ask(Path(), "rev-list", "--parents", "--max-count=1", "HEAD") or "").split()
