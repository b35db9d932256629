"""Chapter 6: classic mistakes. The docstring of each is what a learner reads who made it."""

import re
import unicodedata
from collections import Counter

import numpy as np

from autograde import wrong_answer
from lstm_ref.functions import embed
from lstm_ref.lstm import lstm_step
from lstm_ref.lstm_layers import bidirectional
from lstm_ref.seq2seq.tokens import tokenise

# ── 6.1 tokenise ────────────────────────────────────────────────────────────────────────────────────────────────────


def _tokens(
    sentence,
    language,
    form="NFKC",
    word=r"[^\W_]+(?:'[^\W_]+)*|\S",
    lower=str.lower,
    apostrophes="’",
    marks=(",!?:;()", "，！？：；（）"),
    is_token=lambda c: c.isprintable() and not c.isspace(),
):
    text = unicodedata.normalize(form, sentence) if form else sentence
    if language == "en":
        for apostrophe in apostrophes:
            text = text.replace(apostrophe, "'")
        return re.findall(word, lower(text))
    return [c for c in text.translate(str.maketrans(*marks)) if is_token(c)]


@wrong_answer("tokenise")
def no_unicode_normalisation(sentence, language):
    """Nothing is normalised: é in one character and é as e with an accent are two words for you, and so are 12 and
    １２. They look alike on the screen, so print the code points: [hex(ord(c)) for c in sentence]."""
    return _tokens(sentence, language, form=None)


@wrong_answer("tokenise")
def normal_form_c(sentence, language):
    """You normalise to NFC, which joins letters and accents but leaves wide letters and digits as they are: ｗ is
    not w. The K in NFKC stands for compatibility."""
    return _tokens(sentence, language, form="NFC")


@wrong_answer("tokenise")
def splits_chinese_on_spaces(sentence, language):
    """Chinese is split at blanks, and Chinese has none: a whole sentence becomes one token, which the model will
    never see again. Its tokens here are characters."""
    if language == "zh":
        text = unicodedata.normalize("NFKC", sentence).translate(str.maketrans(",!?:;()", "，！？：；（）"))
        return text.split()
    return _tokens(sentence, language)


@wrong_answer("tokenise")
def splits_english_on_spaces(sentence, language):
    """English is split at blanks only, so that "cats." with its full stop is another word than "cats". A mark is a
    token of its own."""
    return _tokens(sentence, language, word=r"\S+")


@wrong_answer("tokenise")
def drops_punctuation(sentence, language):
    """Punctuation is dropped, in both languages. A translator without it cannot ask a question, and the last full
    stop alone is worth more than a point of BLEU."""
    if language == "en":
        return _tokens(sentence, language, word=r"[^\W_]+(?:'[^\W_]+)*")
    return _tokens(sentence, language, is_token=str.isalnum)


@wrong_answer("tokenise")
def drops_english_punctuation(sentence, language):
    """English punctuation is dropped: your expression finds words and nothing else. Is it a question or not? The
    mark says so."""
    return _tokens(sentence, language, word=r"[^\W_]+(?:'[^\W_]+)*")


@wrong_answer("tokenise")
def splits_dont(sentence, language):
    """A word is cut at its apostrophe: don't becomes don, ' and t. An apostrophe between two letters belongs to
    the word."""
    return _tokens(sentence, language, word=r"[^\W_]+|\S")


@wrong_answer("tokenise")
def one_apostrophe_at_most(sentence, language):
    """Only one kind of apostrophe counts for you: with the curly one, doesn’t falls into three. Make ’ an ' before
    you cut."""
    return _tokens(sentence, language, apostrophes="")


@wrong_answer("tokenise")
def apostrophe_at_the_edge_of_a_word(sentence, language):
    """An apostrophe at the edge of a word is taken into it: 'n' is a quoted n, and dogs' is dogs with a mark
    behind it. It belongs to a word only between two letters."""
    return _tokens(sentence, language, word=r"(?:[^\W_]|')+|\S")


@wrong_answer("tokenise")
def keeps_capitals(sentence, language):
    """Capitals are kept, so that He at the start of a sentence and he inside it are two words, each seen half as
    often."""
    return _tokens(sentence, language, lower=str)


@wrong_answer("tokenise")
def underscore_is_a_letter(sentence, language):
    r"""The underscore counts as a letter: in Python's expressions \w is letters, digits and the underscore. [^\W_]
    is without it."""
    return _tokens(sentence, language, word=r"\w+(?:'\w+)*|\S")


@wrong_answer("tokenise")
def hyphen_joins_words(sentence, language):
    """You let a hyphen join two words as the apostrophe does: well-known would be a word of its own, and not well,
    a hyphen and known."""
    return _tokens(sentence, language, word=r"[^\W_]+(?:['-][^\W_]+)*|\S")


@wrong_answer("tokenise")
def narrow_marks_in_chinese(sentence, language):
    """Your Chinese has narrow marks, which the references have not: NFKC makes them narrow. Turn , ! ? : ; ( )
    into the wide ones after normalising; before it, it is undone."""
    return _tokens(sentence, language, marks=("", ""))


@wrong_answer("tokenise")
def keeps_blanks_in_chinese(sentence, language):
    """On the Chinese side the blanks are tokens. list(text) takes every character; leave those out that are
    blanks."""
    return _tokens(sentence, language, is_token=str.isprintable)


@wrong_answer("tokenise")
def keeps_what_cannot_be_printed(sentence, language):
    """A character that nobody can see is a token of yours: U+200B, a blank of width zero, stands in real corpora.
    c.isprintable() is False for it."""
    return _tokens(sentence, language, is_token=lambda c: not c.isspace())


@wrong_answer("tokenise")
def small_letters_in_chinese(sentence, language):
    """The Chinese side gets small letters too, so the translator could never write Tom or CD. Only the English
    side is read alone, never written."""
    return _tokens(sentence if language == "en" else sentence.lower(), language)


# ── 6.2 build_vocab ─────────────────────────────────────────────────────────────────────────────────────────────────

_SPECIALS = ["<pad>", "<bos>", "<eos>", "<unk>"]


def _counts(*parts):
    return Counter(token for part in parts for sentence in part for token in sentence)


def _vocabulary(counts, min_count, key=lambda item: (-item[1], item[0])):
    return [t for t, n in sorted(counts.items(), key=key) if n >= min_count and t not in _SPECIALS]


@wrong_answer("build_vocab")
def built_on_all_parts(parts, min_count):
    """The held-out parts are counted too. Your test sentences then have no unknown words, as real ones will: the
    score would be for a task that nobody has."""
    return _SPECIALS + _vocabulary(_counts(*parts.values()), min_count)


