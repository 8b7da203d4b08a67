"""Numbers with their nouns."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return such as `1 write` or `3 writes`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def found_and_gating(found: str, number: int, *, gates: bool) -> str:
    """Return so many findings with what they do to the gate, such as `1 finding, which gates`."""
    does = "gate" if gates else "do not gate"
    if number == 1:
        does = "gates" if gates else "does not gate"
    return f"{found}, which {does}" if number else found
