"""The code check through its door."""
