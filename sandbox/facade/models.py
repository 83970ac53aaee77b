"""pydantic's selected names. Types whose arguments pydantic would evaluate as text are guarded."""

from __future__ import annotations

from typing import Any

import pydantic
import pydantic.alias_generators

from sandbox.facade.frozen import selected
from sandbox.facade.guards import check_subscript


class TypeAdapter(pydantic.TypeAdapter[Any]):
    """``pydantic.TypeAdapter`` over types, never over text."""

    def __init__(self, type: Any, **options: Any) -> None:  # noqa: A002 - pydantic's name
        if isinstance(type, str):
            raise TypeError("TypeAdapter takes a type, not its name")
        super().__init__(type, **{name: value for name, value in options.items() if name == "config"})

    @classmethod
    def __class_getitem__(cls, item: Any) -> Any:
        check_subscript(cls, item)
        return cls


NAMES: dict[str, Any] = {
    **selected(
        pydantic,
        "AfterValidator AliasChoices AliasPath AnyHttpUrl AnyUrl AwareDatetime BaseModel BeforeValidator ConfigDict "
        "Discriminator Field FutureDate HttpUrl JsonValue NaiveDatetime NegativeFloat NegativeInt NonNegativeFloat "
        "NonNegativeInt NonPositiveInt PastDate PlainValidator PositiveFloat PositiveInt RootModel StrictBool StrictFloat "
        "StrictInt StrictStr StringConstraints Tag ValidationError ValidationInfo WrapValidator computed_field confloat "
        "conint constr field_serializer field_validator model_serializer model_validator PlainSerializer",
    ),
    "TypeAdapter": TypeAdapter,
}
ALIASES: dict[str, Any] = selected(pydantic.alias_generators, "to_camel to_pascal to_snake")
