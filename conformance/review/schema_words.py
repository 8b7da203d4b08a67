"""The keywords of schemas, by what they are for."""

from typing import Final

LOWER: Final = ("minimum", "exclusiveMinimum")
UPPER: Final = ("maximum", "exclusiveMaximum")
AT_LEAST: Final = ("minLength", "minItems", "minProperties")
AT_MOST: Final = ("maxLength", "maxItems", "maxProperties")
NOTES: Final = ("title", "description", "$comment", "externalDocs")
EXAMPLES: Final = ("example", "examples")
SWITCHES: Final = ("deprecated", "readOnly", "writeOnly")
# fmt: off
TYPES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
KNOWN: Final = frozenset({
    "type", "nullable", "enum", "const", "pattern", "format", "properties", "required",
    "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "patternProperties",
    "propertyNames", "dependentRequired", "dependentSchemas", "items", "prefixItems", "contains",
    "minContains", "maxContains", "uniqueItems", "not", "if", "then", "else", "discriminator",
    "xml", "contentEncoding", "contentMediaType", "contentSchema", "default", "multipleOf",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "minProperties", "maxProperties", "anyOf", "oneOf", "allOf", "$ref",
    "$defs", "definitions", *NOTES, *EXAMPLES, *SWITCHES,
})
# fmt: on
