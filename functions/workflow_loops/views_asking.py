"""What is asked and answered about models and tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from shared.agents.registry import ToolClass
from shared.llm.provider import ModelName, Provider, ProviderFields
from shared.llm.providers import Kind
from shared.llm.tenant_policies import ModelPolicy
from shared.llm.tenant_settings import Wanted
from shared.llm.tools import Tool

_CAMEL = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class _ProviderView(BaseModel):
    model_config = _CAMEL

    id: Annotated[str, Field(max_length=100)] = ""
    name: Annotated[str, Field(min_length=1, max_length=100)]
    type: Kind
    base_url: Annotated[str | None, Field(max_length=500)] = None
    default_model: ModelName
    models: Annotated[list[ModelName], Field(max_length=200)] = []
    enabled: bool = True


class ProviderView(_ProviderView):
    """A provider; its key is shown to nobody."""

    has_key: bool

    @classmethod
    def of(cls, found: Provider) -> ProviderView:
        """The view of a provider."""
        same = found.model_dump(include={"id", "name", "base_url", "default_model", "enabled"})
        return cls(**same, type=found.kind, models=list(found.models), has_key=found.has_key)


class NewProvider(_ProviderView):
    """A provider as it shall be; one that is there keeps its key if none is given."""

    api_key: Annotated[SecretStr | None, Field(max_length=1_000)] = None
    has_key: bool = False
    """Ignored: it may come back as it was shown."""

    def wanted(self) -> Wanted:
        """As the domain knows it."""
        key = self.api_key if self.api_key and self.api_key.get_secret_value() else None
        fields = ProviderFields(
            name=self.name, kind=self.type, base_url=self.base_url or None,
            default_model=self.default_model, models=tuple(self.models), enabled=self.enabled,
        )  # fmt: skip
        return Wanted(fields, key, self.id)


class ModelsView(BaseModel):
    """All settings of language models."""

    providers: list[ProviderView]
    iteration_limit: int
    default_model: str

    @classmethod
    def of(cls, providers: Sequence[Provider], policy: ModelPolicy) -> ModelsView:
        """The view of a tenant's settings."""
        shown = [ProviderView.of(provider) for provider in providers]
        return cls(
            providers=shown,
            iteration_limit=policy.iteration_limit,
            default_model=policy.default_model,
        )


class NewModels(BaseModel):
    """The settings as they shall be; a provider that is not named is removed."""

    model_config = ConfigDict(extra="forbid")

    providers: Annotated[list[NewProvider], Field(max_length=50)]
    iteration_limit: Annotated[int, Field(ge=1, le=100)] = 10
    default_model: Annotated[str, Field(max_length=200)] = ""


class Trial(BaseModel):
    """A provider to be tried out: one that is kept, by its id, or one that is not yet."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(max_length=100)] = ""
    type: Kind = "openai"
    api_key: Annotated[SecretStr | None, Field(max_length=1_000)] = None
    base_url: Annotated[str | None, Field(max_length=500)] = None
    model: Annotated[str, Field(max_length=200)] = ""


class TrialView(BaseModel):
    """What came of it."""

    success: bool
    message: str
    kind: str | None
    """Of the failure."""


class ToolView(BaseModel):
    """A tool."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON Schema of its arguments, as models are told."""
    result: dict[str, Any]
    effects: bool
    egress: bool
    """Whether it asks servers, which have to be named."""
    example: dict[str, Any]

    @classmethod
    def of(cls, tool: ToolClass) -> ToolView:
        """The view of a tool."""
        told = Tool.of(tool.Arguments, tool.name, tool.description)
        return cls(
            name=tool.name, description=tool.description, parameters=dict(told.parameters),
            result=tool.Result.model_json_schema(), effects=tool.effects, egress=tool.egress,
            example=dict(tool.example),
        )  # fmt: skip


class ToolsView(BaseModel):
    """All tools."""

    tools: list[ToolView]
    count: int


class ToolCallBody(BaseModel):
    """With what a tool is called."""

    model_config = ConfigDict(extra="forbid")

    arguments: dict[str, Any] = {}
    egress: Annotated[list[Annotated[str, Field(max_length=253)]], Field(max_length=100)] = []


class ToolCallView(BaseModel):
    """What came of a call; a tool that failed is no failure of the request."""

    tool: str
    ok: bool
    result: Any = None
    error: str | None = None
    message: str = ""
    cut: bool = False
    """Whether the result is only the beginning, as a text."""
