"""AS6xx: what the policy allows, and secrets."""

from __future__ import annotations

import ast
import re
from typing import ClassVar, Final
from urllib.parse import urlsplit

from domain.policy import DEFAULT_PORTS
from sandbox.facade.frozen import words
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.constants import called_name
from sandbox.rules.facts import ModuleFacts

_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>{}]+", re.IGNORECASE)
_VOCABULARIES: Final = words("""
    schema.org www.schema.org w3.org www.w3.org purl.org ogp.me search.yahoo.com www.itunes.com rdfs.org xmlns.com
    """)  # hosts whose addresses are names of terms, which workflows compare and never request
_WORDING: Final = frozenset({"description", "title", "examples", "json_schema_extra", "deprecated", "alias"})
_METHODS: Final = {name.lower(): name for name in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")}


class HostsOfThePolicy(Rule):
    """Addresses lie inside the policy."""

    code: ClassVar = "AS601"
    title: ClassVar = "Addresses inside the tool's policy"
    reason: ClassVar = "The broker refuses every request to another host."
    remedy: ClassVar = "Use an address of the allowed hosts, or have the host allowed: --allow-host HOST."
    bad_example: ClassVar = 'get_json(http, "https://tracker.example/collect")'
    good_example: ClassVar = 'get_json(http, f"{BASE}/api/events")'
    nodes: ClassVar = (ast.Constant,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield texts that begin with an address of another host."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in facts.docstrings:
            return
        text = node.value.strip()
        if not text.lower().startswith(("http://", "https://")) or _is_wording(node, facts):
            return
        found = _ADDRESS.match(text)
        if not found:
            return  # the host comes at run time; the broker decides
        try:
            parts = urlsplit(found.group())
            port = parts.port or DEFAULT_PORTS[parts.scheme]
        except ValueError:
            yield Breach(message=f"{text[:80]!r} is no address", node=node)
            return
        host = parts.hostname or ""
        if host in _VOCABULARIES or _is_unfinished(node, found.group(), parts.path, facts):
            return
        if not any(rule.admits(parts.scheme, host, port) for rule in facts.policy.hosts):
            allowed = ", ".join(rule.host for rule in facts.policy.hosts) or "none"
            yield Breach(
                message=f"the host {host!r} is outside this tool's policy",
                node=node,
                remedy=f"Use one of the allowed hosts ({allowed}), or have it allowed with: --allow-host {host}",
            )


class MethodsOfThePolicy(Rule):
    """HTTP methods lie inside the policy."""

    code: ClassVar = "AS602"
    title: ClassVar = "Methods inside the tool's policy"
    reason: ClassVar = (
        "Reading is the default; the broker refuses other methods unless the tool is meant to change something."
    )
    remedy: ClassVar = "Use a method that the policy allows; a tool that changes something has to be asked for."
    bad_example: ClassVar = 'await http.delete(f"{BASE}/items/1")'
    good_example: ClassVar = 'await http.get(f"{BASE}/items/1")'
    nodes: ClassVar = (ast.Call,)
    interface: ClassVar = "http"

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield calls with another method."""
        method = _method(node) if isinstance(node, ast.Call) else ""
        read = method == "POST" and facts.policy.read_posts  # the broker decides by address
        if method and method not in facts.policy.methods and not read:
            allowed = ", ".join(facts.policy.methods)
            yield Breach(message=f"the method {method} is outside this tool's policy (allowed: {allowed})", node=node)


class NoSecrets(Rule):
    """No credentials in code."""

    code: ClassVar = "AS603"
    title: ClassVar = "No secrets in the code"
    reason: ClassVar = "Code is shown, stored and shared; the broker adds secrets to requests for their host."
    remedy: ClassVar = "Remove it; store it with: main.py secrets set NAME, and name it in the policy."
    bad_example: ClassVar = 'TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"'
    good_example: ClassVar = "await http.get(url)  # the broker adds the credential"
    nodes: ClassVar = (ast.Constant, ast.Assign, ast.AnnAssign, ast.keyword, ast.Dict)
    _shapes: ClassVar = re.compile(
        r"\bsk-[A-Za-z0-9_-]{20,}|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{22,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abprs]-[\w-]{10,}"
        r"|\bAIza[\w-]{35}|\bglpat-[\w-]{20}|\b[rs]k_(?:live|test)_\w{16,}|\beyJ[\w-]{10,300}\.eyJ[\w-]{10,}\.[\w-]{10,}"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:Bearer|Basic|Token)\s+[\w.~+/=-]{20,}|https?://[^/\s:@{}]+:[^/\s@{}]+@"
    )
    _names: ClassVar = re.compile(
        r"(?:^|[_-])(?:password|passwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|authorization)$",
        re.IGNORECASE,
    )
    _opaque: ClassVar = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.+/=~-]*[A-Za-z0-9+/]{16}[\w.+/=~-]*")

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield texts that look like credentials, by their shape or by the name they are given."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and len(node.value) >= 16 and self._shapes.search(node.value):
                yield Breach(message="this text looks like a credential", node=node)
            return
        del facts
        for name, value in _named_values(node):
            if (
                isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and self._names.search(name)
                and self._opaque.fullmatch(value.value)
            ):
                yield Breach(message=f"the value of {name!r} looks like a credential", node=value)


class GivenClient(Rule):
    """The client is handed in."""

    code: ClassVar = "AS604"
    title: ClassVar = "The client is the one that run is given"
    reason: ClassVar = "Only that client is connected, and limited to the policy."
    remedy: ClassVar = "Use the parameter http; pass it on to your functions."
    bad_example: ClassVar = "async with httpx.AsyncClient() as client: ..."
    good_example: ClassVar = "response = await http.get(url)"
    nodes: ClassVar = (ast.Call,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield the making of clients."""
        if isinstance(node, ast.Call) and facts.origin(node.func) in {"httpx.AsyncClient", "httpx.Client"}:
            yield Breach(message="the workflow makes a client of its own", node=node)


RULES: tuple[type[Rule], ...] = (HostsOfThePolicy, MethodsOfThePolicy, NoSecrets, GivenClient)


def _is_wording(node: ast.AST, facts: ModuleFacts) -> bool:
    """Whether a text only describes: an argument such as ``description`` or ``examples``."""
    for above in facts.ancestors(node):
        if isinstance(above, ast.keyword):
            return above.arg in _WORDING
        if isinstance(above, ast.stmt):
            return False
    return False


def _is_unfinished(node: ast.AST, address: str, path: str, facts: ModuleFacts) -> bool:
    """Whether an f-string goes on inside the host: ``f"https://{city}.example"`` or ``f"https://a{b}"``."""
    text = facts.parents.get(node)
    if not isinstance(text, ast.JoinedStr) or path or "?" in address or "#" in address:
        return False
    return text.values.index(node) + 1 < len(text.values)  # type: ignore[arg-type]  # a node is in its parent


def _method(call: ast.Call) -> str:
    name = called_name(call.func)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        if call.func.value.id not in {"http", "client", "session"}:
            return ""
        if name in _METHODS:
            return _METHODS[name]
        return _text(call.args[0]).upper() if name in {"request", "build_request", "stream"} and call.args else ""
    if name == "send" and len(call.args) > 1:
        return _text(call.args[1]).upper()
    return "POST" if name == "post_json" else ""


def _text(value: ast.expr) -> str:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _named_values(node: ast.AST) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return [(node.target.id, node.value)]
    if isinstance(node, ast.keyword) and node.arg:
        return [(node.arg, node.value)]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [(str(k.value), v) for k, v in pairs if isinstance(k, ast.Constant)]
    return []
