from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain.observation import Exchange
from domain.run import Outcome
from domain.workflow import Artifact
from sandbox.replaying import in_utf8
from sandbox.runner import Runner, RunnerOptions, open_runner
from sandbox.secrets import Secret, SecretStore
from tests.requirements import requirement
from tests.sandbox.runner.workflows import call, workflow
from tests.sandbox.sites import Site, serve

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("DRIFT-1")]

AGAIN = """    rows = []
    for _ in range(request.count):
        response = await http.get("URL/echo", params={"word": request.word})
        rows.append(Item(name=str(response.status_code) + str(workflow_kit.now()), number=len(response.text)))
    return Response(rows=rows, count=len(rows))
"""
REDIRECTED = """    response = await http.get("URL/redirect", params={"to": "/echo"}, follow_redirects=True)
    return Response(rows=[Item(name=str(response.url), number=len(response.text))], count=1)
"""
SWALLOWED = """    try:
        await http.get("URL/other")
    except Exception:
        pass
    return Response(rows=[], count=0)
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner() -> AsyncIterator[Runner]:
    async with open_runner() as opened:
        yield opened


async def recorded(runner: Runner, artifact: Artifact, site: Site, **options: object) -> tuple[Exchange, ...]:
    run = await call(runner, artifact, site.policy(), record=True, **options)
    assert run.outcome is Outcome.OK, run.error
    return run.exchanges


async def test_a_replay_gives_the_same_rows_with_the_site_gone(runner: Runner) -> None:
    async with serve() as site:
        artifact, policy = workflow(url=site.url("")), site.policy()
        live = await call(runner, artifact, policy, record=True)
    again = await call(runner, artifact, policy, replayed=live.exchanges)
    assert (again.outcome, again.output) == (Outcome.OK, live.output)
    assert again.spent.requests == 1


async def test_redirects_are_followed_through_the_recording(runner: Runner) -> None:
    async with serve() as site:
        artifact = workflow(REDIRECTED, site.url(""))
        live = await call(runner, artifact, site.policy(), record=True)
        assert [exchange.status for exchange in live.exchanges] == [302, 200], live.error
    again = await call(runner, artifact, site.policy(), replayed=live.exchanges)
    assert again.output == live.output


@pytest.mark.parametrize(("arguments", "words"), [({"word": "z"}, "was not recorded"), ({}, "more often")])
async def test_a_request_that_was_not_recorded_is_a_typed_failure(
    runner: Runner, arguments: dict[str, object], words: str
) -> None:
    async with serve() as site:
        artifact = workflow(AGAIN, site.url(""))
        exchanges = await recorded(runner, artifact, site, arguments={"count": 1})
        asked = len(site.seen)
        run = await call(runner, artifact, site.policy(), replayed=exchanges, arguments={"count": 2, **arguments})
        assert len(site.seen) == asked
    assert (run.outcome, run.output) == (Outcome.FAILED, None)
    assert run.error is not None
    assert (run.error.code, words in run.error.message) == ("asked_new", True)


async def test_a_new_question_fails_even_when_the_workflow_swallows_it(runner: Runner) -> None:
    async with serve() as site:
        run = await call(runner, workflow(SWALLOWED, site.url("")), site.policy(), replayed=())
        assert site.seen == []
    assert run.error is not None
    assert run.error.code == "asked_new"


async def test_the_limits_of_the_policy_hold_in_a_replay_too(runner: Runner) -> None:
    async with serve() as site:
        artifact = workflow(url=site.url(""))
        exchanges = await recorded(runner, artifact, site)
        run = await call(runner, artifact, site.policy(requests=0), replayed=exchanges)
    assert run.error is not None
    assert (run.outcome, run.error.code) == (Outcome.KILLED, "limit")


@requirement("OPS-7")
async def test_a_recording_holds_no_secret_and_replays_without_one(tmp_path: Path) -> None:
    store = SecretStore(tmp_path / "secrets")
    store.add("local", Secret(name="key", host="127.0.0.1", place="header", key="X-Key", value="s3cret-value-1"))
    async with serve() as site:
        policy = site.policy().model_copy(update={"secrets": ("key",)})
        artifact = workflow(url=site.url(""))
        async with open_runner(RunnerOptions(secrets_folder=tmp_path / "secrets")) as runner:
            live = await call(runner, artifact, policy, record=True)
        assert site.seen[-1][2]["X-Key"] == "s3cret-value-1"
    assert all("s3cret-value-1" not in exchange.model_dump_json() for exchange in live.exchanges)
    async with open_runner() as runner:
        again = await call(runner, artifact, policy, replayed=live.exchanges)
    assert again.output == live.output


async def test_what_reads_the_same_in_every_encoding_keeps_its_fields() -> None:
    html = {"content-type": "text/html"}
    assert in_utf8(html, b"<p>plain</p>") == html
    assert in_utf8(html, "<p>Caf\u00e9</p>".encode())["content-type"] == "text/html; charset=utf-8"
    assert in_utf8({"content-type": "text/html; charset=utf-16"}, b"plain")["content-type"].endswith("charset=utf-8")
