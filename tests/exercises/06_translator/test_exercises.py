"""Chapter 6: what an answer to each exercise must do."""

import itertools

import numpy as np

from autograde import agree
from lstm_ref.functions import log_softmax


def single(arrays):
    """The same numbers as float32; integers and truth values stay."""
    return [a.astype(np.float32) if a.dtype == np.float64 else a for a in arrays]


ENGLISH = [
    "I have two cats.",
    "Don't you like Tom's dog?",
    "He doesn’t know what it’s called.",
    "“Good,” she said; “I'll take 12 of them!”",
    "The dogs' tails, rock 'n' roll: a well-known 3-2 win.",
    "Cafe\u0301 is café, and ｗｉｄｅ is wide.",
    "  Blanks\tand\nlines,   too  ",
    "snake_case isn't English; e-mail me @ home (now)...",
    "WHERE IS IT?! Ｉｔ’ｓ ５ o'clock.",
    "A, b.",
    "",
    " ",
]
CHINESE = [
    "我有两只猫。",
    "你好,Tom!你怎么样?",
    "他说：“现在7:30了。”",
    "请 你 等 一 下 ， 好 吗 ？",
    "１２个人(都是学生)；三个没来!",
    "时间\u200b延长了\u3000一个小时。",
    "她不喜欢ＣＤ，对吗？",
    "Cafe\u0301很好喝!",
    "好",
    "",
    "\u3000",
]


def test_tokenise(tokenise, rng):
    for language, sentences in (("en", ENGLISH), ("zh", CHINESE)):
        for sentence in sentences:
            agree(tokenise, sentence, language)
        for n in (2, 3, 5):  # a long one, of any sentences in any order
            agree(tokenise, " ".join(rng.choice(sentences, n)), language)


def words(rng, letters, N, longest):
    return [[str(w) for w in rng.choice(letters, rng.integers(0, longest + 1))] for _ in range(N)]


def test_build_vocab(build_vocab, rng):
    chinese, english = list("我你他好吗。，有两只猫不是的"), "a cat the dog is i'm Tom tom , . ? to two".split()
    for letters, N, longest in [(chinese, 6, 9), (english, 8, 7), (["a"], 1, 1), (chinese, 1, 23), (english, 40, 8)]:
        parts = {part: words(rng, letters, N, longest) for part in ("train", "dev", "test")}
        parts["dev"].append(["dev", "only", *letters[:3]])
        parts["test"].append(["test", "only", *letters[-3:]])
        for min_count in (1, 2, 3):
            agree(build_vocab, parts, min_count)
    twice = [["b", "a", "b", "a", "c"], ["c", "d", "e", "c", "c"], ["e", "d", "f", "f", "f"]]
    held_out = {"dev": [["a", "g"] * 3], "test": [["f", "h"] * 3]}
    for min_count in (1, 2, 3, 9):
        agree(build_vocab, {"train": twice, **held_out}, min_count)
    agree(build_vocab, {"train": [], **held_out}, 1)
    agree(build_vocab, {"train": [["<unk>", "<eos>", "x", "<unk>"], ["<pad>"]], **held_out}, 1)


STARTS = [("I like", "我喜欢"), ("We have", "我们有"), ("He sees", "他看见"), ("They want", "他们想要")]
THINGS = [("cats", "猫"), ("tea", "茶"), ("books", "书"), ("Tom's dog", "汤姆的狗"), ("rice", "米饭"), ("it", "它")]


def pairs_of(rng, n, variety):
    """Pairs some of which share a sentence, in other letters or with other marks; the sides are drawn apart."""
    pairs = []
    for _ in range(n):
        (start, _), (thing, _) = STARTS[rng.integers(4)], THINGS[rng.integers(6)]
        english = f"{start} {thing}, no. {rng.integers(variety)}" + str(rng.choice([".", "!", " ."]))
        english = [english, english.upper(), english.replace("'", "’")][rng.integers(3)]
        (_, start), (_, thing) = STARTS[rng.integers(4)], THINGS[rng.integers(6)]
        chinese = f"{start}{thing}，第{rng.integers(variety)}" + str(rng.choice(["。", "!", "！", ""]))
        pairs.append((english, chinese))
    return pairs


