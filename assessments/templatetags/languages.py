"""Template filters for languages."""

from django import template

from runfit.lib.translation import direction

register = template.Library()
register.filter(direction)
