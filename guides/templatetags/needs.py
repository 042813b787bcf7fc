"""What needs the PT, for her first page."""

from django import template

from guides.admin.needs import Need, needs

register = template.Library()


@register.simple_tag
def what_needs_you() -> list[Need]:
    return list(needs())
