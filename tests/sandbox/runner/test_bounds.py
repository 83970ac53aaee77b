from __future__ import annotations

import pytest

from domain.policy import Limits
from tests.requirements import requirement


@requirement("BOX-6")
def test_the_limit_of_wall_time_is_sixty_seconds() -> None:
    assert Limits().wall_s == 60.0
    with pytest.raises(ValueError, match="less than or equal to 60"):
        Limits(wall_s=61)
