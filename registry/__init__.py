"""The store of tools: versions, runs, search, audit, on SQLite or PostgreSQL."""
