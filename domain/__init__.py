"""Frozen values that every room of the house shares, and the pure rules about them.

Owns the words of the product (queries, observations, plans, policies, artifacts, runs, tools)
and what they mean (``domain.meaning``). Does no I/O and imports nothing else of the project.
"""
