"""Tests of sandbox.runner."""
