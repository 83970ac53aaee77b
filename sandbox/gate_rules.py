"""The table of the gate: which Playwright messages a page workflow may send, parameter by parameter.

All that is not in the table is refused. docs/reference/gate.md is generated from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MAX_TEXT = 100_000
MAX_SELECTOR = 10_000
MAX_NUMBER = 100_000.0
MAX_WAIT_MS = 30_000.0
MAX_ITEMS = 100


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of parameter value: what it may be, in words for the table, and the test for it."""

    words: str
    admits: Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Method:
    """One admitted method. ``local`` ones are answered by the gate and never reach the browser."""

    parameters: dict[str, Kind]
    local: bool = False


def _text(limit: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= limit


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _options(value: Any) -> bool:
    names = {"valueOrLabel", "value", "label", "index"}
    return _listed(value) and all(isinstance(one, dict) and set(one) <= names and _flat(one) for one in value)


def _point(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"x", "y"} and all(map(NUMBER.admits, value.values()))


def _size(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"width", "height"} and all(map(_number(1, 4000), value.values()))


def _listed(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MAX_ITEMS


def _flat(value: dict[str, Any]) -> bool:
    return all(isinstance(one, int | str) and len(str(one)) <= MAX_TEXT for one in value.values())


def _handles(value: Any) -> bool:
    return _listed(value) and all(isinstance(one, dict) and set(one) == {"guid"} for one in value)


def _nothing(value: Any) -> bool:
    return bool(value in ({"value": {"v": "undefined"}, "handles": []}, {"value": {"v": "null"}, "handles": []}))


# Playwright's own client reads the texts of all matches with these; no other expression is ever sent on.
READ_TEXTS = ("ee => ee.map(e => e.innerText)", "ee => ee.map(e => e.textContent || '')")

ADDRESS = Kind(words="an http(s) address inside the policy", admits=_text(MAX_SELECTOR))  # the gate asks the policy
TEXT = Kind(words=f"text of at most {MAX_TEXT} characters", admits=_text(MAX_TEXT))
SELECTOR = Kind(words=f"a selector of at most {MAX_SELECTOR} characters", admits=_text(MAX_SELECTOR))
FLAG = Kind(words="true or false", admits=lambda value: isinstance(value, bool))
NUMBER = Kind(words=f"a number up to {MAX_NUMBER:g}", admits=_number(-MAX_NUMBER, MAX_NUMBER))
WAIT = Kind(words=f"0 to {MAX_WAIT_MS:g} ms", admits=_number(0, MAX_WAIT_MS))
WORD = Kind(words="one of Playwright's words", admits=_text(40))
WORDS = Kind(words="some of Playwright's words", admits=lambda v: _listed(v) and all(map(_text(40), v)))
POINT = Kind(words="x and y", admits=_point)
SIZE = Kind(words="width and height up to 4000", admits=_size)
OPTIONS = Kind(words="options by value, label or index", admits=_options)
HANDLES = Kind(words="elements of this run", admits=_handles)
EXPRESSION = Kind(words="Playwright's own two readers of texts", admits=lambda value: value in READ_TEXTS)
NOTHING = Kind(words="nothing", admits=_nothing)

_WHERE = {"selector": SELECTOR, "strict": FLAG}
_AIM = {"force": FLAG, "scroll": WORD, "position": POINT, "trial": FLAG, "modifiers": WORDS}
_DOUBLE = {**_AIM, "delay": WAIT, "button": WORD, "steps": NUMBER}
_CLICK = {**_DOUBLE, "noWaitAfter": FLAG, "clickCount": NUMBER}
_CHECK = {"force": FLAG, "scroll": WORD, "position": POINT, "trial": FLAG}
_LOAD = {"waitUntil": WORD}
_CHOOSE = {"elements": HANDLES, "options": OPTIONS, "force": FLAG}
_STATES = ("isChecked", "isDisabled", "isEditable", "isEnabled", "isHidden", "isVisible")
_READS = ("innerHTML", "innerText", "inputValue", "textContent", *_STATES)

_ON_ELEMENT: dict[str, dict[str, Kind]] = {
    **{name: {} for name in _READS},
    "check": _CHECK,
    "click": _CLICK,
    "dblclick": _DOUBLE,
    "fill": {"value": TEXT, "force": FLAG},
    "focus": {},
    "getAttribute": {"name": WORD},
    "hover": _AIM,
    "press": {"key": WORD, "delay": WAIT, "noWaitAfter": FLAG},
    "selectOption": _CHOOSE,
    "tap": _AIM,
    "type": {"text": TEXT, "delay": WAIT},
    "uncheck": _CHECK,
    "querySelector": _WHERE,
    "querySelectorAll": {"selector": SELECTOR},
    "waitForSelector": {**_WHERE, "state": WORD},
}


def _methods(table: dict[str, dict[str, Kind]]) -> dict[str, Method]:
    return {name: Method(parameters=parameters) for name, parameters in table.items()}


_SUBSCRIBE = {"updateSubscription": Method(parameters={"event": WORD, "enabled": FLAG}, local=True)}

COMMANDS: dict[str, dict[str, Method]] = {
    "Root": {
        "initialize": Method(parameters={"sdkLanguage": WORD, "supportsLoneSurrogates": FLAG}, local=True),
    },
    "BrowserContext": _SUBSCRIBE,
    "Page": {
        **_methods(
            {
                "bringToFront": {},
                "close": {"reason": TEXT},
                "goBack": _LOAD,
                "goForward": _LOAD,
                "reload": _LOAD,
                "setViewportSize": {"viewportSize": SIZE},
                "keyboardDown": {"key": WORD},
                "keyboardInsertText": {"text": TEXT},
                "keyboardPress": {"key": WORD, "delay": WAIT},
                "keyboardType": {"text": TEXT, "delay": WAIT},
                "keyboardUp": {"key": WORD},
                "mouseClick": {"x": NUMBER, "y": NUMBER, "delay": WAIT, "button": WORD, "clickCount": NUMBER},
                "mouseDown": {"button": WORD, "clickCount": NUMBER},
                "mouseMove": {"x": NUMBER, "y": NUMBER, "steps": NUMBER},
                "mouseUp": {"button": WORD, "clickCount": NUMBER},
                "mouseWheel": {"deltaX": NUMBER, "deltaY": NUMBER},
            }
        ),
        **_SUBSCRIBE,
    },
    "Frame": _methods(
        {
            **{name: {**_WHERE, **parameters} for name, parameters in _ON_ELEMENT.items()},
            "querySelectorAll": {"selector": SELECTOR},
            "ariaSnapshot": {"selector": SELECTOR, "mode": WORD, "depth": NUMBER, "boxes": FLAG},
            "blur": _WHERE,
            "waitForSelector": {**_WHERE, "state": WORD, "omitReturnValue": FLAG},
            "content": {"includeShadow": FLAG},
            "evalOnSelectorAll": {
                "selector": SELECTOR,
                "expression": EXPRESSION,
                "isFunction": FLAG,
                "arg": NOTHING,
            },
            "goto": {"url": ADDRESS, "waitUntil": WORD},
            "queryCount": {"selector": SELECTOR},
            "resolveSelector": {"selector": SELECTOR, "sdkLanguage": WORD},
            "title": {},
            "waitForTimeout": {"waitTimeout": WAIT},
        }
    ),
    "ElementHandle": _methods(
        {
            **_ON_ELEMENT,
            "boundingBox": {},
            "dispose": {},
            "scrollIntoViewIfNeeded": {},
            "waitForElementState": {"state": WORD},
        }
    ),
    "Response": _methods({"body": {}}),
    "Request": _methods({"response": {}}),
}

# What comes back: objects that are made known to the client, and events that are passed to it.
CREATED = frozenset({"Frame", "ElementHandle", "Request", "Response"})
EVENTS: dict[str, frozenset[str]] = {
    "Page": frozenset({"close", "crash", "frameAttached", "frameDetached", "viewportSizeChanged"}),
    "Frame": frozenset({"loadstate", "navigated"}),
    "BrowserContext": frozenset({"close", "request", "response", "requestFinished", "requestFailed"}),
    "ElementHandle": frozenset({"previewUpdated"}),
}


def markdown() -> str:
    """Return the table as the reference page docs/reference/gate.md."""
    lines = [
        "# The gate between page workflows and the browser",
        "",
        "A page workflow runs the real Playwright client inside its jail. Each message that the client sends passes a",
        "gate outside: what is not in these tables is refused. Generated from `sandbox/gate_rules.py`.",
        "",
        "| object | method | parameters | reaches the browser |",
        "|---|---|---|---|",
    ]
    for kind, methods in COMMANDS.items():
        for name, method in sorted(methods.items()):
            parameters = "; ".join(f"`{key}`: {value.words}" for key, value in method.parameters.items()) or "none"
            lines.append(f"| {kind} | {name} | {parameters} | {'no' if method.local else 'yes'} |")
    lines += ["", "## What comes back", "", "| object | events |", "|---|---|"]
    lines += [f"| {kind} | {', '.join(sorted(events))} |" for kind, events in EVENTS.items()]
    lines += ["", f"Objects made known to the client: {', '.join(sorted(CREATED))}, and its one Page and context.", ""]
    return "\n".join(lines)
