"""Attacks on the code rules and on the guards behind them."""
