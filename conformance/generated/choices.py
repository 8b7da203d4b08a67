"""What in a request is left to the server, so that to take it and to refuse it are both right."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.contract import Contract
from conformance.exchange import Exchange

CREATE: Final = "createMember"
TEXTS: Final = ("displayName", "description")
STRONG_TAG: Final = re.compile(r'"[^"]*"')
WHOLE: Final = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Choices:
    """What decides whether a request of legal form left its server a choice.

    Attributes:
        contract: what the forms are.
        members: ids that it shows.
        unnamed: kinds of which it has taken a create that left the id to it.

    """

    contract: Contract
    members: Collection[str] = ()
    unnamed: Collection[str] = ()

    def leaves(self, asked: Exchange) -> bool:
        """Whether a request may be refused under the code that also tells of a bad form.

        A server may offer fewer kinds, be stricter about ids than the contract, count characters in
        its own way, and try out at once what is bound or invoked. The code of the request family
        may also say that something is not bound, not known, retired or in conflict.
        """
        parts: tuple[Callable[[Exchange], bool], ...] = (
            self._in_the_path,
            self._in_the_query,
            self._in_the_headers,
            self._in_the_body,
            self.adds_a_member,
        )
        return any(part(asked) for part in parts)

    def adds_a_member(self, asked: Exchange) -> bool:
        """Whether a body has a member that the contract does not know there."""
        rule = self.contract.operations.get(asked.operation_id or "")
        return bool(rule and rule.body and self._adds(self._at(rule.body), asked.given))

    def _in_the_path(self, asked: Exchange) -> bool:
        ids = {name: one for name, one in asked.parameters.items() if name != "scopeId"}
        return ids.pop("memberId", None) not in (None, *self.members) or bool(ids)

    def _in_the_query(self, asked: Exchange) -> bool:
        most = self._parameter("PageSize")["maximum"]
        query = parse_qsl(urlsplit(asked.request.url).query, keep_blank_values=True)
        return not all(
            name == "pageSize" and WHOLE.fullmatch(value) and 1 <= int(value) <= most
            for name, value in query
        )

    def _in_the_headers(self, asked: Exchange) -> bool:
        tag = dict(asked.request.headers).get("if-match")
        most = self._parameter("IfMatch")["maxLength"]
        return tag is not None and not (len(tag) <= most and STRONG_TAG.fullmatch(tag))

    def _in_the_body(self, asked: Exchange) -> bool:
        if asked.request.body is None:
            return asked.request.method != "GET"
        body = asked.given
        if asked.operation_id == CREATE:
            like_others = "memberId" not in body and body.get("implementationKind") in self.unnamed
            return not like_others or _is_counted_otherwise(body)
        return asked.operation_id != "updateMember" or _is_counted_otherwise(body)

    def _parameter(self, name: str) -> Mapping[str, Any]:
        return self._at(f"/components/parameters/{name}/schema")

    def _at(self, pointer: str) -> Mapping[str, Any]:
        """Return the schema at a JSON Pointer, followed to where it refers to."""
        found: Any = self.contract.document
        for step in pointer.split("/")[1:]:
            found = found[unquote(step).replace("~1", "/")]
        return self._followed(found)

    def _followed(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = schema.get("$ref", "")
        return self._at(reference[1:]) if reference.startswith("#") else schema

    def _adds(self, schema: Mapping[str, Any], value: object) -> bool:
        """Look into objects and lists as far as the schema names what is in them."""
        schema = self._followed(schema)
        if isinstance(value, list):
            return any(self._adds(schema.get("items", {}), one) for one in value)
        known = schema.get("properties")
        if not isinstance(value, dict) or known is None:
            return False
        return any(name not in known or self._adds(known[name], one) for name, one in value.items())


def _is_counted_otherwise(body: Mapping[str, object]) -> bool:
    """Whether a text is of another length in bytes or code units, or an empty description."""
    texts = [str(body.get(name) or "") for name in TEXTS]
    return body.get("description") == "" or not all(map(str.isascii, texts))
