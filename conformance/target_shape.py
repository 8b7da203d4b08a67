"""A target's settings held against the schema, and the sentence for what does not fit it."""

import jsonschema_rs

from conformance.nearest import hint
from conformance.target_hooks import NO_SHELL
from conformance.target_keys import TargetFileError, names_at, schema
from conformance.target_settings import FLAGS, Settings


def check_shape(settings: Settings) -> None:
    """Hold the settings against the schema of the target file.

    Raises:
        TargetFileError: they break it; an unknown key is told before anything else.

    """
    validator = jsonschema_rs.Draft202012Validator(schema())
    errors = list(validator.iter_errors(settings.content))
    if errors:
        raise TargetFileError(_sentence(min(errors, key=_comes_last), settings))


def _comes_last(error: jsonschema_rs.ValidationError) -> bool:
    return not isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties)


def _sentence(error: jsonschema_rs.ValidationError, settings: Settings) -> str:  # noqa: PLR0911  # one a kind
    kinds = jsonschema_rs.ValidationErrorKind
    path = tuple(str(step) for step in error.instance_path)
    place, where = ".".join(path), settings.where(*path)
    match error.kind:
        case kinds.AdditionalProperties(unexpected=unexpected):
            return _unknown(path, str(unexpected[0]), settings)
        case kinds.Required(property=missing):
            return _missing(path, str(missing), settings)
        case kinds.Not():
            return f"{where}: {place} is a table, or false for none."
        case kinds.Type() if path in {("hooks", "restart"), ("hooks", "reset")}:
            return f"{where}: {place} is no list. {NO_SHELL}"
        case kinds.Pattern() if path[-1] in {"token_env", "env"} or path[:2] == ("hooks", "env"):
            return (
                f"{where}: {place} is no name of an environment variable: letters, digits and _, "
                "and never a token itself."
            )
        case kinds.PropertyNames() | kinds.Pattern() if path[:2] == ("target", "headers"):
            return f"{where}: {place} is no header: a name, and a value of printable ASCII."
        case _:
            return f"{where}: {place}: {error.message}."


def _unknown(path: tuple[str, ...], name: str, settings: Settings) -> str:
    table = f"[{'.'.join(path)}]" if path else "the file"
    known = ["env"] if path[:2] == ("target", "headers") else names_at(path)
    return f"{settings.where(*path, name)}: {table} has no key {name}. {hint(name, known)}"


def _missing(path: tuple[str, ...], key: str, settings: Settings) -> str:
    place = ".".join(path)
    flag = FLAGS.get(f"{place}.{key}")
    if flag and settings.source.path is None:
        value = " ID" if key == "scope" else ""
        return f"The command line does not say the target's {key}. Give {flag}{value} or a file."
    table = f"[{place}]" if place else "the file"
    return f"{settings.where(*path)}: {table} lacks {key}."
