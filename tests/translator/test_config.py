"""The choices that go with data and length."""

import pytest

from translator.config import SUITED, Recipe, suited


@pytest.mark.parametrize("pairs", [1, 90, 4_000, 25_000, 10_000_000])
@pytest.mark.parametrize("length", [{"epochs": 1}, {"epochs": 80}, {"budget": 5}, {"budget": 300}, {"budget": 9000}])
def test_there_is_a_recipe_for_any_data_and_length(pairs, length):
    choices = suited(pairs, **length)
    assert set(choices) == set(SUITED)
    Recipe().replace(**choices)


def test_dropout_grows_with_the_passes_and_the_models_with_the_time():
    short, long = suited(25_000, budget=60), suited(25_000, budget=300)
    assert short["dropout"] < long["dropout"] < suited(4_000, budget=60)["dropout"]
    assert [suited(25_000, budget=seconds)["members"] for seconds in (60, 300, 600, 1200)] == [1, 2, 2, 3]


def test_epochs_count_as_the_seconds_they_take():
    assert suited(25_000, epochs=2.4)["dropout"] == suited(25_000, budget=60)["dropout"]
    assert suited(25_000, epochs=6)["dropout"] == suited(25_000, budget=300)["dropout"]


def test_no_model_at_all_is_refused():
    with pytest.raises(ValueError, match="--members is 0"):
        Recipe(members=0)
