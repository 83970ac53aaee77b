"""Which network addresses may be reached: the IANA special-purpose registries as one table.

An address is public, private (reachable only for hosts that the operator or a person at the local
command line named), or never reachable: cloud metadata, link-local, multicast and the like. Addresses
that carry another one (IPv4-mapped, NAT64, 6to4, Teredo, ISATAP) are judged by both. Odd spellings of
IPv4 addresses are read as the C library would read them, so that they cannot pass as names.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), IANA
multicast registries, and the metadata addresses in the vendors' own documentation.
"""

from __future__ import annotations

import functools
import re
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reach(StrEnum):
    """Who may reach an address."""

    PUBLIC = "public"
    PRIVATE = "private"
    NEVER = "never"


@functools.lru_cache(maxsize=4096)
def classify(address: Address) -> tuple[Reach, str]:
    """Return the reach of an address with the registry's name for its block ("" when it is public)."""
    worst = (Reach.PUBLIC, "")
    for candidate in (address, *embedded(address)):
        found = _lookup(candidate)
        if _ORDER[found[0]] > _ORDER[worst[0]]:
            worst = found
    return worst


@functools.lru_cache(maxsize=4096)
def literal(host: str) -> Address | None:
    """Return the address that a host spells, or None for a name.

    Takes brackets, zone-less IPv6, and every form that inet_aton reads: decimal, octal and
    hexadecimal parts, and fewer than four of them.
    """
    text = host.strip("[]").rstrip(".")
    try:
        return ip_address(text)
    except ValueError:
        return _inet_aton(text)


def embedded(address: Address) -> tuple[Address, ...]:
    """Return the IPv4 addresses that an IPv6 address carries."""
    if isinstance(address, IPv4Address):
        return ()
    packed = address.packed
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if packed[:12] in (_NAT64, _COMPATIBLE, _TRANSLATED) or packed[:6] == _NAT64_LOCAL:
        carried.append(IPv4Address(packed[12:]))
    if packed[8:12] in _ISATAP:
        carried.append(IPv4Address(packed[12:]))
    return tuple(found for found in carried if found is not None and not _trivial(address, found))


def _trivial(address: IPv6Address, found: IPv4Address) -> bool:
    """Whether ``::`` and ``::1`` were taken for addresses that carry 0.0.0.0 and 0.0.0.1."""
    return address.packed[:12] == _COMPATIBLE and int(found) < 2


_ORDER = {Reach.PUBLIC: 0, Reach.PRIVATE: 1, Reach.NEVER: 2}
_NAT64 = bytes.fromhex("0064ff9b0000000000000000")
_NAT64_LOCAL = bytes.fromhex("0064ff9b0001")
_COMPATIBLE = bytes(12)
_TRANSLATED = bytes.fromhex("0000000000000000ffff0000")
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))

_METADATA = (
    "169.254.169.254", "169.254.169.253", "169.254.170.2", "169.254.170.23", "169.254.42.42", "100.100.100.200",
    "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::253", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42",
    "fd00:c1::a9fe:a9fe",
)  # fmt: skip
_PRIVATE = {
    "10.0.0.0/8": "private use",
    "172.16.0.0/12": "private use",
    "192.168.0.0/16": "private use",
    "100.64.0.0/10": "shared address space",
    "127.0.0.0/8": "loopback",
    "198.18.0.0/15": "benchmarking",
    "::1/128": "loopback",
    "fc00::/7": "unique local",
    "fec0::/10": "site local",
    "2001:2::/48": "benchmarking",
    "64:ff9b:1::/48": "local-use translation",
}
_NEVER = {
    "0.0.0.0/8": "this network",
    "169.254.0.0/16": "link local",
    "192.0.0.0/24": "IETF protocol assignments",
    "192.0.2.0/24": "documentation",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.175.48.0/24": "AS112",
    "192.88.99.0/24": "6to4 relay anycast",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "255.255.255.255/32": "limited broadcast",
    "::/128": "unspecified",
    "fe80::/10": "link local",
    "ff00::/8": "multicast",
    "100::/64": "discard only",
    "100:0:0:1::/64": "dummy prefix",
    "2001::/23": "IETF protocol assignments",
    "2001:db8::/32": "documentation",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
}
# assigned inside special blocks, and globally reachable or judged by what they carry
_EXCEPTIONS = {
    "192.0.0.9/32": "", "192.0.0.10/32": "", "2001::/32": "", "2001:1::1/128": "", "2001:1::2/128": "",
    "2001:3::/32": "", "2001:4:112::/48": "", "2001:20::/28": "", "2001:30::/28": "",
}  # fmt: skip
_CARRIERS = ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16", "::/96", "::ffff:0:0:0/96")


def _table() -> list[tuple[Network, Reach, str]]:
    rows = [(ip_network(address), Reach.NEVER, "cloud metadata") for address in _METADATA]
    rows += [(ip_network(block), Reach.PUBLIC, name) for block, name in _EXCEPTIONS.items()]
    rows += [(ip_network(block), Reach.PRIVATE, name) for block, name in _PRIVATE.items()]
    rows += [(ip_network(block), Reach.NEVER, name) for block, name in _NEVER.items()]
    rows += [(ip_network(block), Reach.PUBLIC, "") for block in _CARRIERS]
    # unassigned space of IPv6 is not the internet: only 2000::/3 is
    rows += [(ip_network("2000::/3"), Reach.PUBLIC, ""), (ip_network("::/0"), Reach.NEVER, "not global unicast")]
    return rows


_TABLE = _table()
_PART = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def _lookup(address: Address) -> tuple[Reach, str]:
    for network, reach, name in _TABLE:
        if address.version == network.version and address in network:
            return reach, name
    return Reach.PUBLIC, ""


def _inet_aton(text: str) -> IPv4Address | None:
    parts = text.split(".")
    if len(parts) > 4 or not all(_PART.fullmatch(part) for part in parts):
        return None
    values = [_number(part) for part in parts]
    last_limit = 1 << (8 * (5 - len(values)))
    if any(value > 255 for value in values[:-1]) or values[-1] >= last_limit:
        return None
    head = sum(value << (8 * (3 - index)) for index, value in enumerate(values[:-1]))
    return IPv4Address(head + values[-1])


def _number(part: str) -> int:
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    if part.startswith("0") and all(digit in "01234567" for digit in part):
        return int(part, 8)
    return int(part)
