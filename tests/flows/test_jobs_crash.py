"""A server that is killed in the middle of learning: the job finishes, once published and once paid."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from domain.events import Progress
from domain.job import JobState
from registry import open_registry
from school.jobs import JobDesk
from tests.conftest import KEPT
from tests.flows.jobs_workshop import desk, sqlite_jobs
from tests.flows.test_models import FIXTURES, HIP_HOP, example
from tests.mcp_server.serving import connected, running
from tests.requirements import requirement

AFTER_THE_MODEL = {"generate", "trials", "judge", "record"}


@contextmanager
def vendor(label: str) -> Iterator[tuple[str, list[str]]]:
    """A stand-in for a model's vendor on loopback: gives the recorded reply, and keeps what it was asked for."""
    lines = map(json.loads, (FIXTURES / "plan-openai.jsonl").read_text().splitlines())
    answer = json.dumps(next(line for line in lines if line["label"] == f"plan {label}")["answer"]).encode()
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def at_stage(jobs: JobDesk, job_id: str, stages: set[str], seconds: float = 100) -> None:
    """Wait until a job is at one of some stages, as any process sees it."""
    there = asyncio.Event()

    def look(event: Progress) -> None:
        if event.stage in stages:
            there.set()

    following = asyncio.create_task(jobs.follow(job_id, None, look))
    async with asyncio.timeout(seconds):
        await there.wait()
    following.cancel()


@pytest.mark.browser
@pytest.mark.timeout(240)
@requirement("PROVE-6", "JOB-1", "LLM-3")
async def test_a_killed_servers_learning_finishes_after_the_next_start_published_once_and_paid_once(
    tmp_path: Path, events_site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, question = tmp_path / "home", example(HIP_HOP)["query"]
    with vendor(HIP_HOP) as (url, asked):
        monkeypatch.setenv("OPENAI_API_KEY", "a-key-that-no-vendor-gave")
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setattr("tests.mcp_server.serving.KEPT", (*KEPT, "OPENAI_API_KEY", "OPENAI_BASE_URL"))
        settings = {"planner": "openai", "private_hosts": events_site.split("//")[1]}
        with running(home, **settings) as first, desk(sqlite_jobs(home)) as jobs:
            async with connected(first, "auto") as client:
                begun = await client.call_tool(
                    "learn_tool", {"query": question, "site": f"{events_site}/sf", "background": True}
                )
                job_id = begun.structured_content["job_id"]
                await at_stage(jobs, job_id, AFTER_THE_MODEL)
                first.process.kill()
                first.process.wait()
            killed = jobs.get(job_id, None)
            assert killed.state is JobState.RUNNING
            assert len(asked) == 1
        with running(home, **settings) as second:
            async with connected(second, "auto", first.key) as client, asyncio.timeout(120):
                done = {"state": "running"}
                while done["state"] == "running":
                    done = (await client.call_tool("get_job", {"job_id": job_id, "wait_s": 20})).structured_content
            assert (done["state"], done["result"]["status"], done["result"]["learned"]) == ("done", "ok", True)
            rows = sorted(str(row["url"]) for row in done["result"]["rows"])
            assert rows == sorted(row[0] for row in example(HIP_HOP)["expect"]["rows"])
    with open_registry(home / "registry.sqlite") as registry:
        entries = registry.ledger.entries(job_id=job_id)
        assert [(entry.usage.calls, entry.cache_hit) for entry in entries] == [(1, False)]
        tool = done["result"]["tool"]["name"]
        published = [entry.status.value for entry in registry.versions(tool, killed.owner)]
        made = registry.tool(tool, killed.owner).provenance
    assert published == ["published"]
    assert (made.job_id, made.usage.calls) == (job_id, 1)
    assert len(asked) == 1
