"""What every request carries to be let in, and what is kept of it."""

from collections.abc import Iterable, Iterator

from conformance.target import Target

ANONYMOUS = "TOKEN"


def credentials(target: Target) -> dict[str, str]:
    """Return the headers that go with every request to a target, its token among them."""
    headers = {one.name: one.value for one in target.headers}
    if target.token:
        headers[target.auth_header] = f"{target.auth_scheme} {target.token}".lstrip()
    return headers


def shown(target: Target, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield headers as they are kept: a variable in place of each value that is a secret."""
    secret = {one.name.lower(): one.shown for one in target.headers if one.env}
    token = f"{target.auth_scheme} ${target.token_env or ANONYMOUS}".lstrip()
    carriers = {"authorization": token, target.auth_header.lower(): token}
    for name, value in headers:
        yield name, (carriers | secret).get(name.lower(), value)
