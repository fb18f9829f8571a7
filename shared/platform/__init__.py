"""The only place that knows boto3: tables, queues, the bus, machines, mail, secrets, and beside
them clock, ids, settings and log. No rule of the CRM, of events or of pipelines lives here.
"""
