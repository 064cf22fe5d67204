"""Segments: their rules, their members, and how both came to be."""

from django.utils.translation import get_language, gettext
from ninja import Query

from lianyi.api.cursors import page_of, page_to, place_in
from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.segment_shapes import (
    MOST_DAYS,
    ChangeShown,
    ListChanged,
    ListGiven,
    Member,
    OverlapAsked,
    OverlapShown,
    Part,
    PartOfOverlap,
    PersonOfSample,
    Remark,
    RuleAsked,
    RulePreview,
    SegmentChanged,
    SegmentLine,
    SegmentMade,
    SegmentShown,
    SegmentUser,
    SizeOfDay,
    SizesShown,
    UploadOfList,
)
from lianyi.api.shapes import DaysAsked, Page, Paging, PersonNumber, RowId
from lianyi.audience.segments import actions, previewing, queries
from lianyi.audience.segments.schemas import Change, Kind, Segment
from lianyi.audience.segments.using import users_of
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.uploads import keeping
from lianyi.rules.describing import describe
from lianyi.rules.explaining import Explained
from lianyi.rules.reading import Problem, read, write

_section = Section("Segments", "Who fits a rule, kept right as things happen; lists, and who it was at one moment.")
_RULE = {
    "kind": "all_of",
    "rules": [
        {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}},
        {"kind": "did", "event": "order.placed", "at_least": 2, "during": {"test": "within", "days": 90}},
    ],
}
_SENTENCE = "city is '上海' and did 'order.placed' at least 2 times in the last 90 days"
_SEGMENT = {
    "id": 3,
    "name": "Regulars in Shanghai",
    "note": "",
    "kind": "live",
    "state": "current",
    "size": 1204,
    "edition": 1,
    "created_at": "2026-01-31T08:00:00Z",
    "changed_at": "2026-01-31T08:00:00Z",
}
_WHOLE = {
    **_SEGMENT,
    "rule": _RULE,
    "sentence": _SENTENCE,
    "problem": None,
    "upload": None,
    "used_by": [{"kind": "handover", "name": "Shanghai", "id": None}],
}
_PART = {
    "kind": "not",
    "sentence": "does not have the tag 'vip'",
    "holds": True,
    "parts": [{"kind": "tagged", "sentence": "has the tag 'vip'", "holds": False, "parts": []}],
}
_CHANGE = {"id": 17, "at": "2026-02-03T10:00:00Z", "cause": "facts", "entered": 2, "left": 0, "size": 1204}


@_section.get("/segments", Ability.SEE_PEOPLE, answers=Page[SegmentLine], example={"items": [_SEGMENT], "next": None})
def list_segments(request: Request, paging: Query[Paging]) -> Page[SegmentLine]:
    """Lists the segments by name."""
    place = place_in(request, paging.cursor)
    rows = [one for one in queries.segments(workspace_of(request)) if place is None or one.name > place[0]]
    return page_of(request, rows[: paging.limit + 1], paging.limit, lambda one: [one.name], _line)


@_section.post("/segments", Ability.EDIT_SEGMENTS, answers=SegmentShown, status=201, example=_WHOLE,
               body={"name": "Regulars in Shanghai", "rule": _RULE})  # fmt: skip
def make_segment(request: Request, body: SegmentMade) -> SegmentShown:
    """Makes a segment. The members of one with a rule are found within seconds."""
    workspace, now = workspace_of(request), system_clock()
    if body.kind == "list":
        number = actions.create_list(workspace, body.name, body.people, now, note=body.note)
    else:
        number = actions.create_segment(
            workspace, body.name, read(body.rule or {}), now, kind=Kind(body.kind), note=body.note
        )
    return get_segment(request, number)


@_section.post("/segments/preview", Ability.SEE_PEOPLE, answers=RulePreview, body={"rule": _RULE}, example={
    "count": 1204, "sample": [{"person": 88, "name": "王芳", "stage": "repeat"}], "sentence": _SENTENCE,
    "remarks": []})  # fmt: skip