def test_group_split(group_split, rng):
    def case(pairs, sizes):
        agree(group_split, pairs, sizes, np.random.default_rng(rng.integers(2**32)))

    for n, variety, sizes in [(60, 9, [8, 12]), (40, 3, [10]), (30, 1000, [7, 7, 7]), (25, 4, [5, 1]), (200, 40, [30])]:
        case(pairs_of(rng, n, variety), sizes)
    chain = [
        ("A.", "一"),
        ("B", "二"),
        ("c", "三"),
        ("a!", "二。"),
        ("D", "四"),
        ("C?", "二"),
        ("E", "五"),
        ("F", "四"),
    ]
    for sizes in ([2], [3], [4, 2], [1, 1, 1], [8], [0], []):
        case(chain, sizes)
    case([("3", "三"), ("Three.", "3"), ("4", "四"), ("Four.", "4")] * 2, [2, 2])  # a language is not the other
    case([("Hello.", f"你好{n}") for n in range(6)] + [(f"Bye {n}.", f"再见{n}") for n in range(5)], [4])  # a big group
    case([("It isn't.", "不是"), ("It wasn't.", "没有"), ("It is.", "是")], [1, 1])  # a word with ' is a word
    for links in (3, 8, 23):  # chains, their links in any order, beside pairs by themselves
        chain = [(f"word {k}", f"字{k + j}") for k in range(links) for j in (0, 1)]
        alone = [(f"alone {k}", f"独{k}") for k in range(6)]
        mixed = [*chain, *alone]
        case([mixed[k] for k in rng.permutation(len(mixed))], [len(chain), 3])
        case([mixed[k] for k in rng.permutation(len(mixed))], [len(chain) - 1, 4])
    case([("one", "一"), ("two", "二")], [5, 5])
    case([("one", "一")], [1])
    case(
        [("Isn't it?", "不是吗？"), ("isn’t it", "是不是？"), ("Ｉｓｎ＇ｔ it…", "对不对"), ("Is it?", "是吗")], [1, 1]
    )
    case([], [3])


def test_collate(collate, rng):
    def sentences(lengths):
        return [[int(i) for i in rng.integers(3, 50, size=n)] for n in lengths]

    for sources, targets in [
        ((4, 1, 6), (2, 5, 3)), ((3, 3, 3, 3), (3, 3, 3, 3)), ((1,), (1,)), ((2, 7), (9, 4)),
        ((5, 2, 2, 8), (1, 1, 6, 2)),
    ]:  # fmt: skip
        agree(collate, sentences(sources), sentences(targets))
    agree(collate, sentences((0, 3, 2)), sentences((2, 0, 4)))  # an empty sentence on either side
    agree(collate, sentences((0, 0)), sentences((0, 0)))
    agree(collate, sentences((23, 2)), sentences((1, 23)))


def encoder_case(rng, S, N, V, D, H, K, lengths):
    tokens = rng.integers(1, V, size=(S, N)) * (np.arange(S)[:, None] < lengths)  # 0 at padding
    r = rng.normal
    weights = r(size=(2, 4 * H, D)) / np.sqrt(D), r(size=(2, 4 * H, H)) / np.sqrt(H), r(size=(2, 4 * H))
    bridge = r(size=(K, 2 * H)), r(size=K), r(size=(K, 2 * H)), r(size=K)
    return tokens, np.asarray(lengths), 2 * r(size=(V, D)), *weights, *bridge


def test_encode(encode, rng):
    agree(encode, *encoder_case(rng, 5, 3, 9, 2, 4, 6, [5, 2, 3]))
    agree(encode, *encoder_case(rng, 4, 4, 4, 4, 4, 4, [4, 3, 1, 4]))
    agree(encode, *encoder_case(rng, 1, 1, 2, 1, 1, 1, [1]))
    agree(encode, *encoder_case(rng, 23, 2, 7, 3, 2, 5, [23, 11]))
    agree(encode, *encoder_case(rng, 3, 5, 6, 5, 3, 2, [3, 3, 3, 3, 3]))  # nothing padded
    agree(encode, *encoder_case(rng, 6, 4, 8, 3, 2, 3, [2, 0, 4, 1]))  # one empty, all padded at the end
    agree(encode, *single(encoder_case(rng, 4, 3, 5, 2, 3, 4, [4, 2, 1])))


def decoder_case(rng, N, V, D, K, scale=1.0):
    r = rng.normal
    weights = r(size=(4 * K, D)) / np.sqrt(D), r(size=(4 * K, K)) / np.sqrt(K), r(size=4 * K), r(size=(V, K)), r(size=V)
    return rng.integers(V, size=N), scale * r(size=(N, K)), scale * r(size=(N, K)), scale * r(size=(V, D)), *weights


