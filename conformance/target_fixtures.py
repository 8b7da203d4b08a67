"""The deterministic workflows that a run binds where the target file gives no implementation."""

from typing import Final

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
      duration_ms: "6000"
"""


def _workflow(source: str, prompt: str) -> Implementation:
    return Implementation(
        "workflow", {"workflow": {"workflowYamls": [source]}}, "chat", {"prompt": prompt}
    )


DEFAULTS: Final = {
    "good": _workflow(_SHOUT, "hello"),
    "poison": _workflow(_REFUSE_BLANK, " "),
    "slow": _workflow(_LINGER, "hello"),
}
