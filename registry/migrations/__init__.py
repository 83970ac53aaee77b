"""Schema changes, one alembic revision each, run in-process by ``upgrade``."""
