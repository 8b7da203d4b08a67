"""Pages that need nothing but themselves: their templates, and the policy that they carry."""

import base64
import hashlib
from functools import cache
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.reports.printable import printable_lines

OWN: Final = "conformance.reports"


def policy_of(style: str, script: str) -> str:
    """Return a policy that lets a page load nothing and run no script but its own."""
    return (
        f"default-src 'none'; style-src {_hashed(style)}; script-src {_hashed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashed(source: str) -> str:
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def templates(package: str = OWN) -> Environment:
    """Return the templates of a package, and ours; all text is escaped and printable."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(one) for one in dict.fromkeys((package, OWN))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean,
    )


def source(name: str, package: str = OWN) -> str:
    """Return a file beside the templates."""
    loader = templates(package).loader
    assert loader is not None  # noqa: S101  # for the type checker
    return loader.get_source(templates(package), name)[0]


def _clean(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable_lines(value)
    return value
