"""All rules about one case."""

from __future__ import annotations

from optport.hazards.arguments import argument_hazards
from optport.hazards.case import Case
from optport.hazards.defaults import default_hazards
from optport.hazards.groups import group_hazards
from optport.hazards.hazard import Hazard
from optport.hazards.schedules import schedule_hazards


def own_hazards(case: Case) -> list[Hazard]:
    """Return what is to be said about a construction beside what its row says of the class."""
    return [
        *argument_hazards(case),
        *default_hazards(case),
        *group_hazards(case),
        *schedule_hazards(case),
    ]