def preview_rule(request: Request, body: RuleAsked) -> RulePreview:
    """Tries a rule: how many people it holds for, ten of them, and the rule in words."""
    now = to_micros(system_clock())
    found = previewing.preview(workspace_of(request), read(body.rule), now, get_language() or "")
    sample = [PersonOfSample(person=row.number, name=row.name, stage=row.stage) for row in found.sample]
    return RulePreview(
        count=len(found.people),
        sample=sample,
        sentence=_told(found.sentence),
        remarks=[_remark(one) for one in found.remarks],
    )


@_section.post(
    "/segments/upload",
    Ability.EDIT_SEGMENTS,
    answers=SegmentShown,
    status=201,
    example={
        **_WHOLE,
        "kind": "list",
        "rule": None,
        "sentence": None,
        "used_by": [],
        "upload": {"rows": 3, "missing": 1, "missed": [[2, 2]], "done": True},
    },
    body="phone\n13912345678\n13900000000\n13811112222\n",
    takes=OCTETS,
    most=keeping.LARGEST,
)
def upload_segment(request: Request, given: Query[ListGiven]) -> SegmentShown:
    """Makes a list of whom the rows of a file mean: CSV, XLSX, NDJSON or Parquet, plain or gzipped. A long file is
    looked up by the worker: the list is building until that is done.
    """
    file = request.told
    if not file.size:
        raise Refused("upload.none", "There is no file, or it is empty.", "Choose one.")
    workspace, now = request.bearer.workspace.pk, system_clock()
    number, _found = actions.upload_list(workspace, given.name, file.path, now, holds=given.holds, note=given.note)
    return get_segment(request, number)


@_section.get("/segments/overlap", Ability.SEE_PEOPLE, answers=OverlapShown, misses=True, example={
    "parts": [{"inside": [3, 4], "people": 88}, {"inside": [3], "people": 1116}]})  # fmt: skip
def overlap_of_segments(request: Request, asked: Query[OverlapAsked]) -> OverlapShown:
    """Counts the people in each combination of two to four segments, and in no other of them."""
    numbers = list(dict.fromkeys(asked.segment))
    if len(numbers) < 2:
        raise Refused("segment.overlap", "An overlap is of two to four segments.", "Name two or more.")
    parts = queries.overlap(workspace_of(request), numbers)
    return OverlapShown(parts=[PartOfOverlap(inside=list(one.inside), people=one.people) for one in parts])


@_section.get("/segments/{segment}", Ability.SEE_PEOPLE, answers=SegmentShown, example=_WHOLE)
def get_segment(request: Request, segment: RowId) -> SegmentShown:
    """Shows a segment with its rule."""
    workspace = workspace_of(request)
    one = queries.segment(workspace, segment)
    names = previewing.names(workspace, get_language() or "")
    file = queries.upload_of(workspace, segment)
    return SegmentShown(
        **_line(one).model_dump(),
        rule=None if one.rule is None else write(one.rule),
        sentence=None if one.rule is None else _told(describe(one.rule, names)),
        problem=None if one.problem is None else _told(one.problem.whole),
        upload=None if file is None else UploadOfList(**file._asdict()),
        used_by=[
            SegmentUser.model_validate({"kind": one.kind, "name": one.name, "id": one.number})
            for one in users_of(workspace, [segment]).get(segment, [])
        ],
    )


@_section.patch("/segments/{segment}", Ability.EDIT_SEGMENTS, answers=SegmentShown, example=_WHOLE,
                body={"rule": _RULE})  # fmt: skip
def change_segment(request: Request, segment: RowId, body: SegmentChanged) -> SegmentShown:
    """Changes name, note or rule. Until everybody was asked anew the members are those of before."""
    workspace = workspace_of(request)
    before = queries.segment(workspace, segment)
    if body.rule is not None:
        actions.change_rule(workspace, segment, read(body.rule), system_clock())
    if body.name is not None or body.note is not None:
        name, note = (
            new if new is not None else old for new, old in ((body.name, before.name), (body.note, before.note))
        )
        actions.rename_segment(workspace, segment, name, note)
    return get_segment(request, segment)


@_section.delete("/segments/{segment}", Ability.EDIT_SEGMENTS, status=204)
def delete_segment(request: Request, segment: RowId) -> None:
    """Deletes a segment and its history. One that others ask for stays."""
    actions.delete_segment(workspace_of(request), segment)