def test_decode_step(decode_step, rng):
    for N, V, D, K in [(3, 9, 2, 5), (4, 4, 4, 4), (1, 7, 3, 2), (6, 5, 3, 3), (2, 3, 6, 4), (1, 1, 1, 1)]:
        agree(decode_step, *decoder_case(rng, N, V, D, K))
    agree(decode_step, *decoder_case(rng, 3, 6, 4, 2, scale=300.0))
    agree(decode_step, *single(decoder_case(rng, 2, 8, 3, 5)))
    previous, *rest = decoder_case(rng, 5, 4, 3, 2)
    agree(decode_step, np.full_like(previous, 1), *rest)  # the first step: <bos> for all


def attention_case(rng, S, N, K, M, scale=1.0):
    mask = np.arange(S)[:, None] < rng.integers(1, S + 1, size=N)
    return scale * rng.normal(size=(N, K)), rng.normal(size=(S, N, M)), mask, rng.normal(size=(K, M))


def test_attention(attention, rng):
    for S, N, K, M in [(5, 3, 2, 6), (4, 4, 4, 4), (1, 1, 1, 1), (3, 6, 5, 2), (23, 2, 3, 4), (2, 5, 3, 3)]:
        agree(attention, *attention_case(rng, S, N, K, M))
    agree(attention, *single(attention_case(rng, 4, 2, 3, 5)))
    agree(attention, *attention_case(rng, 6, 3, 2, 4, scale=2000.0))  # one position takes all
    h_t, memory, mask, W_a = attention_case(rng, 6, 4, 3, 5)
    mask = np.array([[1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 0, 1], [1, 0, 1, 1], [0, 0, 0, 1], [0, 1, 0, 1]]) == 1
    agree(attention, h_t, memory, mask, W_a)  # padding need not be at the end
    loud = np.where(mask[:, :, None], memory, 500.0 * np.sign(h_t @ W_a))
    agree(attention, h_t, loud, mask, W_a)  # padding that scores higher than all that is real
    mask[:, 2] = False
    agree(attention, h_t, memory, mask, W_a)  # one sentence has no real position
    agree(attention, h_t, memory, np.zeros_like(mask), W_a)


def loss_case(rng, T, N, V, scale=2.0):
    mask = np.arange(T)[:, None] < rng.integers(0, T + 1, size=N)
    mask[0, 0] = True
    return scale * rng.normal(size=(T, N, V)), np.where(mask, rng.integers(V, size=(T, N)), 0), mask


def test_sequence_loss(sequence_loss, rng):
    for T, N, V in [(5, 3, 7), (4, 4, 4), (1, 1, 1), (2, 6, 3), (23, 2, 5)]:
        for smoothing in (0.0, 0.1, 0.5):
            agree(sequence_loss, *loss_case(rng, T, N, V), smoothing)
    logits, targets, _ = loss_case(rng, 6, 3, 5)
    mask = np.arange(6)[:, None] < np.array([6, 1, 2])
    agree(sequence_loss, logits, targets, mask, 0.1)  # a long sentence beside two short ones
    agree(sequence_loss, logits, targets, mask, 0.0)
    agree(sequence_loss, logits, targets, np.zeros_like(mask), 0.1)
    agree(sequence_loss, 1e4 * logits, targets, mask, 0.1)
    agree(sequence_loss, 900.0 + logits, targets, mask, 0.1)  # large, and near each other
    agree(sequence_loss, np.where(np.arange(5) == 3, 0.0, -900.0) + logits, targets, mask, 0.1)  # far apart
    logits32, *rest = loss_case(rng, 3, 4, 6)
    agree(sequence_loss, logits32.astype(np.float32), *rest, 0.2, tol=1e-5)


def small_decoder(rng, V, K, eos, scale=2.5):
    """A step with random weights and two states; eos is added to the score of <eos>, the larger the shorter."""
    E, A, B, W = rng.normal(size=(V, K)), rng.normal(size=(K, K)), rng.normal(size=(K, K)), rng.normal(size=(K, V))

    def step(tokens, state):
        h, c = state
        c = 0.5 * c + np.tanh(E[tokens] + h @ A)
        h = np.tanh(c @ B)
        return log_softmax(scale * h @ W + eos * (np.arange(V) == 2)), (h, c)

    return step, (rng.normal(size=(1, K)), rng.normal(size=(1, K)))


def written(table):
    """A step that looks its probabilities up: table maps what was said so far to those of tokens 0 to 4.

    What the table does not have is 96 % <eos>. The state holds what was said, so a row astray is another sentence.
    """

    def step(tokens, state):
        (said,) = state
        said = np.concatenate([said, tokens[:, None]], axis=1)
        rest = [0.005, 0.005, 0.96, 0.01, 0.02]
        return np.log([table.get(tuple(row[1:].tolist()), rest) for row in said]), (said,)

    return step, (np.zeros((1, 0), dtype=np.int64),)


