"""The parts of planning with a model: what it is shown, what it may answer, and the plan made of that."""
