"""The entry page of an API names its collections by their addresses."""

from __future__ import annotations

import json

from sandbox.observing.data_links import links_in_data
from tests.requirements import requirement

BASE = "https://api.test/v1/"


def named(value: object) -> dict[str, str]:
    return {link.text: link.href for link in links_in_data(json.dumps(value), BASE)}


@requirement("LEARN-1")
def test_addresses_are_links_under_their_names() -> None:
    assert named({"exhibits": "https://api.test/v1/exhibits/", "health": "/v1/health", "version": "2.1"}) == {
        "exhibits": "https://api.test/v1/exhibits/",
        "health": "https://api.test/v1/health",
    }
    assert named({"_links": {"open-orders": {"href": "/v1/orders{?page}"}, "self": {"href": "/v1"}}}) == {
        "open orders": "https://api.test/v1/orders",
        "self": "https://api.test/v1",
    }


def test_a_list_and_what_is_no_json_have_none() -> None:
    assert named([{"url": "https://api.test/1"}]) == {}
    assert links_in_data("<html>", BASE) == ()
