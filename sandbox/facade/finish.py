"""The last step of loading a workflow: models that name later models are completed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sandbox.facade.guards import MODULE_NAME


def finish(names: dict[str, Any]) -> None:
    """Build every model of the namespace that still waits for a forward reference.

    Compiled code calls it as its last statement. Annotations are looked up among the workflow's own
    names and the guarded builtins only.

    Raises:
        pydantic.PydanticUndefinedAnnotation: an annotation names nothing.
    """
    known = {**names["__builtins__"], **{name: value for name, value in names.items() if not name.startswith("_")}}
    known["__builtins__"] = names["__builtins__"]
    for value in list(names.values()):
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == MODULE_NAME:
            _complete(value, known)


def _complete(model: type[BaseModel], known: dict[str, Any]) -> None:
    if not model.__pydantic_complete__:
        model.model_rebuild(_types_namespace=known)
