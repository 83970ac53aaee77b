"""The pydantic models of a workflow: Request from the parameters, Item and Response from the fields."""

from __future__ import annotations

from domain.plan import Field, FieldType, Parameter, Plan, SourceKind
from generators.templates.reading import DATA_KINDS, MOMENTS
from generators.templates.text import call, indent, literal, long_text, prose

PARAMETER_TYPES = {
    FieldType.INTEGER: "int",
    FieldType.NUMBER: "float",
    FieldType.PRICE: "float",
    FieldType.BOOLEAN: "bool",
    FieldType.ARRAY: "list[Any]",
    FieldType.OBJECT: "dict[str, Any]",
}
MOMENT_ALIASES = {"date": "Day", "datetime": "Moment"}  # a field may itself be named date
ITEM_TYPES = PARAMETER_TYPES


def models(plan: Plan) -> list[str]:
    """Return the lines of the three models."""
    return [*_request(plan), "", "", *_item(plan), "", "", *_response(plan)]


def parameter_type(parameter: Parameter) -> str:
    """Return the annotation of a request attribute, without None."""
    if parameter.choices:
        return "Literal[" + ", ".join(literal(choice) for choice in parameter.choices) + "]"
    if parameter.type is FieldType.ARRAY:
        return f"list[{PARAMETER_TYPES.get(parameter.items or FieldType.STRING, 'str')}]"
    return PARAMETER_TYPES.get(parameter.type, "str")


def item_type(field: Field, kind: SourceKind) -> str:
    """Return the annotation of an item attribute, without None.

    JSON sources keep dates as they write them; text of a page is read into real dates.
    """
    if field.type in MOMENTS and kind not in DATA_KINDS:
        return MOMENT_ALIASES[field.type.value]
    return ITEM_TYPES.get(field.type, "str")


def _request(plan: Plan) -> list[str]:
    body = ['"""What to look for. None means: any."""', "", 'model_config = ConfigDict(extra="forbid")', ""]
    for parameter in plan.parameters:
        annotation = parameter_type(parameter)
        arguments = [f"description={long_text(parameter.description)}"]
        if not parameter.required:
            annotation = f"{annotation} | None"
            arguments.insert(0, f"default={literal(parameter.default)}")
        arguments += [f"ge={literal(parameter.minimum)}"] * (parameter.minimum is not None)
        arguments += [f"le={literal(parameter.maximum)}"] * (parameter.maximum is not None)
        body += call(f"{parameter.name}: {annotation} = Field(", arguments)
    return ["class Request(BaseModel):", *indent(body)]


def _item(plan: Plan) -> list[str]:
    body = [f'"""{prose(f"One result of: {plan.title}.")[0]}"""', ""]
    for field in plan.fields:
        description = field.description or field.name.replace("_", " ")
        arguments = ["default=None", f"description={long_text(description)}"]
        body += call(f"{field.name}: {item_type(field, plan.source.kind)} | None = Field(", arguments)
    return ["class Item(BaseModel):", *indent(body)]


def _response(plan: Plan) -> list[str]:
    del plan
    return [
        "class Response(BaseModel):",
        *indent(
            [
                '"""All results, or the first of them when truncated."""',
                "",
                'rows: list[Item] = Field(description="The results.")',
                'count: int = Field(description="How many rows there are.")',
                'truncated: bool = Field(description="Whether there is more than the limit let through.")',
            ]
        ),
    ]
