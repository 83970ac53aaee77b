"""Credentials: kept by name for one host, added by the broker, never in an answer."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.events_site.serve import serving
from tests import prepared
from tests.conftest import Command, one_object
from tests.requirements import requirement

TOKEN = "t0p-s3cret-value-1234"
PARTS = [{"id": n, "name": f"Blue widget {n}", "price": n * 1.5, "note": f"seen with {TOKEN}"} for n in range(1, 9)]


def parts(request: Request) -> Response:
    if request.headers.get("x-api-key") != TOKEN:
        return JSONResponse({"detail": "no key"}, status_code=401)
    return JSONResponse({"parts": PARTS})


def keep(environment: dict[str, str], *arguments: str, value: str = TOKEN) -> subprocess.CompletedProcess[str]:
    line = (prepared.MAIN, "secrets", *arguments, "--json")
    return prepared.run(*line, env=environment, timeout=60, given=value + "\n")


@requirement("OPS-7")
async def test_a_secret_opens_its_host_and_shows_nowhere(
    environment: dict[str, str], command: Command, tmp_path: Path
) -> None:
    async with serving(Starlette(routes=[Route("/parts.json", parts)])) as url:
        ask = ("--query", "blue widgets", "--site", f"{url}/parts.json", "--json")
        without = one_object(await asyncio.to_thread(command, *ask))
        assert without["status"] == "error"
        kept = await asyncio.to_thread(
            keep, environment, "set", "parts_key", "--host", "127.0.0.1", "--header", "X-Api-Key"
        )
        assert one_object(kept) == {"status": "ok", "name": "parts_key", "host": "127.0.0.1", "place": "header"}
        done = await asyncio.to_thread(command, *ask)
        answer = one_object(done)
    assert (answer["status"], answer["count"]) == ("ok", 8), answer
    assert TOKEN not in done.stdout + done.stderr
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and "secrets" not in path.parts]
    assert files
    assert [path.name for path in files if TOKEN.encode() in path.read_bytes()] == []
    [secret_file] = [path for path in (tmp_path / "home" / "secrets").rglob("*") if path.is_file()]
    assert secret_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("places", [(), ("--header", "A", "--query", "b")])
@requirement("OPS-7")
def test_a_secret_goes_to_one_place(environment: dict[str, str], places: tuple[str, ...]) -> None:
    done = keep(environment, "set", "k", "--host", "example.org", *places)
    assert done.returncode == 2
    assert one_object(done)["error"]["remedy"]


@requirement("OPS-7")
def test_secrets_are_listed_by_name_and_forgotten(environment: dict[str, str], command: Command) -> None:
    keep(environment, "set", "k", "--host", "example.org", "--query", "token")
    listed = command("secrets", "list", "--json")
    assert one_object(listed)["secrets"] == [{"name": "k", "host": "example.org", "place": "query"}]
    assert TOKEN not in listed.stdout
    assert one_object(command("secrets", "remove", "k", "--json"))["removed"] == "k"
    assert command("secrets", "remove", "k", "--json").returncode == 2
