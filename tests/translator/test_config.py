"""The choices that go with data and length."""

import pytest

from translator.config import DATA_DEPENDENT, TrainConfig, defaults_for


@pytest.mark.parametrize("pairs", [1, 90, 4_000, 25_000, 10_000_000])
@pytest.mark.parametrize("length", [{"epochs": 1}, {"epochs": 80}, {"budget": 5}, {"budget": 300}, {"budget": 9000}])
def test_there_is_a_recipe_for_any_data_and_length(pairs, length):
    choices = defaults_for(pairs, **length)
    assert set(choices) == set(DATA_DEPENDENT)
    TrainConfig().replace(**choices)


def test_dropout_grows_with_the_passes_and_the_models_with_the_time():
    short, long = defaults_for(25_000, budget=60), defaults_for(25_000, budget=300)
    assert short["dropout"] < long["dropout"] < defaults_for(4_000, budget=60)["dropout"]
    assert [defaults_for(25_000, budget=seconds)["members"] for seconds in (60, 300, 600, 1200)] == [1, 2, 2, 3]


def test_epochs_count_as_the_seconds_they_take():
    assert defaults_for(25_000, epochs=2.4)["dropout"] == defaults_for(25_000, budget=60)["dropout"]
    assert defaults_for(25_000, epochs=6)["dropout"] == defaults_for(25_000, budget=300)["dropout"]


def test_no_model_at_all_is_refused():
    with pytest.raises(ValueError, match="--members is 0"):
        TrainConfig(members=0)
