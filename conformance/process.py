"""The process of a command: what stops it, and how it ends."""

import os
import signal
import sys
import threading
from typing import NoReturn, TextIO

BROKEN_PIPE = 130


def heed_stops() -> None:
    """Take a request to end for a Ctrl-C, unless whoever started us has it ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def end(code: int) -> NoReturn:
    """End with a code, once all output is written out; without what still runs beside us.

    What cannot be written out is told in a sentence, and has the code of unwritable output.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by whoever started us
            code = _written_out(stream, code)
    if any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread()):
        os._exit(code)
    sys.exit(code)


def _written_out(stream: TextIO, code: int) -> int:
    try:
        stream.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
    except OSError as problem:
        from conformance.failures import exit_of  # noqa: PLC0415  # loads what --version needs not
        from conformance.judge import first_of  # noqa: PLC0415

        code = first_of((code, exit_of(problem)))
    else:
        return code
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or the interpreter tries again
    return code
