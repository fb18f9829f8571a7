"""Searches in the web, by the provider that is configured."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext
from shared.tools.ports import WEB_SEARCH, WebSearch


class SearchQuery(ToolArguments):
    """What is looked for."""

    query: str = Field(min_length=1, max_length=400)
    num_results: int = Field(5, ge=1, le=20)


class Page(BaseModel):
    """One page."""

    title: str
    url: str
    text: str


class Pages(BaseModel):
    """The best pages first."""

    results: list[Page]


class WebSearchTool(BaseTool[SearchQuery]):
    """Asks the provider alone; no page is opened."""

    name = "web_search"
    description = "Searches the web and gives titles, addresses and short texts of pages."
    Arguments = SearchQuery
    Result = Pages
    needs = frozenset({WEB_SEARCH})
    example = {"query": "Ada Lovelace", "num_results": 3}

    async def execute(self, arguments: SearchQuery, context: ToolContext) -> Pages:
        """Searches."""
        port: WebSearch = context.ports[WEB_SEARCH]
        hits = await port.search(arguments.query, arguments.num_results)
        found = [Page(title=hit.title, url=hit.url, text=hit.text) for hit in hits]
        return Pages(results=found[: arguments.num_results])
