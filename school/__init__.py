"""The use cases: learn, judge, call, ask, administer; each a function that takes the School."""
