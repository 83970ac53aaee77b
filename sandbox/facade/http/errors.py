"""httpx's exceptions.

HTTPError
├── RequestError                  .request
│   ├── TransportError
│   │   ├── TimeoutException      ConnectTimeout, ReadTimeout, WriteTimeout, PoolTimeout
│   │   ├── NetworkError          ConnectError, ReadError, WriteError, CloseError
│   │   ├── ProtocolError         LocalProtocolError, RemoteProtocolError
│   │   ├── ProxyError            a request outside the policy
│   │   └── UnsupportedProtocol
│   ├── DecodingError
│   └── TooManyRedirects
└── HTTPStatusError               .request, .response
InvalidURL
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.facade.http.messages import Request, Response


class HTTPError(Exception):
    """Root of what a request can raise."""

    def __init__(self, message: str, *, request: Request | None = None) -> None:
        super().__init__(message)
        self.request = request


class RequestError(HTTPError):
    """The request got no answer."""


class TransportError(RequestError):
    """Failure on the way."""


class TimeoutException(TransportError):
    """No answer in time."""


class ConnectTimeout(TimeoutException):
    """No connection in time."""


class ReadTimeout(TimeoutException):
    """No data in time."""


class WriteTimeout(TimeoutException):
    """The request could not be sent in time."""


class PoolTimeout(TimeoutException):
    """No free connection in time."""


class NetworkError(TransportError):
    """The network failed."""


class ConnectError(NetworkError):
    """No connection."""


class ReadError(NetworkError):
    """The connection broke while reading."""


class WriteError(NetworkError):
    """The connection broke while writing."""


class CloseError(NetworkError):
    """The connection could not be closed."""


class ProtocolError(TransportError):
    """The protocol was broken."""


class LocalProtocolError(ProtocolError):
    """The request breaks the protocol."""


class RemoteProtocolError(ProtocolError):
    """The answer breaks the protocol."""


class ProxyError(TransportError):
    """The broker refused the request: it is outside the tool's policy."""


class UnsupportedProtocol(TransportError):
    """Not http or https."""


class DecodingError(RequestError):
    """The answer's content encoding is broken."""


class TooManyRedirects(RequestError):
    """The redirects have no end."""


class InvalidURL(Exception):
    """Not an address."""


class HTTPStatusError(HTTPError):
    """The answer has a status of 4xx or 5xx, see ``.response.status_code``."""

    def __init__(self, message: str, *, request: Request, response: Response) -> None:
        super().__init__(message, request=request)
        self.response = response


# what the broker says (sandbox.driver) → what the workflow sees
KINDS: dict[str, type[TransportError]] = {
    "denied": ProxyError,
    "timeout": ReadTimeout,
    "connect": ConnectError,
    "limit": ReadError,
    "protocol": RemoteProtocolError,
}
EXCEPTIONS: dict[str, object] = {
    name: value for name, value in globals().items() if isinstance(value, type) and issubclass(value, Exception)
}
