"""Plans from API descriptions: OpenAPI 2, 3.0 and 3.1 documents become operations, operations become plans."""

from generators.openapi.choosing import choose
from generators.openapi.document import Document, load
from generators.openapi.importing import Skipped, import_all
from generators.openapi.operations import Operation, operations

__all__ = ["Document", "Operation", "Skipped", "choose", "import_all", "load", "operations"]
