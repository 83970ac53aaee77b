"""Escapes that run in the jail with no code check before it."""
