"""A character model that is trained for too long: its learning curve, and what dropout and layer normalisation change.

Sources: Zaremba, Sutskever and Vinyals (2014), "Recurrent neural network regularization"; Gal and Ghahramani (2016),
"A theoretically grounded application of dropout in recurrent neural networks"; Ba, Kiros and Hinton (2016), "Layer
normalization".
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, layer_norm

from lstm_ref.text import batches, character_batch
from research.experiments.cells import GATE_WEIGHTS, layer
from research.experiments.characters import LanguageModel, corpus, summed_loss
from research.experiments.record import Experiment

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4],
    "models": ["plain", "dropout", "recurrent", "norm"],  # LSTMs
    "rate": 1e-2,
    "every": 4,  # one training sentence in so many is used
    "epochs": 36,
    "drop": 0.25,
    "D": 32,
    "H": 96,
    "N": 32,
    "limit": None,
}
QUICK = {"seeds": [0, 1], "D": 8, "H": 8, "epochs": 2, "limit": 100}


class DropoutModel(LanguageModel):
    """A language model that drops values of the embedding and of the hidden states on the way up, in training."""

    drop: float

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (T, N) → logits (T, N, V)."""
        x = dropout(self.embedding(tokens), self.drop, self.training)
        return self.out(dropout(self.layer(x)[0], self.drop, self.training))


class RecurrentDropout(nn.LSTM):
    """An LSTM that drops units of h_{t-1} where the gates read it; one mask serves all steps and sequences of a batch.

    Dropping a unit of h_{t-1} is the same as setting a column of W_hh to 0, so PyTorch's fast layer computes it.
    """

    drop: float

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """x (T, N, D) → hs (T, N, H), h_T (1, N, H)."""
        W_ih, W_hh, b_ih, b_hh = (self.get_parameter(name) for name in GATE_WEIGHTS)
        W_hh = W_hh * dropout(torch.ones(W_hh.shape[1]), self.drop, self.training)
        zero = x.new_zeros(1, x.shape[1], self.hidden_size)
        return torch.lstm(x, (zero, zero), (W_ih, W_hh, b_ih, b_hh), True, 1, 0.0, self.training, False, False)[:2]


class NormLSTM(nn.Module):
    """An LSTM with layer normalisation at the places of `lstm_ref.lstm_norm.lstm_step_norm`."""

    def __init__(self, D: int, H: int):
        super().__init__()
        whole = layer("lstm", D, H)
        W_ih, W_hh, b_ih, b_hh = (whole.get_parameter(name) for name in GATE_WEIGHTS)
        self.W_ih, self.W_hh, self.b = W_ih, W_hh, nn.Parameter((b_ih + b_hh).detach())
        self.gain_ih, self.gain_hh = nn.Parameter(torch.ones(4 * H)), nn.Parameter(torch.ones(4 * H))
        self.gain_c, self.b_c = nn.Parameter(torch.ones(H)), nn.Parameter(torch.zeros(H))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (T, N, D) → hs (T, N, H), h_T (N, H)."""
        H = self.W_hh.shape[1]
        from_input = layer_norm(x @ self.W_ih.T, (4 * H,), self.gain_ih, self.b)
        h = c = x.new_zeros(x.shape[1], H)
        hs = []
        for z_t in from_input:
            z = z_t + layer_norm(h @ self.W_hh.T, (4 * H,), self.gain_hh)
            z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
            c = torch.sigmoid(z_f) * c + torch.sigmoid(z_i) * torch.tanh(z_g)
            h = torch.sigmoid(z_o) * torch.tanh(layer_norm(c, (H,), self.gain_c, self.b_c))
            hs.append(h)
        return torch.stack(hs), h


def jobs(settings: dict) -> list[dict]:
    """A run for each model and seed."""
    return [{"model": model, "seed": seed} for model in settings["models"] for seed in settings["seeds"]]


def make(settings: dict, model: str) -> LanguageModel:
    """The language model of this name."""
    D, H, V = settings["D"], settings["H"], len(corpus(settings["limit"])[2])
    if model == "recurrent":
        core = RecurrentDropout(D, H)
        core.load_state_dict(layer("lstm", D, H).state_dict())
        core.drop = settings["drop"]
    else:
        core = NormLSTM(D, H) if model == "norm" else layer("lstm", D, H)
    made = (DropoutModel if model == "dropout" else LanguageModel)(core, V, D, H)
    made.drop = settings["drop"]
    return made


def run(settings: dict, model: str, seed: int) -> dict:
    """Train one model at a constant rate; nats a character on training and development sentences after each pass."""
    torch.manual_seed(seed)
    net = make(settings, model)
    train, valid, vocabulary = corpus(settings["limit"])
    train = train[:: settings["every"]]
    rng, optimiser = np.random.default_rng(seed), torch.optim.Adam(net.parameters(), lr=settings["rate"])
    known = train[:: max(1, len(train) // 400)]  # some of them, from all levels
    measured = {"train": character_batch(known, vocabulary), "dev": character_batch(valid, vocabulary)}
    curve = {name: [] for name in measured}
    for _ in range(settings["epochs"]):
        net.train()
        for tokens, targets, mask in batches(train, vocabulary, settings["N"], rng):
            optimiser.zero_grad()
            (summed_loss(net, tokens, targets) / mask.sum()).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
        net.eval()
        with torch.no_grad():
            for name, (tokens, targets, mask) in measured.items():
                curve[name].append(float(f"{summed_loss(net, tokens, targets) / mask.sum():.4g}"))
    best = int(np.argmin(curve["dev"]))
    return {
        "parameters": sum(p.numel() for p in net.parameters()),
        "epoch": best + 1,
        "best": curve["dev"][best],
        "last": curve["dev"][-1],
        "rise": curve["dev"][-1] - curve["dev"][best],
        "curve": {"epoch": [*range(1, len(curve["dev"]) + 1)], **curve},
    }


def verdict(summary: dict) -> str:
    """It agrees if the LSTM's loss on new sentences rises after its lowest value, and less so with dropout."""
    rise, dropped = (summary[model]["rise"] for model in ("plain", "dropout"))
    return "agrees" if rise["low"] > max(0, dropped["mean"]) else "partly" if rise["low"] > 0 else "does not"


EXPERIMENT = Experiment(
    name="overfitting",
    claim="A character LSTM that is trained for long on about a thousand sentences gets worse on new ones, and dropout "
    "outside the recurrence delays that.",
    citation="zaremba2014",
    criterion="Nats a character of the development sentences: the lowest of all passes, and after the last pass; the "
    "rise is their difference.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["model"],
    metrics=["best", "last", "rise", "epoch"],
    headline=[
        ["plain", "rise", "LSTM on a quarter of the sentences, rise in nats"],
        ["plain", "best", "LSTM, lowest nats on new sentences"],
        ["dropout", "best", "with dropout"],
    ],
    verdict=verdict,
    note="One layer, so dropout acts on the embedding and on what the readout reads. The rate is constant, so that its "
    "decay does not hide the rise. All four models have the same rate.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
