"""The made world (`tests.access.world`) for those tests of the wall that stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.access.world import World


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, media: Path) -> Iterator[World]:
    """Made once for a test file: whatever happens to it is undone after each visit."""
    from tests.access.world import made_world

    with django_db_blocker.unblock(), made_world(media) as made:
        yield made


@pytest.fixture
def among_made(world: World, media: Path) -> Iterator[None]:
    """The test stands in the made world: `pytest.mark.usefixtures("among_made")`."""
    from tests.access.world import among

    with among(media):
        yield
