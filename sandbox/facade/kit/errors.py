"""What a workflow raises when the source is not what it was, or a place is unknown."""

from __future__ import annotations


class SourceChanged(Exception):
    """An expected structure is missing at the source. An empty result is a result, never this.

    Example:
        ``raise SourceChanged("the page has no list of events (div.event-card)")``
    """


class UnknownPlace(ValueError):
    """No place of this name is known."""
