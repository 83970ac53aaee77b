"""AS8xx: page workflows on Playwright."""

from __future__ import annotations

import ast
from typing import ClassVar, Final

from domain.policy import Severity
from sandbox.facade.pages import REFUSED
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import ModuleFacts

_PAGE_NAMES: Final = frozenset({"page", "popup", "tab"})


class PageReach(Rule):
    """Only the page itself."""

    code: ClassVar = "AS801"
    title: ClassVar = "Only the page that run is given"
    reason: ClassVar = (
        "Contexts, routes, downloads, uploads, bindings and CDP reach beyond the page; the gate refuses them."
    )
    remedy: ClassVar = "Use goto, locator, get_by_role and the like, click, fill, evaluate, wait_for_selector."
    bad_example: ClassVar = 'await page.route("**/*", handler)'
    good_example: ClassVar = 'await page.goto(f"{BASE}/events")'
    interface: ClassVar = "page"
    nodes: ClassVar = (ast.Attribute,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield attributes of a page that the gate refuses."""
        del facts
        if not isinstance(node, ast.Attribute) or node.attr not in REFUSED:
            return
        if isinstance(node.value, ast.Name) and node.value.id in _PAGE_NAMES:
            yield Breach(message=f"page.{node.attr} is not for workflows", node=node)


class NoNetworkIdle(Rule):
    """No wait for silence."""

    code: ClassVar = "AS802"
    title: ClassVar = "No wait for the network to go idle"
    reason: ClassVar = "Many pages never go idle; the run then ends at its time limit."
    remedy: ClassVar = "Wait for the element that is read: await page.wait_for_selector(...)."
    bad_example: ClassVar = 'await page.goto(url, wait_until="networkidle")'
    good_example: ClassVar = 'await page.wait_for_selector("li.event")'
    severity: ClassVar = Severity.WARNING
    interface: ClassVar = "page"
    nodes: ClassVar = (ast.Constant,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield the word wherever it stands."""
        if isinstance(node, ast.Constant) and node.value == "networkidle" and node not in facts.docstrings:
            yield Breach(message="this waits for the network to go idle", node=node)


RULES: tuple[type[Rule], ...] = (PageReach, NoNetworkIdle)
