"""pydantic's selected names. Types whose arguments pydantic would evaluate as text are guarded."""

from __future__ import annotations

from typing import Any

import pydantic
import pydantic.alias_generators

from sandbox.facade.frozen import selected
from sandbox.facade.guards import check_subscript


class TypeAdapter:
    """``pydantic.TypeAdapter`` over types, never over text."""

    def __init__(self, type: Any, *, config: Any = None) -> None:  # noqa: A002 - pydantic's name
        if isinstance(type, str):
            raise TypeError("TypeAdapter takes a type, not its name")
        self._adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(type, config=config)

    def __class_getitem__(cls, item: Any) -> Any:
        check_subscript(cls, item)
        return cls

    def validate_python(self, value: Any, *, strict: bool | None = None) -> Any:
        """Return the value as the type."""
        return self._adapter.validate_python(value, strict=strict)

    def validate_json(self, data: str | bytes, *, strict: bool | None = None) -> Any:
        """Return JSON text as the type."""
        return self._adapter.validate_json(data, strict=strict)

    def dump_python(self, value: Any, *, mode: Any = "python", by_alias: bool | None = None) -> Any:
        """Return plain data."""
        return self._adapter.dump_python(value, mode=mode, by_alias=by_alias)

    def dump_json(self, value: Any, *, by_alias: bool | None = None) -> bytes:
        """Return JSON text."""
        return self._adapter.dump_json(value, by_alias=by_alias)

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the type."""
        return self._adapter.json_schema()


NAMES: dict[str, Any] = {
    **selected(
        pydantic,
        "AfterValidator AliasChoices AliasPath AnyHttpUrl AnyUrl AwareDatetime BaseModel BeforeValidator ConfigDict "
        "Discriminator Field FutureDate HttpUrl JsonValue NaiveDatetime NegativeFloat NegativeInt NonNegativeFloat "
        "NonNegativeInt NonPositiveInt PastDate PlainValidator PositiveFloat PositiveInt RootModel StrictBool"
        " StrictFloat "
        "StrictInt StrictStr StringConstraints Tag ValidationError ValidationInfo WrapValidator "
        "computed_field confloat "
        "conint constr field_serializer field_validator model_serializer model_validator PlainSerializer",
    ),
    "TypeAdapter": TypeAdapter,
}
ALIASES: dict[str, Any] = selected(pydantic.alias_generators, "to_camel to_pascal to_snake")
