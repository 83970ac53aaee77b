"""Runs every attack in one sealed process, without the code rules in front. Prints one JSON object.

Two passes per attack: as the transformation leaves it, and with its refusals ignored, so that the
guards at run time stand alone. A breach is loot of a dangerous kind, or an event that Python's audit
hook reports (files, processes, sockets, imports).
"""

from __future__ import annotations

import ast
import json
import sys
from typing import Any

from sandbox import driver
from sandbox.facade import environment, seal, warm
from sandbox.facade.guards import HIDDEN_TYPES, MODULE_NAME
from sandbox.facade.http import Client
from sandbox.rules.restricted import RestrictedWorkflow
from tests.attacks.code.annotations import ANNOTATIONS
from tests.attacks.code.gadgets import GADGETS
from tests.attacks.code.hooks import HOOKS
from tests.attacks.code.snippets import ATTACKS, Attack

DANGEROUS = ("open", "os.", "subprocess.", "socket.", "import", "ctypes.", "shutil.", "pty.", "pickle.")
REAL = {id(value) for value in (open, eval, exec, compile, __import__, getattr, setattr, globals, vars, input)}
armed = False
events: list[str] = []


def watch(event: str, details: tuple[Any, ...]) -> None:
    if armed and event.startswith(DANGEROUS):
        events.append(f"{event} {str(details)[:100]}")


def is_dangerous(loot: Any, depth: int = 0) -> bool:
    if type(loot) in HIDDEN_TYPES or id(loot) in REAL or id(loot) == id(sys.modules):
        return True
    if isinstance(loot, dict):
        return any(id(value) in REAL or type(value) in HIDDEN_TYPES for value in loot.values())
    if isinstance(loot, str):
        return any(mark in loot for mark in ("root:", "<module", "<frame", "<traceback", "<code", "__builtins__"))
    if isinstance(loot, list | tuple) and depth < 3:
        return any(is_dangerous(item, depth + 1) for item in loot[:50]) or (
            len(loot) > 50 and isinstance(loot[0], type)
        )
    return False


async def no_site(meta: dict[str, Any], body: bytes) -> Any:
    return {"s": 200, "h": [], "u": meta["u"]}, b"{}"


def attempt(attack: Attack, *, ignore_refusals: bool) -> str:
    global armed  # noqa: PLW0603 - the audit hook cannot be taken off again
    transformer = RestrictedWorkflow(frozenset())
    try:
        tree = ast.parse(attack.source)
        tree = transformer.visit(tree)
        if transformer.errors and not ignore_refusals:
            return "refused"
        code = compile(tree, MODULE_NAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as problem:
        return f"refused ({problem})"
    if attack.static_only:
        return "not executed"
    events.clear()
    names = environment("http")
    ended = "finished"
    armed = True
    try:
        exec(code, names)
        driver.drive(names["run"](names["Request"](), Client(no_site)), None, 1)  # type: ignore[arg-type]  # nobody is asked
    except BaseException as problem:  # noqa: BLE001 - whatever stops an attack is fine
        ended = f"stopped by {type(problem).__name__}: {str(problem)[:80]}"
    finally:
        armed = False
    if events:
        return f"BREACH {events[0]}"
    loot = names.get("LOOT") or []
    if any(is_dangerous(item) for item in loot):
        return f"BREACH loot {str(loot)[:100]}"
    return ended


def main() -> None:
    warm()
    seal()
    sys.addaudithook(watch)
    results = {
        attack.name: [attempt(attack, ignore_refusals=False), attempt(attack, ignore_refusals=True)]
        for attack in (*ATTACKS, *GADGETS, *ANNOTATIONS, *HOOKS)
    }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
