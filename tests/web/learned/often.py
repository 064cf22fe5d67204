"""An event that happened often enough for a model to be asked for, and by too few people for one to be learned."""

from datetime import UTC, datetime, timedelta

from tests.web.conftest import Brand


def often(brand: Brand, event: str, days: int, *, learned: int = 200, tested: int = 100) -> None:
    """One person did it so many times in the days that are learned from, and in those of the test."""
    now = datetime.now(UTC)
    for windows, times in ((1.5, learned), (0.5, tested)):
        at = (now - timedelta(days=windows * days)).isoformat()
        brand.send(*({"userId": "a", "event": event, "timestamp": at} for _ in range(times)))
