"""What words mean: distances, word forms, dates, places and money, as pure functions.

One reading for the planner that binds a query, the workflow that filters rows and the judge that
checks them, so that all three agree. Each module is imported by itself and is cheap to import.
"""