@wrong_answer("build_vocab")
def built_on_the_test_part(parts, min_count):
    """The vocabulary is built on the test part. The model learns from the training part; it needs a number for
    every word there, and must know nothing of the test."""
    return _SPECIALS + _vocabulary(_counts(parts["test"]), min_count)


@wrong_answer("build_vocab")
def built_on_train_and_dev(parts, min_count):
    """The dev part is counted too. It is there to choose settings by, as if it had not been seen; with its words
    in the vocabulary it has been."""
    return _SPECIALS + _vocabulary(_counts(parts["train"], parts["dev"]), min_count)


@wrong_answer("build_vocab")
def ties_in_order_of_appearance(parts, min_count):
    """Tokens of equal frequency stand in the order in which they first came up (so does Counter.most_common).
    Shuffle the corpus and every number changes, and yesterday's weights read other words. Order ties by the
    token."""
    return _SPECIALS + _vocabulary(_counts(parts["train"]), min_count, key=lambda item: -item[1])


@wrong_answer("build_vocab")
def ties_turned_round(parts, min_count):
    """Tokens of equal frequency stand in reverse order. reverse=True turns the whole key round, the token too; a
    minus before the count turns only that."""
    counts = _counts(parts["train"])
    return _SPECIALS + _vocabulary(dict(sorted(counts.items(), reverse=True)), min_count, key=lambda item: -item[1])


@wrong_answer("build_vocab")
def alphabetical(parts, min_count):
    """All tokens stand in alphabetical order; the frequent ones should come first, and the alphabet decide among
    equals."""
    return _SPECIALS + _vocabulary(_counts(parts["train"]), min_count, key=lambda item: item[0])


@wrong_answer("build_vocab")
def rarest_first(parts, min_count):
    """The rarest tokens come first: a plain sort by count rises."""
    return _SPECIALS + _vocabulary(_counts(parts["train"]), min_count, key=lambda item: (item[1], item[0]))


@wrong_answer("build_vocab")
def specials_last(parts, min_count):
    """The specials stand at the end. Then <pad> is not 0, and every array of zeros is full of the most frequent
    word."""
    return _vocabulary(_counts(parts["train"]), min_count) + _SPECIALS


@wrong_answer("build_vocab")
def specials_missing(parts, min_count):
    """The four specials are missing: there would be no number for padding, beginning, end and unknown words."""
    return _vocabulary(_counts(parts["train"]), min_count)


@wrong_answer("build_vocab")
def specials_twice(parts, min_count):
    """A token spelt like a special stands twice. Of two numbers for <unk> a dictionary keeps the later one, and it
    is not 3."""
    counts = _counts(parts["train"])
    return _SPECIALS + [t for t, n in sorted(counts.items(), key=lambda i: (-i[1], i[0])) if n >= min_count]


@wrong_answer("build_vocab")
def more_than_min_count(parts, min_count):
    """A token that stands exactly min_count times is left out. At least min_count is >=, not >."""
    return _SPECIALS + _vocabulary(_counts(parts["train"]), min_count + 1)


@wrong_answer("build_vocab")
def ignores_min_count(parts, min_count):
    """min_count changes nothing: every token gets a number, also those seen once, whose embedding learns from one
    sentence."""
    return _SPECIALS + _vocabulary(_counts(parts["train"]), 1)


@wrong_answer("build_vocab")
def counts_sentences(parts, min_count):
    """You count the sentences that hold a token, not the times that it stands in them: a token twice in one
    sentence counts two."""
    return _SPECIALS + _vocabulary(_counts([set(sentence) for sentence in parts["train"]]), min_count)


# ── 6.3 group_split ─────────────────────────────────────────────────────────────────────────────────────────────────


def _letters(sentence, language):
    return "".join(filter(str.isalnum, "".join(tokenise(sentence, language))))


def _keys(english, chinese):
    return [("en", _letters(english, "en")), ("zh", _letters(chinese, "zh"))]


def _groups(pairs, keys):
    """The groups of pairs that share a key; a pair makes one group of all that it touches."""
    group_of, members = {}, []
    for i, pair in enumerate(pairs):
        touched = sorted({group_of[key] for key in keys(*pair) if key in group_of})
        new = sorted([i] + [j for g in touched for j in members[g]])
        for g in touched:
            members[g] = []
        members.append(new)
        for j in new:
            group_of.update(dict.fromkeys(keys(*pairs[j]), len(members) - 1))
    return sorted(filter(None, members))


def _hand_out(groups, sizes, rng, fits=lambda part, group, size: len(part) + len(group) <= size):
    train, *held_out = parts = [[] for _ in range(1 + len(sizes))]
    for k in rng.permutation(len(groups)):
        for part, size in zip(held_out, sizes, strict=True):
            if fits(part, groups[k], size):
                part.extend(groups[k])
                break
        else:
            train.extend(groups[k])
    return [sorted(part) for part in parts]


@wrong_answer("group_split")
def every_pair_by_itself(pairs, sizes, rng):
    """Each pair is drawn by itself, so the same sentence lands in training and in test. The section "Leakage" shows
    how much of the test the model then knows. What shares a sentence must be drawn together."""
    return _hand_out([[i] for i in range(len(pairs))], sizes, rng)


@wrong_answer("group_split")
def groups_by_english_only(pairs, sizes, rng):
    """Groups are made by the English sentences only. Two English sentences with the same Chinese one are still
    torn apart, and the model has seen the very answer that it is asked for."""
    return _hand_out(_groups(pairs, lambda e, c: _keys(e, c)[:1]), sizes, rng)


@wrong_answer("group_split")
def groups_by_chinese_only(pairs, sizes, rng):
    """Groups are made by the Chinese sentences only. One English sentence with two translations can stand in
    training with one and in test with the other."""
    return _hand_out(_groups(pairs, lambda e, c: _keys(e, c)[1:]), sizes, rng)


@wrong_answer("group_split")
def groups_by_both_at_once(pairs, sizes, rng):
    """Pairs count as linked only where both sides are the same. One side is enough: whoever has seen the English
    has read the question, whoever has seen the Chinese knows the answer."""
    return _hand_out(_groups(pairs, lambda e, c: [tuple(_keys(e, c))]), sizes, rng)


@wrong_answer("group_split")
def compares_raw_strings(pairs, sizes, rng):
    """Sentences are compared as they stand, so one with a full stop and one without it are strangers to you, and
    one of them goes into the test. Compare the letters and digits of their tokens."""
    return _hand_out(_groups(pairs, lambda e, c: [("en", e), ("zh", c)]), sizes, rng)


@wrong_answer("group_split")
def compares_tokens_with_marks(pairs, sizes, rng):
    """Sentences are compared by all of their tokens, the marks too: "Isn't it?" and "Isn't it" are then two
    sentences. Only letters and digits count."""
    keys = lambda e, c: [("en", *tokenise(e, "en")), ("zh", *tokenise(c, "zh"))]  # noqa: E731
    return _hand_out(_groups(pairs, keys), sizes, rng)


