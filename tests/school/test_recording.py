from __future__ import annotations

import pytest

from domain.observation import Exchange
from domain.plan import Trial
from domain.run import Outcome, Run
from school.judging.case import TriedTrial
from school.recording import bundle_of, profile_of
from tests.registry.making import make_run
from tests.requirements import requirement

pytestmark = requirement("DRIFT-1", "PROVE-4")


def exchange(body: str = "{}", **changes: object) -> Exchange:
    values = {"id": "x1", "method": "GET", "url": "https://a.example/", "status": 200, "body": body}
    return Exchange.model_validate({**values, "request_headers": {"accept": "x"}, **changes})


def tried(
    name: str, *, rows: int = 1, outcome: Outcome = Outcome.OK, exchanges: tuple[Exchange, ...] = ()
) -> TriedTrial:
    output = {"rows": [{"n": n} for n in range(rows)], "count": rows, "truncated": False}
    run: Run = make_run(outcome=outcome, output=output, exchanges=exchanges or (exchange(),))
    return TriedTrial(trial=Trial(name=name, arguments={}, expect="any"), run=run)


def test_a_bundle_keeps_inputs_rows_and_answers_but_no_request_headers() -> None:
    [case] = bundle_of([tried("own", rows=2)]).cases
    assert (case.name, case.arguments, case.rows) == ("own", {"city": "Oakland"}, ({"n": 0}, {"n": 1}))
    assert case.exchanges == (exchange(request_headers={}),)


def test_a_bundle_is_bounded_and_begins_with_the_smallest_trial_that_has_rows() -> None:
    empty, small, wide = (
        tried("empty", rows=0),
        tried("small", exchanges=(exchange("a" * 1000),)),
        tried("wide", exchanges=(exchange("a" * 5000),)),
    )
    bundle = bundle_of([wide, empty, small], most=4000)
    assert [case.name for case in bundle.cases] == ["small", "empty"]
    assert len(bundle.notes) == 1
    assert bundle.notes[0].startswith("wide: ")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (tried("t", outcome=Outcome.FAILED), "failed"),
        (tried("t", exchanges=(exchange(truncated=True),)), "longer"),
        (tried("t", exchanges=(exchange("caf\ufffd"),)), "UTF-8"),
    ],
)
def test_what_is_not_recorded_whole_is_left_out_with_a_note(case: TriedTrial, words: str) -> None:
    bundle = bundle_of([case])
    assert bundle.cases == ()
    assert words in bundle.notes[0]


@requirement("DRIFT-4")
def test_a_profile_needs_three_trials_that_ended_well() -> None:
    trials = [tried("a"), tried("b", rows=3), tried("c", outcome=Outcome.FAILED)]
    assert profile_of(trials) is None
    found = profile_of([*trials, tried("d", rows=0)])
    assert found is not None
    assert (found.samples, found.rows_least, found.rows_median, found.rows_most) == (3, 0, 1, 3)
