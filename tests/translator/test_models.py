"""The models: against the course's NumPy, alone and in company, taught and step by step."""

import numpy as np
import pytest
import torch

from lstm_ref.seq2seq import encoder_decoder
from lstm_ref.seq2seq.loss import sequence_loss
from lstm_ref.vocabulary import BOS
from translator.models.attention import NumpyAttention
from translator.models.build import build_model
from translator.models.dropout import set_shard

EVERY = [("attention", "lstm"), ("attention", "gru"), ("attention", "ours"), ("fixed", "lstm"), ("fixed", "gru"),
         ("transformer", "lstm"), ("naive", "lstm"), ("naive", "gru")]  # fmt: skip


EVERY = [*({"model": model, "cell": cell} for model, cell in EVERY), {"members": 2}, {"members": 3, "cell": "gru"}]


@pytest.fixture(params=EVERY, ids=lambda choices: "-".join(map(str, choices.values())))
def case(request, make, config):
    embed = 16 if request.param.get("model") == "transformer" else 12
    return make(config.replace(embed=embed, **request.param))


def test_the_loss_of_a_batch_is_the_sum_of_its_sentences_losses(case):
    translator, text = case
    places = np.arange(0, 40, 3)
    with torch.no_grad():
        together = translator.model(*text.batch(places), smoothing=0.1)
        alone = sum(translator.model(*text.batch(places[k : k + 1]), smoothing=0.1) for k in range(len(places)))
    # The naive model's targets are cut at the source's length, so it weighs sentences otherwise in a batch.
    if translator.config.model != "naive":
        assert together.item() == pytest.approx(alone.item(), rel=1e-6)  # the cross-entropy is in float32
    assert torch.isfinite(together)


def test_a_sentence_scores_the_same_alone_and_in_company(case):
    """Padding invariance, token by token, of what the search reads."""
    translator, text = case
    model, places = translator.model, np.array([0, 5, 7, 11])
    together = stepped(model, text.batch(places))
    for k in range(len(places)):
        batch = text.batch(places[k : k + 1])
        alone = stepped(model, batch)
        assert together[: len(alone), k].numpy() == pytest.approx(alone[:, 0].numpy(), rel=1e-5, abs=1e-5)


@torch.no_grad()
def stepped(model, batch):
    """The logits (T, N, V) of a batch, computed as the search does: one step after the other."""
    source, states = model.begin(batch.src, batch.lengths)
    logits = []
    for last in batch.tgt_in:
        scores, states, _ = model.step(last, states, source)
        logits.append(scores)
    return torch.stack(logits)


def test_taught_all_at_once_or_step_by_step_is_the_same(case):
    translator, text = case
    if translator.config.model == "naive":
        return  # it is taught other targets than it is searched by: all its steps are known at once
    batch = text.batch(np.array([0, 5, 7, 11]))
    with torch.no_grad():
        at_once = translator.model.logits(translator.model.states(batch.src, batch.lengths, batch.tgt_in))
    real = batch.tgt_out != 0
    assert stepped(translator.model, batch)[real].numpy() == pytest.approx(at_once[real].numpy(), rel=1e-5, abs=1e-5)


def test_the_loss_is_the_course_s_loss(case):
    translator, text = case
    if translator.config.model == "naive":
        return
    smoothing = 0.1 if translator.config.members == 1 else 0.0  # several are judged without
    batch = text.batch(np.array([0, 5, 7, 11]))
    logits, mask = stepped(translator.model, batch).numpy(), (batch.tgt_out != 0).numpy()
    expected = sequence_loss(logits, batch.tgt_out.numpy(), mask, smoothing) * mask.sum()
    assert translator.model(*batch, smoothing=smoothing).item() == pytest.approx(expected, rel=1e-6)


def test_every_parameter_gets_a_gradient(case):
    translator, text = case
    translator.model.train()
    translator.model(*text.batch(np.arange(20))).backward()
    for name, parameter in translator.model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def arrays(*tensors):
    return [tensor.detach().numpy() for tensor in tensors]


@pytest.fixture
def lstm(make, config):
    return make(config)


def test_the_encoder_is_the_course_s_encoder(lstm):
    translator, text = lstm
    batch, encoder = text.batch(np.array([0, 5, 7, 11])), translator.model.encoder
    rnn = dict(encoder.rnn.named_parameters())
    both = [np.stack(arrays(rnn[f"weight_{w}_l0"], rnn[f"weight_{w}_l0_reverse"])) for w in ("ih", "hh")]
    b = np.stack(arrays(*(rnn[f"bias_ih_l0{s}"] + rnn[f"bias_hh_l0{s}"] for s in ("", "_reverse"))))
    bridge = arrays(*(p for linear in (encoder.bridge_h, encoder.bridge_c) for p in (linear.weight, linear.bias)))
    src, lengths, W_e = arrays(batch.src, batch.lengths, encoder.embed.weight)
    expected = encoder_decoder.encode(src, lengths, W_e, *both, b, *bridge)
    with torch.no_grad():
        memory, (h, c) = encoder(batch.src, batch.lengths)
    for ours, theirs in zip((memory.transpose(0, 1), h, c), expected, strict=True):
        assert ours.numpy() == pytest.approx(theirs, abs=1e-12)


