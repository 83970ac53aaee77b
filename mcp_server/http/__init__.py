"""Streamable HTTP: the ASGI app, its door (keys, limits, hosts), health, metrics, and the process that serves it."""
