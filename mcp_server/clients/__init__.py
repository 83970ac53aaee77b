"""Reaching clients: the bundle that Claude Desktop installs, ``server.json``, and clients' own configuration files."""
