"""Parsing in processes of its own: a document that would take for ever, or all memory, takes its process with it.

Before it come limits (`parse_scan`), so this is the second line: against what is quadratic in a library, today or in
its next version.  The parser is pure, so a document may be tried again wherever the first process was lost.
"""

from __future__ import annotations

import io
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from queue import LifoQueue
from typing import Any, Self

from coranto.client import StoppedError
from coranto.model import Document
from coranto.readers import parse_child
from coranto.readers.parse_raw import ParseContext, ParseError

_PROGRAM = ("-m", "coranto.readers.parse_child")
_PATIENCE = 60.0  # seconds of the clock: a process that is starved or stopped uses no processor time
_PIECE = 1024 * 1024
_GRACE = 0.3  # seconds in which a process ends by itself
_TOO_SLOW = f"the document took more than {parse_child.PROCESSOR:g} s to read, and was given up; tell its publisher"
_SHARED = ("PATH", "LANG", "LC_ALL", "TMPDIR")  # of the environment; a parser needs to know no secrets
_MODULES = frozenset({"coranto.model", "datetime"})  # that a document is made of
_NAMES = frozenset({("builtins", "frozenset"), ("builtins", "getattr"), ("copyreg", "_reconstructor")})


class Parsers:
    """Processes that parse, started when they are needed.  Its methods may be called from any thread."""

    def __init__(self, most: int) -> None:
        """Args: most: documents at a time; no more than there are processors, for each takes many times its size."""
        self._turns: LifoQueue[_Child | None] = LifoQueue()  # the one that worked last is warm
        for _ in range(max(1, min(most, os.cpu_count() or 1))):
            self._turns.put(None)
        self._lock = threading.Lock()
        self._alive: set[_Child] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes; whoever waits for one gets StoppedError."""
        with self._lock:
            self._closed = True
            for child in self._alive:
                child.kill()
        idle = [self._turns.get_nowait() for _ in range(self._turns.qsize())]
        for one in idle:
            self._give_back(one)

    def parse(self, body: bytes, content_type: str, context: ParseContext) -> Document:
        """As :func:`coranto.readers.parse.parse`, within bounds of processor time and memory.

        Raises:
            ParseError: as there; and kinds too-slow, too-big, broken: the document was more than a process can bear.
            StoppedError: we were closed meanwhile.
        """
        job = (pickle.dumps((content_type, context), pickle.HIGHEST_PROTOCOL), body)
        warm, child = self._turns.get(), None
        try:
            child, answer = self._answer(warm, job, context)
        finally:
            self._give_back(child)
        kind, text, document = answer
        if kind:
            raise ParseError(kind, text)
        return document  # type: ignore[no-any-return]

    def _answer(self, child: _Child | None, job: tuple[bytes, ...], context: ParseContext) -> tuple[_Child, Any]:
        """The answer of a process, a second one where the first was lost for no fault of the document."""
        for _ in range(2):
            child = child or self._started(context)
            try:
                return child, _loaded(child.ask(job))
            except _LostError as lost:
                status = self._bury(child)
                child = None
                if self._closed:
                    raise StoppedError(context.url) from None
                if lost.slow or status == -signal.SIGPROF:
                    raise ParseError("too-slow", _TOO_SLOW) from None
        raise ParseError("broken", "the document ended the process that read it; please report this")

    def _started(self, context: ParseContext) -> _Child:
        with self._lock:
            if self._closed:
                raise StoppedError(context.url)
            child = _Child()
            self._alive.add(child)
            return child

    def _give_back(self, child: _Child | None) -> None:
        with self._lock:
            if child is not None and self._closed:
                self._alive.discard(child)
                child.end()
                child = None
            self._turns.put(child)

    def _bury(self, child: _Child) -> int:
        """What it ended with."""
        with self._lock:
            self._alive.discard(child)
            return child.end()


def _loaded(answer: bytes) -> Any:  # noqa: ANN401 - (kind, text, document)
    return _Unpickler(io.BytesIO(answer)).load()


class _Unpickler(pickle.Unpickler):
    """Takes only what a document is made of, from a process that met strangers' bytes."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the library has it
        """A class that may come.  Raises: pickle.UnpicklingError: any other."""
        if module in _MODULES or (module, name) in _NAMES:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a document")


def _environment() -> dict[str, str]:
    shared = {name: os.environ[name] for name in _SHARED if name in os.environ}
    return {**shared, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


class _LostError(Exception):
    """A process gave no answer; ``slow``: not even after a minute."""

    def __init__(self, *, slow: bool = False) -> None:
        super().__init__()
        self.slow = slow


class _Child:
    """One process.  All methods but `kill` belong to whoever has it from the queue."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, *_PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            process_group=0,  # Ctrl-C is for us
        )

    def ask(self, job: tuple[bytes, ...]) -> bytes:
        """The reply to a job.

        Raises:
            _LostError: there is none.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:  # never so: for the type checker
            raise _LostError
        until = time.monotonic() + _PATIENCE
        try:
            for part in job:
                stdin.write(len(part).to_bytes(parse_child.HEAD))
                stdin.write(part)
            stdin.flush()
            size = int.from_bytes(_read(stdout.fileno(), parse_child.HEAD, until))
            return _read(stdout.fileno(), size, until)
        except OSError:
            raise _LostError from None

    def kill(self) -> None:
        """From any thread: whoever waits for its reply gets none."""
        self._process.kill()

    def end(self) -> int:
        """Let it end, or make it; what it ended with."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not written is not to be
                    pipe.close()
        try:
            return self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _read(pipe: int, size: int, until: float) -> bytes:
    """So many bytes of a reply.

    Raises:
        OSError: there are no more.
        _LostError: they did not come in time.
    """
    found = bytearray()
    while len(found) < size:
        left = until - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise _LostError(slow=True)
        piece = os.read(pipe, min(size - len(found), _PIECE))
        if not piece:
            raise BrokenPipeError
        found += piece
    return bytes(found)
