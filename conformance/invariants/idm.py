"""Replays."""

from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judgements, invariant
from conformance.history import OperationHistory, rank

KEYS: Final = ("a_repeated_key_gives_the_same_command",)


@invariant("IDM-04", over=OperationHistory, stimulus=KEYS)
def a_replay_never_shows_less_than_was_shown(operation: OperationHistory) -> Judgements:
    first = operation.receipt
    for replay in operation.acknowledgements[1:]:
        accepted = first.members.get("acceptedAt")
        if accepted is None or "stage" not in replay.members:
            continue
        what = "acceptedAt of the replay"
        yield expect.equal(replay.members.get("acceptedAt"), accepted, what, first, replay)
        seen = [one for one in operation.claims if one.received <= replay.sent]
        if not seen:
            continue
        last = max(seen, key=lambda one: rank(one.members.get("stage")))
        met, known = replay.members.get("stage"), last.members.get("stage")
        held = replay.members.get("replayed") is True or rank(met) >= rank(known)
        expected = f"stage {known} or later, or replayed: true"
        yield expect.that(held, expected, f"stage {met}, not marked as a replay", last, replay)


INVARIANTS: Final[tuple[Invariant, ...]] = (a_replay_never_shows_less_than_was_shown,)
