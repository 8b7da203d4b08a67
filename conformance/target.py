"""The implementation under test, as its file or the command line describes it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from conformance.masking import masked
from conformance.modes import FULL, Mode
from conformance.pace import Pace
from conformance.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Implementation:
    """Something a member can be bound to and invoked with.

    Attributes:
        kind: workflow, script or gagent.
        branch: the body of a bind, such as `{"workflow": {"workflowYamls": [...]}}`.
        endpoint: the endpointId to invoke.
        payload: the body of an invoke, such as `{"prompt": "hello"}`.

    """

    kind: str
    branch: Mapping[str, Any]
    endpoint: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """A header of every request.

    Attributes:
        value: what is sent.
        env: the variable that is shown in its place; None where it may be shown itself.

    """

    name: str
    value: str = field(repr=False)
    env: str | None = None

    @property
    def shown(self) -> str:
        """Its value, or the variable in its place."""
        return f"${self.env}" if self.env else self.value


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody else who may use the API, and has no access to the target's scope.

    Attributes:
        scope: scope id that this one may write to.
        token_env: environment variable that holds the bearer token; None without authentication.
        token: its value.

    """

    scope: str
    token_env: str | None = None
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Existing:
    """What is there already, for a run that only reads.

    Attributes:
        member: memberId.
        run: runId of one of its runs.
        status_url: of any command in the scope.

    """

    member: str | None = None
    run: str | None = None
    status_url: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to judge.

    Attributes:
        url: base URL with any path prefix, no slash at the end.
        scope: scope id that the run may write to.
        other_scope: another scope that the token may read; None where a name nobody uses may do.
        token_env: environment variable that is shown in place of the bearer token, and holds it
            unless a file does; None without authentication.
        token: its value.
        auth_header, auth_scheme: the header that carries the token, and the word before it.
        headers: what every request carries besides.
        ca_file: PEM file of the only certificate authorities to trust; None for the public ones.
        verify: whether the server's certificate is checked.
        other: a second principal, whose scope is another; None where the owner names none.
        profiles: claimed profiles.
        kinds: implementation kinds that the target offers.
        good, poison, slow: fixtures; None where the owner has none.
        partial: a fixture whose bind breaks half way; None where the owner has none.
        completion_limit: seconds within which an operation without a published deadline completes.
        concurrency: scenarios at once.
        max_writes: writes that the run may send; None for no limit.
        origins: further origins that its URLs may name.
        pace: how long the kit waits.
        not_offered: operationIds that its owner declares away.
        accept_not_verified: ids that may stay not verified without turning the gate red.
        openapi: path of its OpenAPI document below the base URL; None if it serves none.
        described_by: where these values came from, for people: the file's path, or in words.
        from_file: whether it is a file's path.
        overridden_by: the environment variables that gave some of them.
        version: what the owner calls this version of it; None if the file does not say.
        waivers: the entries of its waivers file.
        waivers_file: that file's path, for people; None without one.
        mode: how much a run does.
        existing: what it reads where it writes nothing.
        keep: whether what a run makes is left behind.
        embedded: whether it is the embedded reference server, which ends with the run.
        restart: kills it and starts it again, or raises HookFailed; None where nobody can.
        reset: gives a run a fresh state, or raises HookFailed; None where nothing does.
        hooks_not_run: why a hook that is given is not run, by its name.

    """

    url: str
    scope: str
    profiles: tuple[str, ...]
    good: Implementation | None
    poison: Implementation | None
    slow: Implementation | None
    partial: Implementation | None = None
    other_scope: str | None = None
    token_env: str | None = None
    token: str | None = field(default=None, repr=False)
    other: Principal | None = None
    kinds: tuple[str, ...] = ("workflow", "script", "gagent")
    completion_limit: float = 30.0
    concurrency: int = 6
    max_writes: int | None = None
    origins: tuple[str, ...] = ()
    accept_not_verified: tuple[str, ...] = ()
    openapi: str | None = None
    described_by: str = "the command line"
    from_file: bool = False
    version: str | None = None
    not_offered: tuple[str, ...] = ()
    pace: Pace = field(default_factory=Pace)
    auth_header: str = "Authorization"
    auth_scheme: str = "Bearer"
    headers: tuple[Header, ...] = ()
    ca_file: str | None = None
    verify: bool = True
    overridden_by: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    waivers_file: str | None = None
    mode: Mode = FULL
    existing: Existing = field(default_factory=Existing)
    keep: bool = False
    embedded: bool = False
    restart: Callable[[], None] | None = field(default=None, repr=False)
    reset: Callable[[], None] | None = field(default=None, repr=False)
    hooks_not_run: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What a member is made of wherever any kind will do: the good one's, else the first."""
        return self.good.kind if self.good else self.kinds[0]

    @property
    def on_loopback(self) -> bool:
        """Whether the target is on this machine."""
        host = urlsplit(self.url).hostname or ""
        return host in {"localhost", "::1"} or host.startswith("127.")

    @property
    def secrets(self) -> dict[str, str]:
        """Tokens and headers, each with the variable that a report shows in its place."""
        principals = (self, self.other) if self.other else (self,)
        headers = {one.value: one.shown for one in self.headers if one.env}
        return headers | {one.token: f"${one.token_env}" for one in principals if one.token}

    def masked(self, text: str) -> str:
        """Put the variables of the tokens in their place, however they are spelt or cut off."""
        return masked(text, self.secrets)

    @property
    def own_origins(self) -> tuple[str, ...]:
        """The base URL, and every further origin at which the same server answers."""
        return (self.url, *self.origins)

    @property
    def slack(self) -> float:
        """Seconds that a published deadline may be missed by."""
        if self.pace.deadline_slack is not None:
            return self.pace.deadline_slack
        return 1.0 if self.on_loopback else 5.0

    @property
    def waits(self) -> dict[str, float]:
        """How long the kit waits, in seconds, by the names that `pace.CAPS` gives a cap."""
        told = asdict(self.pace) | {"deadline_slack": self.slack}
        return {"completion_limit": self.completion_limit} | told
