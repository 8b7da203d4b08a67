"""Numbers with their nouns."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return such as `1 write` or `3 writes`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
