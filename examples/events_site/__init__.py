"""A small events site with the shape of a real discovery site, made from a seed.

Everything on it is invented, so that each question asked of it has an answer that can be computed.
"""
