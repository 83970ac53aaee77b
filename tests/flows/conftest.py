"""PostgreSQL for flows, as the registry's own tests have it."""

from __future__ import annotations

from tests.registry.conftest import postgres_server

__all__ = ["postgres_server"]
