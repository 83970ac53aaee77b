"""Tests of sandbox.secrets."""
