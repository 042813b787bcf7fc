"""All exercises, in the order of the phases."""

import poses_activation
import poses_calves
import poses_mobility
import poses_strength

EXERCISES = (
    *poses_mobility.EXERCISES,
    *poses_activation.EXERCISES,
    *poses_strength.EXERCISES,
    *poses_calves.EXERCISES,
)
