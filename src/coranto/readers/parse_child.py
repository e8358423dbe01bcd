"""The process in which strangers' bytes are parsed: it has no network, no store and no secrets, and may be killed.

It reads jobs from stdin and writes replies to stdout, each part behind its length: of a job what is known of the
document (a pickle), and its bytes; of a reply one pickle.  Every document has so much processor time and so much memory;
the kernel sees to the first, since no handler of Python's runs while a regular expression or a parser in C does.
"""

from __future__ import annotations

import gc
import pickle
import resource
import select
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from coranto.readers.parse_raw import ParseError

PROCESSOR = 20.0  # seconds for one document: 11 MiB of rich markup in 5,000 entries were measured to take up to 13
MEMORY = 512 * 1024 * 1024  # bytes of data
HEAD = 8  # bytes of a length, big-endian
_LARGE = 4 * 1024 * 1024  # bytes: who read such a document makes room for a new one, for memory is not given back
_MANY = 500  # documents: then, too, whatever a library may leak (feedparser#287)
_IDLE = 60.0  # seconds without a job


def main() -> None:
    """Serve until there is no more to do, the parent is gone, or a document was too much."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent is told too, and decides
        signal.signal(number, signal.SIG_IGN)
    for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_DATA, MEMORY)):
        with suppress(OSError, ValueError):  # what the system does not know, or has set lower
            resource.setrlimit(limit, (most, most))
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(jobs: BinaryIO, replies: BinaryIO) -> None:
    """Answer jobs one by one; returns when there are none any more, or nobody reads."""
    from coranto.readers.parse import parse  # noqa: F401  so that it is there when what is there is frozen

    gc.freeze()  # what was loaded stays: to look through it after each document costs more than to parse one
    with suppress(BrokenPipeError):
        for _ in range(_MANY):
            if not select.select([jobs], [], [], _IDLE)[0] or not 0 <= _serve_one(jobs, replies) < _LARGE:
                return
            gc.collect()


def _serve_one(jobs: BinaryIO, replies: BinaryIO) -> int:
    """Serve a job; how many bytes its document had, -1 if there was none."""
    known, body = _read(jobs), _read(jobs)
    if known is None or body is None:
        return -1
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR)  # SIGPROF ends a process
    reply = _reply(known, body)
    signal.setitimer(signal.ITIMER_PROF, 0)
    replies.write(len(reply).to_bytes(HEAD) + reply)
    replies.flush()
    return len(body)


def _read(stream: BinaryIO) -> bytes | None:
    """The next part; None when there is none, or it ends too early."""
    head = stream.read(HEAD)
    size = int.from_bytes(head)
    body = stream.read(size) if len(head) == HEAD else b""
    return body if len(head) == HEAD and len(body) == size else None


def _reply(known: bytes, body: bytes) -> bytes:
    """The document, or why there is none, as a pickle of (kind of error, text, document)."""
    from coranto.readers.parse import parse

    try:
        content_type, context = pickle.loads(known)  # noqa: S301 - from our parent
        answer: object = ("", "", parse(body, content_type, context))
    except ParseError as error:
        answer = (error.kind, str(error), None)
    except MemoryError:
        answer = ("too-big", "the document takes more memory than any feed should; ask its publisher for less", None)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is of this document alone
        answer = ("broken", f"cannot be read ({type(error).__name__}: {error}); please report this", None)
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
