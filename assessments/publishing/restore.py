"""A version put back into the draft, for the PT to go on from there."""

import json

from auditlog.context import disable_auditlog
from django.db import transaction

from assessments.models import Assessment, Edition
from assessments.publishing.deserialize import Unfolding


@transaction.atomic
def edition_restore(*, edition: Edition) -> None:
    """Make the draft what this version is. Runners notice nothing until it is published."""
    assessment = Assessment.objects.select_for_update().get(pk=edition.assessment_id)
    with disable_auditlog():  # one entry of the caller's tells it, not one for each row
        Unfolding(json.loads(edition.definition)).replace(assessment)
