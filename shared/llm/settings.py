"""What a function that asks models is told by its environment."""

from __future__ import annotations

from pydantic import Field, SecretStr

from shared.platform.settings import FunctionSettings


class ModelSettings(FunctionSettings):
    """Settings of a function that asks models; providers for tenants that configured none."""

    llm_table: str = Field(description="Table of the tenants' providers of language models.")
    llm_secrets: str = Field(
        "millrace", description="First part of the names of the secrets that hold providers' keys."
    )
    llm_default_model: str = Field(
        "gpt-4o-mini", description="The model of tenants that chose none."
    )
    llm_private_addresses: bool = Field(
        False, description="Whether tenants may name base URLs that are not on the internet."
    )
    openai_base_url: str = Field("", description="Where OpenAI's API answers; empty is OpenAI's.")
    openai_api_key: SecretStr = Field(
        SecretStr(""), description="A key of OpenAI for tenants without one."
    )
    anthropic_api_key: SecretStr = Field(
        SecretStr(""), description="A key of Anthropic for tenants without one."
    )
    gemini_api_key: SecretStr = Field(
        SecretStr(""), description="A key of Gemini for tenants without one."
    )
