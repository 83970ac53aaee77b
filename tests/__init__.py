"""Tests mirror the packages; see requirements.py for the ids that are proved."""