@wrong_answer("group_split")
def no_chains(pairs, sizes, rng):
    """Chains are torn: where a pair shares its English with one group and its Chinese with another, the two groups
    are one from then on, and you let the pair join the first of them only."""
    group_of, groups = {}, []
    for i, pair in enumerate(pairs):
        known = [group_of[key] for key in _keys(*pair) if key in group_of]
        g = known[0] if known else len(groups)
        if not known:
            groups.append([])
        groups[g].append(i)
        for key in _keys(*pair):
            group_of.setdefault(key, g)
    return _hand_out(groups, sizes, rng)


@wrong_answer("group_split")
def languages_in_one_dictionary(pairs, sizes, rng):
    """An English and a Chinese sentence that are spelt alike count as the same for you, "3" and "3", say, and
    pairs that share nothing get tied together. Let the language be part of the key."""
    return _hand_out(_groups(pairs, lambda e, c: [key for _, key in _keys(e, c)]), sizes, rng)


@wrong_answer("group_split")
def fills_until_it_is_full(pairs, sizes, rng):
    """A held-out part gets groups until it has its size, and the last one makes it larger than its size.
    A group must fit whole."""
    return _hand_out(_groups(pairs, _keys), sizes, rng, fits=lambda part, group, size: len(part) < size)


@wrong_answer("group_split")
def sizes_count_groups(pairs, sizes, rng):
    """You count groups where pairs are to be counted: a held-out part of 4 has 4 groups with you, however many
    pairs are in them."""
    train, *held_out = parts = [[] for _ in range(1 + len(sizes))]
    groups = _groups(pairs, _keys)
    order, start = rng.permutation(len(groups)), 0
    for part, size in zip(held_out, sizes, strict=True):
        part += [i for k in order[start : start + size] for i in groups[k]]
        start += size
    train += [i for k in order[start:] for i in groups[k]]
    return [sorted(part) for part in parts]


@wrong_answer("group_split")
def cuts_a_group_that_does_not_fit(pairs, sizes, rng):
    """A group that does not fit is cut, and its rest goes elsewhere: then its sentence stands in two parts, which
    is what groups were made to prevent."""
    groups = _groups(pairs, _keys)
    places = [i for k in rng.permutation(len(groups)) for i in groups[k]]
    ends = np.cumsum([0, *sizes])
    held_out = [sorted(places[a:b]) for a, b in zip(ends, ends[1:], strict=False)]
    return [sorted(places[ends[-1] :]), *held_out]


@wrong_answer("group_split")
def training_part_last(pairs, sizes, rng):
    """The training part comes last; it is asked for first."""
    train, *held_out = _hand_out(_groups(pairs, _keys), sizes, rng)
    return [*held_out, train]


@wrong_answer("group_split")
def returns_the_pairs(pairs, sizes, rng):
    """You return the pairs themselves; asked for are their places in the list, so that whatever else belongs to a
    pair can be split along with it."""
    return [[pairs[i] for i in part] for part in _hand_out(_groups(pairs, _keys), sizes, rng)]


# ── 6.4 collate ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _padded(lists, front=False):
    array = np.zeros((max(map(len, lists)), len(lists)), dtype=np.int64)
    for n, numbers in enumerate(lists):
        array[len(array) - len(numbers) if front else 0 :, n][: len(numbers)] = numbers
    return array


def _lengths(sources):
    return np.array([len(source) for source in sources], dtype=np.int64)


def _tgt_in(targets):
    return _padded([[1, *target] for target in targets])


def _tgt_out(targets):
    return _padded([[*target, 2] for target in targets])


@wrong_answer("collate")
def target_not_shifted(sources, targets):
    """The target is not shifted: at each step the decoder gets the very token that it should predict. It
    will learn to copy its input perfectly, and translate nothing."""
    return _padded(sources), _lengths(sources), _tgt_out(targets), _tgt_out(targets)


@wrong_answer("collate")
def output_is_the_input(sources, targets):
    """`tgt_out` begins with <bos> and has no end: it is the decoder's input once more. The token that it should
    predict at a place is its input at the next one."""
    return _padded(sources), _lengths(sources), _tgt_in(targets), _tgt_in(targets)


@wrong_answer("collate")
def output_without_eos(sources, targets):
    """`tgt_out` has no <eos>: the decoder never learns to stop, and every translation will run to the limit."""
    tgt_out = _padded([[*target, 0] for target in targets])
    return _padded(sources), _lengths(sources), _tgt_in(targets), tgt_out


@wrong_answer("collate")
def drops_the_last_token(sources, targets):
    """The shift is made by cutting: `tgt_in` lacks the last token of a sentence, `tgt_out` ends with the sentence,
    and <eos> is nowhere. Both are one longer than the sentence."""
    tgt_in = _padded([[1, *target][: max(len(target), 1)] for target in targets])
    tgt_out = np.zeros_like(tgt_in)
    for n, target in enumerate(targets):
        tgt_out[: len(target), n] = target
    return _padded(sources), _lengths(sources), tgt_in, tgt_out


@wrong_answer("collate")
def bos_and_eos_in_both(sources, targets):
    """<bos> and <eos> stand in both arrays, which is one step too many: the decoder never predicts <bos>, and gets no
    input after <eos>."""
    both = [[1, *target, 2] for target in targets]
    tgt_out = [[*target, 2, 0] for target in targets]
    return _padded(sources), _lengths(sources), _padded(both), _padded(tgt_out)


@wrong_answer("collate")
def lengths_after_padding(sources, targets):
    """The lengths are taken after padding, so all of them are S, and the encoder will read padding as if it were
    words."""
    src = _padded(sources)
    return src, np.full(len(sources), len(src)), _tgt_in(targets), _tgt_out(targets)


@wrong_answer("collate")
def lengths_of_the_targets(sources, targets):
    """The lengths are those of the targets; the encoder needs those of the sources."""
    return _padded(sources), _lengths(targets), _tgt_in(targets), _tgt_out(targets)


@wrong_answer("collate")
def batch_first(sources, targets):
    """The batch stands first and time second; here time is always first, (S, N) and (T, N). The transpose is what
    is asked for."""
    return _padded(sources).T, _lengths(sources), _tgt_in(targets).T, _tgt_out(targets).T


@wrong_answer("collate")
def pads_at_the_front(sources, targets):
    """Padding stands before the sentences. Everything after you relies on padding at the end: lengths say where a
    sentence stops."""
    tgt_in, tgt_out = [[1, *target] for target in targets], [[*target, 2] for target in targets]
    return _padded(sources, True), _lengths(sources), _padded(tgt_in, True), _padded(tgt_out, True)


