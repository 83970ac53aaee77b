from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from domain.policy import HostRule, Policy
from sandbox.appearance import Appearance
from sandbox.broker import Broker, BrokerOptions
from sandbox.exchanges import Exchanges, Refused, Reply
from sandbox.manners import Manners
from sandbox.requesting import read_target
from tests.requirements import requirement

pytestmark = requirement("OPS-5")

LIKE_A_BROWSER = BrokerOptions(manners=Manners(private=True), appearance=Appearance.BROWSER)

RULES = "User-agent: *\nDisallow: /private\nAllow: /private/open\n\nUser-agent: AgentSchool\nDisallow: /*.csv$\n"


class Robotic:
    """A site with a robots.txt. ``asked`` holds the paths in their order."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        self.asked: list[str] = []
        self.fields: list[dict[str, str]] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.fields.append({name.lower(): value for name, value in request.headers.items()})
        if request.path == "/robots.txt":
            return web.Response(status=self.status, text=self.text)
        return web.Response(text="page", headers={"Set-Cookie": "a=b"})

    def policy(self, *, respect_robots: bool = True) -> Policy:
        rule = HostRule(host="127.0.0.1", port=self.port)
        return Policy(hosts=(rule,), private_hosts=("127.0.0.1",), respect_robots=respect_robots)


@asynccontextmanager
async def robotic(status: int = 200, text: str = RULES) -> AsyncIterator[Robotic]:
    site = Robotic(status, text)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def mannered(rate: float = 0.0, *, private: bool = True) -> AsyncIterator[Broker]:
    async with Broker(BrokerOptions(manners=Manners(requests_per_s=rate, private=private))) as broker:
        yield broker


async def ask(broker: Broker, site: Robotic, path: str, owner: str = "ann", *, respect_robots: bool = True) -> Reply:
    exchanges = Exchanges(broker, site.policy(respect_robots=respect_robots), owner)
    return await exchanges.request("GET", f"http://127.0.0.1:{site.port}{path}", [], b"")


async def test_what_robots_txt_disallows_is_denied_with_the_reason() -> None:
    async with robotic() as site, mannered() as broker:
        with pytest.raises(Refused, match=r"robots\.txt of 127\.0\.0\.1") as caught:
            await ask(broker, site, "/list.csv")
        assert caught.value.kind == "denied"
        assert site.asked == ["/robots.txt"]
        assert (await ask(broker, site, "/list.html")).body == b"page"


async def test_robots_txt_is_read_once_for_each_owner() -> None:
    async with robotic() as site, mannered() as broker:
        await asyncio.gather(*(ask(broker, site, f"/{number}") for number in range(5)))
        assert site.asked.count("/robots.txt") == 1
        await ask(broker, site, "/", owner="bob")
        assert site.asked.count("/robots.txt") == 2


async def test_a_policy_may_set_robots_txt_aside_by_name() -> None:
    async with robotic() as site, mannered() as broker:
        assert (await ask(broker, site, "/list.csv", respect_robots=False)).status == 200
        assert site.asked == ["/list.csv"]


async def test_private_hosts_are_asked_without_ado() -> None:
    async with robotic() as site, mannered(private=False) as broker:
        assert (await ask(broker, site, "/list.csv")).status == 200
        assert site.asked == ["/list.csv"]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (429, False)])
async def test_a_missing_file_allows_and_a_failing_one_does_not(status: int, allowed: bool) -> None:
    async with robotic(status) as site, mannered() as broker:
        if allowed:
            assert (await ask(broker, site, "/list.csv")).status == 200
        else:
            with pytest.raises(Refused):
                await ask(broker, site, "/list.csv")


async def test_robots_txt_is_asked_under_our_name_and_without_cookies() -> None:
    async with robotic() as site, mannered() as broker:
        exchanges = Exchanges(broker, site.policy(), "ann")
        await exchanges.request("GET", f"http://127.0.0.1:{site.port}/a", [["Cookie", "c=d"]], b"")
        assert site.fields[0]["user-agent"].startswith("AgentSchool/")
        assert "cookie" not in site.fields[0]
        assert site.fields[1]["cookie"] == "c=d"
        assert exchanges.requests == 1


async def test_an_operator_may_look_like_a_browser_and_still_keeps_to_what_robots_txt_says_to_us() -> None:
    async with robotic() as site, Broker(LIKE_A_BROWSER) as broker:
        with pytest.raises(Refused, match=r"robots\.txt"):
            await ask(broker, site, "/list.csv")
        assert (await ask(broker, site, "/list.html")).status == 200
        assert site.fields[0]["user-agent"].startswith("AgentSchool/")
        assert site.fields[1]["user-agent"].startswith("Mozilla/5.0 ")


async def test_requests_to_a_host_wait_for_their_turn() -> None:
    async with robotic() as site, mannered(rate=2.0) as broker:
        waiting = [asyncio.ensure_future(ask(broker, site, "/", respect_robots=False)) for _ in range(4)]
        done, late = await asyncio.wait(waiting, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert done
        assert late, "all went at once"
        assert all(reply.status == 200 for reply in await asyncio.gather(*waiting))


@pytest.mark.parametrize(("address", "public"), [("1.1.1.1", True), ("2606:4700::1111", True), ("10.0.0.1", False)])
async def test_manners_are_for_public_addresses(address: str, public: bool) -> None:
    policy = Policy(hosts=(HostRule(host=address),), private_hosts=(address,))
    shown = f"[{address}]" if ":" in address else address
    async with mannered() as broker:
        judged = Exchanges(broker, policy, "ann")._judge(read_target(f"http://{shown}/"), (address,))
    assert judged is public
