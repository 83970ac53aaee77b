"""Twelve small sites as different web teams would build them, with questions and the truth from their own records.

They were written without a look at the code that learns them, and they stay so: a site is never bent to what is able.
"""
