"""Tests of sandbox.broker."""
