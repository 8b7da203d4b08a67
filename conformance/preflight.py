"""Read once, before anything is written, whether this is the API and lets us in."""

from conformance.client import Client
from conformance.exchange import Exchange
from conformance.expect import answer
from conformance.trust import UNTRUSTED, remedy


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
            f"{where} cannot be reached: {asked.error}. Start the server, or correct the URL."
        )


def check_usable(asked: Exchange, where: str) -> None:
    """See that the answer is of this API, which is ready and lets us in.

    Raises:
        TargetUnusable: it is not.

    """
    if asked.status in {401, 403}:
        raise TargetUnusable(
            f"{where} refuses the credential: {asked.line} {answer(asked)}. Name the environment "
            "variable that holds the token (--token-env), and a scope that it may use (--scope)."
        )
    if asked.status in {502, 503, 504}:
        raise TargetUnusable(
            f"{where} is not ready: {asked.line}. Wait until it is, then run again."
        )
    if not _speaks(asked):
        raise TargetUnusable(
            f"{where} does not answer as this API: {asked.line}, and its body is not a JSON object "
            "of the contract. Give the base URL before /api, with any path prefix."
        )


def _speaks(asked: Exchange) -> bool:
    members = asked.members
    typed = isinstance(members.get("code"), str) and isinstance(members.get("message"), str)
    return typed if not asked.ok else isinstance(asked.document, dict)
