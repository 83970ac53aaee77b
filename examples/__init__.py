"""Examples: an events site with known truth, and the questions that are asked of it."""
