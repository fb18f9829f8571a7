"""Web pages as text that people and models read."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from shared.graph import BlockingNode, Data, Form, NodeContext, NodeFailedError, NodeResult, Pool
from shared.nodes.config import NodeConfig, Widget
from shared.nodes.example import Example

MAX_HTML: Final = 2_000_000


class HtmlToMarkdownConfig(NodeConfig):
    """What is converted."""

    html_content: Annotated[str, Widget("textarea")] = Field(
        min_length=1, max_length=MAX_HTML, description="HTML, at most 2,000,000 characters"
    )
    overwrite: bool = Field(
        True, description="Whether the result is the item from here on, or is added to it"
    )


class HtmlToMarkdownNode(BlockingNode[HtmlToMarkdownConfig]):
    """Scripts and styles are left out."""

    type = "html-to-markdown"
    Config = HtmlToMarkdownConfig
    pool = Pool.THREAD
    label = "HTML to Markdown"
    description = "Turns HTML into Markdown"
    result = {"markdown": "The text"}
    example = Example(
        {"html_content": "{{ data.page }}", "overwrite": False},
        {"page": "<h1>Offer</h1><p>Only <b>today</b>.</p><script>x()</script>"},
        {"html_to_markdown": {"markdown": "# Offer\n\nOnly **today**."}},
    )

    def execute(self, config: HtmlToMarkdownConfig, data: Data, context: NodeContext) -> NodeResult:
        """Converts in a thread: a large page takes seconds."""
        from markdownify import ATX, markdownify

        try:
            text = markdownify(config.html_content, heading_style=ATX).strip()
        except RecursionError:
            raise NodeFailedError("HtmlTooDeep", "the elements are nested too deep") from None
        made = {"markdown": text}
        if config.overwrite:
            return NodeResult({"html_to_markdown": made}, form=Form.REPLACE)
        return NodeResult(made)
