"""Read once, before anything is written, whether this is the API and lets us in."""

from conformance.client import Client
from conformance.exchange import Exchange
from conformance.expect import answer
from conformance.gateways import REDIRECTED
from conformance.trust import NO_HANDSHAKE, UNTRUSTED, remedy
from conformance.wire import BROKEN_OFF


class TargetUnusable(Exception):  # noqa: N818  # the CLI words it
    """Nothing can be judged: no answer, not ready, the wrong API, or the credential is refused."""


def preflight(client: Client) -> None:
    """Ask the target for its members, which changes nothing.

    Raises:
        TargetUnusable: with a sentence that says what to do, and no token that the answer repeats.

    """
    try:
        _ask(client)
    except TargetUnusable as unusable:
        raise TargetUnusable(client.target.masked(str(unusable))) from None


def _ask(client: Client) -> None:
    asked = client.list_members()
    check_reached(asked, client.target.url)
    check_usable(asked, client.target.url)


def check_reached(asked: Exchange, where: str) -> None:
    """See that a server answered.

    Raises:
        TargetUnusable: none did.

    """
    if asked.error and asked.error.startswith(UNTRUSTED):
        raise TargetUnusable(f"{where} cannot be reached: {asked.error}. {remedy(asked.error)}")
    if asked.response is None:
        raise TargetUnusable(
            f"{where} cannot be reached: {asked.error}. {_advice(str(asked.error))}"
        )


def check_usable(asked: Exchange, where: str) -> None:
    """See that the answer is of this API, which is ready and lets us in.

    Raises:
        TargetUnusable: it is not.

    """
    if asked.status in {401, 403}:
        raise TargetUnusable(
            f"{where} refuses the credential: {asked.line} {_beside_its_status(asked)}. Name the "
            "environment variable that holds the token (--token-env), and a scope that it may use "
            "(--scope)."
        )
    if asked.status in {502, 503, 504}:
        pause = asked.header("retry-after")
        told = f"{asked.line}, Retry-After: {pause}" if pause else asked.line
        raise TargetUnusable(f"{where} is not ready: {told}. Wait until it is, then run again.")
    if asked.status in REDIRECTED and asked.header("location"):
        raise TargetUnusable(
            f"{where} redirects to another place, and a run follows no redirect: {asked.line}, "
            f"Location: {asked.header('location')}. If the API is there, name that base URL."
        )
    if not _speaks(asked):
        raise TargetUnusable(
            f"{where} does not answer as this API: {asked.line}, and its body is not a JSON object "
            "of the contract. Give the base URL before /api, with any path prefix."
        )


def _beside_its_status(asked: Exchange) -> str:
    return answer(asked).removeprefix(f"{asked.status} ")


def _advice(error: str) -> str:
    if error.startswith(NO_HANDSHAKE):
        return "If it speaks no TLS there, say http:// in the URL; else correct the URL."
    if error.startswith(BROKEN_OFF):
        return "See what the server's log says; if it speaks TLS at this port, say https://."
    return "Start the server, or correct the URL."


def _speaks(asked: Exchange) -> bool:
    members = asked.members
    typed = isinstance(members.get("code"), str) and isinstance(members.get("message"), str)
    return typed if not asked.ok else isinstance(asked.document, dict)
