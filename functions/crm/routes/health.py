"""Whether the API answers; open to everybody, tells nothing else."""

from __future__ import annotations

from fastapi import APIRouter

from functions.web.access import open_to_all

router = APIRouter(tags=["health"])


@router.get("/test/", dependencies=[open_to_all(cost=0)])
async def test() -> dict[str, str]:
    """Seed 002's health check."""
    return {"message": "Millrace API is working!", "status": "success"}


@router.get("/health/", dependencies=[open_to_all(cost=0)])
async def health() -> dict[str, str]:
    """Answers while the function can answer."""
    return {"status": "ok", "service": "crm"}
