"""Pieces of the template generator: each renders one part of a workflow module from a plan."""
