"""What comes back: sizes, encodings, failures, secrets, recordings and probes."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest

from domain.observation import Probe, ProbePurpose
from domain.policy import Policy
from sandbox import fetch
from sandbox.broker import Broker, BrokerOptions
from sandbox.exchanges import Exchanges, Refused
from sandbox.secrets import MARK, Place, Secret, SecretStore
from tests.requirements import requirement
from tests.sandbox.broker.authority import authority
from tests.sandbox.sites import Site, serve

pytestmark = requirement("BOX-4")

VALUE = "s3cr3t/v+lue"


async def _refusal(broker: Broker, policy: Policy, url: str) -> Refused:
    with pytest.raises(Refused) as caught:
        await Exchanges(broker, policy, "local").request("GET", url, [], b"")
    return caught.value


@pytest.mark.parametrize("kind", ["gzip", "deflate", "br", "raw"])
async def test_compressed_answers_arrive_unpacked(broker: Broker, site: Site, kind: str) -> None:
    reply = await Exchanges(broker, site.policy(), "local").request("GET", site.url(f"/packed/{kind}"), [], b"")
    assert reply.body == b"unpacked"
    assert "content-encoding" not in dict(reply.fields)


@pytest.mark.parametrize("path", ["/bomb/gzip", "/bomb/deflate", "/bomb/br", "/large/2000000", "/endless"])
async def test_an_answer_beyond_its_bytes_is_cut_off(broker: Broker, site: Site, path: str) -> None:
    assert (await _refusal(broker, site.policy(response_bytes=1_000_000), site.url(path))).kind == "limit"


async def test_all_answers_of_a_run_together_are_bounded(broker: Broker, site: Site) -> None:
    exchanges = Exchanges(broker, site.policy(total_bytes=150_000), "local")
    await exchanges.request("GET", site.url("/large/100000"), [], b"")
    with pytest.raises(Refused) as caught:
        await exchanges.request("GET", site.url("/large/100000"), [], b"")
    assert caught.value.kind == "limit"


async def test_what_a_run_sends_is_bounded(broker: Broker, site: Site) -> None:
    with pytest.raises(Refused) as caught:
        await Exchanges(broker, site.policy(total_bytes=10), "local").request("POST", site.url("/"), [], b"x" * 11)
    assert (caught.value.kind, site.seen) == ("limit", [])


async def test_a_heavy_header_is_a_broken_answer(broker: Broker, site: Site) -> None:
    assert (await _refusal(broker, site.policy(), site.url("/heavy"))).kind == "protocol"


async def test_a_silent_site_meets_the_time_limit(broker: Broker, site: Site) -> None:
    assert (await _refusal(broker, site.policy(request_s=0.2), site.url("/silent"))).kind == "timeout"


async def test_a_closed_port_cannot_be_reached(broker: Broker) -> None:
    async with serve() as gone:
        policy, url = gone.policy(), gone.url("/")
    assert (await _refusal(broker, policy, url)).kind == "connect"


async def test_a_name_without_an_address_cannot_be_reached(
    broker: Broker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> tuple[str, ...]:
        raise OSError("no address")

    monkeypatch.setattr(broker, "resolve", resolve)
    assert (await _refusal(broker, site.policy(), site.url("/", "localhost"))).kind == "connect"


async def test_the_pace_is_awaited_with_the_host_before_each_request(site: Site) -> None:
    asked: list[str] = []

    async def pace(host: str) -> None:
        asked.append(host)

    async with Broker(BrokerOptions(pace=pace)) as broker:
        await Exchanges(broker, site.policy(), "local").request("GET", site.url("/redirect?to=/x"), [], b"")
    assert asked == ["127.0.0.1", "127.0.0.1"]


async def test_a_site_with_an_authority_of_its_own_is_trusted_when_it_is_named(tmp_path: Path) -> None:
    made = authority(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    async with serve(server) as site:
        async with Broker(BrokerOptions(ca_file=made.ca)) as broker:
            for host in ("localhost", "127.0.0.1"):
                url = site.url("/", host=host)
                assert (await Exchanges(broker, site.policy(), "local").request("GET", url, [], b"")).status == 200
        async with Broker(BrokerOptions()) as broker:
            assert (await _refusal(broker, site.policy(), site.url("/"))).kind == "connect"


async def _with_secret(tmp_path: Path, site: Site, place: Place, key: str, path: str = "/") -> tuple[Site, str, bytes]:
    store = SecretStore(tmp_path)
    store.add("ann", Secret(name="token", host="127.0.0.1", place=place, key=key, value=VALUE))
    policy = site.policy().model_copy(update={"secrets": ("token",)})
    async with Broker(BrokerOptions(secrets=store)) as broker:
        exchanges = Exchanges(broker, policy, "ann", record=True)
        reply = await exchanges.request("GET", site.url(path), [], b"")
    return site, exchanges.recorded[-1].model_dump_json(), reply.body


@requirement("OPS-7")
@pytest.mark.parametrize(("place", "key"), [("header", "X-Key"), ("query", "key"), ("basic", "ann")])
async def test_a_secret_reaches_its_host_and_comes_back_nowhere(
    tmp_path: Path, site: Site, place: Place, key: str
) -> None:
    _, recorded, body = await _with_secret(tmp_path, site, place, key)
    _, path, headers = site.seen[-1]
    sent = {"header": headers.get("X-Key"), "query": path, "basic": headers.get("Authorization")}[place]
    assert sent in (VALUE, "/?key=s3cr3t%2Fv%2Blue", "Basic YW5uOnMzY3IzdC92K2x1ZQ==")
    for text in (recorded, body.decode()):
        assert VALUE not in text
        assert "s3cr3t%2Fv%2Blue" not in text
        assert "YW5uOnMzY3IzdC92K2x1ZQ" not in text
    assert MARK in body.decode()  # the site echoes what it was sent


@requirement("OPS-7")
async def test_a_secret_is_not_sent_to_another_host_or_for_another_owner(tmp_path: Path, site: Site) -> None:
    store = SecretStore(tmp_path)
    store.add("ann", Secret(name="token", host="127.0.0.1", place="header", key="X-Key", value=VALUE))
    policy = site.policy().model_copy(update={"secrets": ("token",)})
    async with Broker(BrokerOptions(secrets=store)) as broker:
        await Exchanges(broker, policy, "ann").request("GET", site.url("/", host="localhost"), [], b"")
        await Exchanges(broker, policy, "bob").request("GET", site.url("/"), [], b"")
        await Exchanges(broker, site.policy(), "ann").request("GET", site.url("/"), [], b"")
        there = site.url("/end", host="localhost")
        await Exchanges(broker, policy, "ann").request("GET", site.url(f"/redirect?to={there}"), [], b"")
    assert ["X-Key" in headers for _, _, headers in site.seen] == [False, False, False, True, False]


@requirement("OPS-7")
async def test_a_secret_is_not_sent_over_plain_http_to_the_internet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    store = SecretStore(tmp_path)
    store.add("ann", Secret(name="token", host="api.example", place="header", key="X-Key", value=VALUE))
    rule = site.policy().hosts[0].model_copy(update={"host": "api.example"})
    policy = Policy(hosts=(rule,), secrets=("token",))

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("93.184.216.34",)

    async with Broker(BrokerOptions(secrets=store)) as broker:
        monkeypatch.setattr(broker, "resolve", resolve)
        with pytest.raises(Refused, match="plain http"):
            await Exchanges(broker, policy, "ann").request("GET", f"http://api.example:{site.port}/", [], b"")


async def test_a_recording_has_no_credentials_and_no_cookies(broker: Broker, site: Site) -> None:
    exchanges = Exchanges(broker, site.policy(), "local", record=True)
    fields = [["authorization", "Bearer x"], ["x-other", "kept"]]
    await exchanges.request("GET", site.url("/cookie"), fields, b"")
    (exchange,) = exchanges.recorded
    assert exchange.request_headers == {"x-other": "kept"}
    assert "set-cookie" not in exchange.response_headers
    assert (exchange.method, exchange.url, exchange.status, exchange.body) == ("GET", site.url("/cookie"), 200, "{}")


async def test_a_childs_question_is_answered_with_a_typed_error(broker: Broker, site: Site) -> None:
    exchanges = Exchanges(broker, site.policy(), "local")
    meta, body = await exchanges.answer({"t": "http", "m": "GET", "u": "http://other.example/", "h": []}, b"")
    assert (meta["err"]["kind"], meta["err"]["host"], body) == ("denied", "other.example", b"")
    meta, _ = await exchanges.answer({"t": "something", "m": "GET", "u": site.url("/"), "h": []}, b"")
    assert meta["err"]["kind"] == "protocol"


async def test_a_probe_is_answered_over_the_broker(broker: Broker, site: Site) -> None:
    probe = Probe(id="p", purpose=ProbePurpose.PARAMETER, url=site.url("/a"), headers={"x-a": "b"})
    answer = await fetch.answer(probe, site.policy(), broker=broker)
    assert (answer.status, answer.final_url, answer.error) == (200, site.url("/a"), "")
    assert json.loads(answer.body)["headers"]["x-a"] == "b"


async def test_a_probe_outside_the_policy_is_an_error_in_its_answer(broker: Broker, site: Site) -> None:
    probe = Probe(id="p", purpose=ProbePurpose.PARAMETER, url="http://other.example/")
    answer = await fetch.answer(probe, site.policy(), broker=broker)
    assert (answer.status, answer.body) == (0, "")
    assert answer.error.startswith("denied: ")
