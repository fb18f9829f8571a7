"""The CRM's HTTP API: FastAPI through Mangum. Rules are in `shared.crm`; here they meet HTTP."""
