"""Principals and scopes: who may do what, asked before anything is looked up."""

import json
from dataclasses import dataclass
from pathlib import Path

from reference_server import problems

EVERYBODY = "anonymous"


class TokenFileRefusedError(Exception):
    """The token file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for; a scope that ends with `*` is every one that begins so."""

    principal: str
    scopes: frozenset[str]

    def covers(self, scope_id: str) -> bool:
        """Say whether it gives access to a scope."""
        begun = (scope.removesuffix("*") for scope in self.scopes if scope.endswith("*"))
        return scope_id in self.scopes or scope_id.startswith(tuple(begun))


@dataclass(frozen=True, slots=True)
class Access:
    """Tokens and their grants; None when authentication is off."""

    grants: dict[str, Grant] | None

    def principal(self, authorization: str | None, scope_id: str) -> str:
        """Name the caller; raise 401 without a known token, 403 without the scope."""
        if self.grants is None:
            return EVERYBODY
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise problems.unauthenticated("A bearer token is needed.")
        grant = self.grants.get(token.strip())
        if grant is None:
            raise problems.unauthenticated("The bearer token is not known.")
        if not grant.covers(scope_id):
            raise problems.scope_access_denied(scope_id)
        return grant.principal


def read_token_file(path: Path) -> Access:
    """Read `{token: {principal, scopes}}`; raise TokenFileRefusedError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        grants = {token: _grant(**grant) for token, grant in document.items()}
    except OSError as error:
        raise TokenFileRefusedError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        form = '{"<token>": {"principal": "p1", "scopes": ["s1"]}}'
        raise TokenFileRefusedError(f"{path} is not of the form {form}") from error
    return Access(grants)


def _grant(principal: object, scopes: object) -> Grant:
    """Make a grant; raise TypeError unless it is a string and a list of strings."""
    texts = isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes)
    if not isinstance(principal, str) or not isinstance(scopes, list) or not texts:
        raise TypeError
    return Grant(principal, frozenset(scopes))
