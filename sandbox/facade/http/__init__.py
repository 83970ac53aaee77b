"""The facade that generated code imports as ``httpx``: a small client over the broker, with httpx's names."""

from __future__ import annotations

from sandbox.facade.http.client import AsyncClient, Client, Transport
from sandbox.facade.http.errors import EXCEPTIONS
from sandbox.facade.http.messages import Cookies, Headers, Request, Response
from sandbox.facade.http.settings import BasicAuth, Limits, Timeout, codes
from sandbox.facade.http.urls import URL, QueryParams

NAMES: dict[str, object] = {
    **EXCEPTIONS,
    "AsyncClient": AsyncClient,
    "BasicAuth": BasicAuth,
    "Cookies": Cookies,
    "Headers": Headers,
    "Limits": Limits,
    "QueryParams": QueryParams,
    "Request": Request,
    "Response": Response,
    "Timeout": Timeout,
    "URL": URL,
    "codes": codes,
}

__all__ = ["NAMES", "AsyncClient", "Client", "Transport"]
