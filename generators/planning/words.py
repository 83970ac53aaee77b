"""Parameters over words: keywords, categories, people, attributes that the question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.meaning.kinds import kinds_meant
from domain.meaning.words import fold, forms, matches, singular
from domain.observation import Column
from domain.plan import Binding, Constraint, FieldType, FilterBinding, Parameter, Relation, Topic
from generators.planning.desk import OFFERED_FILL, Desk, asked, listed, source_binding, spoken
from generators.planning.people import add_unwanted, bind_people
from generators.planning.rereading import names_the_records, shown_by
from generators.sources.following import says_how
from generators.sources.naming import snake
from generators.sources.parameters import assigned_name
from generators.sources.relevance import named
from generators.sources.roles import Role, human_text, roles_of
from generators.sources.whole_answers import WHOLE, tells_of_address

_MOST_EXAMPLES: Final = 8
_NONE_OF: Final = re.compile(r"(?:with |has |have |having )?(?:no|without(?: any)?) ", re.IGNORECASE)
_NAMES_TAKEN: Final = frozenset({"keywords", "exclude", "limit", "sort", "city", "date_from", "date_to", "max_price"})


def bind_words(desk: Desk) -> None:
    """Bind keywords, categories, organisers and named attributes; offer what the columns support."""
    _bind_assigned(desk)
    _bind_said_flags(desk)
    rest = _bind_categories(desk)
    rest = bind_people(desk, rest)
    _bind_keywords(desk, rest)
    for constraint in asked(desk.intent, Topic.NAMED) + asked(desk.intent, Topic.IDENTIFIER):
        _bind_named(desk, constraint)


def _bind_assigned(desk: Desk) -> None:
    """What the question itself writes as a parameter is sent as one, where the source was shown to take it."""
    rest: list[Constraint] = []
    for constraint in desk.intent.constraints:
        name = assigned_name(constraint)
        taken = next((t for t in desk.taken if t.proven and not t.columns and t.name == name), None) if name else None
        if taken is None:
            rest.append(constraint)
            continue
        parameter = Parameter(
            name=_free_name(desk, snake(name)),
            type=FieldType.STRING,
            description=f"Sent to the source as {name}.",
            default=str(constraint.value),
            bindings=(source_binding(taken),),
            topic=Topic.NAMED,
        )
        desk.add(parameter, *(c for c in desk.columns if c.name == snake(name)))  # what the answer repeats of it
    desk.intent = desk.intent.model_copy(update={"constraints": tuple(rest)})


def _bind_categories(desk: Desk) -> list[Constraint]:
    """A word that is a value of a categorical column is asked of that column; the other words are returned."""
    rest: list[Constraint] = []
    for constraint in asked(desk.intent, Topic.CATEGORY) + asked(desk.intent, Topic.KEYWORDS):
        if constraint.topic is Topic.CATEGORY and _bind_kind(desk, constraint):
            continue
        column, value = _column_with_value(desk, constraint)
        if column is None and (_bind_flag(desk, constraint) or _bind_none(desk, constraint)):
            continue
        if column is None:
            chosen = constraint.relation is not Relation.EXCLUDES and _bind_choice(desk, constraint)
            if not chosen and not _is_record_noun(desk, constraint):
                rest += _or_its_kind(desk, constraint)
        elif _parameter_name(desk, column) in desk.parameters:
            rest.append(constraint)
        else:
            _add_category(desk, column, value)
    _bind_subject(desk)
    for column in desk.playing(Role.CATEGORY)[:3]:
        telling = roles_of(column)[0] is Role.CATEGORY and len(column.values) != 1 and column.fill >= OFFERED_FILL
        if _parameter_name(desk, column) not in desk.parameters and telling:
            _add_category(desk, column, None)
    return rest


def _or_its_kind(desk: Desk, constraint: Constraint) -> list[Constraint]:
    """A noun that no record says, or what such records are listed under: concerts, or music.

    The pages of the records tell of their kinds; only a few of them were seen, so that either word is enough.
    """
    if constraint.relation is not Relation.CONTAINS or not isinstance(constraint.value, str) or constraint.name:
        return [constraint]
    word = fold(constraint.value)
    texts = [text for c in human_text(desk.columns) for text in (*c.values, *c.samples)]
    told = any(c.name in desk.detail_names for c in desk.playing(Role.CATEGORY))
    several = any(c.name == "any" for c in desk.intent.constraints)
    kinds = kinds_meant(word)[:1]
    if not kinds or not told or several or matches(texts, word):
        return [constraint]
    return [constraint.model_copy(update={"value": w, "name": "any"}) for w in (constraint.value, *kinds)]


def _bind_kind(desk: Desk, constraint: Constraint) -> bool:
    """What the records' pages tell of their kind decides a category, in any usual form of the word."""
    columns = [c for c in desk.playing(Role.CATEGORY) if c.name in desk.detail_names]
    seen = [text for c in columns for text in c.samples]
    if not columns or "category" in desk.parameters or not matches(seen, str(constraint.value)):
        return False
    parameter = Parameter(
        name="category",
        type=FieldType.STRING,
        description=f"Only records whose {listed(columns)} contains this word.",
        default=str(constraint.value),
        bindings=(
            FilterBinding(relation=Relation.CONTAINS, topic=Topic.CATEGORY, fields=tuple(c.name for c in columns)),
        ),
        topic=Topic.CATEGORY,
    )
    desk.add(parameter, *columns)
    return True


