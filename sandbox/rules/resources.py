"""AS7xx: time, memory and errors."""

from __future__ import annotations

import ast
import re
from typing import ClassVar, Final

from domain.policy import Severity
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import ModuleFacts

LARGEST: Final = 10**15  # no count, price or epoch in milliseconds is larger
LONGEST: Final = 1_000_000  # items or characters that one expression makes
_WIDTH: Final = re.compile(r"\d{6,30}")
_MAKERS: Final = frozenset({"range", "bytearray", "bytes", "ljust", "rjust", "center", "zfill", "repeat"})


class ReasonableSizes(Rule):
    """No constants that fill the memory."""

    code: ClassVar = "AS701"
    title: ClassVar = "No numbers, texts or ranges beyond reason"
    reason: ClassVar = "The run would be killed at its memory or time limit."
    remedy: ClassVar = "Use the size that is needed; results are capped at the policy's rows anyway."
    bad_example: ClassVar = 'BLOB = "x" * 10**9'
    good_example: ClassVar = "LIMIT = 1000"
    nodes: ClassVar = (ast.BinOp, ast.Constant, ast.Call, ast.FormattedValue)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield oversize constants, powers, repetitions and ranges."""
        del facts
        if isinstance(node, ast.Constant):
            if isinstance(node.value, int) and abs(node.value) > LARGEST:
                yield Breach(message="this number is beyond reason", node=node)
        elif isinstance(node, ast.BinOp):
            if self._explodes(node):
                yield Breach(message="this expression makes something beyond reason", node=node)
        elif isinstance(node, ast.FormattedValue):
            if any(int(width) > LONGEST for width in _WIDTH.findall(ast.unparse(node.format_spec or node.value))):
                yield Breach(message="this width is beyond reason", node=node.value)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _MAKERS and any((_number(argument) or 0) > LONGEST for argument in node.args):
                yield Breach(message="this makes more items than any run may", node=node)
            elif (
                name == "pow"
                and len(node.args) == 2
                and self._explodes(ast.BinOp(node.args[0], ast.Pow(), node.args[1]))
            ):
                yield Breach(message="this expression makes something beyond reason", node=node)

    @staticmethod
    def _explodes(node: ast.BinOp) -> bool:
        left, right = _number(node.left), _number(node.right)
        if isinstance(node.op, ast.Pow):
            return right is not None and (right > 64 or (left is None and right > 8) or _power(left, right) is None)
        if isinstance(node.op, ast.LShift):
            return right is not None and right > 64
        if isinstance(node.op, ast.Mult):
            if _is_sequence(node.left) or _is_sequence(node.right):
                return _length(node) > LONGEST
            return _number(node) is None and left is not None and right is not None
        return False


class EndlessLoops(Rule):
    """Loops that end."""

    code: ClassVar = "AS702"
    title: ClassVar = "while True has a way out"
    reason: ClassVar = "The run would be killed at its time limit."
    remedy: ClassVar = "Leave the loop with break or return when the limit is reached or a page brings nothing new."
    bad_example: ClassVar = "while True:\n    page += 1"
    good_example: ClassVar = "for page in range(1, 51):\n    ..."
    nodes: ClassVar = (ast.While,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield endless loops."""
        del facts
        if not isinstance(node, ast.While) or not (isinstance(node.test, ast.Constant) and node.test.value):
            return
        inside = [inner for statement in node.body for inner in ast.walk(statement)]
        if not any(isinstance(inner, ast.Break | ast.Return | ast.Raise) for inner in inside):
            yield Breach(message="this loop never ends", node=node)


class NarrowExcept(Rule):
    """No bare except."""

    code: ClassVar = "AS703"
    title: ClassVar = "No bare except"
    reason: ClassVar = "It catches cancellation and time-outs that belong to the caller."
    remedy: ClassVar = "Catch the narrow class: except (httpx.HTTPError, ValueError):"
    bad_example: ClassVar = "try:\n    ...\nexcept:\n    pass"
    good_example: ClassVar = "try:\n    ...\nexcept ValueError:\n    ..."
    nodes: ClassVar = (ast.ExceptHandler,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield bare handlers."""
        del facts
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield Breach(message="a bare except", node=node)


class NoSwallowing(Rule):
    """Errors are not lost."""

    code: ClassVar = "AS704"
    title: ClassVar = "Errors are not swallowed"
    reason: ClassVar = "A lost error looks like an empty result."
    remedy: ClassVar = (
        "Catch the narrow class, or let the error go on; raise SourceChanged when the structure is missing."
    )
    bad_example: ClassVar = "except Exception:\n    pass"
    good_example: ClassVar = "except KeyError:\n    price = None"
    severity: ClassVar = Severity.WARNING
    nodes: ClassVar = (ast.ExceptHandler,)

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield handlers of Exception that do nothing."""
        del facts
        if (
            isinstance(node, ast.ExceptHandler)
            and getattr(node.type, "id", "") == "Exception"
            and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body)
        ):
            yield Breach(message="every error is swallowed here", node=node)


RULES: tuple[type[Rule], ...] = (ReasonableSizes, EndlessLoops, NarrowExcept, NoSwallowing)


def _number(node: ast.expr) -> int | None:
    """Return the value of an expression of whole numbers, or None when it has none or an unreasonable one."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int and abs(node.value) <= LARGEST else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _number(node.left), _number(node.right)
    if left is None or right is None:
        return None
    value: int | None = None
    if isinstance(node.op, ast.Pow):
        value = _power(left, right)
    elif isinstance(node.op, ast.Mult):
        value = left * right
    elif isinstance(node.op, ast.Add):
        value = left + right
    elif isinstance(node.op, ast.Sub):
        value = left - right
    return value if value is not None and abs(value) <= LARGEST else None


def _power(base: int | None, exponent: int) -> int | None:
    if base is None:
        return 0 if exponent <= 8 else None
    if exponent < 0 or abs(base) <= 1:
        return 0
    value = base**exponent if exponent * max(1, abs(base).bit_length()) < 200 else None
    return value if value is not None and abs(value) <= LARGEST else None


def _length(node: ast.expr) -> int:
    """Return how many items an expression of texts and lists has at least."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for sequence, times in ((node.left, node.right), (node.right, node.left)):
            if _is_sequence(sequence):
                return max(1, _length(sequence)) * max(0, _number(times) or 0)
    if isinstance(node, ast.List | ast.Tuple):
        return len(node.elts)
    return len(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) else 1


def _is_sequence(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_sequence(node.left) or _is_sequence(node.right)
    return isinstance(node, ast.List | ast.Tuple | ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
