"""Eleven more small sites, of other trades and make than the town's, with questions and truth from their records.

They too were written without a look at the code that learns them, and they stay so.
"""