@wrong_answer("collate")
def pads_sources_and_targets_alike(sources, targets):
    """Sources and targets are padded to one common length. They never stand in one array: let each have its own,
    and save the steps."""
    longest = max(map(len, [*sources, *targets])) + 1
    src, tgt_in, tgt_out = (np.zeros((longest, len(sources)), dtype=np.int64) for _ in range(3))
    for array, filled in ((src, _padded(sources)), (tgt_in, _tgt_in(targets)), (tgt_out, _tgt_out(targets))):
        array[: len(filled)] = filled
    return src, _lengths(sources), tgt_in, tgt_out


@wrong_answer("collate")
def sources_end_with_eos(sources, targets):
    """<eos> is put behind the sources as well. Lengths already say where a source ends; it is the target whose end
    has to be learned."""
    longer = [[*source, 2] for source in sources]
    return _padded(longer), _lengths(longer), _tgt_in(targets), _tgt_out(targets)


# ── 6.5 encode ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b):
    zeros = np.zeros((2, tokens.shape[1], W_hh.shape[2]), dtype=W_hh.dtype)
    return bidirectional(embed(tokens, W_e), lengths, zeros, zeros, W_ih, W_hh, b)


def _side_by_side(states):
    return np.concatenate([states[0], states[1]], axis=1)


