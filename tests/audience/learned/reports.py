"""A model that was learned, as it is stored: for who looks at one and need not learn it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from lianyi.audience.learned import actions
from lianyi.audience.learned.models import LearnedModel
from lianyi.audience.learned.schemas import Bin, Feature, Leak, Reason, Report
from lianyi.audience.learned.scores import keep_scores
from lianyi.kernel.clock import to_micros
from lianyi.rules.nodes import Did

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CURVE = tuple(Bin(said / 100, said / 100 + 0.004, 120) for said in range(2, 62, 6))
REPORT = Report(
    method="boosting",
    trained_at=to_micros(NOW - timedelta(days=60)),
    tested_at=to_micros(NOW - timedelta(days=30)),
    learned=2400,
    learned_outcomes=512,
    tested=2600,
    tested_outcomes=498,
    features=23,
    auc=0.7812,
    auc_from=0.7561,
    auc_to=0.8063,
    useful=True,
    curve=CURVE,
    reasons=(
        Reason(Feature("event", "Product Viewed"), "30", 0.081, more=True),
        Reason(Feature("trait", "city"), "Shanghai", 0.022, more=True),
        Reason(Feature("orders"), "days_since", 0.013, more=False),
        Reason(Feature("known_for"), "days", 0.004, more=False),
    ),
    leaks=(
        Leak(Feature("trait", "contract"), "later", 0.985),
        Leak(Feature("event", "Invoice Sent"), "alone", 0.9991),
    ),
)


def learned(
    workspace: int, name: str = "Buyers", scores: Mapping[int, float] | None = None, report: Report = REPORT
) -> int:
    """The model's id; `scores` are probabilities by person."""
    number = actions.create_model(workspace, name, Did(event="Order Completed"), 30, NOW).id
    LearnedModel.objects.filter(pk=number).update(
        state="done", step=6, finished_at=to_micros(NOW), report=msgspec.to_builtins(report)
    )
    if scores:
        persons = sorted(scores)
        keep_scores(workspace, number, np.array(persons), np.array([scores[one] for one in persons]), to_micros(NOW))
    return number
