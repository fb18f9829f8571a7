"""What a form consists of, read off a node type's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.graph.registry import NodeClass
from shared.nodes.config import Choices, Widget, choices_of, widget_of

_TYPES: Final = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "checkbox",
    "array": "list",
    "object": "json",
}
_ATTRS: Final = {
    "minimum": "min",
    "maximum": "max",
    "minLength": "minlength",
    "maxLength": "maxlength",
    "pattern": "pattern",
}
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {}, ())


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """One field."""

    name: str
    attribute: str
    """Its name in Python."""
    other_names: tuple[str, ...]
    """Names that other systems give it."""
    label: str
    help_text: str
    required: bool
    initial: Any
    schema: Mapping[str, Any]
    choices: Choices | None
    widget: Widget | None
    takes_templates: bool

    @property
    def dependencies(self) -> tuple[str, ...]:
        """The fields that its choices depend on."""
        return self.choices.dependent_on if self.choices else ()

    @property
    def options(self) -> tuple[Any, ...]:
        """The values that its type allows, where they are few."""
        return tuple(self.schema.get("enum", ()))

    @property
    def input_type(self) -> str:
        """How it is shown."""
        if self.widget:
            return self.widget.input_type
        if self.choices or self.options:
            return "select"
        return _TYPES.get(str(self.schema.get("type")), "json")

    @property
    def attrs(self) -> dict[str, Any]:
        """What whoever shows it should know of its limits."""
        found = {_ATTRS[name]: self.schema[name] for name in _ATTRS if name in self.schema}
        if self.schema.get("type") == "integer":
            found["step"] = 1
        return {**found, **(self.widget.attrs if self.widget else {})}


@dataclass(frozen=True, slots=True)
class DeclaredForm:
    """All fields of a node type."""

    definition: NodeClass
    fields: Mapping[str, DeclaredField]

    def values(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """A configuration under the names of the form; what no field knows stays as it is."""
        names = {other: each.name for each in self.fields.values() for other in each.other_names}
        return {names.get(name, name): value for name, value in raw.items()}

    def in_order(self) -> Iterator[DeclaredField]:
        """The fields, each behind those that it depends on."""
        done: set[str] = set()
        waiting = list(self.fields.values())
        while waiting:
            ready = [each for each in waiting if done.issuperset(each.dependencies)]
            yield from ready
            done.update(each.name for each in ready)
            waiting = [each for each in waiting if each.name not in done]

    def descendants(self, name: str) -> set[str]:
        """The fields that depend on one, directly or through others."""
        found: set[str] = set()
        for each in self.in_order():
            if name in each.dependencies or found.intersection(each.dependencies):
                found.add(each.name)
        return found


def is_empty(value: Any) -> bool:
    """Whether nothing was answered; 0 and false are answers."""
    return any(value is empty or (value == empty and value is not False) for empty in _EMPTY)


def form_of(definition: NodeClass) -> DeclaredForm:
    """The form of a node type."""
    form = _FORMS.get(definition)
    if form is None:
        form = _FORMS[definition] = _form(definition)
    return form


_FORMS: Final[dict[NodeClass, DeclaredForm]] = {}


def _form(definition: NodeClass) -> DeclaredForm:
    schema = definition.Config.model_json_schema()
    known = schema.get("properties", {})
    required = set(schema.get("required", ()))
    pairs = zip(known.items(), definition.Config.model_fields, strict=True)
    fields = [
        _field(definition, name, each, attribute, name in required)
        for (name, each), attribute in pairs
    ]
    return DeclaredForm(definition, {each.name: each for each in fields})


def _field(
    definition: NodeClass, name: str, schema: Mapping[str, Any], attribute: str, required: bool
) -> DeclaredField:
    config = definition.Config
    described = config.model_fields[attribute]
    aliases = getattr(described.validation_alias, "choices", [described.validation_alias])
    others = {each for each in [attribute, *aliases] if isinstance(each, str)} - {name}
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    plain = {**schema, **kinds[0]} if len(kinds) == 1 else schema
    return DeclaredField(
        name=name,
        attribute=attribute,
        other_names=tuple(sorted(others)),
        label=described.title or name.replace("_", " ").capitalize(),
        help_text=described.description or "",
        required=required,
        initial=schema.get("default"),
        schema=plain,
        choices=choices_of(config, attribute),
        widget=widget_of(config, attribute),
        takes_templates=name not in definition.expressions | definition.verbatim,
    )