def test_attention_is_the_course_s_attention(lstm):
    translator, _ = lstm
    attention, rng = translator.model.decoder.attention, np.random.default_rng(0)
    h, memory, mask = rng.normal(size=(3, 10)), rng.normal(size=(3, 5, 16)), rng.random((3, 5)) < 0.6
    mask[1] = False  # nothing to look at
    h, memory, mask = map(torch.from_numpy, (h, memory, mask))
    W_a = attention.score.weight.detach().numpy()
    expected = encoder_decoder.attention(h.numpy(), memory.transpose(0, 1).numpy(), mask.T.numpy(), W_a)
    for module in (attention, NumpyAttention(encoder_decoder.attention, attention)):
        with torch.no_grad():
            context, weights = module(h[:, None], memory, module.keys(memory), mask)
        assert context[:, 0].numpy() == pytest.approx(expected[0], abs=1e-6)  # the softmax is in float32
        assert weights[:, 0].numpy() == pytest.approx(expected[1].T, abs=1e-6)


def test_a_learner_s_attention_translates_as_the_trained_one_does(lstm):
    translator, _ = lstm
    translator.model.float()
    sentences = ["The cat sees a dog.", "The horse likes a sheep. The fish hears a bird."]
    before = translator.translate(sentences, beam=3)
    calls = []

    def attention(h_t, memory, mask, W_a):
        calls.append(h_t.shape)
        return encoder_decoder.attention(h_t, memory, mask, W_a)

    translator.replace_attention(attention)
    assert translator.translate(sentences, beam=3) == before
    assert calls

    def first_position(h_t, memory, mask, W_a):
        return memory[0], np.eye(len(memory))[:, :1] * np.ones(len(h_t))

    translator.replace_attention(first_position)
    assert translator.translate(sentences, beam=3) != before


def test_a_learner_s_attention_goes_into_every_member(make, config):
    translator, _ = make(config.replace(members=2))
    translator.model.float()
    before = translator.translate(["The cat sees a dog."], beam=3)
    translator.replace_attention(encoder_decoder.attention)
    assert all(isinstance(member.decoder.attention, NumpyAttention) for member in translator.model.members)
    assert translator.translate(["The cat sees a dog."], beam=3) == before


def test_dropout_leaves_out_the_same_of_a_sentence_however_many_processes_share_the_batch(make, config):
    translator, text = make(config.replace(dropout=0.5))
    model, batch = translator.model.train(), text.batch(np.arange(0, 70, 10))

    def states(batch, rank=0, size=1):
        set_shard(model, rank, size, 7)
        torch.manual_seed(3)
        with torch.no_grad():
            return model.states(batch.src, batch.lengths, batch.tgt_in)

    whole = states(batch)
    for rank in range(3):
        assert states(batch.shard(rank, 3), rank, 3).numpy() == pytest.approx(whole[:, rank::3].numpy(), abs=1e-12)


def test_a_model_without_attention_takes_none(make, config):
    translator, _ = make(config.replace(model="fixed"))
    with pytest.raises(ValueError, match="has no attention"):
        translator.replace_attention(encoder_decoder.attention)


def test_our_cells_are_pytorch_s(make, config):
    ours, text = make(config.replace(cell="ours"))
    theirs = build_model(config, len(ours.source), len(ours.target)).double().eval()
    state = {}
    for name, tensor in ours.model.state_dict().items():
        name = name.replace("rnn.forwards.", "rnn.")
        if "rnn.backwards." in name:
            name = name.replace("rnn.backwards.", "rnn.") + "_reverse"
        state[name] = tensor
    theirs.load_state_dict(state)
    batch = text.batch(np.arange(9))
    assert ours.model(*batch).item() == pytest.approx(theirs(*batch).item(), rel=1e-6)


def test_the_decoder_s_output_is_its_embedding(lstm):
    translator, _ = lstm
    decoder = translator.model.decoder
    s = torch.randn(2, 12, dtype=torch.float64)
    expected = s @ decoder.embed.weight.T + decoder.output_bias
    assert decoder.logits(s).detach().numpy() == pytest.approx(expected.detach().numpy())


def test_the_naive_model_cannot_outlast_its_source(make, config):
    translator, _ = make(config.replace(model="naive"))
    translator.model.float()
    for sentence in ("cat", "The cat sees a dog."):
        assert len(translator.translate([sentence], beam=1)[0]) <= 6
    source, states = translator.model.begin(*translator.encode_batch(["cat"]))
    for _ in range(3):
        logits, states, _ = translator.model.step(torch.tensor([BOS]), states, source)
    assert logits.argmax().item() == 2


def test_several_models_say_what_the_mean_of_their_probabilities_says(make, config):
    translator, text = make(config.replace(members=3))
    batch = text.batch(np.array([0, 5, 7, 11]))
    probabilities = [torch.softmax(stepped(member, batch), dim=2) for member in translator.model.members]
    together = stepped(translator.model, batch).exp()
    assert together.numpy() == pytest.approx(torch.stack(probabilities).mean(dim=0).numpy(), abs=1e-6)
    assert (probabilities[0] - probabilities[1]).abs().max() > 0.1


def test_unknown_models_and_cells_are_named(config):
    with pytest.raises(ValueError, match="no model 'rnn'"):
        build_model(config.replace(model="rnn"), 9, 9)
    with pytest.raises(ValueError, match="no cell 'tanh'"):
        config.replace(cell="tanh")
