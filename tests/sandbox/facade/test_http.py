"""The client that workflows are given, and what it gives them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import driver
from sandbox.facade import http
from sandbox.facade.http.errors import HTTPStatusError, InvalidURL, UnsupportedProtocol
from sandbox.facade.http.messages import Headers, Request, Response
from sandbox.facade.http.settings import BasicAuth, Timeout
from sandbox.facade.http.urls import URL, QueryParams, absolute
from tests.requirements import requirement


class Broker:
    """Answers from a list and keeps what it was asked."""

    def __init__(self, *answers: tuple[dict[str, Any], bytes]) -> None:
        self.answers = list(answers) or [({"s": 200, "h": [], "u": "https://site.test/"}, b"{}")]
        self.asked: list[tuple[dict[str, Any], bytes]] = []

    async def __call__(self, meta: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        self.asked.append((meta, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def done(coroutine: Any) -> Any:
    return driver.drive(coroutine, None, 1)  # type: ignore[arg-type]  # the canned broker asks nobody


def answer(status: int = 200, headers: Any = (), content: bytes = b"", url: str = "https://site.test/a") -> Response:
    return Response(status, headers=[list(h) for h in headers], content=content, request=Request("GET", url), url=url)


@requirement("GEN-3", "BOX-4")
def test_a_request_is_asked_of_the_broker_in_its_own_words() -> None:
    broker = Broker()
    client = http.Client(broker)
    client.headers["X-All"] = "1"
    client.cookies["seen"] = "yes"
    done(
        client.get(
            "https://site.test/a b?old=1",
            params={"q": "é", "n": [1, 2], "t": True, "none": None},
            headers={"Accept": "x"},
        )
    )
    ((meta, body),) = broker.asked
    assert meta == {
        "t": "http",
        "m": "GET",
        "u": "https://site.test/a%20b?q=%C3%A9&n=1&n=2&t=true&none=",
        "h": [["x-all", "1"], ["accept", "x"], ["cookie", "seen=yes"]],
        "r": True,
        "s": None,
    }
    assert body == b""


@pytest.mark.parametrize(
    ("options", "kind", "body"),
    [
        ({"json": {"a": "é"}}, "application/json", '{"a":"é"}'.encode()),
        ({"data": {"a": ["1", "2"], "b": None}}, "application/x-www-form-urlencoded", b"a=1&a=2&b="),
        ({"content": "text"}, None, b"text"),
        ({"data": b"raw"}, None, b"raw"),
        ({"json": [], "headers": {"content-type": "application/x"}}, "application/x", b"[]"),
    ],
)
def test_bodies_are_encoded_as_httpx_does(options: dict[str, Any], kind: str | None, body: bytes) -> None:
    broker = Broker()
    done(http.Client(broker).post("https://site.test/", **options))
    meta, sent = broker.asked[0]
    assert dict(meta["h"]).get("content-type") == kind
    assert (meta["m"], sent) == ("POST", body)


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "patch", "delete"])
def test_every_method_has_its_function(method: str) -> None:
    broker = Broker()
    response = done(getattr(http.Client(broker), method)("https://site.test/", timeout=3, follow_redirects=False))
    meta = broker.asked[0][0]
    assert (meta["m"], meta["s"], meta["r"], response.status_code) == (method.upper(), 3.0, False, 200)


def test_credentials_that_a_person_gave_go_into_the_header() -> None:
    broker = Broker()
    done(http.Client(broker).get("https://site.test/", auth=("a", "b"), timeout=(5, 2)))
    done(http.Client(broker).get("https://site.test/", auth=BasicAuth("a", "b"), timeout=Timeout(9, connect=4)))
    assert [dict(meta["h"])["authorization"] for meta, _ in broker.asked] == ["Basic YTpi"] * 2
    assert [meta["s"] for meta, _ in broker.asked] == [2, 4]


@requirement("BOX-4")
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("denied", "ProxyError"),
        ("timeout", "ReadTimeout"),
        ("connect", "ConnectError"),
        ("limit", "ReadError"),
        ("protocol", "RemoteProtocolError"),
        ("other", "TransportError"),
    ],
)
def test_the_brokers_refusals_are_httpx_errors(kind: str, error: str) -> None:
    broker = Broker(({"err": {"kind": kind, "message": "no", "host": "x"}}, b""))
    with pytest.raises(http.NAMES["HTTPError"], match="no") as caught:  # type: ignore[call-overload]  # a class
        done(http.Client(broker).get("https://site.test/"))
    assert type(caught.value).__name__ == error
    assert caught.value.request.method == "GET"


def test_a_client_cannot_be_made_by_a_workflow() -> None:
    with pytest.raises(RuntimeError, match="given"):
        http.AsyncClient()


async def test_the_given_client_can_be_entered_and_closed() -> None:
    client = http.Client(Broker())
    async with client as same:
        assert same is client
    await client.aclose()


def test_an_answer_tells_its_text_by_header_page_or_utf8() -> None:
    latin = "é".encode("latin-1")
    assert answer(headers=[("Content-Type", "text/html; charset=ISO-8859-1")], content=latin).text == "é"
    assert answer(content=b'<meta charset="latin-1">' + latin).text.endswith("é")
    assert answer(content="\ufeffé".encode()).text == "é"
    assert answer(headers=[("content-type", "text/html; charset=none-such")], content=b"x").text == "x"
    forced = answer(content=latin)
    forced.encoding = "latin-1"
    assert forced.text == "é"


def test_an_answer_has_httpx_attributes() -> None:
    found = answer(
        201,
        [("Link", '<https://site.test/2>; rel="next"; title="a, b", </1>; rel=prev'), ("Set-Cookie", "a=1; Path=/"),
         ("Set-Cookie", "b=2")],
        b'{"a": 1}',
    )  # fmt: skip
    assert found.json() == {"a": 1}
    assert found.raise_for_status() is found
    assert (found.is_success, found.is_error, found.is_redirect, found.reason_phrase) == (True, False, False, "Created")
    assert found.links == {"next": {"url": "https://site.test/2", "rel": "next", "title": "a, b"},
                           "prev": {"url": "/1", "rel": "prev"}}  # fmt: skip
    assert found.cookies == {"a": "1", "b": "2"}
    assert str(found.url) == "https://site.test/a"
    assert found.headers["set-cookie"] == "a=1; Path=/, b=2"
    assert found.read() == found.content
    assert "201" in repr(found)


@pytest.mark.parametrize(("status", "part"), [(404, "is_client_error"), (503, "is_server_error"), (302, "is_redirect")])
def test_other_statuses_raise_when_asked(status: int, part: str) -> None:
    found = answer(status, [("location", "/x")])
    assert getattr(found, part)
    assert found.has_redirect_location == (status == 302)
    with pytest.raises(HTTPStatusError) as caught:
        found.raise_for_status()
    assert caught.value.response is found
    assert str(status) in str(caught.value)


def test_no_json_is_a_value_error() -> None:
    with pytest.raises(json.JSONDecodeError):
        answer(content=b"<html>").json()


def test_headers_know_no_case() -> None:
    headers = Headers({"A": "1"})
    headers["B"] = "2"
    headers.update({"a": "3"})
    assert ("A" in headers, headers.get("b"), headers.get("c", "d"), sorted(headers)) == (True, "2", "d", ["a", "b"])
    assert (headers.items(), headers.values(), len(headers)) == ([("b", "2"), ("a", "3")], ["2", "3"], 2)
    del headers["B"]
    with pytest.raises(KeyError):
        headers["b"]


def test_query_parameters_and_urls_are_read_and_changed() -> None:
    params = QueryParams("?a=1&a=2&b=3")
    assert (params["a"], params.get_list("a"), params.get("c"), "b" in params, len(params)) == (
        "1",
        ["1", "2"],
        None,
        True,
        3,
    )
    assert str(params.set("a", 9).add("b", 4).merge({"c": 5})) == "b=3&a=9&b=4&c=5"
    assert (params.items(), params.keys(), list(params)) == ([("b", "3"), ("a", "1")], ["a", "b"], ["a", "b"])
    url = URL("https://site.test:8080/p/q?x=1#f")
    assert (url.scheme, url.host, url.port, url.path, url.query, url.fragment) == (
        "https",
        "site.test",
        8080,
        "/p/q",
        b"x=1",
        "f",
    )
    assert str(url.join("../r")) == "https://site.test:8080/r"
    assert str(url.copy_merge_params({"y": 2})) == "https://site.test:8080/p/q?x=1&y=2#f"
    assert str(url.copy_set_param("x", 3)) == "https://site.test:8080/p/q?x=3#f"
    assert url == "https://site.test:8080/p/q?x=1#f"
    assert url.params["x"] == "1"
    with pytest.raises(KeyError):
        params["z"]


@pytest.mark.parametrize("text", ["file:///etc/passwd", "/path", "javascript:x", "ftp://site.test/"])
def test_other_schemes_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedProtocol):
        absolute(text, "", None)


def test_what_is_no_address_is_said_so() -> None:
    with pytest.raises(InvalidURL):
        URL("http://site.test:port/")
    with pytest.raises(InvalidURL):
        absolute("http://[é", "", None)
    assert absolute("HTTPS://site.test/", "", None) == "HTTPS://site.test/"
    assert absolute("https://bücher.test/ä", "", None) == "https://xn--bcher-kva.test/%C3%A4"
    assert absolute("/x", "https://site.test/api", None) == "https://site.test/api/x"
