"""What the prose of chapter 6 says of its runs: the lesson's cells are run, and each claim is held to their results."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(run_lesson):
    """The names that the lesson's cells leave behind."""
    return run_lesson("06_translator")


def test_sentences_are_called_seen_and_unseen_as_they_are(page):
    trained_on = page["trained_on"]
    assert trained_on.issuperset(page["SEEN"])
    assert trained_on.isdisjoint(page["UNSEEN"])
    assert len(page["parts"].train) + len(page["glosses"]) == len(page["taught"])


def test_the_translator_was_trained_with_the_glosses_and_on_these_parts(page):
    command = page["shipped"].about["command"].split()
    assert "--dictionary" in command
    assert command[command.index("--data") + 1] == "hsk"


def test_after_two_the_training_part_has_the_wrong_measure_word_only(page):
    assert page["containing"]("两只") == 0 < page["containing"]("两家")
    assert page["shipped"].translate(["I have two cats."]) == ["我有两家猫。"]


def test_the_baseline_writes_characters_twice(page):
    assert page["doubled"](page["from_naive"]) > 5 * page["doubled"](page["test_zh"])
    assert page["more"] > 0.5


def test_attention_learns_more_of_a_longer_source_and_the_fixed_context_does_not(page):
    fixed, attending = page["of_fixed"][:, 0], page["of_attending"][:, 0]
    assert attending[-1] > 1.2 * attending[0]
    assert attending.min() > 2 * fixed.max()
    assert fixed[-1] < 1.2 * fixed[0]


def test_today_is_attended_to_first(page):
    words, characters, weights = page["shipped"].attention(page["SEEN"][0])
    assert characters[:2] == ["今", "天"]
    assert [words[s] for s in weights[:2].argmax(axis=1)] == ["today", "today"]


def test_the_characters_named_as_aligned_are_written_and_attend_to_their_words(page):
    named = {"天气": "weather", "她": "she", "医生": "doctor", "父亲": "father", "茶": "tea"}
    found = [page["shipped"].attention(text) for text in [*page["SEEN"], *page["UNSEEN"]]]
    assert not any("喝" in characters for _, characters, _ in found)
    for written, read in named.items():
        words, characters, weights = next(some for some in found if written in "".join(some[1]))
        start = "".join(characters).index(written)
        looks = weights[start : start + len(written)].argmax(axis=1)
        assert {words[s] for s in looks} == {read}


def test_numpy_translates_as_pytorch_does_and_the_exercise_searches_as_the_translator(page):
    assert np.mean(np.equal(page["by_numpy"], page["greedy"][:40])) > 0.95
    assert page["same"].mean() > 0.95


def test_a_beam_finds_likelier_sentences_mostly(page):
    assert np.mean(page["gain"] > 1e-4) > 0.4
    assert 0 < np.mean(page["gain"] < -1e-4) < 0.05


def test_bleu_depends_on_its_recipe(page):
    right = page["score"](page["hypotheses"], page["test_zh"])
    assert page["by_blanks"] < 1
    assert page["bleu"].corpus_bleu(*page["padded"]) > 3 * right
    assert page["equal"]


def test_bleu_sees_no_sense(page):
    score, outputs, references = page["score"], page["outputs"], page["test_zh"]
    bleu = {name: score(lines, references) for name, lines in outputs.items()}
    assert bleu["shuffled pairs"] > bleu["our translator"] > bleu["permuted sentences"]
    assert bleu["negation removed"] > 95
    assert all(sorted(a) == sorted(b) for a, b in zip(outputs["shuffled pairs"], references, strict=True))


def test_the_interval_of_the_difference_is_narrower(page):
    difference = page["scores"].paired_bootstrap(page["hypotheses"], page["greedy"], page["test_zh"])["BLEU"]
    single = [page["scores"].evaluate(lines, page["test_zh"])[0] for lines in page["systems"].values()]
    assert difference[2] - difference[1] < min(s.high - s.low for s in single)
    assert single[0].low < single[1].high


def test_the_effect_of_a_wrong_character_fades_after_the_reference_and_not_in_free_running(page):
    slips = page["slips"]
    forced = np.subtract(slips[False, False], slips[False, True])
    free = np.subtract(slips[True, False], slips[True, True])
    assert forced[0] == free[0] > 0.2
    assert forced[-1] < 0.2 * forced[0] and forced[-1] < free[-1] > 0.03
    forced, alone = page["agreement"].values()
    assert forced[0] == alone[0] and forced[-1] > 2 * alone[-1]


def test_wider_beams_are_shorter_and_not_worse_without_length_normalisation(page):
    widths = page["widths"]
    lengths = [widths[0.0, k][1] for k in page["beams"]]
    assert lengths == sorted(lengths, reverse=True) and lengths[0] - lengths[-1] > 0.03
    assert widths[0.0, 10][0] > widths[0.0, 1][0]
    assert widths[1.0, 10][1] > lengths[-1]
    wide, narrow = widths[1.0, 10][2], widths[1.0, 1][2]
    assert page["scores"].paired_bootstrap(wide, narrow, page["test_zh"][: len(wide)])["BLEU"][1] > 0


def test_errors_are_the_models(page):
    for lines in (page["greedy"], page["of_five"]):
        found = page["translators"].log_probabilities(page["shipped"], page["test_en"], lines)
        assert np.mean(found < page["of_references"] - 1e-4) < 0.05


def test_a_random_split_measures_memory_and_a_look_up_scores_something(page):
    leaks, on_parts = page["leaks"], page["on_parts"]
    assert leaks["at random"][1] > 3 * leaks["by group"][1]
    assert leaks["by group"][0] == "0%"
    assert on_parts["translator"] > max(on_parts["look-up"], on_parts["look-up with glosses"]) > 1
    assert on_parts["translator, training part"] > 2 * on_parts["translator"]


def test_the_first_level_is_easier_than_the_others(page):
    first, *others = page["by_level"].values()
    assert first[2] > max(values[1] for values in others)


def test_the_errors_named_are_among_the_twelve(page):
    judged = page["judged"]
    assert judged["wrong"] > sum(judged.values()) / 2 and judged["not read"] == 0
    assert page["shipped"].source.segment(["lawn"]) == ["law", "@@n"]
    assert len({*page["levels"][page["drawn"]]}) > 3


def test_some_words_of_wrong_translations_are_rare_and_others_are_not(page):
    counts = [sum(word in line for line in page["english"]) for word in page["words"]]
    assert min(counts) == 0 and max(counts) > 20


def test_for_each_seed_attention_learns_and_gains_more_than_the_fixed_context(page):
    gains = []
    for seed in page["seeds"]:
        fixed, attention = page["stored"]["fixed", seed], page["stored"]["attention", seed]
        assert all(attention[length] > fixed[length] for length in ("one", "four"))
        assert attention["growth"] > fixed["growth"]
        gains.append(attention["growth"])
    assert sum(gain < 0.5 for gain in gains) == 1 and max(gains) > 5
