"""`lianyi doctor`."""

from lianyi.cli.exits import PARTLY
from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import ngettext, tell
from lianyi.kernel.errors import in_a_row

app = single()

_SIGNS = {"well": "✓", "note": "·", "bad": "✗"}


@verb(app, "doctor")
def doctor(call: Call) -> int | None:
    """Looks at everything the installation rests on and says what to do where it is not well.

    Ends with 0 when nothing is bad, else with 3. Changes nothing.
    """
    import os

    from lianyi.assembly.doctor import State, examine
    from lianyi.assembly.environment import Environment

    findings = []
    for finding in examine(Environment.read(os.environ)):
        findings.append(finding)
        if not call.json:
            words = tell(in_a_row(finding.sentence, finding.next_step))
            call.show({}, f"{_SIGNS[finding.state.value]} {finding.name}: {words}")
    found_bad = sum(finding.state is State.BAD for finding in findings)
    if call.json:
        call.show(
            {
                "well": not found_bad,
                "findings": [
                    {
                        "name": one.name,
                        "state": one.state.value,
                        "sentence": tell(one.sentence),
                        "next_step": tell(one.next_step),
                    }
                    for one in findings
                ],
            }
        )
    elif found_bad:
        call.note(ngettext("{count} thing needs you.", "{count} things need you.", found_bad).format(count=found_bad))
    return PARTLY if found_bad else None
