"""Each operator takes away what it says, and nothing else."""

import pytest
from cosmic_ray.mutating import mutate_code

from tests.mutation.checks import files, mutants, source
from tests.mutation.operators import Provider
from tests.mutation.swapping import _pairs, compiled

PROVIDER = Provider()


@pytest.mark.parametrize("name", list(PROVIDER))
def test_an_operator_writes_what_its_examples_show(name: str) -> None:
    for example in PROVIDER[name].examples():
        assert mutate_code(example.pre_mutation_code, PROVIDER[name](), example.occurrence) == (
            example.post_mutation_code
        )


@pytest.mark.slow
def test_the_portal_without_any_one_of_its_checks_can_be_compiled_and_is_another() -> None:
    """Else a test would fail for another reason, and the check would seem to be missed."""
    for path in files():
        whole = compiled(path, source(path))
        for mutant in mutants(path):
            assert mutant.function
            differ = list(_pairs(whole, compiled(path, mutant.source())))
            assert differ, mutant
            assert all(old.co_freevars == new.co_freevars for old, new in differ[:1]), mutant
