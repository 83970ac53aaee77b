"""Protocols in and out: MCP over stdio and HTTP."""
