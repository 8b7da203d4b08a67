"""Who asks: the target's own principal, a second one, or somebody without a credential."""

from dataclasses import dataclass, replace
from typing import Final, Self

from conformance.checks import Unverified
from conformance.following import Follower
from conformance.target import Principal

NO_OTHER: Final = (
    "the target has no second principal: name its scope and its token_env under "
    "[principals.other] in the target file"
)


@dataclass(frozen=True)
class Acting(Follower):
    """Asks as somebody else, or somewhere else, in the same words."""

    def in_scope(self, scope: str) -> Self:
        """Return the same api, with the target's own credential in another scope."""
        return self._as(scope, self.target.token_env, self.target.token, stranger=False)

    def anonymous(self) -> Self:
        """Return the same api, which sends no credential."""
        return self._as(self.target.scope, None, None, stranger=True)

    def as_other(self) -> Self:
        """Return the api of the second principal, in its own scope.

        Raises:
            Unverified: the target names none, or it cannot use its scope.

        """
        other = self._other()
        acting = self._as(other.scope, other.token_env, other.token, stranger=False)
        read = acting.send.list_members()
        if not read.ok:
            raise Unverified(f"the second principal cannot use its own scope: {read.line}", read)
        return acting

    def as_stranger(self) -> Self:
        """Return the api of the second principal in the target's scope, which is closed to it.

        Raises:
            Unverified: the target names none with a credential, or it cannot use its own scope.

        """
        other = self._other()
        if other.token is None:
            raise Unverified("nobody is kept out: the target file names no tokens (token_env)")
        self.as_other()
        return self._as(self.target.scope, other.token_env, other.token, stranger=True)

    def _other(self) -> Principal:
        if self.target.other is None:
            raise Unverified(NO_OTHER)
        return self.target.other

    def _as(self, scope: str, token_env: str | None, token: str | None, *, stranger: bool) -> Self:
        target = replace(self.target, scope=scope, token_env=token_env, token=token)
        send = replace(self.send, target=target, stranger=stranger)
        return replace(self, target=target, send=send)
