"""What travels as JSON."""

from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]
