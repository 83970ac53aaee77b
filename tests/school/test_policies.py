"""From an address to a policy: the registrable domain alone; private hosts only by a person or the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import InvalidQuery
from domain.policy import HostRule
from school.policies import policy_for
from school.settings import Settings
from tests.requirements import requirement


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(home=tmp_path, _env_file=None, **more)  # type: ignore[arg-type, call-arg]  # pydantic-settings' own argument


@requirement("LLM-4")
def test_a_name_stands_for_its_registrable_domain(tmp_path: Path) -> None:
    policy = policy_for("https://events.shop.example.co.uk/list", settings(tmp_path))
    assert policy.hosts == (HostRule(host="example.co.uk", subdomains=True),)
    assert policy.methods == ("GET", "HEAD")
    assert policy.admits("GET", "https://api.example.co.uk/x")
    assert not policy.admits("GET", "https://example.org.uk/x")
    assert not policy.admits("POST", "https://example.co.uk/x")


@requirement("LLM-4")
def test_a_hosting_suffix_is_no_registrable_domain_of_its_tenants(tmp_path: Path) -> None:
    policy = policy_for("https://someone.github.io/", settings(tmp_path))
    assert not policy.admits("GET", "https://another.github.io/")


@requirement("LLM-4", "BOX-4")
def test_an_address_stands_for_itself_and_its_port(tmp_path: Path) -> None:
    policy = policy_for("http://127.0.0.1:8000/x", settings(tmp_path))
    assert policy.hosts == (HostRule(host="127.0.0.1", port=8000),)
    assert not policy.admits("GET", "http://127.0.0.1:8001/")


@requirement("BOX-4")
def test_a_url_alone_never_lets_a_private_host_in(tmp_path: Path) -> None:
    assert policy_for("http://127.0.0.1:8000/", settings(tmp_path)).private_hosts == ()


@requirement("BOX-4")
def test_a_person_at_the_terminal_lets_the_typed_host_in(tmp_path: Path) -> None:
    assert policy_for("http://127.0.0.1:8000/", settings(tmp_path), at_terminal=True).private_hosts == ("127.0.0.1",)


@pytest.mark.parametrize(
    ("named", "url", "let_in"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:9000", "http://127.0.0.1:8000/", False),
        ("localhost", "http://127.0.0.1:8000/", False),
    ],
)
@requirement("BOX-4")
def test_the_settings_let_in_what_they_name(tmp_path: Path, named: str, url: str, let_in: bool) -> None:
    policy = policy_for(url, settings(tmp_path, private_hosts=named))
    assert policy.private_hosts == (("127.0.0.1",) if let_in else ())


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "nonsense", "http://", "file:///etc/passwd", "http://example.org:99999/"]
)
@requirement("PLAN-5")
def test_what_is_no_web_address_is_refused_with_a_remedy(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        policy_for(url, settings(tmp_path))
    assert "https://" in refused.value.remedy


@requirement("OPS-5")
@pytest.mark.parametrize(
    ("named", "url", "respected"),
    [
        ("", "https://example.org/", True),
        ("example.org", "https://www.example.org/list", False),
        ("example.org", "https://badexample.org/", True),
        ("www.example.org", "https://example.org/", True),
    ],
)
def test_robots_txt_is_set_aside_only_for_hosts_that_the_settings_name(
    tmp_path: Path, named: str, url: str, respected: bool
) -> None:
    assert policy_for(url, settings(tmp_path, ignore_robots=named)).respect_robots is respected


@requirement("LLM-4")
def test_a_further_host_is_allowed_only_when_named(tmp_path: Path) -> None:
    policy = policy_for("https://example.org/", settings(tmp_path), allow_hosts=("api.example.net",))
    assert policy.admits("GET", "https://api.example.net/")
