"""Tests of sandbox.doctor."""