def _column_with_value(desk: Desk, constraint: Constraint) -> tuple[Column | None, str]:
    if constraint.relation in (Relation.EXCLUDES, Relation.NOT_EQUALS) or not isinstance(constraint.value, str):
        return None, ""
    word = fold(constraint.value)
    same = {word} if " " in word else {word, *forms(word)}
    wanted = same | set(kinds_meant(word))
    for column in desk.playing(Role.CATEGORY):
        if _several(column) and constraint.topic is Topic.KEYWORDS:
            continue  # one of many tags: a keyword finds it there too, and in the records' other texts
        for value in column.values:
            if fold(value) in wanted:
                return column, value
    return None, ""


def _bind_subject(desk: Desk) -> None:
    """The noun of a question may be one of several kinds that the site can be asked for: books among other media."""
    noun = fold(desk.intent.subject)
    labels = {fold(c) for t in desk.taken if t.proven and not t.columns for c in t.choices}
    if noun and labels & {noun, *forms(noun)} and "category" not in desk.parameters:
        _bind_choice(desk, Constraint(topic=Topic.CATEGORY, relation=Relation.CONTAINS, value=singular(noun)))


def _bind_flag(desk: Desk, constraint: Constraint) -> bool:
    """A word that names a yes-or-no column asks for the records that say yes: "accessible stations"."""
    if constraint.relation not in (Relation.CONTAINS, Relation.EXCLUDES) or not isinstance(constraint.value, str):
        return False
    free = [c for c in desk.columns if c.name not in _NAMES_TAKEN]
    column = named([c for c in free if c.type is FieldType.BOOLEAN], constraint.value)
    if column is None and constraint.relation is Relation.EXCLUDES:
        column = named([c for c in free if _says_no(c)], constraint.value)
    if column is None or column.name in desk.parameters:
        return False
    if column.type is not FieldType.BOOLEAN:
        _add_category(desk, column, _says_no(column))
        return True
    _add_yes(desk, column, wanted=constraint.relation is Relation.CONTAINS)
    return True


def _add_yes(desk: Desk, column: Column, *, wanted: bool) -> None:
    parameter = Parameter(
        name=column.name,
        type=FieldType.BOOLEAN,
        description=f"Only records whose {spoken(column)} is true, or only those whose it is false.",
        default=wanted,
        bindings=(FilterBinding(relation=Relation.EQUALS, topic=Topic.NAMED, fields=(column.name,)),),
        topic=Topic.NAMED,
    )
    desk.add(parameter, column)


