"""Replays."""

from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judgements, invariant
from conformance.history import TRUNCATION, OperationHistory, instant, rank

KEYS: Final = (
    "a_repeated_invoke_with_one_key_is_one_run",
    "a_repeated_create_with_one_key_is_one_member",
    "a_key_is_honoured_after_its_command_is_decided",
)


@invariant("IDM-04", over=OperationHistory, stimulus=KEYS)
def a_replay_never_shows_less_than_was_shown(operation: OperationHistory) -> Judgements:
    first = operation.receipt
    for replay in operation.acknowledgements[1:]:
        accepted, repeated = (one.members.get("acceptedAt") for one in (first, replay))
        if accepted is None or "stage" not in replay.members:
            continue
        before, after = instant(accepted), instant(repeated)
        held = abs(after - before) < TRUNCATION if before and after else repeated == accepted
        yield expect.that(held, f"acceptedAt {accepted}", repeated, first, replay)
        seen = [one for one in operation.claims if one.received <= replay.sent]
        if not seen:
            continue
        last = max(seen, key=lambda one: rank(one.members.get("stage")))
        met, known = replay.members.get("stage"), last.members.get("stage")
        held = replay.members.get("replayed") is True or rank(met) >= rank(known)
        expected = f"stage {known} or later, or replayed: true"
        yield expect.that(held, expected, f"stage {met}, not marked as a replay", last, replay)


INVARIANTS: Final[tuple[Invariant, ...]] = (a_replay_never_shows_less_than_was_shown,)
