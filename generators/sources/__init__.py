"""One module per kind of source: how its records are recognised in an observation."""
