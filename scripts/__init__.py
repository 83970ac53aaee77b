"""Set-up, checks and release steps; each is run by make."""
