"""Tests of the examples: the events site and the truth of the example queries."""