def _bind_said_flags(desk: Desk) -> None:
    """A yes-or-no column whose name of several words the question says: "that are on display"."""
    asked_for = f" {' '.join(w for w in fold(desk.intent.text).split() if w not in _COPULAS)} "
    for column in desk.columns:
        spoken = fold(re.sub(r"^(?:is|has|are)_", "", column.name).replace("_", " "))
        place = asked_for.find(f" {spoken} ")
        if column.type is not FieldType.BOOLEAN or " " not in spoken or place < 0 or column.name in desk.parameters:
            continue
        unwanted = re.search(r"\b(?:not|no longer|without|isn t|aren t)$", asked_for[:place])
        _add_yes(desk, column, wanted=unwanted is None)
        words = {form for word in spoken.split() for form in (word, *forms(word))}
        rest = desk.intent.constraints
        kept = tuple(c for c in rest if c.topic is not Topic.KEYWORDS or fold(str(c.value)) not in words)
        desk.intent = desk.intent.model_copy(update={"constraints": kept})


_COPULAS: Final = frozenset({"are", "is", "was", "were", "be", "being", "the"})
"""Words between the parts of a name: dogs that are allowed are "dogs allowed"."""


def _says_no(column: Column) -> str:
    """The value by which a column of yes and no says no; empty for any other column."""
    said = {fold(v): v for v in column.values}
    return said.get("no", "") if {"yes", "no"} == set(said) else ""


def _bind_none(desk: Desk, constraint: Constraint) -> bool:
    """Bind words such as "with no places left" as none of what a column counts."""
    if constraint.relation is not Relation.EXCLUDES or not _NONE_OF.match(constraint.span):
        return False
    numbers = [c for c in desk.columns if c.type is FieldType.INTEGER and c.name not in _NAMES_TAKEN]
    column = next((c for c in numbers if _all_in_name(c, str(constraint.value))), None)
    if column is None or f"max_{column.name}" in desk.parameters:
        return False
    parameter = Parameter(
        name=f"max_{column.name}",
        type=FieldType.INTEGER,
        description=f"Only records whose {spoken(column)} is at most this.",
        default=0,
        bindings=(FilterBinding(relation=Relation.AT_MOST, topic=Topic.NUMBER, fields=(column.name,)),),
        topic=Topic.NUMBER,
    )
    desk.add(parameter, column)
    return True


def _all_in_name(column: Column, words: str) -> bool:
    parts = set(column.name.split("_"))
    return all({w, *forms(w)} & parts for w in fold(words).split())


def _several(column: Column) -> bool:
    """Whether a record has several categories at once: an array, or a text that lists them."""
    listed = sum(1 for v in column.values or column.samples if "," in v or ";" in v or " / " in v)
    return column.type is FieldType.ARRAY or listed > 0


def _is_record_noun(desk: Desk, constraint: Constraint) -> bool:
    """The word says what the records are ("packages"), and the site calls all of them that."""
    if constraint.relation is Relation.EXCLUDES:
        return False
    word = str(constraint.value)
    if says_how(word, desk.candidate):
        desk.notes.append(f"{fold(word)!r} was taken to say how the records are reached: links are followed.")
        return True
    if _tells_of_address(desk, word):
        desk.notes.append(f"{fold(word)!r} was taken to describe the address, not something that the record says.")
        return True
    if not names_the_records(word, desk.intent, desk.observation, desk.candidate):
        return False
    desk.notes.append(f"All records of the page are {fold(word)}.")
    return True


def _tells_of_address(desk: Desk, word: str) -> bool:
    whole = desk.candidate.source.format == WHOLE
    return whole or (tells_of_address(desk.intent, desk.candidate) and not shown_by(desk.columns, word))


def _bind_choice(desk: Desk, constraint: Constraint) -> bool:
    """A source parameter without a column of its own may have the word among its choices."""
    for taken in desk.taken:
        close = [c for c in taken.choices if matches([c], str(constraint.value)) and _as_short(c, constraint)]
        label = next((c for c in close if fold(c) in forms(fold(str(constraint.value)))), next(iter(close), None))
        if taken.proven and not taken.columns and taken.relation is Relation.EQUALS and label is not None:
            name = _free_name(desk, "category")
            examples = tuple(taken.choices[:_MOST_EXAMPLES])
            parameter = Parameter(
                name=name,
                type=FieldType.STRING,
                description=f"Only records that the site lists under this choice, such as {', '.join(examples)}.",
                default=label,
                choices=taken.choices if len(taken.choices) <= 60 or not taken.name else (),
                examples=examples,
                bindings=(source_binding(taken),),
                topic=Topic.CATEGORY,
            )
            desk.add(parameter)
            return True
    return False


