"""Workers in processes of their own, a gate that holds their steps, and the desk that the test looks from."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from registry.jobs import open_board
from school.jobs import JobDesk
from tests import prepared
from tests.conftest import KEPT, NOW

LEASE_S = "2"


def environment(home: Path, **settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    given = {"home": str(home), "now": NOW, "planner": "builtin", "jobs_lease_s": LEASE_S, **settings}
    return {**kept, **{f"AGENT_SCHOOL_{name.upper()}": value for name, value in given.items()}}


@contextmanager
def worker(home: Path, *, at_once: int = 4, **settings: str) -> Iterator[prepared.Forked]:
    """A worker that has said that it takes jobs."""
    line = ["-m", "tests.flows.light_jobs", "worker", "--at-once", str(at_once)]
    process = prepared.start(*line, stdout=subprocess.PIPE, env=environment(home, **settings))
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("worker ")
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        process.stdout.close()


@contextmanager
def desk(url: str) -> Iterator[JobDesk]:
    board = open_board(url)
    try:
        yield JobDesk(board, None, most_open=1000)
    finally:
        board.close()


def sqlite_jobs(home: Path) -> str:
    return f"sqlite:///{home / 'jobs.db'}"


@dataclass
class Gate:
    """Steps that come to the gate are told of, and wait there until they may pass."""

    url: str = ""
    arrivals: queue.Queue[str] = field(default_factory=queue.Queue)
    open: dict[str, threading.Event] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)
    seen: list[str] = field(default_factory=list)

    def way(self, path: str) -> threading.Event:
        with self.guard:
            return self.open.setdefault(path, threading.Event())

    def let(self, path: str) -> None:
        """Let one step of one process pass, now or when it comes."""
        self.way(path).set()

    def arrived(self, seconds: float = 60) -> str:
        """The next arrival: name/step/pid."""
        return self.arrivals.get(timeout=seconds)


@contextmanager
def gate(*, holding: tuple[str, ...] = ("publish",)) -> Iterator[Gate]:
    """A gate that holds the named steps; others pass at once."""
    made = Gate()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.strip("/")
            with made.guard:
                made.seen.append(path)
            if path.split("/")[1] in holding:
                made.arrivals.put(path)
                made.way(path).wait(60)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield made
    finally:
        for event in list(made.open.values()):
            event.set()
        server.shutdown()
        server.server_close()
        thread.join()
