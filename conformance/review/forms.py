"""A file that a user wrote, held against its published schema: one sentence for what is wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from conformance.nearest import hint
from conformance.published_schemas import schema_of, validator_of

Steps = tuple[str | int, ...]
Kind = jsonschema_rs.ValidationErrorKind
OWN_WORDS: Final = ("description", "enum", "properties")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a file.

    Attributes:
        schema: name of the published schema.
        place: says where a value stands: `review.toml (line 3)`.
        holder: names what holds keys: `[gate]`.

    """

    schema: str
    place: Callable[[Steps], str]
    holder: Callable[[Steps], str]

    def complaint(self, content: object) -> str | None:
        """Say what is wrong first, an unknown key before anything else; None if nothing is."""
        errors = list(validator_of(self.schema).iter_errors(content))
        return self._sentence(min(errors, key=_comes_last)) if errors else None

    def wanted(self, *steps: str | int) -> str:
        """Say what a value is to be, in the words of the schema."""
        text: str = self._rule(steps).get("description", "")
        return text[:1].lower() + text[1:].rstrip(".")

    def _sentence(self, error: jsonschema_rs.ValidationError) -> str:
        steps = tuple(error.instance_path)
        place, rule = self.place(steps), self._rule(steps)
        match error.kind:
            case Kind.AdditionalProperties(unexpected=unexpected):
                key = str(unexpected[0])
                near = hint(key, rule["properties"])
                return f"{self.place((*steps, key))}: {self.holder(steps)} has no key {key}. {near}"
            case Kind.Required(property=key):
                wanted = self.wanted(*steps, str(key))
                return f"{place}: {self.holder(steps)} lacks {key}; expected: {wanted}."
            case Kind.AnyOf():
                keys = " or ".join(one["required"][0] for one in rule["anyOf"])
                return f"{place}: {self.holder(steps)} lacks {keys}."
            case Kind.Enum() if isinstance(error.instance, str):
                near = hint(error.instance, rule["enum"])
                return f"{place}: {_dotted(steps)} knows no {json.dumps(error.instance)}. {near}"
            case _:
                return f"{place}: {self._unfit(error, steps)}"

    def _unfit(self, error: jsonschema_rs.ValidationError, steps: Steps) -> str:
        met, wanted = error.instance, self.wanted(*steps)
        if not (wanted and _dotted(steps)):
            return f"{self.holder(steps)}: {error.message}."
        blank = isinstance(met, str) and not met.strip()
        said = "empty" if blank else json.dumps(met, ensure_ascii=False)
        return f"{_dotted(steps)} is {said}; expected: {wanted}."

    def _rule(self, steps: Steps) -> Mapping[str, Any]:
        """Return the schema of a value; an element without words of its own has its list's."""
        rule: Mapping[str, Any] = schema_of(self.schema)
        for step in steps:
            found = self._inner(rule, step)
            if found is None:
                break
            rule = found if any(one in found for one in OWN_WORDS) else rule
        return rule

    def _inner(self, rule: Mapping[str, Any], step: str | int) -> Mapping[str, Any] | None:
        named: Mapping[str, Any] = rule.get("properties", {})
        found = rule.get("items") if isinstance(step, int) else named.get(str(step))
        if found and "$ref" in found:
            found = schema_of(self.schema)["$defs"][found["$ref"].rsplit("/", 1)[-1]]
        return found


def _comes_last(error: jsonschema_rs.ValidationError) -> bool:
    return not isinstance(error.kind, Kind.AdditionalProperties)


def _dotted(steps: Steps) -> str:
    return ".".join(one for one in steps if isinstance(one, str))
