"""All exercises, in the order of the phases, and the checks of the self-check."""

from poses import activation, calves, checks, mobility, strength

EXERCISES = (
    *mobility.EXERCISES,
    *activation.EXERCISES,
    *strength.EXERCISES,
    *calves.EXERCISES,
)
CHECKS = checks.CHECKS