@_section.get("/segments/{segment}/members", Ability.SEE_PEOPLE, answers=Page[Member],
              example={"items": [{"person": 88}], "next": None})  # fmt: skip
def list_segment_members(request: Request, segment: RowId, paging: Query[Paging]) -> Page[Member]:
    """Lists who is in a segment, by their numbers."""
    place = place_in(request, paging.cursor)
    found = queries.members(workspace_of(request), segment)
    start = found.rank(place[0]) if place else 0
    some = found[start : start + paging.limit + 1]
    items = [Member(person=person) for person in some[: paging.limit]]
    return page_to(request, items, [items[-1].person] if len(some) > paging.limit else None)


@_section.post("/segments/{segment}/members", Ability.EDIT_SEGMENTS, answers=SegmentShown,
               example={**_WHOLE, "kind": "list", "rule": None, "sentence": None},
               body={"put_in": [88], "take_out": []})  # fmt: skip
def change_segment_members(request: Request, segment: RowId, body: ListChanged) -> SegmentShown:
    """Puts people into a list, and takes others out."""
    actions.change_list(workspace_of(request), segment, body.put_in, body.take_out, system_clock())
    return get_segment(request, segment)


@_section.get("/segments/{segment}/why/{number}", Ability.SEE_PEOPLE, answers=Part, example=_PART)
def explain_membership(request: Request, segment: RowId, number: PersonNumber) -> Part:
    """Shows what each part of a segment's rule says of a person now. Of a list there is nothing to say."""
    workspace = workspace_of(request)
    rule = queries.segment(workspace, segment).rule
    if rule is None:
        raise Refused("segment.kind", "A list has no rule.", "Its members were put in by hand.")
    now = to_micros(system_clock())
    return _part(previewing.explanation(workspace, rule, number, now, get_language() or ""))


@_section.get("/segments/{segment}/changes", Ability.SEE_PEOPLE, answers=Page[ChangeShown],
              example={"items": [_CHANGE], "next": None})  # fmt: skip
def list_segment_changes(request: Request, segment: RowId, paging: Query[Paging]) -> Page[ChangeShown]:
    """Lists how the members changed. The newest come first."""
    place, workspace = place_in(request, paging.cursor), workspace_of(request)
    queries.segment(workspace, segment)
    rows = queries.changes(workspace, segment, before=place[0] if place else None, limit=paging.limit + 1)
    return page_of(request, rows, paging.limit, lambda one: [one.number], _change)


@_section.get("/segments/{segment}/sizes", Ability.SEE_PEOPLE, answers=SizesShown,
              example={"days": [{"day": "2026-02-03", "size": 1204}]})  # fmt: skip
def list_segment_sizes(request: Request, segment: RowId, asked: Query[DaysAsked]) -> SizesShown:
    """Shows how many people were in a segment at the end of each day of the workspace; null before it had any."""
    workspace = workspace_of(request)
    queries.segment(workspace, segment)
    if not 0 <= (asked.last - asked.first).days < MOST_DAYS:
        raise Refused("segment.days", "That is 1 to {most:,} days.", "Choose fewer days.", most=MOST_DAYS)
    sizes = queries.sizes_by_day(workspace, segment, asked.first, asked.last, zone_of(workspace))
    return SizesShown(days=[SizeOfDay(day=day, size=size) for day, size in sizes])


def _line(one: Segment) -> SegmentLine:
    return SegmentLine(
        id=one.number,
        name=one.name,
        note=one.note,
        kind=one.kind.value,
        state=one.state.value,
        size=one.size,
        edition=one.edition,
        created_at=from_micros(one.created_at),
        changed_at=from_micros(one.changed_at),
    )


def _change(one: Change) -> ChangeShown:
    return ChangeShown(
        id=one.number,
        at=from_micros(one.at),
        cause=one.cause.value,
        entered=len(one.entered),
        left=len(one.left),
        size=one.size,
    )


def _remark(problem: Problem) -> Remark:
    return Remark(place=problem.place, code=problem.code, detail=_told(problem.sentence))


def _part(one: Explained) -> Part:
    return Part(kind=one.kind, sentence=_told(one.sentence), holds=one.holds, parts=[_part(part) for part in one.parts])


def _told(sentence: Sentence) -> str:
    return sentence.told(gettext)
