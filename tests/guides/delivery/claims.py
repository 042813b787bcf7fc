"""Claims one delivery at a time, as a drain does."""

from guides.delivery.dispatch import claim_rows, due_rows
from guides.models import Delivery


def claim() -> Delivery | None:
    """Claims one row that is due or whose lease has expired; None if there is none."""
    return next(claim_rows(due_rows()), None)
