"""The closed list of text transforms."""

from collections.abc import Callable

TRANSFORMS: dict[str, Callable[[str], str]] = {
    "identity": str,
    "trim": str.strip,
    "uppercase": str.upper,
    "lowercase": str.lower,
}
