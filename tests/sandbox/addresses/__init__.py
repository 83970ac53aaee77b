"""Tests of sandbox.addresses."""
