"""The mutations stand where they say: what `make mutants` breaks is still there."""

from pathlib import Path

import pytest

import aipu
from aipu.tests.mutations import MUTATIONS, Mutation

ROOT = Path(aipu.__file__).parent


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_mutation_finds_its_place_and_its_tests(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text("utf-8").count(mutation.old) == 1
    assert all((ROOT / test).exists() for test in mutation.tests.split())
