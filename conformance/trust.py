"""Whose certificates are trusted, and the words for one that is not."""

import ssl
from pathlib import Path
from typing import Final

from conformance.target import Target

UNTRUSTED: Final = "no connection: its certificate is not trusted"
NO_HANDSHAKE: Final = "no connection: the TLS handshake failed"
OF_THE_ISSUER: Final = ("issuer", "self-signed", "self signed", "unable to verify the first")


def unusable(path: Path) -> str | None:
    """Say what keeps a file from naming certificate authorities; None if it does name some."""
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return "holds no certificate as PEM"
    except OSError as problem:
        return f"cannot be read: {problem.strerror}"
    return None


def trust_of(target: Target) -> ssl.SSLContext | bool:
    """Return what decides whether a server's certificate is trusted; False if nothing does."""
    if target.ca_file is not None:
        return ssl.create_default_context(cafile=target.ca_file)
    return target.verify


def distrust(problem: BaseException | None) -> str | None:
    """Say why a certificate was not trusted, or TLS not spoken; None if it is another problem."""
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError):
            return f"{UNTRUSTED} ({problem.verify_message.rstrip('.')})"
        if isinstance(problem, ssl.SSLError):
            return f"{NO_HANDSHAKE} ({str(problem.reason).replace('_', ' ').lower()})"
        problem = problem.__cause__ or problem.__context__
    return None


def remedy(error: str) -> str:
    """Say what to do about a certificate that is not trusted."""
    if any(word in error for word in OF_THE_ISSUER):
        return (
            "Name the PEM file of its certificate authority with ca_file in [target] (or "
            "--ca-file FILE)."
        )
    return "Correct the URL, or have the server present a certificate that is valid for it."
