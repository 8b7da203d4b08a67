"""What a run binds where the target file gives no implementation, and what nobody can prepare."""

from collections.abc import Mapping
from typing import Any, Final

from conformance.target import Implementation

_SHOUT: Final = """\
name: ackproof_good
steps:
  - id: shout
    type: transform
    parameters:
      op: uppercase
"""

_REFUSE_BLANK: Final = """\
name: ackproof_poison
steps:
  - id: strip
    type: transform
    parameters:
      op: trim
  - id: refuse
    type: guard
    parameters:
      check: not_empty
      on_fail: fail
"""

_LINGER: Final = """\
name: ackproof_slow
steps:
  - id: linger
    type: delay
    parameters:
      duration_ms: "4000"
"""


_BREAK_OFF: Final = """\
name: ackproof_partial
steps:
  - id: broken
    type: no-such-step
"""


def _workflow(prompt: str, *sources: str) -> Implementation:
    return Implementation(
        "workflow", {"workflow": {"workflowYamls": [*sources]}}, "chat", {"prompt": prompt}
    )


DEFAULTS: Final = {
    "good": _workflow("hello", _SHOUT),
    "poison": _workflow(" ", _REFUSE_BLANK),
    "slow": _workflow("hello", _LINGER),
    "partial": _workflow("hello", _SHOUT, _BREAK_OFF),
}

_BROKEN: Final = """\
name: broken
steps:
  - id: one
    type: no-such-step
"""

UNPREPARABLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "workflow": {"workflow": {"workflowYamls": [_BROKEN]}},
    "script": {"script": {"scriptId": "no-such-script"}},
    "gagent": {"gAgent": {"actorTypeName": "no-such-actor"}},
}
