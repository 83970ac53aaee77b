"""The parts of observing a source: pure readers of HTML and bodies, and the driving of one page."""
