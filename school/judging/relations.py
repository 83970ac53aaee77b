"""Tests that compare runs with each other: the metamorphic part of the verdict."""

from __future__ import annotations

import json

from domain.plan import PagingKind, SourceKind, Topic
from domain.run import Finding, Run
from domain.values import JsonObject
from school.judging.case import Case, TriedTrial, failed, is_set, not_applicable, parameter_with_role, passed, radius_of
from school.judging.reading import identities, record_requests


def runs_agree(case: Case) -> Finding:
    """Two runs with the same arguments give the same rows."""
    if case.repeat is None or not case.tried:
        return failed("runs_agree", "the repeated run is missing")
    first = case.tried[0].run
    if first.rows != case.repeat.rows:
        return failed("runs_agree", f"{len(first.rows)} rows, then {len(case.repeat.rows)}, not all the same")
    return passed("runs_agree", f"{len(first.rows)} rows twice")


def narrower_is_subset(case: Case) -> Finding:
    """With one more constraint, the rows are among those without it."""
    if case.plan.records.records.endswith("{}") and case.plan.source.kind is not SourceKind.OPENAPI:
        return not_applicable("narrower_is_subset", "the answer is one record: what is sent changes it")
    compared = 0
    for wide in case.tried:
        for narrow in case.tried:
            if wide is narrow or not _widens(case, narrow, wide) or _truncated(wide.run):
                continue
            compared += 1
            known = {_key(case, row) for row in wide.run.rows}
            missing = [row for row in narrow.run.rows if _key(case, row) not in known]
            if missing:
                return failed(
                    "narrower_is_subset",
                    f"{len(missing)} rows of trial {narrow.trial.name} are not in the wider trial {wide.trial.name}",
                )
    if not compared:
        return not_applicable("narrower_is_subset", "no trial is a widening of another one that is complete")
    return passed("narrower_is_subset", f"{compared} pairs of trials")


def parameters_matter(case: Case) -> Finding:
    """Different arguments give different results where they should."""
    expected_empty = [t for t in case.tried if t.trial.expect == "empty"]
    if not expected_empty:
        return not_applicable("parameters_matter", "no trial has arguments that must change the result")
    widest = case.widest()
    if widest is None:
        return not_applicable("parameters_matter", "there are no rows to compare with")
    if any(t.run.rows == widest.rows for t in expected_empty):
        return failed("parameters_matter", "impossible arguments give the same rows as possible ones")
    return passed("parameters_matter", f"{len(widest.rows)} rows against none")


def pages_disjoint(case: Case) -> Finding:
    """Page two holds other records than page one."""
    if case.plan.paging is None:
        return not_applicable("pages_disjoint", "the source is not paged")
    if case.plan.paging.kind is PagingKind.LINKS:
        return not_applicable("pages_disjoint", "pages that link to each other name each other again")
    for tried in case.tried:
        pages = record_requests(case.plan, tried.run)
        if len(pages) >= 2:
            first, second = (identities(case.plan, page) for page in pages[:2])
            if not second:
                continue
            common = first & second
            if len(common) > len(second) // 10:  # a list may grow by a record between two requests
                return failed("pages_disjoint", f"{len(common)} of {len(second)} records of page two were on page one")
            return passed("pages_disjoint", f"{len(first)} and {len(second)} records, {len(common)} in both")
    return not_applicable("pages_disjoint", "no trial needed a second page")


def _widens(case: Case, narrow: TriedTrial, wide: TriedTrial) -> bool:
    left, right = case.effective(narrow.run.arguments), case.effective(wide.run.arguments)
    limit = parameter_with_role(case.plan, "limit")
    sort = parameter_with_role(case.plan, "sort")
    skipped = {p.name for p in (limit, sort) if p is not None}
    names = {name for name in {*left, *right} if left.get(name) != right.get(name)} - skipped
    if not names or any(is_set(right.get(name)) for name in names):
        return False
    radius = radius_of(case.plan)
    places = [p.name for p in case.plan.parameters if p.topic is Topic.PLACE]
    # Without its radius a place means only itself, which is less than all around it.
    return radius is None or radius.name not in names or all(not is_set(right.get(name)) for name in places)


def _truncated(run: Run) -> bool:
    return isinstance(run.output, dict) and bool(run.output.get("truncated"))


def _key(case: Case, row: JsonObject) -> str:
    names = case.plan.identity or tuple(field.name for field in case.plan.fields)
    return json.dumps([row.get(name) for name in names], sort_keys=True)