def _as_short(choice: str, constraint: Constraint) -> bool:
    return len(fold(choice).split()) <= len(fold(str(constraint.value)).split()) + 1


def _parameter_name(desk: Desk, column: Column) -> str:
    """The main categorical column answers to ``category``, the others to their own names."""
    main = desk.first(Role.CATEGORY)
    if main is not None and column.name == main.name and "language" not in column.name:
        return "category"
    return f"{column.name}_is" if column.name in _NAMES_TAKEN else column.name


def _free_name(desk: Desk, name: str) -> str:
    return name if name not in desk.parameters else f"{name}_choice"


def _add_category(desk: Desk, column: Column, value: str | None) -> None:
    listed = _several(column) and column.type is not FieldType.ARRAY
    relation = Relation.CONTAINS if listed else Relation.EQUALS
    seen = column.values or column.samples[:5]
    single = dict.fromkeys(part.strip() for v in seen for part in (v.split(",") if listed else [v]))
    # Page text is data: what a client reads of it is short labels, never a sentence.
    examples = tuple(part for part in single if len(part.split()) <= 3)[:_MOST_EXAMPLES]
    told = f" For example: {', '.join(e[:40] for e in examples)}." if examples else ""
    bindings: tuple[Binding, ...] = (
        *desk.sources([column], Relation.EQUALS),
        FilterBinding(relation=relation, topic=Topic.CATEGORY, fields=(column.name,)),
    )
    parameter = Parameter(
        name=_parameter_name(desk, column),
        type=FieldType.STRING,
        description=f"Only records whose {spoken(column)} {_SAYING[relation]} this, case aside.{told}",
        default=value,
        examples=examples[:4] if column.type is not FieldType.ARRAY else (),
        bindings=bindings,
        topic=Topic.CATEGORY,
    )
    desk.add(parameter, column)


def _bind_keywords(desk: Desk, constraints: Sequence[Constraint]) -> None:
    columns = human_text(desk.columns)
    without = (Relation.EXCLUDES, Relation.NOT_EQUALS)
    wanted = [str(c.value) for c in constraints if c.relation not in without and c.name != "any"]
    either = [str(c.value) for c in constraints if c.relation not in without and c.name == "any"]
    unwanted = [str(c.value) for c in constraints if c.relation in without]
    search = next((t for t in desk.taken if t.proven and t.relation is Relation.CONTAINS), None)
    if not columns and search is None:
        desk.unserved += list(constraints)
        return
    fields = tuple(c.name for c in columns)
    bindings: list[Binding] = []
    own = {name for name, _ in desk.candidate.source.request.query}
    if search is not None and (_must_search(desk) or search.name in own):
        bindings.append(source_binding(search))
    if not bindings or (search is not None and search.columns):
        bindings.append(FilterBinding(relation=Relation.CONTAINS, topic=Topic.KEYWORDS, fields=fields))
    desk.add(
        Parameter(
            name="keywords",
            type=FieldType.ARRAY,
            items=FieldType.STRING,
            description=f"Words that must all occur in a record ({listed(columns)}), in any usual form or spelling.",
            default=list(wanted) or None,
            bindings=tuple(bindings),
            topic=Topic.KEYWORDS,
        ),
        *columns,
    )
    if either and fields:
        desk.add(
            Parameter(
                name="any_keywords",
                type=FieldType.ARRAY,
                items=FieldType.STRING,
                description="Words of which at least one must occur in a record.",
                default=list(either),
                bindings=(FilterBinding(relation=Relation.CONTAINS, topic=Topic.KEYWORDS, fields=fields, any_of=True),),
                topic=Topic.KEYWORDS,
            )
        )
    if fields:
        desk.add(
            Parameter(
                name="exclude",
                type=FieldType.ARRAY,
                items=FieldType.STRING,
                description="Words of which none may occur in a record.",
                default=list(unwanted) or None,
                bindings=(FilterBinding(relation=Relation.EXCLUDES, topic=Topic.KEYWORDS, fields=fields),),
                topic=Topic.KEYWORDS,
            )
        )


def _must_search(desk: Desk) -> bool:
    """Filtering all rows knows word forms that a site's search may not; it needs all rows within reach."""
    return not desk.candidate.complete or (desk.candidate.total or 0) > 5000


