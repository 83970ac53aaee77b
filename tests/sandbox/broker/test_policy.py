"""What may be asked: policy, addresses, redirects and headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.policy import HostRule, Policy
from sandbox.appearance import USER_AGENT
from sandbox.broker import Broker
from sandbox.exchanges import Exchanges, Refused, Reply
from tests.requirements import requirement
from tests.sandbox.sites import Site

pytestmark = requirement("BOX-4")


async def _get(broker: Broker, policy: Policy, url: str, **options: Any) -> Reply:
    return await Exchanges(broker, policy, "local").request("GET", url, options.pop("fields", []), b"", **options)


async def _refused(broker: Broker, policy: Policy, url: str, **options: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await _get(broker, policy, url, **options)
    return caught.value


def _public(*hosts: str, port: int | None = None) -> Policy:
    return Policy(hosts=tuple(HostRule(host=host, port=port) for host in hosts))


async def test_a_request_inside_the_policy_is_answered(broker: Broker, site: Site) -> None:
    reply = await _get(broker, site.policy(), site.url("/a?b=c%20d"))
    told = json.loads(reply.body)
    assert (reply.status, reply.url, told["path"]) == (200, site.url("/a?b=c%20d"), "/a?b=c%20d")
    assert told["headers"]["Host"] == f"127.0.0.1:{site.port}"
    assert told["headers"]["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith("AgentSchool/")


async def test_a_name_is_asked_at_its_address_under_its_own_name(broker: Broker, site: Site) -> None:
    told = json.loads((await _get(broker, site.policy(), site.url("/", host="localhost"))).body)
    assert told["headers"]["Host"] == f"localhost:{site.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/",
        "https://127.0.0.1:{port}/",
        "http://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://sub.localhost:{port}/",
    ],
)
async def test_another_scheme_host_or_port_is_denied(broker: Broker, site: Site, url: str) -> None:
    refused = await _refused(broker, site.policy(), url.format(port=site.port))
    assert refused.kind == "denied"
    assert site.seen == []


async def test_a_method_outside_the_policy_is_denied_and_told(broker: Broker, site: Site) -> None:
    exchanges = Exchanges(broker, site.policy(), "local")
    with pytest.raises(Refused) as caught:
        await exchanges.request("DELETE", site.url("/"), [], b"")
    assert caught.value.kind == "denied"
    assert [denial.url for denial in exchanges.denials] == [site.url("/")]


@requirement("PROVE-8")
async def test_a_post_that_only_reads_is_sent_and_one_that_changes_something_is_not(broker: Broker, site: Site) -> None:
    url = site.url("/graphql")
    policy = site.policy().model_copy(update={"methods": ("GET", "HEAD"), "read_posts": (url,)})
    sent = Exchanges(broker, policy, "local")
    assert (await sent.request("POST", url, [], b'{"query": "{ things { id } }"}')).status == 200
    for other, body in ((url, b'{"query": "mutation { deleteAll }"}'), (site.url("/other"), b'{"query": "{ a }"}')):
        with pytest.raises(Refused) as caught:
            await sent.request("POST", other, [], body)
        assert caught.value.kind == "denied"
    assert len(site.seen) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_a_loopback_address_is_denied_unless_it_is_named_private(broker: Broker, site: Site, host: str) -> None:
    hosts = ("127.0.0.1", "localhost", "::ffff:127.0.0.1", "::ffff:7f00:1")
    refused = await _refused(broker, _public(*hosts, port=site.port), f"http://{host}:{site.port}/")
    assert refused.kind == "denied"
    assert site.seen == []


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "100.100.100.200", "[fd00:ec2::254]", "0.0.0.0", "2852039166", "[::ffff:169.254.169.254]"],
)
async def test_a_metadata_address_is_denied_even_when_it_is_named_private(broker: Broker, host: str) -> None:
    names = (
        "169.254.169.254",
        "100.100.100.200",
        "fd00:ec2::254",
        "0.0.0.0",
        "::ffff:a9fe:a9fe",
        "::ffff:169.254.169.254",
    )
    policy = _public(*names).model_copy(update={"private_hosts": names})
    assert (await _refused(broker, policy, f"http://{host}/")).kind == "denied"


async def test_a_name_that_resolves_to_a_private_address_is_denied(
    broker: Broker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("93.184.216.34", "127.0.0.1")

    monkeypatch.setattr(broker, "resolve", resolve)
    refused = await _refused(broker, _public("rebind.example", port=site.port), f"http://rebind.example:{site.port}/")
    assert refused.kind == "denied"
    assert site.seen == []


async def test_the_addresses_of_a_host_are_pinned_for_the_run(
    broker: Broker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([("127.0.0.1",), ("169.254.169.254",)])

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return next(answers)

    monkeypatch.setattr(broker, "resolve", resolve)
    policy = _public("pinned.example", port=site.port).model_copy(update={"private_hosts": ("pinned.example",)})
    exchanges = Exchanges(broker, policy, "local")
    url = f"http://pinned.example:{site.port}/"
    assert (await exchanges.request("GET", url, [], b"")).status == 200
    assert (await exchanges.request("GET", url, [], b"")).status == 200
    assert (await _refused(broker, policy, url)).kind == "denied"


async def test_the_next_address_is_tried_when_one_does_not_answer(
    broker: Broker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.2", "127.0.0.1")

    monkeypatch.setattr(broker, "resolve", resolve)
    policy = _public("two.example", port=site.port).model_copy(update={"private_hosts": ("two.example",)})
    assert (await _get(broker, policy, f"http://two.example:{site.port}/")).status == 200


async def test_a_redirect_inside_the_policy_is_followed_and_told(broker: Broker, site: Site) -> None:
    start = site.url("/redirect?to=/end")
    reply = await _get(broker, site.policy(), start)
    assert (reply.url, reply.hops) == (site.url("/end"), ((302, start),))


async def test_a_redirect_is_an_answer_when_it_is_not_to_be_followed(broker: Broker, site: Site) -> None:
    assert (await _get(broker, site.policy(), site.url("/redirect?to=/end"), follow=False)).status == 302


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://other.example/",
        "//other.example/",
        "http://2130706433:1/",
        "https://127.0.0.1/",
    ],
)
async def test_a_redirect_outside_the_policy_is_denied(broker: Broker, site: Site, to: str) -> None:
    assert (await _refused(broker, site.policy(), site.url(f"/redirect?to={to}"))).kind == "denied"
    assert len(site.seen) == 1


@pytest.mark.parametrize("to", ["file:///etc/passwd", "http://user:pass@127.0.0.1/", "gopher://x/", "javascript:1"])
async def test_a_redirect_to_something_else_is_refused(broker: Broker, site: Site, to: str) -> None:
    assert (await _refused(broker, site.policy(), site.url(f"/redirect?to={to}"))).kind == "protocol"


async def test_redirects_without_end_are_refused(broker: Broker, site: Site) -> None:
    refused = await _refused(broker, site.policy(), site.url("/loop"))
    assert (refused.kind, len(site.seen)) == ("limit", 11)


@pytest.mark.parametrize(("code", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
async def test_a_redirected_post_changes_its_method_as_the_standard_says(
    broker: Broker, site: Site, code: int, method: str
) -> None:
    reply = await Exchanges(broker, site.policy(), "local").request(
        "POST", site.url(f"/redirect?to=/end&code={code}"), [["content-type", "text/plain"]], b"body"
    )
    told = json.loads(reply.body)
    assert (told["method"], told["body"]) == (method, "body" if method == "POST" else "")


async def test_credentials_do_not_follow_a_redirect_to_another_origin(broker: Broker, site: Site) -> None:
    there = site.url("/end", host="localhost")
    fields = [["authorization", "Bearer x"], ["cookie", "a=b"], ["x-other", "kept"]]
    told = json.loads((await _get(broker, site.policy(), site.url(f"/redirect?to={there}"), fields=fields)).body)
    assert {"Authorization", "Cookie"}.isdisjoint(told["headers"])
    assert told["headers"]["x-other"] == "kept"


@pytest.mark.parametrize(
    "field",
    [
        ["x", "a\r\nb: c"],
        ["x\r\ny", "a"],
        ["x", "a\nb"],
        ["x y", "a"],
        ["", "a"],
        ["x", "a\x00"],
        ["x", "\u0100"],
        ["x"],
        "x",
    ],
)
async def test_a_header_that_could_smuggle_is_refused(broker: Broker, site: Site, field: object) -> None:
    assert (await _refused(broker, site.policy(), site.url("/"), fields=[field])).kind == "protocol"
    assert site.seen == []


async def test_headers_about_the_connection_are_the_brokers_own(broker: Broker, site: Site) -> None:
    names = (
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Proxy-Authorization",
        "Upgrade",
        "TE",
        "Expect",
    )
    told = json.loads((await _get(broker, site.policy(), site.url("/"), fields=[[n, "7"] for n in names])).body)
    assert told["headers"]["Host"] == f"127.0.0.1:{site.port}"
    assert "7" not in told["headers"].values()


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "http://", "http://user@127.0.0.1/", "http://127.0.0.1\\@x/", "http://127.0.0.1/a b",
     "http://1 27.0.0.1/",
     "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://ex%61mple.com/", "http://a..b/", "http://[::1/", 7, None,
     "http://127.0.0.1/" + "a" * 20_000, "http://127.0.0.1/\r\nHost: x"],
)  # fmt: skip
async def test_an_unclear_address_is_refused(broker: Broker, site: Site, url: Any) -> None:
    assert (await _refused(broker, site.policy(), url)).kind == "protocol"


async def test_too_many_headers_are_refused(broker: Broker, site: Site) -> None:
    fields = [[f"x-{number}", "y" * 1000] for number in range(40)]
    assert (await _refused(broker, site.policy(), site.url("/"), fields=fields)).kind == "protocol"


async def test_cookies_live_as_long_as_the_run(broker: Broker, site: Site) -> None:
    exchanges = Exchanges(broker, site.policy(), "local")
    first = await exchanges.request("GET", site.url("/cookie?value=mine"), [], b"")
    second = await exchanges.request("GET", site.url("/cookie"), [["cookie", "own=1"]], b"")
    other = await _get(broker, site.policy(), site.url("/cookie"))
    assert [json.loads(reply.body) for reply in (first, second, other)] == [{}, {"own": "1", "session": "mine"}, {}]