@wrong_answer("encode")
def reads_padding(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """The encoder reads padding: every source is run for all S steps, so the last states of a short sentence
    depend on how long its neighbours in the batch are. Hand the lengths on."""
    full = np.full_like(lengths, len(tokens))
    memory, h_n, c_n = _read_both_ways(tokens, full, W_e, W_ih, W_hh, b)
    return memory, np.tanh(_side_by_side(h_n) @ W_h.T + b_h), _side_by_side(c_n) @ W_c.T + b_c


@wrong_answer("encode")
def states_at_the_last_row_of_memory(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """The bridge is fed with memory[-1]. There a short sentence has padding, and the backward direction, which
    begins at the end, has read one word only. The final states are what `bidirectional` returns beside the
    memory."""
    memory, _, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(memory[-1] @ W_h.T + b_h), _side_by_side(c_n) @ W_c.T + b_c


@wrong_answer("encode")
def swaps_h_and_c(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """Hidden state and cell are swapped on the way into the bridge: h_0 is made of the cells, c_0 of the hidden
    states."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(_side_by_side(c_n) @ W_h.T + b_h), _side_by_side(h_n) @ W_c.T + b_c


@wrong_answer("encode")
def returns_the_cell_first(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """The two states are right, and come back in the wrong order: the hidden state is asked for first, then the
    cell."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, _side_by_side(c_n) @ W_c.T + b_c, np.tanh(_side_by_side(h_n) @ W_h.T + b_h)


@wrong_answer("encode")
def reshapes_the_directions(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """Directions are mixed over sentences: a reshape of (2, N, H) to (N, 2H) puts the states of two different
    sentences into one row. Move the axis first, or concatenate h_n[0] and h_n[1]."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    h_n, c_n = h_n.reshape(tokens.shape[1], -1), c_n.reshape(tokens.shape[1], -1)
    return memory, np.tanh(h_n @ W_h.T + b_h), c_n @ W_c.T + b_c


@wrong_answer("encode")
def backwards_first(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """The backward states stand before the forward ones in the bridge; its columns belong to the forward direction
    first."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(_side_by_side(h_n[::-1]) @ W_h.T + b_h), _side_by_side(c_n[::-1]) @ W_c.T + b_c


@wrong_answer("encode")
def no_tanh_in_the_bridge(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """h_0 is not squeezed: a hidden state is an output gate times a tanh and never leaves -1 to 1, and the
    bridge's must not either."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, _side_by_side(h_n) @ W_h.T + b_h, _side_by_side(c_n) @ W_c.T + b_c


@wrong_answer("encode")
def tanh_of_the_cell_too(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """c_0 goes through tanh as well. A cell is a sum and may be larger than 1; only the hidden state is
    bounded."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(_side_by_side(h_n) @ W_h.T + b_h), np.tanh(_side_by_side(c_n) @ W_c.T + b_c)


@wrong_answer("encode")
def one_bridge_for_both(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """Both states go over the same weights, W_h and b_h. The cell has a bridge of its own, W_c and b_c."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(_side_by_side(h_n) @ W_h.T + b_h), _side_by_side(c_n) @ W_h.T + b_h


@wrong_answer("encode")
def bridge_without_bias(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """The bridge's biases are never added: for an empty source your h_0 and c_0 are 0, whatever b_h and b_c
    are."""
    memory, h_n, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(_side_by_side(h_n) @ W_h.T), _side_by_side(c_n) @ W_c.T


@wrong_answer("encode")
def average_of_the_memory(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    """h_0 is made of the average over the memory instead of the final states, padding's zeros included."""
    memory, _, c_n = _read_both_ways(tokens, lengths, W_e, W_ih, W_hh, b)
    return memory, np.tanh(memory.mean(axis=0) @ W_h.T + b_h), _side_by_side(c_n) @ W_c.T + b_c


# ── 6.6 decode_step ─────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("decode_step")
def ignores_the_previous_token(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The previous token is never read: your step is the same whatever was said before. The decoder would not know
    what it has said, and say it again."""
    x_t = np.zeros((len(previous), W_e.shape[1]), dtype=W_e.dtype)
    h_t, c_t, _ = lstm_step(x_t, h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o, h_t, c_t


@wrong_answer("decode_step")
def always_reads_bos(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """Every step reads <bos>. It is the previous token only at the first step; later it is what `previous`
    says."""
    row = min(1, len(W_e) - 1)
    h_t, c_t, _ = lstm_step(W_e[np.full_like(previous, row)], h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o, h_t, c_t


@wrong_answer("decode_step")
def squeezes(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """A batch of one loses its axis: squeeze() removes every axis of size 1, and N is 1 when somebody translates a
    single sentence. Nothing here has an axis too many."""
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return (h_t @ W_o.T + b_o).squeeze(), h_t, c_t


@wrong_answer("decode_step")
def returns_the_logits_alone(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The states are not returned. The next step would have to begin where this one began, and the sentence would
    never get on."""
    h_t, _, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o


@wrong_answer("decode_step")
def returns_the_old_states(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The states that you return are those that came in: every step would begin where this one began."""
    h_t, _, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o, h_prev.copy(), c_prev.copy()


@wrong_answer("decode_step")
def forgets_to_pass_the_cell_on(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The hidden state is new, but the cell that you return is the old one: the memory of the decoder would stand
    still."""
    h_t, _, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o, h_t, c_prev.copy()


@wrong_answer("decode_step")
def swaps_the_states(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """Hidden state and cell are swapped when they go into `lstm_step`: it takes the hidden state first."""
    h_t, c_t, _ = lstm_step(W_e[previous], c_prev, h_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o, h_t, c_t


@wrong_answer("decode_step")
def scores_from_the_cell(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The scores are made of the cell. What a cell shows to the rest of the network is h_t."""
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return c_t @ W_o.T + b_o, h_t, c_t


@wrong_answer("decode_step")
def scores_from_the_state_before(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The scores are made of h_prev, which has not read the previous token yet: you are one step late."""
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return h_prev @ W_o.T + b_o, h_t, c_t


@wrong_answer("decode_step")
def output_without_bias(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """The output bias b_o is never added; it is what the decoder knows of how frequent each token is."""
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T, h_t, c_t


@wrong_answer("decode_step")
def returns_probabilities(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """You return probabilities. Asked for are the scores before the softmax: the loss takes their softmax itself,
    and would do it twice."""
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    z = h_t @ W_o.T + b_o
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True), h_t, c_t


@wrong_answer("decode_step")
def chooses_already(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    """You choose the best token at once. The scores are asked for: a beam wants to know the second best as well,
    and the loss all of them."""
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return (h_t @ W_o.T + b_o).argmax(axis=1), h_t, c_t


# ── 6.7 attention ───────────────────────────────────────────────────────────────────────────────────────────────────


def _softmax(scores, axis=0):
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _average(weights, memory):
    return (weights[:, :, None] * memory).sum(axis=0), weights


def _scores(h_t, memory, W_a):
    return ((h_t @ W_a) * memory).sum(axis=2)


def _masked(scores, mask):
    """Weights as they should be: 0 where nothing is real."""
    scores = np.where(mask, scores, -1e30)
    e = np.exp(scores - scores.max(axis=0)) * mask
    total = e.sum(axis=0)
    return e / np.where(total > 0, total, 1)


@wrong_answer("attention")
def softmax_over_the_batch(h_t, memory, mask, W_a):
    """The softmax runs over the batch: the weights at one position add to 1 over the sentences, and each
    sentence's attention depends on the others beside it. It must run over the positions of one sentence."""
    scores = np.where(mask, _scores(h_t, memory, W_a), -1e30)
    e = np.exp(scores - scores.max(axis=1, keepdims=True)) * mask
    total = e.sum(axis=1, keepdims=True)
    return _average(e / np.where(total > 0, total, 1), memory)


@wrong_answer("attention")
def mask_after_the_softmax(h_t, memory, mask, W_a):
    """The mask comes after the softmax: padding has taken its share of the sum before it was struck out, and the
    weights of a short sentence no longer add to 1."""
    return _average(_softmax(_scores(h_t, memory, W_a)) * mask, memory)


@wrong_answer("attention")
def mask_after_the_softmax_and_scaled_up(h_t, memory, mask, W_a):
    """The mask comes after the softmax, and the rest is scaled up again. That is right until padding scores so
    high that all that is real rounds to 0, and then you divide 0 by 0 or lose everything. Mask the scores."""
    weights = _softmax(_scores(h_t, memory, W_a)) * mask
    total = weights.sum(axis=0)
    return _average(weights / np.where(total > 0, total, 1), memory)


@wrong_answer("attention")
def no_mask(h_t, memory, mask, W_a):
    """The mask is never used: padding gets attention like any word."""
    return _average(_softmax(_scores(h_t, memory, W_a)), memory)


@wrong_answer("attention")
def mask_turned_round(h_t, memory, mask, W_a):
    """The mask is turned round: it is True where a position is real, and those are the ones that you leave out.
    (PyTorch has it the other way in some places.)"""
    return _average(_masked(_scores(h_t, memory, W_a), ~mask), memory)


@wrong_answer("attention")
def mask_times_scores(h_t, memory, mask, W_a):
    """The scores are multiplied by the mask, so that padding has the score 0. That is no small score: exp(0) is 1.
    A masked position needs a score far below all others."""
    return _average(_softmax(_scores(h_t, memory, W_a) * mask), memory)


@wrong_answer("attention")
def nan_where_nothing_is_real(h_t, memory, mask, W_a):
    """Where no position is real the result is NaN: all scores are minus infinity, so is their maximum, and their
    difference is no number. One such sentence, and the whole batch's gradient is NaN."""
    return _average(_softmax(np.where(mask, _scores(h_t, memory, W_a), -np.inf)), memory)


@wrong_answer("attention")
def even_where_nothing_is_real(h_t, memory, mask, W_a):
    """Where no position is real, all get the same weight: -1e9 everywhere is as good as 0 everywhere, since a
    softmax sees differences only. Multiply by the mask after the exponential as well."""
    return _average(_softmax(np.where(mask, _scores(h_t, memory, W_a), -1e9)), memory)


@wrong_answer("attention")
def no_maximum_subtracted(h_t, memory, mask, W_a):
    """Large scores overflow: exp(1000) is infinite. Subtract each sentence's largest score first; the weights stay
    the same."""
    e = np.exp(_scores(h_t, memory, W_a)) * mask
    total = e.sum(axis=0)
    return _average(e / np.where(total > 0, total, 1), memory)


@wrong_answer("attention")
def divides_by_the_root(h_t, memory, mask, W_a):
    """Your scores are divided by the square root of their vectors' size. That is the transformer's attention;
    Luong's is not scaled, since W_a can learn any scale."""
    scores = _scores(h_t, memory, W_a) / memory.dtype.type(np.sqrt(memory.shape[2]))
    return _average(_masked(scores, mask), memory)


@wrong_answer("attention")
def plain_average(h_t, memory, mask, W_a):
    """The weights are right, but the context is the plain average of the memory: it must be weighted by them."""
    weights = _masked(_scores(h_t, memory, W_a), mask)
    count = np.maximum(mask.sum(axis=0), 1).astype(memory.dtype)
    return (memory * mask[:, :, None]).sum(axis=0) / count[:, None], weights


@wrong_answer("attention")
def weights_with_the_batch_first(h_t, memory, mask, W_a):
    """The weights have the batch first. Memory and mask have time first, and so should they: (S, N)."""
    context, weights = _average(_masked(_scores(h_t, memory, W_a), mask), memory)
    return context, weights.T


@wrong_answer("attention")
def returns_the_scores(h_t, memory, mask, W_a):
    """You return the scores where the weights are asked for: they do not add to 1, and nobody can read them off a
    heat map."""
    scores = _scores(h_t, memory, W_a)
    return _average(_masked(scores, mask), memory)[0], np.where(mask, scores, 0)


# ── 6.8 sequence_loss ───────────────────────────────────────────────────────────────────────────────────────────────


def _log_p(logits):
    z = logits - logits.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _losses(logits, targets, smoothing):
    """The smoothed loss at every position, (T, N)."""
    log_p = _log_p(logits)
    right = np.take_along_axis(log_p, targets[:, :, None], axis=2)[:, :, 0]
    return -((1 - smoothing) * right + smoothing * log_p.mean(axis=2))


@wrong_answer("sequence_loss")
def padding_counted(logits, targets, mask, smoothing):
    """Padding is counted: you average over all positions, and a batch of short sentences is mostly padding. The
    model soon knows that <pad> is followed by <pad>, and the loss looks splendid."""
    return float(_losses(logits, targets, smoothing).mean())


@wrong_answer("sequence_loss")
def divides_by_all_positions(logits, targets, mask, smoothing):
    """The sum is over real tokens, but you divide by all T · N positions: the more padding, the smaller the
    loss."""
    return float((_losses(logits, targets, smoothing) * mask).sum() / mask.size)


@wrong_answer("sequence_loss")
def smoothing_over_padding(logits, targets, mask, smoothing):
    """The smoothing term is averaged over padding as well, while the other term is masked: the model is asked to
    be unsure of what it is never asked."""
    if not mask.any():
        return 0.0
    log_p = _log_p(logits)
    right = np.take_along_axis(log_p, targets[:, :, None], axis=2)[:, :, 0]
    return float(-((1 - smoothing) * right[mask].mean() + smoothing * log_p.mean()))


@wrong_answer("sequence_loss")
def mean_of_means(logits, targets, mask, smoothing):
    """It is a mean of means: each sentence is averaged first, then the sentences, so that a token in a sentence of
    two counts ten times one in a sentence of twenty. Add up all real tokens of the batch, and divide once."""
    losses, count = _losses(logits, targets, smoothing) * mask, mask.sum(axis=0)
    means = losses.sum(axis=0)[count > 0] / count[count > 0]
    return float(means.mean()) if len(means) else 0.0


@wrong_answer("sequence_loss")
def mean_over_sentences(logits, targets, mask, smoothing):
    """You divide by the number of sentences: the loss of a batch of long sentences is larger, and a learning rate
    that fits it is too small for the others. Divide by the number of real tokens."""
    return float((_losses(logits, targets, smoothing) * mask).sum() / mask.shape[1])


@wrong_answer("sequence_loss")
def sum_over_tokens(logits, targets, mask, smoothing):
    """You return the sum over all tokens; asked for is the mean."""
    return float((_losses(logits, targets, smoothing) * mask).sum())


@wrong_answer("sequence_loss")
def no_smoothing(logits, targets, mask, smoothing):
    """The smoothing is not there: whatever it is set to, your loss is the plain cross-entropy."""
    return float(_losses(logits, targets, 0.0)[mask].mean()) if mask.any() else 0.0


@wrong_answer("sequence_loss")
def smoothing_added_on_top(logits, targets, mask, smoothing):
    """The right token keeps its whole share and the smoothing is added on top, so that the shares add to more than
    1. What is spread over all tokens must be taken from the right one."""
    if not mask.any():
        return 0.0
    log_p = _log_p(logits)[mask]
    return float(-(log_p[np.arange(len(log_p)), targets[mask]] + smoothing * log_p.mean(axis=1)).mean())


@wrong_answer("sequence_loss")
def smoothing_summed_over_the_vocabulary(logits, targets, mask, smoothing):
    """Every token gets the share `smoothing`, all V of them: together that is far more than 1. It is spread over
    them, smoothing / V each."""
    if not mask.any():
        return 0.0
    log_p = _log_p(logits)[mask]
    right = log_p[np.arange(len(log_p)), targets[mask]]
    return float(-((1 - smoothing) * right + smoothing * log_p.sum(axis=1)).mean())


@wrong_answer("sequence_loss")
def smoothing_over_the_others_only(logits, targets, mask, smoothing):
    """You spread the smoothing over the V - 1 wrong tokens. There are papers that do; here, as in PyTorch, all V
    get their part, the right one too."""
    if not mask.any():
        return 0.0
    log_p = _log_p(logits)[mask]
    right = log_p[np.arange(len(log_p)), targets[mask]]
    others = (log_p.sum(axis=1) - right) / max(log_p.shape[1] - 1, 1)
    return float(-((1 - smoothing) * right + smoothing * others).mean())


@wrong_answer("sequence_loss")
def no_maximum_subtracted_in_the_loss(logits, targets, mask, smoothing):
    """Large logits overflow: the exponential of ten thousand is infinite, and the loss infinite or NaN. Subtract
    each position's maximum first."""
    if not mask.any():
        return 0.0
    z = logits[mask]
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    right = log_p[np.arange(len(log_p)), targets[mask]]
    return float(-((1 - smoothing) * right + smoothing * log_p.mean(axis=1)).mean())


@wrong_answer("sequence_loss")
def logarithm_of_the_softmax(logits, targets, mask, smoothing):
    """The logarithm is taken of finished probabilities. One that is below 1e-308 has rounded to 0 by then, and its
    logarithm is minus infinity; with smoothing every token's logarithm is in the loss. Take scores minus the
    logarithm of the sum."""
    if not mask.any():
        return 0.0
    log_p = np.log(_softmax(logits[mask], axis=1))
    right = log_p[np.arange(len(log_p)), targets[mask]]
    return float(-((1 - smoothing) * right + smoothing * log_p.mean(axis=1)).mean())


@wrong_answer("sequence_loss")
def nan_without_tokens(logits, targets, mask, smoothing):
    """Where no position is real you divide 0 by 0. The loss of nothing is 0.0."""
    return float(_losses(logits, targets, smoothing)[mask].mean())


# ── 6.9 beam_search ─────────────────────────────────────────────────────────────────────────────────────────────────


def _search(
    step,
    state,
    beam,
    max_length,
    rank,
    extends_finished=False,
    makes_room=False,
    stays_wide=False,
    moves_states=True,
    stops_early=False,
    keeps_live=True,
):
    """Beam search with one rule broken. rank(total, tokens) is what finished hypotheses are compared by."""
    live, sums, finished = [[]], np.zeros(1), []
    for _ in range(max_length):
        log_p, new = step(np.array([t[-1] if t else 1 for t in live]), state)
        V = log_p.shape[1]
        totals = (sums[:, None] + log_p).ravel()
        best = np.argsort(-totals, kind="stable")
        if makes_room:  # finished ones leave the beam as wide as it was
            ends = [i for i in best[: 2 * beam] if i % V == 2]
            best = np.array([*ends, *[i for i in best if i % V != 2][:beam]])
        else:
            best = best[: beam if stays_wide else beam - len(finished)]
        said = [(live[i // V] + [int(i % V)], totals[i]) for i in best]
        finished += [(t, total) for t, total in said if t[-1] == 2 and not extends_finished]
        keep = best if extends_finished else best[best % V != 2]
        live = [live[i // V] + [int(i % V)] for i in keep]
        rows = keep // V if moves_states else np.arange(len(keep)) % len(new[0])
        sums, state = totals[keep], tuple(part[rows] for part in new)
        if not live or (stops_early and finished):
            break
    ends = finished if finished and not keeps_live else [*finished, *zip(live, sums, strict=True)]
    score, tokens = max(((rank(total, t), t) for t, total in ends), key=lambda pair: pair[0])
    return tokens, float(score)


def _without_eos(tokens):
    return tokens[:-1] if tokens[-1] == 2 else tokens


def _normed(alpha):
    return lambda total, tokens: total / len(tokens) ** alpha


@wrong_answer("beam_search")
def no_length_norm(step, state, beam, max_length, alpha):
    """There is no length norm: every token makes the sum smaller, so the shortest translation wins, and the wider
    the beam the shorter. Divide the sum by length ** alpha."""
    tokens, score = _search(step, state, beam, max_length, lambda total, tokens: total)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def length_without_eos(step, state, beam, max_length, alpha):
    """The length that you divide by leaves <eos> out. Its log-probability is in the sum, so it is a token that
    counts."""
    rank = lambda total, tokens: total / max(len(_without_eos(tokens)), 1) ** alpha  # noqa: E731
    tokens, score = _search(step, state, beam, max_length, rank)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def length_norm_only_in_the_result(step, state, beam, max_length, alpha):
    """The hypothesis is chosen by its plain sum, and only the score that you return is divided by the length.
    Compare divided scores."""
    tokens, total = _search(step, state, beam, max_length, lambda total, tokens: total)
    return _without_eos(tokens), total / len(tokens) ** alpha


@wrong_answer("beam_search")
def mean_whatever_alpha(step, state, beam, max_length, alpha):
    """You always divide by the length itself, whatever alpha is: 0 should mean no norm at all, and 0.6 a gentle
    one."""
    tokens, score = _search(step, state, beam, max_length, _normed(1.0))
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def norm_with_five_added(step, state, beam, max_length, alpha):
    """You divide by ((5 + length) / 6) ** alpha. That is the norm of a well-known system, gentler on short
    sentences; here it is length ** alpha."""
    rank = lambda total, tokens: total / ((5 + len(tokens)) / 6) ** alpha  # noqa: E731
    tokens, score = _search(step, state, beam, max_length, rank)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def extends_finished_ones(step, state, beam, max_length, alpha):
    """Finished hypotheses are continued: after <eos> the decoder goes on talking, and that is scored. Put a
    hypothesis that ends aside."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha), extends_finished=True)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def finished_ones_make_room(step, state, beam, max_length, alpha):
    """A finished hypothesis leaves its place to the next best, so with beam 1 you go on past the <eos> at which
    greedy search ends. Here the finished ones take up places of the beam."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha), makes_room=True)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def beam_is_wide_again_after_an_end(step, state, beam, max_length, alpha):
    """At the step after an end your beam is as wide again as before. A finished hypothesis keeps its place: what
    is kept are `beam` minus all that have finished so far."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha), stays_wide=True)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def states_stay_behind(step, state, beam, max_length, alpha):
    """The states are not moved with their hypotheses: row 0 goes on with the state of whoever was row 0 before.
    Take the rows of `state` that the kept continuations came from."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha), moves_states=False)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def greedy_whatever_the_beam(step, state, beam, max_length, alpha):
    """What you find is what greedy search finds, whatever the beam: are all its hypotheses the same one? If you
    begin with `beam` copies of the empty hypothesis, the copies' best continuation is best for all of them. Begin
    with one."""
    tokens, score = _search(step, state, 1, max_length, _normed(alpha))
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def stops_at_the_first_end(step, state, beam, max_length, alpha):
    """You stop as soon as one hypothesis is finished. The others may have better scores in the end: go on until
    none is live."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha), stops_early=True, keeps_live=False)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def drops_those_that_are_not_finished(step, state, beam, max_length, alpha):
    """Hypotheses that are still live at max_length are dropped. They count as finished then, and one of them may
    have the best score."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha), keeps_live=False)
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def returns_eos_too(step, state, beam, max_length, alpha):
    """Your tokens end with <eos>; it counts in the length, but is not part of the translation that you return."""
    return _search(step, state, beam, max_length, _normed(alpha))


@wrong_answer("beam_search")
def returns_bos_too(step, state, beam, max_length, alpha):
    """Your tokens begin with <bos>, which the decoder reads and never says."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha))
    return [1, *_without_eos(tokens)], score


@wrong_answer("beam_search")
def one_token_too_many(step, state, beam, max_length, alpha):
    """Your hypotheses may have one token more than max_length, which counts all tokens, <eos> among them."""
    tokens, score = _search(step, state, beam, max_length + 1, _normed(alpha))
    return _without_eos(tokens), score


@wrong_answer("beam_search")
def last_sum_as_the_score(step, state, beam, max_length, alpha):
    """The right translation comes back with the wrong score: it is the sum of the log-probabilities, not yet
    divided by the length to the power of alpha."""
    tokens, score = _search(step, state, beam, max_length, _normed(alpha))
    return _without_eos(tokens), score * len(tokens) ** alpha


# ── 6.10 corpus_bleu ────────────────────────────────────────────────────────────────────────────────────────────────


def _without_pad(sentences):
    return [[t for t in s if t != "<pad>"] for s in sentences]


def _ngrams(tokens, n):
    return Counter(tuple(tokens[k : k + n]) for k in range(len(tokens) - n + 1))


def _statistics(hypotheses, references, clip=True):
    matches, totals = np.zeros(4), np.zeros(4)
    for h, r in zip(hypotheses, references, strict=True):
        for n in range(1, 5):
            ours, theirs = _ngrams(h, n), _ngrams(r, n)
            matches[n - 1] += sum((min(k, theirs[g]) if clip else k) for g, k in ours.items() if g in theirs)
            totals[n - 1] += sum(ours.values())
    return matches, totals, sum(map(len, hypotheses)), sum(map(len, references))


def _smoothed(matches):
    matches, without = matches.copy(), matches == 0
    matches[without] = 0.5 ** np.arange(1, 1 + without.sum())
    return matches


def _precision(matches, totals, orders=4):
    if matches.sum() == 0 or totals[:orders].min() == 0:
        return 0.0
    return np.exp(np.log(_smoothed(matches)[:orders] / totals[:orders]).mean())


def _penalty(c, r):
    return min(1.0, np.exp(1 - r / c)) if c else 0.0


def _bleu(hypotheses, references, clip=True, orders=4):
    matches, totals, c, r = _statistics(hypotheses, references, clip)
    return float(100 * _penalty(c, r) * _precision(matches, totals, orders))


@wrong_answer("corpus_bleu")
def averages_sentence_scores(hypotheses, references):
    """You average the scores of the sentences. A short sentence without a match of four tokens then pulls as hard
    as a long one that is right. Add up matches and n-grams over the corpus, and divide once."""
    h, r = _without_pad(hypotheses), _without_pad(references)
    return float(np.mean([_bleu([one], [other]) for one, other in zip(h, r, strict=True)]))


@wrong_answer("corpus_bleu")
def counts_not_clipped(hypotheses, references):
    """Counts are not clipped: whoever says one right word over and over has a precision of 1. An n-gram matches at
    most as often as the reference has it."""
    return _bleu(_without_pad(hypotheses), _without_pad(references), clip=False)


@wrong_answer("corpus_bleu")
def clips_over_the_corpus(hypotheses, references):
    """You clip over the whole corpus: a word in one translation is excused by a reference of another sentence.
    Take the smaller count sentence by sentence, then add."""
    h, r = _without_pad(hypotheses), _without_pad(references)
    matches, totals = np.zeros(4), np.zeros(4)
    for n in range(1, 5):
        ours, theirs = Counter(), Counter()
        for one, other in zip(h, r, strict=True):
            ours, theirs = ours + _ngrams(one, n), theirs + _ngrams(other, n)
        matches[n - 1], totals[n - 1] = (ours & theirs).total(), ours.total()
    return float(100 * _penalty(sum(map(len, h)), sum(map(len, r))) * _precision(matches, totals))


@wrong_answer("corpus_bleu")
def penalty_of_each_sentence(hypotheses, references):
    """The brevity penalty is taken for each sentence and averaged. A sentence that is a little short is no fault
    if another is a little long: compare the lengths of the whole corpus."""
    h, r = _without_pad(hypotheses), _without_pad(references)
    matches, totals, _, _ = _statistics(h, r)
    penalties = [_penalty(len(one), len(other)) for one, other in zip(h, r, strict=True)]
    return float(100 * np.mean(penalties) * _precision(matches, totals))


@wrong_answer("corpus_bleu")
def no_brevity_penalty(hypotheses, references):
    """There is no brevity penalty: whoever says only the three words that are certain gets a splendid
    precision."""
    matches, totals, _, _ = _statistics(_without_pad(hypotheses), _without_pad(references))
    return float(100 * _precision(matches, totals))


@wrong_answer("corpus_bleu")
def penalty_turned_round(hypotheses, references):
    """The penalty is turned round: it is long translations that you punish. In exp(1 - r / c) the hypotheses'
    length c stands below."""
    matches, totals, c, r = _statistics(_without_pad(hypotheses), _without_pad(references))
    return float(100 * (_penalty(r, c) if c else 0.0) * _precision(matches, totals))


@wrong_answer("corpus_bleu")
def space_tokens_for_chinese(hypotheses, references):
    """The tokens are joined and split at blanks again, as most BLEU scripts do with a text. Chinese has no blanks,
    so a sentence becomes one token, which is right or wrong as a whole. Use the tokens that you are given."""
    h, r = _without_pad(hypotheses), _without_pad(references)
    return _bleu(["".join(s).split() for s in h], ["".join(s).split() for s in r])


@wrong_answer("corpus_bleu")
def padding_scored(hypotheses, references):
    """Padding is scored: <pad> behind a translation matches <pad> behind its reference, over and over, and nothing
    in the whole corpus is translated so well. Leave it out before you count."""
    return _bleu(hypotheses, references)


@wrong_answer("corpus_bleu")
def padding_scored_in_the_hypotheses(hypotheses, references):
    """<pad> is left out of the references but not of the hypotheses: they look longer than they are, and less
    precise."""
    return _bleu(hypotheses, _without_pad(references))


@wrong_answer("corpus_bleu")
def arguments_swapped(hypotheses, references):
    """Hypotheses and references are swapped: you measure how much of the reference was said, and punish references
    that are short. Precision is of the hypotheses."""
    return _bleu(_without_pad(references), _without_pad(hypotheses))


@wrong_answer("corpus_bleu")
def zero_without_a_match_of_four(hypotheses, references):
    """Your score is 0 as soon as one order has no match. An order without a match counts half a match, the next
    such order a quarter."""
    h, r = _without_pad(hypotheses), _without_pad(references)
    return _bleu(h, r) if _statistics(h, r)[0].min() > 0 else 0.0


@wrong_answer("corpus_bleu")
def half_a_match_every_time(hypotheses, references):
    """Every order without a match counts half a match with you; the second such order counts a quarter, the third
    an eighth."""
    matches, totals, c, r = _statistics(_without_pad(hypotheses), _without_pad(references))
    if matches.sum() == 0:
        return 0.0
    return float(100 * _penalty(c, r) * _precision(np.where(matches == 0, 0.5, matches), totals))


@wrong_answer("corpus_bleu")
def adds_one_to_all_counts(hypotheses, references):
    """You add one to the counts of the higher orders. That is another smoothing, made for single sentences; it
    flatters every score a little."""
    matches, totals, c, r = _statistics(_without_pad(hypotheses), _without_pad(references))
    if matches.sum() == 0:
        return 0.0
    more = np.array([0, 1, 1, 1])
    return float(100 * _penalty(c, r) * _precision(matches + more, totals + more))


@wrong_answer("corpus_bleu")
def arithmetic_mean(hypotheses, references):
    """You take the arithmetic mean of the four precisions; BLEU takes the geometric one, in which one bad order
    pulls everything down."""
    matches, totals, c, r = _statistics(_without_pad(hypotheses), _without_pad(references))
    if matches.sum() == 0 or totals.min() == 0:
        return 0.0
    return float(100 * _penalty(c, r) * (_smoothed(matches) / totals).mean())


@wrong_answer("corpus_bleu")
def from_zero_to_one(hypotheses, references):
    """Your score goes from 0 to 1; asked for is 0 to 100, as sacreBLEU prints it."""
    return _bleu(_without_pad(hypotheses), _without_pad(references)) / 100


@wrong_answer("corpus_bleu")
def three_orders(hypotheses, references):
    """You stop at three tokens in a row; BLEU goes to four. (range(1, 4) is 1, 2, 3.)"""
    return _bleu(_without_pad(hypotheses), _without_pad(references), orders=3)


@wrong_answer("corpus_bleu")
def single_tokens_only(hypotheses, references):
    """You count single tokens only, so a translation with all its words in the wrong order scores 100."""
    return _bleu(_without_pad(hypotheses), _without_pad(references), orders=1)
