"""AS0xx: the text itself. These stop the check, because nothing further can be said."""

from __future__ import annotations

import ast
import re
import warnings
from typing import ClassVar, Final

from domain.python_text import parse_module
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import DEEPEST, ModuleFacts

LONGEST: Final = 60_000  # characters; generated workflows have 2,000 to 12,000
LONGEST_NUMBER: Final = 1_000  # digits; Python gives up writing integers out at 4,300
_LONG_NUMBER: Final = re.compile(rf"[0-9a-fA-F_]{{{LONGEST_NUMBER}}}")
_STRANGE: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class TextRule(Rule):
    """A rule that ``read`` applies itself."""

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield nothing: there is no tree to look at."""
        del node, facts
        return iter(())


class NotPython(TextRule):
    """Text that Python cannot parse."""

    code: ClassVar = "AS001"
    title: ClassVar = "Python that parses"
    reason: ClassVar = "Only a whole Python 3.11 module can be checked and run."
    remedy: ClassVar = "Write one complete module; give no Markdown fences and no text around it."
    bad_example: ClassVar = "async def run(request, http:"
    good_example: ClassVar = "async def run(request: Request, http: httpx.AsyncClient) -> Response: ..."


class TooLong(TextRule):
    """A module longer than any reader wants."""

    code: ClassVar = "AS002"
    title: ClassVar = f"At most {LONGEST:,} characters"
    reason: ClassVar = "A workflow is one readable module; checking must stay quick."
    remedy: ClassVar = "Fetch data at run time in place of carrying it in the code."
    bad_example: ClassVar = 'DATA = "…more than the limit…"'


class TooNested(TextRule):
    """Nesting that no one can read."""

    code: ClassVar = "AS003"
    title: ClassVar = f"At most {DEEPEST} levels of nesting in the syntax tree"
    reason: ClassVar = "Deep nesting exhausts the stack of whoever reads the code, person or program."
    remedy: ClassVar = "Split long chains of operators and nested calls into named steps."
    bad_example: ClassVar = "X = ((((((((…))))))))"


class StrangeCharacters(TextRule):
    """Characters that show something else than they are."""

    code: ClassVar = "AS004"
    title: ClassVar = "No control, surrogate or direction-changing characters"
    reason: ClassVar = "They make code look different from what it does."
    remedy: ClassVar = r"Write such characters as escapes, for example \u202e."
    bad_example: ClassVar = 'NAME = "a\\x00b"  # with the real character'
    good_example: ClassVar = 'NAME = "a\\x00b"'


class LongNumber(TextRule):
    """Integers that nothing can write out."""

    code: ClassVar = "AS005"
    title: ClassVar = f"Integers of fewer than {LONGEST_NUMBER:,} digits"
    reason: ClassVar = "Python refuses to turn longer ones into text, so that no message about them could be written."
    remedy: ClassVar = "Write the number as text, or as a power."
    bad_example: ClassVar = "KEY = 0xffff…  # thousands of digits"


RULES: tuple[type[Rule], ...] = (NotPython, TooLong, TooNested, StrangeCharacters, LongNumber)


def read(source: str) -> ast.Module | tuple[type[Rule], Breach]:
    """Return the module's tree, or the rule that its text breaks."""
    if len(source) > LONGEST:
        return TooLong, Breach(message=f"the module has {len(source):,} characters")
    strange = _STRANGE.search(source)
    if strange:
        place = ast.Pass(lineno=source.count("\n", 0, strange.start()) + 1, col_offset=0)
        return StrangeCharacters, Breach(message=f"the character U+{ord(strange.group()):04X} stands here", node=place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_module(source)
    except SyntaxError as problem:
        place = ast.Pass(lineno=problem.lineno or 1, col_offset=max(0, (problem.offset or 1) - 1))
        return NotPython, Breach(message=f"not Python: {problem.msg}", node=place)
    except (RecursionError, MemoryError):
        return TooNested, Breach(message="the code is nested too deeply to be parsed")
    except ValueError as problem:
        return NotPython, Breach(message=f"not Python: {problem}")
    long = _long_number(tree) if _LONG_NUMBER.search(source) else None
    return tree if long is None else (LongNumber, Breach(message="an integer is too long", node=long))


def _long_number(tree: ast.Module) -> ast.Constant | None:
    bits = 3 * LONGEST_NUMBER
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value.bit_length() > bits:
            return node
    return None
