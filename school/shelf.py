"""Published versions at hand: read and verified once, then kept until the registry's tools change."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from domain.workflow import WorkflowVersion
from registry import Registry

KEPT = 512  # versions; one is a few kilobytes


@dataclass
class Shelf:
    """Keeps verified versions by name and owner. A change in any process empties it (one short query a look)."""

    registry: Registry
    _generation: int = -1
    _kept: OrderedDict[tuple[str, str], WorkflowVersion] = field(default_factory=OrderedDict)

    def version(self, name: str, owner: str) -> WorkflowVersion:
        """Return the version of a tool that is called now.

        Raises:
            UnknownTool: nothing of that name is visible to the owner.
            IntegrityBroken: the stored version was changed outside the registry.
        """
        generation = self.registry.generation()
        if generation != self._generation:
            self._kept.clear()
            self._generation = generation
        found = self._kept.get((name, owner))
        if found is None:
            found = self._kept[name, owner] = self.registry.tool(name, owner)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end((name, owner))
        return found
