"""Whether the API answers; open to everybody, tells nothing else."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/test/")
async def test() -> dict[str, str]:
    """Seed 002's health check."""
    return {"message": "Millrace API is working!", "status": "success"}


@router.get("/health/")
async def health() -> dict[str, str]:
    """Answers while the function can answer."""
    return {"status": "ok", "service": "crm"}
