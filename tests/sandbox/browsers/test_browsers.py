"""The boxed browser: what it can see, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from domain.errors import IsolationMissing
from domain.policy import Policy
from sandbox.appearance import Appearance
from sandbox.browsers import BrowserOptions, BrowserPool
from sandbox.browsers_box import PLAIN_USER
from sandbox.browsers_routing import Rules, enforce
from sandbox.egress_grants import Grant
from tests.requirements import requirement
from tests.sandbox.observe.site import make_authority, serving

pytestmark = pytest.mark.browser
BOUND_S = 15


def status_of(process: psutil.Process) -> str:
    return Path(f"/proc/{process.pid}/status").read_text()


def network_of(pid: int | str) -> Path:
    return Path(f"/proc/{pid}/ns/net").readlink()


def descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def browsers() -> list[psutil.Process]:
    found = []
    for process in descendants():
        try:
            if "chrom" in process.name():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


async def test_nothing_starts_before_it_is_needed():
    before = len(descendants())
    async with BrowserPool() as pool:
        assert (pool.running, len(descendants())) == (False, before)


@requirement("BOX-5")
async def test_the_browser_is_an_unprivileged_user_in_its_own_network_with_its_own_sandbox():
    async with BrowserPool() as pool, pool.context(Grant(Policy())) as context:
        await context.new_page()
        shells = browsers()
        assert shells
        outside = network_of("self")
        assert all(network_of(shell.pid) != outside for shell in shells)
        assert all(shell.uids().real == (PLAIN_USER if os.geteuid() == 0 else os.geteuid()) for shell in shells)
        assert not any("--no-sandbox" in shell.cmdline() for shell in shells)
        renderers = [shell for shell in shells if "--type=renderer" in shell.cmdline()]
        assert renderers
        assert all("Seccomp:\t2" in status_of(one) for one in renderers)


@requirement("BOX-5")
async def test_files_of_the_machine_are_not_in_the_box(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    secret.chmod(0o644)
    async with BrowserPool() as pool, pool.context(Grant(Policy())) as context:
        page = await context.new_page()
        for path in (secret, Path("/etc/passwd"), Path(__file__)):
            with pytest.raises(Exception, match=r"ERR_FILE_NOT_FOUND|ERR_ACCESS_DENIED"):
                await page.goto(path.as_uri())


@requirement("BOX-5")
async def test_two_contexts_share_neither_cookies_nor_rights():
    async with serving() as site, BrowserPool() as pool:
        first, second = Grant(site.policy()), Grant(Policy())
        async with pool.context(first) as one, pool.context(second) as other:
            await one.add_cookies([{"name": "a", "value": "b", "url": site.url}])
            assert await other.cookies() == []
            assert (await (await one.new_page()).goto(site.url + "/danger")).status == 200
            assert (await (await other.new_page()).goto(site.url + "/danger")).status == 403
        assert (len(first.denials), len(second.denials)) == (0, 1)


@requirement("OPS-5")
@pytest.mark.parametrize("appearance", list(Appearance))
async def test_a_browser_says_that_it_is_headless_unless_the_operator_wants_it_to_look_usual(appearance):
    options = BrowserOptions(appearance=appearance)
    async with serving() as site, BrowserPool(options) as pool, pool.context(Grant(site.policy())) as context:
        page = await context.new_page()
        answer = await page.goto(site.url + "/cards")
        sent = (await answer.request.all_headers())["user-agent"]
        assert sent == await page.evaluate("navigator.userAgent")
        major = context.browser.version.partition(".")[0]
    assert ("Headless" in sent) is (appearance is Appearance.HONEST)
    assert f"Chrome/{major}." in sent


@requirement("BOX-6")
async def test_contexts_are_closed_when_their_run_raises():
    async with BrowserPool() as pool:
        seen = []

        async def run() -> None:
            async with pool.context(Grant(Policy())) as context:
                seen.append(context.browser)
                raise LookupError

        with pytest.raises(LookupError):
            await run()
        assert seen[0].contexts == []


@requirement("BOX-6")
async def test_a_crashed_browser_is_replaced():
    async with BrowserPool() as pool:
        async with pool.context(Grant(Policy())) as context:
            gone = asyncio.Event()
            context.browser.on("disconnected", lambda _: gone.set())
            for process in browsers():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            async with asyncio.timeout(BOUND_S):
                await gone.wait()
        async with pool.context(Grant(Policy())) as context:
            assert await (await context.new_page()).evaluate("1 + 1") == 2


@requirement("BOX-6")
async def test_a_browser_is_replaced_after_its_share_of_contexts():
    async with BrowserPool(BrowserOptions(recycle_after=1)) as pool:
        seen = []
        for _ in range(2):
            async with pool.context(Grant(Policy())) as context:
                seen.append(context.browser)
        assert seen[0] is not seen[1]
        assert not seen[0].is_connected()


@requirement("BOX-6")
async def test_nothing_is_left_after_the_pool_is_closed():
    before = {process.pid for process in descendants()}
    async with BrowserPool() as pool, pool.context(Grant(Policy())) as context:
        await context.new_page()
    left = [process for process in descendants() if process.pid not in before]
    _, alive = await asyncio.to_thread(psutil.wait_procs, left, BOUND_S)
    assert alive == []


SERVER = """
import asyncio
from domain.policy import Policy
from sandbox.browsers import BrowserPool
from sandbox.egress_grants import Grant
async def main():
    async with BrowserPool() as pool, pool.context(Grant(Policy())) as context:
        await context.new_page()
        print("up", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


@requirement("BOX-6")
def test_a_killed_server_leaves_no_browser():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert server.stdout is not None
    assert server.stdout.readline() == b"up\n"
    family = psutil.Process(server.pid).children(recursive=True)
    assert any("chrom" in process.name() for process in family)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    assert psutil.wait_procs(family, timeout=BOUND_S)[1] == []


@requirement("BOX-7")
async def test_a_missing_browser_is_told(tmp_path):
    async with BrowserPool(BrowserOptions(executable=tmp_path / "none")) as pool:
        with pytest.raises(IsolationMissing, match="cannot be executed"):
            async with pool.context(Grant(Policy())):
                pass


@requirement("BOX-5")
async def test_methods_are_enforced_inside_tls_on_a_site_with_its_own_authority(tmp_path):
    trusted = make_authority(tmp_path)
    async with serving(tmp_path) as site, BrowserPool(BrowserOptions(trusted_keys=(trusted,))) as pool:
        grant = Grant(site.policy())
        async with pool.context(grant) as context:
            await enforce(context, Rules(grant=grant))
            page = await context.new_page()
            await page.goto(site.url + "/danger")
            for method in ("DELETE", "PUT", "POST"):
                asked = f"fetch('/api/items', {{method: '{method}'}}).then(() => 'REACHED', () => 'refused')"
                assert await page.evaluate(asked) == "refused"
                worker = f"new Promise(done => {{ const w = new Worker(URL.createObjectURL(new Blob([\"fetch('{site.url}/api/items', {{method: '{method}'}}).then(() => postMessage('REACHED'), () => postMessage('refused'))\"]))); w.onmessage = e => done(e.data) }})"  # fmt: skip # noqa: E501 - a program reads better unbroken
                assert await page.evaluate(worker) == "refused"
            assert await page.evaluate("fetch('/api/items').then(r => r.status)") == 200
        assert {line.partition(" ")[0] for line in site.seen} == {"GET"}


@requirement("BOX-5")
async def test_an_authority_that_is_not_trusted_is_refused(tmp_path):
    make_authority(tmp_path)
    async with serving(tmp_path) as site, BrowserPool() as pool, pool.context(Grant(site.policy())) as context:
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            await (await context.new_page()).goto(site.url + "/danger")


@requirement("BOX-6")
async def test_a_crashed_driver_is_replaced():
    earlier = {process.pid for process in descendants()}  # an earlier test's driver may still be ending
    async with BrowserPool() as pool:
        async with pool.context(Grant(Policy())):
            new = [process for process in descendants() if process.pid not in earlier]
            (driver,) = [process for process in new if "run-driver" in process.cmdline()]
            family = driver.children(recursive=True)
            driver.kill()
            _, alive = await asyncio.to_thread(psutil.wait_procs, family, BOUND_S)
            assert alive == []
        async with pool.context(Grant(Policy())) as context:
            assert await (await context.new_page()).evaluate("1 + 1") == 2
