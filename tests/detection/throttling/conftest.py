from __future__ import annotations

import pytest
from tests.detection.throttling.measured import Drawn, drawn


@pytest.fixture(params=range(4))
def ordinary(request: pytest.FixtureRequest) -> Drawn:
    return drawn(seed=100 + int(request.param), a_day=5 + 10 * int(request.param))
