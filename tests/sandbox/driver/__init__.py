"""Tests of sandbox.driver."""