TABLES = [
    # 3 is likelier at once, 4 has the better end: greedy search misses it.
    {(): [0.01, 0.01, 0.02, 0.52, 0.44], (3,): [0.01, 0.01, 0.34, 0.31, 0.33], (4,): [0.002, 0.003, 0.97, 0.02, 0.005]},
    # Ending at once is the likeliest, by its sum; one token more is better on average.
    {(): [0.01, 0.01, 0.45, 0.43, 0.1], (3,): [0.01, 0.01, 0.03, 0.02, 0.93], (3, 4): [0.01, 0.01, 0.95, 0.02, 0.01]},
    # One ends at once; the other goes on in two ways, and only the second is good. Has the beam still room for it?
    {
        (): [0.02, 0.02, 0.44, 0.5, 0.02],
        (3,): [0.005, 0.005, 0.01, 0.55, 0.43],
        (3, 3): [0.21, 0.19, 0.2, 0.22, 0.18],
    },
    # Never an end.
    {said: [0.02, 0.03, 0.05, 0.35, 0.55] for n in range(5) for said in itertools.product((3, 4), repeat=n)}
    | {(): [0.02, 0.03, 0.05, 0.5, 0.4]},
]


def test_beam_search(beam_search, rng):
    for table in TABLES:
        step, state = written(table)
        for beam in (1, 2, 3):
            for alpha in (0.0, 1.0):
                agree(beam_search, step, state, beam, 4, alpha)
    step, state = written(TABLES[1])
    agree(beam_search, step, state, 2, 1, 1.0)  # one token only
    for V, K, beam, max_length in [
        (6, 3, 1, 8),
        (5, 2, 2, 6),
        (9, 4, 3, 10),
        (4, 3, 4, 5),
        (7, 5, 5, 23),
        (4, 1, 6, 4),
    ]:
        for eos, alpha in [(0.0, 1.0), (1.0, 0.6), (-1.0, 0.0), (-3.0, 1.0)]:
            agree(beam_search, *small_decoder(rng, V, K, eos), beam, max_length, alpha)


CHARACTERS = list("我你他她们有没不是的了在一两只猫狗茶书好吗。，？12T%")


def corpus(rng, N, longest, errors, shorter=0.0):
    """Sentences, and the same with errors: exchanged characters, and from some the end cut off."""
    references = [[str(c) for c in rng.choice(CHARACTERS, rng.integers(4, longest + 1))] for _ in range(N)]
    hypotheses = []
    for reference in references:
        wrong = rng.random(len(reference)) < errors
        said = [str(rng.choice(CHARACTERS)) if w else c for c, w in zip(reference, wrong, strict=True)]
        hypotheses.append(said[: len(said) - int(rng.random() < 0.5) * int(shorter * len(said))])
    return hypotheses, references


def test_corpus_bleu(corpus_bleu, rng):
    for N, longest, errors, shorter in [(8, 12, 0.2, 0.0), (5, 9, 0.3, 0.5), (20, 15, 0.4, 0.3), (1, 30, 0.2, 0.2)]:
        hypotheses, references = corpus(rng, N, longest, errors, shorter)
        agree(corpus_bleu, hypotheses, references)
        agree(corpus_bleu, references, hypotheses)  # too long
    hypotheses, references = corpus(rng, 6, 10, 0.2, 0.4)
    padded = [s + ["<pad>"] * (12 - len(s)) for s in hypotheses]
    agree(corpus_bleu, padded, [s + ["<pad>"] * (15 - len(s)) for s in references])
    agree(corpus_bleu, references, references)
    agree(
        corpus_bleu, [list("猫猫猫猫猫猫猫"), list("我有狗。")], [list("我有两只猫和猫。"), list("我有狗。")]
    )  # one word, over and over
    agree(
        corpus_bleu, [list("猫猫猫猫"), list("狗狗狗狗")], [list("狗狗狗狗"), list("我猫猫猫猫")]
    )  # each in the other's reference
    agree(corpus_bleu, [[], *hypotheses], [["好"], *references])
    agree(corpus_bleu, [list("我有两狗只猫")], [list("我有两只猫猫")])  # no match of four
    agree(corpus_bleu, [list("猫只两有我猫")], [list("我有两只猫。")])  # none of two, three, four
    agree(corpus_bleu, [list("好好好好")], [list("我有两只猫。")])  # none at all
    agree(corpus_bleu, [list("我有")], [list("我有")])  # too short to have four
    agree(corpus_bleu, [[]], [list("我有两只猫。")])
