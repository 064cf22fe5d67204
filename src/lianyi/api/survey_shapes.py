"""What operations on surveys take and answer."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from lianyi.api.shapes import Body
from lianyi.growth.surveys.actions import MOST_INVITED
from lianyi.growth.surveys.lines import LONGEST_NAME, State

DEFINITION = {
    "title": {"zh": "您满意吗？", "en": "Are you satisfied?"},
    "pages": [
        {
            "questions": [
                {
                    "kind": "nps",
                    "key": "nps",
                    "label": {"zh": "您会推荐我们吗？", "en": "Would you recommend us?"},
                    "required": True,
                    "tags": [{"tag": "promoter", "dimension": "state", "least": 9}],
                }
            ]
        }
    ],
}
BODY = {"name": "Satisfaction", "definition": DEFINITION}
_BASE = {"id": 3, "address": "k3f9m2p7xa", "name": "Satisfaction", "state": "published", "published": 1}
SURVEY = {
    **_BASE,
    "changed": False,
    "definition": DEFINITION,
    "created_at": "2026-01-02T03:04:05Z",
    "changed_at": "2026-01-02T03:04:05Z",
}
VERSION = {
    "number": 1,
    "digest": "0c2f8d1e5b7a49d3a6f2c4e8b0d1f3a5",
    "definition": DEFINITION,
    "published_at": "2026-01-02T03:04:05Z",
    "published_by": "member:3",
}
LINE = {
    **_BASE,
    "completed": 12,
    "begun": 15,
    "newest_at": "2026-01-03T03:04:05Z",
    "changed_at": "2026-01-02T03:04:05Z",
}
RESPONSE = {
    "response": "5f2b7c1e0d9a4b638c7d6e5f4a3b2c1d",
    "at": "2026-01-03T03:04:05Z",
    "began_at": "2026-01-03T03:03:05Z",
    "version": 1,
    "person": 17,
    "stage": "completed",
    "page": 1,
    "answers": {"nps": 9},
    "language": "zh",
    "channel": "wechat",
    "campaign": "spring",
    "code": "booth-3",
}
_FIGURE = {"question": "nps", "row": "", "value": "9", "often": 6, "share": 0.5, "low": 0.2538, "high": 0.7462}
FIGURES = {"size": 12, "under_way": 3, "screened": 0, "completed": 12, "figures": [_FIGURE]}
CROSSED = {
    "rows": ["9"],
    "columns": ["Shanghai", "Hangzhou"],
    "base": 12,
    "per_column": [8, 4],
    "cells": [
        [
            {"often": 5, "share": 0.625, "residual": 1.22, "mark": 0},
            {"often": 1, "share": 0.25, "residual": -1.22, "mark": 0},
        ]
    ],
    "chi_square": 1.5,
    "freedom": 1,
    "p": 0.2207,
    "small": True,
}


class SurveyMade(Body):
    """A survey: what members call it, and its definition. docs/how-to/surveys.md says what a definition may hold."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    definition: dict[str, Any]


class SurveyShown(BaseModel):
    """A survey. `changed`: its definition is another than what people are asked."""

    id: int
    address: str = Field(description="Its page is /s/ADDRESS.")
    name: str
    state: State
    published: int | None = Field(description="The number of the version that was published last.")
    changed: bool
    definition: dict[str, Any]
    created_at: datetime
    changed_at: datetime


class SurveyLineShown(BaseModel):
    """A survey in the list."""

    id: int
    address: str
    name: str
    state: State
    published: int | None
    completed: int
    begun: int
    newest_at: datetime | None
    changed_at: datetime


class SurveyVersionShown(BaseModel):
    """What was published under a number; answers are read by it."""

    number: int
    digest: str
    definition: dict[str, Any]
    published_at: datetime
    published_by: str


class ResponseShown(BaseModel):
    """What somebody has answered. `person` is whose it is now, null for nobody's."""

    response: str
    at: datetime
    began_at: datetime
    version: int
    person: int | None
    stage: Literal["under_way", "screened", "completed"]
    page: int = Field(description="The last page that was sent, from 1.")
    answers: dict[str, Any]
    language: str
    channel: str
    campaign: str
    code: str


class FigureShown(BaseModel):
    """Of a value how often it was given and its share; of `mean`, `nps` and `rank` that number instead of the share."""

    question: str
    row: str
    value: str
    often: int
    share: float
    low: float
    high: float


class SurveyResults(BaseModel):
    """What was counted. `size` is how many responses count: one of each person, where a person answers once."""

    size: int
    under_way: int
    screened: int
    completed: int
    figures: list[FigureShown]


class CrossedCell(BaseModel):
    """A cell: how many, their share of the column, the adjusted residual, and 1 or -1 where it stands out."""

    often: int
    share: float
    residual: float
    mark: int


class CrossShown(BaseModel):
    """A cross-tab. `p` is null where a response may be in several rows or columns; `small`: too few to trust it."""

    rows: list[str]
    columns: list[str]
    base: int
    per_column: list[int]
    cells: list[list[CrossedCell]]
    chi_square: float | None
    freedom: int
    p: float | None
    small: bool


class Invited(Body):
    """Whom to make links for."""

    people: list[int] = Field(min_length=1, max_length=MOST_INVITED)


class LinkOfPerson(BaseModel):
    """The link of a person."""

    person: int
    address: str


class InvitedShown(BaseModel):
    """The links; whoever is no person is left out."""

    items: list[LinkOfPerson]


class SurveysAsked(BaseModel):
    """Which surveys."""

    called: str = Field("", max_length=100, description="Part of a name.")
    archived: bool = Field(False, description="Those that were archived instead of the others.")


class ResponsesAsked(BaseModel):
    """Which responses."""

    containing: str = Field("", max_length=100, description="Part of an answer.")
    answering: str = Field("", max_length=50, description="The key of a question that was answered.")
    stage: Literal["under_way", "screened", "completed"] | None = None


class CrossAsked(BaseModel):
    """The two sides."""

    rows: str = Field(max_length=200, description="The key of a question, or KEY.ROW of a matrix.")
    columns: str = Field(
        max_length=200, description="The same, or trait:NAME, segment:NUMBER, channel, campaign or code."
    )


class ExportAsked(BaseModel):
    """What is handed over."""

    codes: bool = Field(False, description="Numbers instead of values, as the codebook says.")
    codebook: bool = Field(False, description="The codebook instead of the answers.")
