"""Parts of the built-in planner: choice of candidate, bindings, fields, names and trials."""
