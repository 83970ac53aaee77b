"""Plans from API descriptions: OpenAPI 2, 3.0 and 3.1 documents become operations, operations become plans."""

from generators.openapi.choosing import choose
from generators.openapi.document import Document, load
from generators.openapi.grounding import described_source, study_documents
from generators.openapi.importing import Skipped, import_all
from generators.openapi.operations import Operation, operations
from generators.openapi.planning import SENDS
from generators.openapi.regrounding import as_answered

__all__ = [
    "SENDS",
    "Document",
    "Operation",
    "Skipped",
    "as_answered",
    "choose",
    "described_source",
    "import_all",
    "load",
    "operations",
    "study_documents",
]
