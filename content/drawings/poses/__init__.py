"""All exercises, in the order of the phases, the checks, the results, and the runner."""

from poses import activation, calves, checks, mobility, results, runner, strength

EXERCISES = (
    *mobility.EXERCISES,
    *activation.EXERCISES,
    *strength.EXERCISES,
    *calves.EXERCISES,
)
CHECKS = checks.CHECKS
RESULTS = results.RESULTS
COVER, HERO = runner.COVER, runner.HERO
