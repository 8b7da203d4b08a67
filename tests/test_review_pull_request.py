"""The comment of one pull request, from two real contracts to the text that its readers see.

`python tests/test_review_pull_request.py` writes the file anew.
"""

import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from corpus_model import Contract, all_of, contracts, drop, put, rename, reworded, texts

from conformance.review.changes import Approval, Review
from conformance.review.loading import Where, load_side
from conformance.review.policy import Policy
from conformance.review.reviewing import Approvals, review
from conformance.review.sides import Side
from conformance.review.views.markdown import markdown

GOLDEN: Final = Path(__file__).parent / "data" / "review-comment-courier.md"
TODAY: Final = date(2026, 11, 29)
NEVER: Final = Approvals(TODAY)
WEAKENED: Final = (
    rename("/paths/~1parcels~1{parcelId}/delete/responses/202", "200"),
    drop("/components/schemas/Problem/properties/code/enum/3"),
    reworded(
        "/info/description", " A server MUST NOT answer 202 before the booking is stored.", ""
    ),
    reworded("/paths/~1parcels~1{parcelId}/patch/description", "correction MUST", "correction MAY"),
)
BREAKING: Final = (
    drop("/paths/~1parcels~1{parcelId}~1label"),
    put("/paths/~1quotes/post/requestBody/required", value=True),
    put("/components/schemas/Booking/properties/weight/maximum", 30),
)
AGREED: Final = drop("/paths/~1parcels~1{parcelId}/get/responses/200/headers/ETag/required")


def side(contract: Contract, name: str) -> Side:
    with TemporaryDirectory() as folder:
        for file, text in texts(contract).items():
            path = Path(folder, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return replace(load_side(folder, Where()), name=name)


def reviewed() -> Review:
    base = contracts()["courier"]
    head = copy.deepcopy(base)
    all_of(*WEAKENED, *BREAKING, AGREED)(head)
    sides = side(base, "3f2a1c0 (merge-base with main)"), side(head, "9b77e12")
    agreed = next(
        one
        for one in review(*sides, Policy(), NEVER).changes
        if one.rule == "header-became-optional"
    )
    entry = Approval(
        rule=agreed.rule,
        pointer=agreed.pointer,
        values=agreed.values,
        who="Ada Park",
        why="No client of ours sends If-None-Match.",
        until="2027-03-31",
        line=3,
    )
    return review(*sides, Policy(), Approvals(TODAY, (entry,)))


def test_four_guarantees_three_breaks_and_one_approval_make_the_comment_on_file() -> None:
    assert markdown(reviewed(), name="courier") == GOLDEN.read_text("utf-8")


def test_each_of_the_eight_edits_is_one_change_and_nothing_else_is() -> None:
    told = reviewed()

    still_open = [one for one in told.changes if one.fingerprint not in told.approved]
    assert [one.rule for one in still_open if one.guarantee == "weakened"] == [
        "must-removed",
        "must-weakened",
        "ack-status-changed",
        "failure-became-unsayable",
    ]
    assert sorted(
        one.rule for one in still_open if one.guarantee == "same" and one.clients == "breaks"
    ) == ["body-became-required", "bound-tightened", "operation-removed"]
    assert len(told.approved) == 1
    assert told.exit_code == 1


if __name__ == "__main__":
    GOLDEN.write_text(markdown(reviewed(), name="courier"), "utf-8")
