"""Test sites in the idioms of common site software."""