def _bind_named(desk: Desk, constraint: Constraint) -> None:
    word = constraint.name or ("id" if constraint.topic is Topic.IDENTIFIER else "")
    column = named(desk.columns, word) if word else None
    if column is None and constraint.topic is Topic.IDENTIFIER:
        column = desk.first(Role.ID) or desk.first(Role.TITLE)
    if column is None:
        if not _bind_numbered(desk, constraint):
            desk.unserved.append(constraint)
        return
    relation = (
        constraint.relation if constraint.relation in (Relation.NOT_EQUALS, Relation.CONTAINS) else Relation.EQUALS
    )
    if relation is Relation.EQUALS and _several(column):
        relation = Relation.CONTAINS
    if relation is Relation.NOT_EQUALS and _several(column) and column.type is not FieldType.ARRAY:
        add_unwanted(desk, f"exclude_{column.name}", [column], [str(constraint.value)])
        return
    name = f"{column.name}_is" if column.name in _NAMES_TAKEN else column.name
    others = _known_as(desk, column) if constraint.topic is Topic.IDENTIFIER else ()
    parameter = Parameter(
        name=name,
        type=FieldType.STRING if column.type in (FieldType.ARRAY, FieldType.URL) else column.type,
        description=f"Only records whose {spoken(column)} {_SAYING[relation]} this.",
        default=_typed(constraint, column),
        examples=column.samples[:3] if column.type is FieldType.STRING else (),
        bindings=(
            *(desk.sources([column], Relation.EQUALS) if relation is Relation.EQUALS else ()),
            FilterBinding(relation=relation, topic=Topic.NAMED, fields=(column.name, *(c.name for c in others))),
        ),
        topic=Topic.NAMED,
    )
    desk.add(parameter, column, *others)


def _bind_numbered(desk: Desk, constraint: Constraint) -> bool:
    """A parameter of the source whose choices have the value: "matchday 3" among the links of a page."""
    word = fold(constraint.name)
    wanted = {fold(str(constraint.value)), f"{word} {fold(str(constraint.value))}"}
    for taken in desk.taken:
        named_so = word in (fold(taken.name), fold(taken.label))
        label = next((c for c in taken.choices if fold(c) in wanted or fold(taken.mapping.get(c, c)) in wanted), None)
        if not taken.proven or taken.columns or taken.relation is not Relation.EQUALS or label is None:
            continue
        if not named_so and fold(label) not in wanted:
            continue
        name = _free_name(desk, snake(taken.name))
        parameter = Parameter(
            name=name,
            type=FieldType.STRING,
            description=f"Only records that the site lists under this choice, such as {', '.join(taken.choices[:3])}.",
            default=label,
            choices=taken.choices if len(taken.choices) <= 60 else (),
            examples=tuple(taken.choices[:_MOST_EXAMPLES]),
            required=True,  # without it the page shows a part of its own choosing, not all there is
            bindings=(source_binding(taken),),
            topic=Topic.NAMED,
        )
        desk.add(parameter)
        return True
    return False


def _known_as(desk: Desk, column: Column) -> tuple[Column, ...]:
    """Columns that people identify a record by as well: what the site calls its id may be longer than its name."""
    if column.type is not FieldType.STRING:
        return ()
    named_by = [c for role in (Role.ID, Role.TITLE) for c in desk.playing(role)[:1]]
    return tuple(c for c in named_by if c.name != column.name and c.type is FieldType.STRING)


_SAYING: Final = {Relation.EQUALS: "is", Relation.NOT_EQUALS: "is not", Relation.CONTAINS: "contains"}


def _typed(constraint: Constraint, column: Column) -> str | int | float | bool | None:
    value = constraint.value
    if column.type is FieldType.INTEGER and str(value).lstrip("-").isdigit():
        return int(str(value))
    if isinstance(value, bool) or (
        isinstance(value, int | float) and column.type in (FieldType.NUMBER, FieldType.INTEGER)
    ):
        return value
    if column.type is FieldType.BOOLEAN:
        return str(value).lower() in {"true", "yes"}
    known = next((v for v in column.values if fold(v) == fold(str(value))), None)
    return known or str(value)
