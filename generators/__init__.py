"""From a question and an observation to an artifact: understanding, induction, planning, code."""
