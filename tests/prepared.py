"""Processes of main.py and of the sites, forked from one that has imported what they import.

A test that starts twenty commands would spend most of its time on twenty times the same imports. What is forked is a
process of its own all the same: with its own environment, streams, signals and exit status. Tests of the start itself
(the demo, the servers that clients start) start Python anew.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from coverage import process_startup

ROOT = Path(__file__).resolve().parents[1]
MAIN = str(ROOT / "main.py")
IMPORTED = (
    "main",
    "school.learn",
    "school.exploring",
    "school.documents",
    "school.repair",
    "sandbox.ahead",
    "sandbox.runner",
    "sandbox.observe",
    "sandbox.towns",
    "generators.llm",
    "mcp_server.http",
    "examples.events_site.app",
    "playwright.async_api",
    "alembic.command",
    "uvicorn",
)
_REQUEST_BYTES = 1 << 17
_FDS = 4


class Forked:
    """A process, as ``subprocess.Popen`` gives it; the parent is the one that forks."""

    def __init__(
        self, args: Sequence[str], pid: int, status: socket.socket, stdout: IO[Any] | None, stderr: IO[Any] | None
    ) -> None:
        self.args, self.pid, self.stdout, self.stderr = args, pid, stdout, stderr
        self.returncode: int | None = None
        self._status = status

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._status.settimeout(timeout)
            try:
                told = self._status.recv(64)
            except (TimeoutError, BlockingIOError) as late:
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from late
            self.returncode = int(told or b"-9")  # whoever forks it is gone, and has taken it along
            self._status.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[Any, Any]:
        """Return what it wrote, once it has ended."""
        end = None if timeout is None else time.monotonic() + timeout

        def left() -> float | None:
            return None if end is None else max(0.0, end - time.monotonic())

        read: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
        with selectors.DefaultSelector() as waiting:
            for name in read:
                if (stream := getattr(self, name)) is not None:
                    waiting.register(stream.fileno(), selectors.EVENT_READ, name)
            while waiting.get_map():
                ready = waiting.select(left())
                if not ready:
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
                for key, _ in ready:
                    if part := os.read(key.fd, 1 << 16):
                        read[key.data].append(part)
                    else:
                        waiting.unregister(key.fd)
        self.wait(left())
        for stream in (self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        out, err = (b"".join(read[name]).decode() for name in ("stdout", "stderr"))
        return out, err

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        for stream in (self.stdout, self.stderr):
            if stream is not None:
                stream.close()


_forking: list[tuple[subprocess.Popen[bytes], socket.socket]] = []


def start(
    *line: str, env: Mapping[str, str], stdout: int, stderr: int | IO[str] | None = None, stdin: IO[bytes] | None = None
) -> Forked:
    """Start ``MAIN`` with its arguments, or ``-m`` with a module and its arguments, in the project's folder.

    ``stdout`` and ``stderr`` are as for ``subprocess.Popen``.
    """
    ours, theirs = socket.socketpair()
    with theirs, Path(os.devnull).open("r+b") as nothing:
        out, out_end = _stream(stdout, 1, nothing)
        err, err_end = _stream(stderr, 2, nothing)
        try:
            asked = json.dumps({"line": line, "env": dict(env)}).encode()
            socket.send_fds(_server(), [asked], [(stdin or nothing).fileno(), out_end, err_end, theirs.fileno()])
        finally:
            for given, end in ((stdout, out_end), (stderr, err_end)):
                if given == subprocess.PIPE:
                    os.close(end)
    ours.settimeout(60)
    pid = int(ours.recv(64).removeprefix(b"pid "))
    return Forked(line, pid, ours, out, err)


def _stream(given: int | IO[str] | None, own: int, nothing: IO[bytes]) -> tuple[IO[str] | None, int]:
    if given == subprocess.PIPE:
        reading, writing = os.pipe()
        return os.fdopen(reading, encoding="utf-8"), writing
    if given == subprocess.DEVNULL:
        return None, nothing.fileno()
    if given is None or isinstance(given, int):
        return None, own if given is None else given
    return None, given.fileno()


def run(*line: str, env: Mapping[str, str], timeout: float, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``start``'s process to its end with ``given`` on its standard input, as ``subprocess.run`` does."""
    with tempfile.TemporaryFile() as typed:
        typed.write(given.encode())
        typed.seek(0)
        process = start(*line, env=env, stdin=typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    assert process.returncode is not None
    return subprocess.CompletedProcess(line, process.returncode, out, err)


def _server() -> socket.socket:
    if not _forking:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with theirs:
            line = [sys.executable, "-m", "tests.prepared", str(theirs.fileno())]
            process = subprocess.Popen(line, cwd=ROOT, env=kept, pass_fds=[theirs.fileno()])
        _forking.append((process, ours))
        atexit.register(_close)
    return _forking[0][1]


def _close() -> None:
    while _forking:
        process, control = _forking.pop()
        control.close()
        process.wait(timeout=30)


def serve(control: socket.socket) -> None:
    """Fork what is asked for until nobody asks any more; then end what still runs."""
    gc.disable()
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()  # what was imported stays: no child has to look through it for garbage
    gc.enable()
    children: dict[int, socket.socket] = {}
    woken, wakes = socket.socketpair()
    wakes.settimeout(0)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    with selectors.DefaultSelector() as waiting:
        waiting.register(control, selectors.EVENT_READ)
        waiting.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is woken:
                    woken.recv(4096)
                    _reap(children)
                    continue
                asked, descriptors, _, _ = socket.recv_fds(control, _REQUEST_BYTES, _FDS)
                if not asked:
                    for pid in children:
                        os.kill(pid, signal.SIGKILL)
                    return
                status = socket.socket(fileno=descriptors[3])
                pid = os.fork()
                if pid == 0:
                    waiting.close()
                    for other in (control, woken, wakes, *children.values()):
                        other.close()
                    _become(json.loads(asked), descriptors[:3], status)
                children[pid] = status
                for descriptor in descriptors[:3]:
                    os.close(descriptor)
                status.send(b"pid %d" % pid)


def _reap(children: dict[int, socket.socket]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with children.pop(pid) as told:
            try:
                told.send(b"%d" % os.waitstatus_to_exitcode(status))
            except BrokenPipeError:
                continue  # whoever started it is not interested in how it ended


def _become(asked: dict[str, Any], streams: Sequence[int], status: socket.socket) -> NoReturn:
    code = 1
    try:
        status.close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        for descriptor in {*streams} - {0, 1, 2}:
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(asked["env"])
        process_startup(force=True)  # where the environment asks for it; what the imports ran is counted elsewhere
        first, *arguments = asked["line"]
        if first == "-m":
            sys.argv[1:] = arguments[1:]
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv[:] = [first, *arguments]
            runpy.run_path(first, run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = _status_of(ended)
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001 - as the interpreter does with what nobody catches
        traceback.print_exc()
    finally:
        _leave(code)


def _status_of(ended: SystemExit) -> int:
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    print(ended.code, file=sys.stderr)
    return 1


def _leave(code: int) -> NoReturn:
    """End as the interpreter does, its exit handlers included, and not as a second copy of the one that forks."""
    sys.stdout.flush()
    sys.stderr.flush()
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter itself calls at its end
    atexit._run_exitfuncs()
    os._exit(code & 0xFF)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
