"""Which operations of a document serve a question: by names, descriptions, parameters and answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.meaning.words import fold, forms
from domain.plan import Constraint, Intent, Topic
from generators.openapi.document import Document
from generators.openapi.operations import Operation, operations
from generators.openapi.parts import words_of
from generators.openapi.serving import says_subject, serve
from generators.sources.relevance import can_serve

MOST: Final = 6
_STEM: Final = 5
_FIT: Final = 0.5
"""Share of the best score that a further operation must reach."""
_SURELY: Final = 4.0
_ASKED_BACK: Final = 0.3
"""An operation that bears the very name of what is asked for is worth asking for the values that it needs."""
_VERBS: Final = {
    "POST": frozenset(
        {"create", "add", "post", "send", "submit", "order", "book", "make", "new", "register", "upload"}
    ),
    "PUT": frozenset({"update", "replace", "set", "change", "edit", "put"}),
    "PATCH": frozenset({"update", "change", "edit", "patch", "modify", "rename"}),
    "DELETE": frozenset({"delete", "remove", "cancel", "drop"}),
}


_KIND: Final = 3.0
"""What it weighs that the question's noun is one of the kinds that an operation can be asked for."""


def choose(document: Document, intent: Intent, *, most: int = MOST) -> tuple[Operation, ...]:
    """Return the one to six operations that serve a question, the best first; none when nothing fits.

    Only reading operations, unless the question asks for a change.
    """
    found, _ = operations(document)
    scored = [(fitness(o, intent), o) for o in found if o.reads is not intent.writes and o.method != "OPTIONS"]
    ranked = sorted((s for s in scored if s[0] > 0), key=lambda s: -s[0])
    best = ranked[0][0] if ranked else 0.0
    return tuple(o for score, o in ranked[:most] if score >= _FIT * best)


def fitness(operation: Operation, intent: Intent) -> float:
    """Return how well an operation serves a question; 0 or less when it does not.

    Its path's own nouns count most; nouns that nobody asked for, and required values that the question does not
    give, count against it.
    """
    served = serve(operation, intent)
    named = _named(operation, intent)
    if served.lacking and not served.bound:
        return _ASKED_BACK * named if named >= _SURELY else 0.0
    asked = [c for c in intent.constraints if c.topic not in (Topic.COUNT, Topic.SORT, Topic.DETAIL)]
    taken = sum(1 for c in asked if c in served.constraints and not says_subject(c, intent))
    filtered = sum(1 for c in asked if c not in served.constraints and can_serve(operation.answer.columns, c))
    share = (taken + 0.4 * filtered) / len(asked) if asked else 0.5
    # "Dogs" may be one kind of what the operation lists, as its own choices say.
    named += _KIND * any(
        c in served.constraints and says_subject(c, intent) and _is_choice(operation, c) for c in asked
    )
    score = named + 2.0 * share - 2.5 * len(served.lacking)
    score += 0.5 * (operation.answer.single is operation.is_item) + 0.2 * bool(operation.answer.columns[1:])
    identified = bool(intent.about(Topic.IDENTIFIER))
    score += 0.5 * (identified is ("{" in operation.path)) - 0.5 * operation.deprecated
    return score if named > 0 or share >= 0.99 or taken else 0.0


def _is_choice(operation: Operation, constraint: Constraint) -> bool:
    """Whether a parameter of the operation has the word among its choices."""
    word = fold(str(constraint.value))
    spellings = {word, *forms(word)}
    return any(fold(str(choice)) in spellings for p in operation.parameters for choice in p.choices)


def _named(operation: Operation, intent: Intent) -> float:
    """How well the operation's nouns are those of the question."""
    subject = _spread([intent.subject])
    details = _spread([*intent.wanted, *(str(c.value) for c in intent.about(Topic.DETAIL))])
    words = _spread(str(c.value) for c in intent.about(Topic.KEYWORDS))
    verbs = _VERBS.get(operation.method, frozenset()) & set(fold(intent.text).split())
    nouns = [_one_word(p) for p in operation.path.split("/") if p and "{" not in p]
    last = nouns[-1:] or [set()]
    told = words_of([operation.name, operation.summary, *operation.tags])
    score = 0.0
    if subject and _meet(last[0], subject):
        score += 4.0
    elif subject and any(_meet(n, subject) for n in nouns):
        score += 2.0
    if subject and _meet(told, subject):
        score += 1.0
    elif subject and _meet(words_of([operation.description]), subject):
        score += 0.4
    if details and _meet(last[0], details):
        score += 4.0
    if verbs and words and _meet(last[0], words):
        score += 3.0
    strange = [n for n in nouns[-2:] if not _meet(n, subject | details | words) and not _versioned(n)]
    return score + 1.5 * bool(verbs) + 0.5 * bool(words and _meet(told, words)) - 0.4 * len(strange) * (score > 0)


def _spread(texts: Iterable[str]) -> set[str]:
    return {form for text in texts for word in fold(text.replace("_", " ")).split() for form in (word, *forms(word))}


def _one_word(segment: str) -> set[str]:
    return words_of([segment])


def _versioned(words: set[str]) -> bool:
    return all(w in {"api", "rest", "public", "search", "list", "all"} or w.lstrip("v").isdigit() for w in words)


def _meet(words: set[str], wanted: set[str]) -> bool:
    """Whether some word is wanted, in any form or by its stem ("suggestions", "suggest")."""
    spread = {form for w in words for form in (w, *forms(w))}
    if spread & wanted:
        return True
    stems = {w[: max(_STEM, len(w) - 4)] for w in wanted if len(w) > _STEM}
    return any(len(w) > _STEM and any(w.startswith(s) for s in stems) for w in spread)
