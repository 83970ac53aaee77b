"""From an address to a policy (LLM-4): the site's registrable domain, reading only, nothing else."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

from domain.errors import InvalidQuery
from domain.policy import DEFAULT_PORTS, HostRule, Method, Policy
from sandbox.secrets import SecretStore
from school.settings import Settings

LOCAL_NAMES = ("localhost",)


def policy_for(url: str, settings: Settings, *, at_terminal: bool = False, allow_hosts: tuple[str, ...] = ()) -> Policy:
    """Return the policy that a site's address gives.

    A name stands for its registrable domain with all below it (public suffix list, private part
    included); an address or localhost for that host and port only. Private and loopback hosts are
    let in when the settings name them, or when a person typed the address at the terminal
    (``at_terminal``); a URL that comes from anywhere else never adds one.

    Raises:
        InvalidQuery: the address is no http or https URL.
    """
    hosts = (_rule(url), *(_rule(host if "//" in host else f"https://{host}") for host in allow_hosts))
    named = tuple(settings.private_hosts)
    typed = tuple(rule.host for rule in hosts) if at_terminal else ()
    private = tuple(dict.fromkeys((*typed, *(_without_port(name) for name in named if _names(name, hosts)))))
    return Policy(
        hosts=tuple(dict.fromkeys(hosts)),
        private_hosts=private,
        respect_robots=not all(_below(rule.host, settings.ignore_robots) for rule in hosts),
    )


def with_secrets(policy: Policy, settings: Settings, *, owner: str) -> Policy:
    """Return the policy with the names of the owner's secrets for its hosts; the broker adds them there alone."""
    kept = SecretStore(settings.home / "secrets").names(owner)
    names = tuple(name for name, host, _ in kept if any(_reaches(rule, host) for rule in policy.hosts))
    return policy.model_copy(update={"secrets": names})


def form_credentials(policy: Policy, settings: Settings, *, owner: str) -> tuple[str, ...]:
    """Return the names of the policy's secrets that workflows write into login forms, as stand-ins."""
    kept = SecretStore(settings.home / "secrets").names(owner) if policy.secrets else ()
    return tuple(name for name, _, place in kept if place == "form" and name in policy.secrets)


def with_methods(policy: Policy, methods: tuple[Method, ...]) -> Policy:
    """Return the policy with the methods that a person agreed to, beside those that only read."""
    return policy.model_copy(update={"methods": tuple(dict.fromkeys((*policy.methods, *methods)))})


def _reaches(rule: HostRule, host: str) -> bool:
    name = host.lower()
    return name == rule.host or (rule.subdomains and name.endswith("." + rule.host))


def _below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name.lower() or host.endswith(f".{name.lower()}") for name in names)


def _rule(url: str) -> HostRule:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as problem:
        raise InvalidQuery(
            f"{url!r} has no valid port.", remedy="Give an address such as https://example.org/list"
        ) from problem
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise InvalidQuery(f"{url!r} is no web address.", remedy="Give an address such as https://example.org/list")
    host = parts.hostname.rstrip(".")
    shown_port = port if port != DEFAULT_PORTS[parts.scheme] else None
    if _is_address(host) or host in LOCAL_NAMES or host.endswith(".localhost"):
        return HostRule(host=host, port=shown_port)
    domain = _suffixes()(host).top_domain_under_public_suffix
    return HostRule(host=domain or host, port=shown_port, subdomains=bool(domain))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _names(name: str, hosts: tuple[HostRule, ...]) -> bool:
    host, port = _without_port(name), _port(name)
    return any(rule.host == host and port in (None, rule.port) for rule in hosts)


def _without_port(name: str) -> str:
    return name if name.count(":") > 1 else name.partition(":")[0]


def _port(name: str) -> int | None:
    text = "" if name.count(":") > 1 else name.partition(":")[2]
    return int(text) if text.isdigit() else None


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    # The list comes with the package: nothing is fetched, and two machines with one lock decide alike.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
