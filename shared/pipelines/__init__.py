"""Event pipelines: nodes, routers, their order, their compilation, and starting them.

What a pipeline does is in `functions/pipeline_nodes/`; nothing here knows a lead.
`definition` and `asl` import the standard library only, because the synthesis reads them too.
"""
