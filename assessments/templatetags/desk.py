"""The PT's first page."""

from django import template

from assessments.admin.first_steps import Step, first_steps

register = template.Library()


@register.simple_tag
def steps_to_take() -> list[Step]:
    """The first steps, until all of them are done."""
    steps = first_steps()
    return [] if all(step.done for step in steps) else steps
