"""The report as one comment on a pull request, renewed by each run. It speaks to GitHub alone."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from conformance.ci.event import event_of

LONGEST: Final = 60_000
TIMEOUT: Final = 20.0
PAGE: Final = 100
MOST_PAGES: Final = 30
REFUSALS: Final = (401, 403, 404)
OUR_OWN: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
API: Final = "https://api.github.com"


class NotWritten(Exception):  # noqa: N818  # the caller tells it and goes on
    """The comment was not written.

    Attributes: `refused` says that the token may not write there, as on a pull request of a fork.
    """

    def __init__(self, why: str, *, refused: bool) -> None:
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request: `repository` is OWNER/NAME."""

    repository: str
    number: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the kit.

    Attributes:
        name: tells it from others on the same pull request.
        text: Markdown, at most LONGEST characters.
        only_renew: whether none is made where there is none of that name.

    """

    name: str
    text: str
    only_renew: bool = False


def pull_of(environment: Mapping[str, str]) -> Pull | None:
    """Return the pull request that a GitHub job is about; None if it is about none."""
    try:
        number = int(event_of(environment)["pull_request"]["number"])
        return Pull(environment["GITHUB_REPOSITORY"], number)
    except (KeyError, TypeError, ValueError):
        return None


def marker_of(name: str) -> str:
    """Return the hidden first line by which a comment is found again."""
    return f"<!-- ackproof-comment {hashlib.sha256(name.encode()).hexdigest()[:16]} -->"


def write_comment(pull: Pull, comment: Comment, token: str, api: str = "") -> str | None:
    """Renew the comment of a name on a pull request, or make it; return its URL, if it is there.

    Args:
        pull: where.
        comment: what.
        token: what GitHub knows us by.
        api: base URL of GitHub's API; GitHub's own without one.

    Raises:
        NotWritten: GitHub refused or could not be reached.

    """
    headers = {
        "accept": "application/vnd.github+json",
        "authorization": f"Bearer {token}",
        "user-agent": "ackproof",
        "x-github-api-version": "2022-11-28",
    }
    base = api or API
    try:
        with httpx.Client(base_url=base, headers=headers, timeout=TIMEOUT) as github:
            answer = _renewed(github, pull, comment)
            return str(_content(answer)["html_url"]) if answer else None
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as problem:
        said = f"{type(problem).__name__} {problem}".strip()
        why = f"GitHub at {base} did not answer as expected: {said}"
        raise NotWritten(why, refused=False) from problem


def _renewed(github: httpx.Client, pull: Pull, comment: Comment) -> httpx.Response | None:
    issues = f"/repos/{pull.repository}/issues"
    marker = marker_of(comment.name)
    listed = _comments(github, f"{issues}/{pull.number}/comments")
    known = next((one["id"] for one in listed if _is_ours(one, marker)), None)
    body = {"body": f"{marker}\n{comment.text}"}
    if known is not None:
        return github.patch(f"{issues}/comments/{known}", json=body)
    if comment.only_renew:
        return None
    return github.post(f"{issues}/{pull.number}/comments", json=body)


def _comments(github: httpx.Client, path: str) -> Iterator[Mapping[str, Any]]:
    for page in range(1, MOST_PAGES + 1):
        listed = _content(github.get(path, params={"per_page": PAGE, "page": page}))
        yield from listed
        if len(listed) < PAGE:
            return


def _is_ours(comment: Mapping[str, Any], marker: str) -> bool:
    """Whether a comment has our marker and a writer who may speak for the repository.

    Anybody may comment with a marker copied from elsewhere, and could edit afterwards what the kit
    wrote there.
    """
    writer = comment["user"] or {}  # null where the account is no more
    trusted = writer.get("type") == "Bot" or comment["author_association"] in OUR_OWN
    return trusted and str(comment["body"]).startswith(marker)


def _content(answer: httpx.Response) -> Any:  # noqa: ANN401  # a JSON document
    if answer.status_code in REFUSALS:
        raise NotWritten(f"GitHub answered {answer.status_code}", refused=True)
    answer.raise_for_status()
    return answer.json()
