"""Every scene, by its name."""

from tests.races.account_scenes import *  # noqa: F403
from tests.races.factor_scenes import *  # noqa: F403
from tests.races.password_scenes import *  # noqa: F403
from tests.races.people_scenes import *  # noqa: F403
from tests.races.recovery_scenes import *  # noqa: F403
from tests.races.road_scenes import *  # noqa: F403
from tests.races.sign_in_scenes import *  # noqa: F403
from tests.races.team_scenes import *  # noqa: F403
