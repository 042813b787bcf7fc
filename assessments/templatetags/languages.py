"""Languages in templates."""

from django import template

from assessments.runner.languages import home_in
from runfit.lib.translation import direction

register = template.Library()
register.filter(direction)
register.simple_tag(home_in)
