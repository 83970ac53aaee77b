"""What a model may choose among: candidates, columns, source parameters and form fields, each with an id."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

from domain.observation import Column, EndpointParameter, Findings, FormField, Observation, RecordCandidate
from domain.plan import Intent, SourceKind
from generators.sources.relevance import relevance, visible_text

_CANDIDATES: Final = 5
_FIRST_COLUMNS: Final = 40
_OTHER_COLUMNS: Final = 15
_SAMPLES: Final = 2
_SAMPLE_CHARACTERS: Final = 40
_VALUES: Final = 12
_FORMS: Final = 4
_FORM_FIELDS: Final = 12
_LADDER: Final = tuple(SourceKind)


@dataclass(frozen=True, kw_only=True)
class FormChoice:
    """One field of a form on the page: where the form goes and what the field is."""

    method: str
    action: str
    field: FormField


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Everything with an id. ``text`` is how it is shown (a source's data: it belongs inside the fence)."""

    candidates: dict[str, RecordCandidate]
    columns: dict[str, Column]
    sources: dict[str, EndpointParameter]
    forms: dict[str, FormChoice]
    text: str


def offer_of(intent: Intent, findings: Findings, observation: Observation, *, only: SourceKind | None = None) -> Offer:
    """Return the five best candidates, with the best of every kind among them, and what else can be chosen."""
    candidates = dict(zip(ascii_lowercase, _best(intent, findings, observation, only), strict=False))
    columns: dict[str, Column] = {}
    sources: dict[str, EndpointParameter] = {}
    lines: list[str] = []
    for letter, candidate in candidates.items():
        shown = candidate.columns[: _FIRST_COLUMNS if letter == "a" else _OTHER_COLUMNS]
        mine = {f"{letter}{number}": column for number, column in enumerate(shown, start=1)}
        columns |= mine
        lines += ["", _headline(letter, candidate), *(_column(name, column) for name, column in mine.items())]
        endpoint = next((e for e in findings.endpoints if e.id == candidate.endpoint), None)
        for parameter in endpoint.parameters if endpoint else ():
            if parameter.proven:
                name = f"s{len(sources) + 1}"
                sources[name] = parameter
                lines.append(f"source parameter {name} of {letter}: {_source(parameter)}")
    forms = _forms(observation)
    lines += ["", *(_form(name, choice) for name, choice in forms.items())]
    page = observation.pages[0] if observation.pages else None
    head = f"Page: {page.title if page else ''} ({page.final_url if page else observation.url})"
    text = "\n".join([head, *lines]).strip()
    return Offer(candidates=candidates, columns=columns, sources=sources, forms=forms, text=text)


def _best(
    intent: Intent, findings: Findings, observation: Observation, only: SourceKind | None
) -> list[RecordCandidate]:
    visible = visible_text(observation)
    usable = [c for c in findings.candidates if not c.detail_of and (only is None or c.kind is only)]
    usable = [c for c in usable if c.grounded or c.kind is not SourceKind.JSON]
    ranked = sorted(usable, key=lambda c: -relevance(c, intent, visible))
    leaders = {c.kind: c for c in reversed(ranked)}
    picked = [c for c in ranked if leaders[c.kind] is c] + [c for c in ranked if leaders[c.kind] is not c]
    chosen = picked[:_CANDIDATES]
    return [c for c in ranked if c in chosen]


def _headline(letter: str, candidate: RecordCandidate) -> str:
    paging = f", paging by {candidate.paging.kind.value}" if candidate.paging else ""
    total = f" of {candidate.total}" if candidate.total else ""
    part = "" if candidate.complete else ", not all records within reach"
    covers = f", covers {round(100 * candidate.coverage)} % of the page's text" if candidate.coverage else ""
    where = _short(candidate.source.records or "root", 80)
    return (
        f"candidate {letter}: {candidate.kind.value}, {candidate.count}{total} records at {where}{paging}{covers}{part}"
    )


def _column(name: str, column: Column) -> str:
    shown = column.values[:_VALUES] if column.values else column.samples[:_SAMPLES]
    more = f" and {len(column.values) - _VALUES} more" if len(column.values) > _VALUES else ""
    fill = f" {round(100 * column.fill)} %" if column.fill < 0.995 else ""
    label = f" [{_short(column.label, 30)}]" if column.label and column.label != column.name else ""
    unit = f" in {column.unit}" if column.unit else ""
    texts = " | ".join(_short(text, _SAMPLE_CHARACTERS if not column.values else 28) for text in shown)
    return f"  {name} {column.name}{label} {column.type.value}{unit}{fill}: {texts}{more}"


def _source(parameter: EndpointParameter) -> str:
    choices = (
        f"; choices: {' | '.join(_short(c, 24) for c in parameter.choices[:_VALUES])}" if parameter.choices else ""
    )
    return f"{parameter.name} ({_short(parameter.effect, 120)}){choices}"


def _forms(observation: Observation) -> dict[str, FormChoice]:
    found: dict[str, FormChoice] = {}
    for page in observation.pages[:1]:
        for number, form in enumerate(page.forms[:_FORMS], start=1):
            shown = [f for f in form.fields if f.name and f.kind not in {"hidden", "submit", "button"}]
            for place, field in enumerate(shown[:_FORM_FIELDS], start=1):
                found[f"f{number}.{place}"] = FormChoice(method=form.method.upper(), action=form.action, field=field)
    return found


def _form(name: str, choice: FormChoice) -> str:
    field = choice.field
    options = (
        f": {' | '.join(_short(o.label or o.value, 24) for o in field.options[:_VALUES])}" if field.options else ""
    )
    label = field.label or field.placeholder
    shown = f" [{_short(label, 40)}]" if label else ""
    return f"form field {name} ({choice.method}): {_short(field.name, 40)}{shown} {field.kind}{options}"


def _short(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"
