from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.addresses import Reach, classify, embedded, literal
from tests.requirements import requirement

pytestmark = requirement("BOX-4")

PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "192.0.0.9", "2606:4700:4700::1111", "2a00:1450:4001::200e")
PRIVATE = ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "127.0.0.1", "127.255.0.1",
           "198.18.0.1", "::1", "fc00::1", "fd12::1", "fec0::1",
           "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:0a00:0001::",
           "64:ff9b::7f00:1",
           "64:ff9b:1::c0a8:101", "64:ff9b:1::808:808", "64:ff9b:1::7f:0:100:0",
           "::127.0.0.1", "::ffff:0:10.0.0.1")  # fmt: skip
NEVER = ("0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.1.1", "169.254.170.2", "100.100.100.200", "168.63.129.16",
         "192.0.0.192", "192.0.2.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
         "255.255.255.255", "::", "fe80::1", "ff02::1", "100::1", "2001:db8::1", "3fff::1", "5f00::1", "fd00:ec2::254",
         "fd20:ce::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "192.88.99.1", "4000::1",
         "2606:4700::5efe:a9fe:a9fe", "::ffff:100.100.100.200")  # fmt: skip
ODD = {
    "2130706433": "127.0.0.1", "0x7f000001": "127.0.0.1", "017700000001": "127.0.0.1", "127.1": "127.0.0.1",
    "0177.0.0.1": "127.0.0.1", "0x7f.1": "127.0.0.1", "127.0.1": "127.0.0.1", "0xa9fea9fe": "169.254.169.254",
    "169.16689662": "169.254.169.254", "0": "0.0.0.0", "0x": "0.0.0.0", "1.1.1.1.": "1.1.1.1", "[::1]": "::1",
    "010.0.0.1": "8.0.0.1", "::FFFF:127.0.0.1": "::ffff:127.0.0.1", "0300.0250.1.1": "192.168.1.1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reach"),
    [*((t, Reach.PUBLIC) for t in PUBLIC), *((t, Reach.PRIVATE) for t in PRIVATE), *((t, Reach.NEVER) for t in NEVER)],
)
def test_an_address_has_the_reach_of_its_block(text: str, reach: Reach) -> None:
    assert classify(ip_address(text))[0] is reach


@pytest.mark.parametrize(("spelling", "address"), ODD.items())
def test_an_odd_spelling_is_read_as_c_libraries_read_it(spelling: str, address: str) -> None:
    assert literal(spelling) == ip_address(address)


@pytest.mark.parametrize(
    "name", ["localhost", "example.com", "1.2.3.4.5", "256.1.1.1", "1.256.1", "0xg", "a.1", "", "1..2", "-1"]
)
def test_a_name_is_no_address(name: str) -> None:
    assert literal(name) is None


@given(st.integers(0, 2**32 - 1))
def test_a_carried_address_is_never_more_reachable_than_the_address_itself(number: int) -> None:
    inner = IPv4Address(number)
    order = (Reach.PUBLIC, Reach.PRIVATE, Reach.NEVER)
    for carrier in (0xFFFF << 32, 0x64FF9B << 96, 0x64FF9B0001 << 80):
        outer = IPv6Address(carrier | number)
        assert inner in embedded(outer)
        assert order.index(classify(outer)[0]) >= order.index(classify(inner)[0])


@given(st.ip_addresses(v=4))
def test_no_address_that_python_calls_special_is_public(address: IPv4Address) -> None:
    if not address.is_global:
        assert classify(address)[0] is not Reach.PUBLIC
