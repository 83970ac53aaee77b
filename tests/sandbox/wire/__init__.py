"""Tests of sandbox.wire."""
