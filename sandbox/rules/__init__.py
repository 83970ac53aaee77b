"""The numbered rules of the code check, and the transformation that puts guards into checked code."""
