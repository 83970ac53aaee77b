"""Tests of sandbox.jail."""
