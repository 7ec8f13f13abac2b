"""Each operator takes away what it says, and nothing else."""

import pytest
from cosmic_ray.mutating import mutate_code

from tests.mutation.operators import Provider

PROVIDER = Provider()


@pytest.mark.parametrize("name", list(PROVIDER))
def test_an_operator_writes_what_its_examples_show(name: str) -> None:
    for example in PROVIDER[name].examples():
        assert mutate_code(example.pre_mutation_code, PROVIDER[name](), example.occurrence) == (
            example.post_mutation_code
        )
