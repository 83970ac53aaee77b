"""A policy that allows more never refuses what a narrower one allows, and the doors agree about every policy."""

from __future__ import annotations

from contextlib import suppress
from typing import cast, get_args
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from domain.policy import HostRule, Method, Policy
from sandbox.egress_grants import Grant, Refused, _refusal
from tests.requirements import requirement

pytestmark = requirement("BOX-4")

METHODS = cast("tuple[Method, ...]", get_args(Method))
HOSTS = st.sampled_from(["a.example", "b.a.example", "example", "xn--e1afmkfd.example", "127.0.0.1", "::1", "10.0.0.1"])
PORTS = st.sampled_from([80, 443, 8000])
RULES = st.builds(
    HostRule,
    host=HOSTS,
    port=st.none() | PORTS,
    schemes=st.sampled_from([("https",), ("http",), ("https", "http")]),
    subdomains=st.booleans(),
)
POLICIES = st.builds(
    Policy,
    hosts=st.lists(RULES, max_size=3).map(tuple),
    methods=st.lists(st.sampled_from(METHODS), max_size=4, unique=True).map(tuple),
    private_hosts=st.lists(HOSTS | st.builds("{}:{}".format, HOSTS, PORTS), max_size=3).map(tuple),
)


@st.composite
def urls(draw: st.DrawFn) -> str:
    host = draw(HOSTS)
    name = f"[{host}]" if ":" in host else host
    return f"{draw(st.sampled_from(['http', 'https']))}://{name}:{draw(PORTS)}/x"


def joined(one: Policy, other: Policy) -> Policy:
    """Return the policy that allows what either does."""
    parts = {name: getattr(one, name) + getattr(other, name) for name in ("hosts", "methods", "private_hosts")}
    return one.model_copy(update=parts)


def lets_through(policy: Policy, method: str, url: str) -> bool:
    """Return whether the proxy lets a request through."""
    parts = urlsplit(url)
    with suppress(Refused):
        Grant(policy).check_request(method, parts.scheme, parts.hostname or "", parts.port or 0, url)
        return True
    return False


@given(POLICIES, POLICIES, st.sampled_from(METHODS), urls())
def test_a_wider_policy_never_refuses_more(one: Policy, other: Policy, method: str, url: str) -> None:
    wide = joined(one, other)
    either = one.admits(method, url) or other.admits(method, url)
    assert wide.admits(method, url) or not either
    assert lets_through(wide, method, url) or not (lets_through(one, method, url) or lets_through(other, method, url))


@given(POLICIES, POLICIES, st.sampled_from(["127.0.0.1", "10.0.0.1", "1.1.1.1", "169.254.169.254"]), HOSTS, PORTS)
def test_a_wider_policy_reaches_no_fewer_addresses(
    one: Policy, other: Policy, address: str, host: str, port: int
) -> None:
    if _refusal(address, one, host, port) is None:
        assert _refusal(address, joined(one, other), host, port) is None
    if address == "169.254.169.254":
        assert _refusal(address, joined(one, other), host, port) is not None


@given(POLICIES, st.sampled_from(METHODS), urls())
def test_broker_and_proxy_agree(policy: Policy, method: str, url: str) -> None:
    expected = policy.admits(method, url) or (method == "OPTIONS" and policy.admits("GET", url))
    if method == "OPTIONS":  # a browser asks with it before its own requests
        assert lets_through(policy, method, url) or not expected
    else:
        assert lets_through(policy, method, url) is expected
