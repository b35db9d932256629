"""Chapter 6: right answers in other styles than the reference's. Each must get full marks."""

import collections
import heapq
import itertools
import math
import re
import unicodedata

import numpy as np

from lstm_ref.functions import embed, masked_cross_entropy, sigmoid
from lstm_ref.lstm import cell_update, hidden_output, lstm_forward, lstm_step, split_gates
from lstm_ref.lstm_layers import bidirectional, lstm_forward_lengths
from lstm_ref.seq2seq.tokens import tokenise

# ── 6.1 tokenise ────────────────────────────────────────────────────────────────────────────────────────────────────


def tokenise__character_by_character(sentence, language):
    tokens, word = [], ""
    text = unicodedata.normalize("NFKC", sentence)
    if language == "zh":
        wide = {",": "，", "!": "！", "?": "？", ":": "：", ";": "；", "(": "（", ")": "）"}
        for character in text:
            if character.isprintable() and character != " ":
                tokens.append(wide.get(character, character))
        return tokens
    text = text.lower().replace("\u2019", "'") + " "
    for before, character, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if character.isalnum() or (character == "'" and before.isalnum() and after.isalnum()):
            word += character
            continue
        if word:
            tokens.append(word)
        word = ""
        if not character.isspace():
            tokens.append(character)
    return tokens


def tokenise__marks_set_apart(sentence, language):
    text = unicodedata.normalize("NFKC", sentence)
    if language == "zh":
        text = "".join(c for c in text if c.isprintable())
        for narrow, wide in zip(",!?:;()", "，！？：；（）", strict=True):
            text = text.replace(narrow, wide)
        return list("".join(text.split()))
    text = re.sub("’", "'", text.lower())
    text = re.sub(r"(?<=[^\W_])'(?=[^\W_])", "\ue000", text)  # hidden while the marks are set apart
    text = re.sub(r"([^\w\s\ue000]|_)", r" \1 ", text)
    return [token.replace("\ue000", "'") for token in text.split()]


def tokenise__finditer(sentence, language):
    text = unicodedata.normalize("NFKC", sentence)
    if language == "en":
        pattern = re.compile(r"(?P<word>[^\W_]+('[^\W_]+)*)|(?P<mark>\S)")
        return [match.group(0) for match in pattern.finditer(text.lower().translate({0x2019: "'"}))]
    shift = {ord(c): ord(c) + 0xFEE0 for c in ",!?:;()"}
    return [c for c in text.translate(shift) if unicodedata.category(c)[0] not in "ZC"]


# ── 6.2 build_vocab ─────────────────────────────────────────────────────────────────────────────────────────────────


def build_vocab__two_stable_sorts(parts, min_count):
    counts = {}
    for sentence in parts["train"]:
        for token in sentence:
            counts[token] = counts.get(token, 0) + 1
    vocabulary = sorted(counts)
    vocabulary.sort(key=counts.get, reverse=True)
    specials = ["<pad>", "<bos>", "<eos>", "<unk>"]
    return specials + [t for t in vocabulary if counts[t] >= min_count and t not in specials]


def build_vocab__a_heap(parts, min_count):
    counts = collections.Counter()
    for sentence in parts["train"]:
        counts.update(sentence)
    specials = ["<pad>", "<bos>", "<eos>", "<unk>"]
    for special in specials:
        counts.pop(special, None)
    heap = [(-n, token) for token, n in counts.items() if n >= min_count]
    heapq.heapify(heap)
    return specials + [heapq.heappop(heap)[1] for _ in range(len(heap))]


def build_vocab__by_count_in_groups(parts, min_count):
    everything = sorted(itertools.chain.from_iterable(parts["train"]))
    runs = [(len(list(run)), token) for token, run in itertools.groupby(everything)]
    vocabulary = ["<pad>", "<bos>", "<eos>", "<unk>"]
    for count in range(max([n for n, _ in runs], default=0), min_count - 1, -1):
        vocabulary.extend(token for n, token in runs if n == count and token not in vocabulary[:4])
    return vocabulary


# ── 6.3 group_split ─────────────────────────────────────────────────────────────────────────────────────────────────


def _key(sentence, language):
    return language + ":" + "".join(c for token in tokenise(sentence, language) for c in token if c.isalnum())


def group_split__search_over_a_graph(pairs, sizes, rng):
    of_key = collections.defaultdict(list)
    keys = [(_key(english, "en"), _key(chinese, "zh")) for english, chinese in pairs]
    for i, both in enumerate(keys):
        for key in both:
            of_key[key].append(i)
    groups, seen = [], set()
    for i in range(len(pairs)):
        if i in seen:
            continue
        seen.add(i)
        group, waiting = [], [i]
        while waiting:
            j = waiting.pop()
            group.append(j)
            for key in keys[j]:
                for other in of_key.pop(key, []):
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        groups.append(group)
    parts = [[] for _ in sizes]
    train = []
    for k in rng.permutation(len(groups)):
        for part, size in zip(parts, sizes, strict=True):
            if len(part) + len(groups[k]) <= size:
                part += groups[k]
                break
        else:
            train += groups[k]
    return [sorted(train)] + [sorted(part) for part in parts]


def group_split__labels_until_nothing_changes(pairs, sizes, rng):
    label = list(range(len(pairs)))
    while True:
        lowest = {}
        for i, (english, chinese) in enumerate(pairs):
            for key in (_key(english, "en"), _key(chinese, "zh")):
                lowest[key] = min(lowest.get(key, i), label[i])
        new = [min(lowest[_key(english, "en")], lowest[_key(chinese, "zh")]) for english, chinese in pairs]
        if new == label:
            break
        label = new
    first = sorted(set(label))
    side = {}
    room = list(sizes)
    for k in rng.permutation(len(first)):
        size = label.count(first[k])
        fitting = [part for part, left in enumerate(room) if size <= left]
        side[first[k]] = fitting[0] + 1 if fitting else 0
        if fitting:
            room[fitting[0]] -= size
    return [[i for i in range(len(pairs)) if side[label[i]] == part] for part in range(len(sizes) + 1)]


def group_split__sets_that_merge(pairs, sizes, rng):
    groups = []
    for i, (english, chinese) in enumerate(pairs):
        keys, members = {_key(english, "en"), _key(chinese, "zh")}, [i]
        apart = []
        for group in groups:
            if group[0] & keys:
                keys, members = keys | group[0], members + group[1]
            else:
                apart.append(group)
        groups = [*apart, (keys, members)]
    groups = sorted(sorted(members) for _, members in groups)
    parts = [[] for _ in range(len(sizes) + 1)]
    for k in rng.permutation(len(groups)):
        p = 1
        while p <= len(sizes) and len(parts[p]) + len(groups[k]) > sizes[p - 1]:
            p += 1
        parts[p if p <= len(sizes) else 0].extend(groups[k])
    return [sorted(part) for part in parts]


# ── 6.4 collate ─────────────────────────────────────────────────────────────────────────────────────────────────────


def collate__zip_longest(sources, targets):
    N = len(sources)

    def padded(lists):
        rows = list(itertools.zip_longest(*lists, fillvalue=0))
        return np.array(rows, dtype=np.int64).reshape(len(rows), N)

    tgt_in, tgt_out = [[1] + list(t) for t in targets], [list(t) + [2] for t in targets]
    return padded(sources), np.array(list(map(len, sources)), dtype=np.int64), padded(tgt_in), padded(tgt_out)


def collate__mask_and_fill(sources, targets):
    lengths = np.array([len(s) for s in sources], dtype=np.int64)
    lengths_t = np.array([len(t) for t in targets], dtype=np.int64)
    src = np.zeros((len(sources), lengths.max()), dtype=np.int64)
    src[np.arange(src.shape[1]) < lengths[:, None]] = [i for s in sources for i in s]
    both = np.zeros((len(targets), lengths_t.max() + 2), dtype=np.int64)
    both[:, 0] = 1
    inside = (np.arange(both.shape[1]) >= 1) & (np.arange(both.shape[1]) <= lengths_t[:, None])
    both[inside] = [i for t in targets for i in t]
    tgt_in = both[:, :-1].T.copy()
    both[np.arange(len(targets)), lengths_t + 1] = 2
    return src.T.copy(), lengths, tgt_in, both[:, 1:].T.copy()


def collate__pad_each_and_stack(sources, targets):
    S, T = max(len(s) for s in sources), max(len(t) for t in targets) + 1
    src = np.stack([np.array(s + [0] * (S - len(s)), dtype=np.int64) for s in sources], axis=1)
    tgt_in = np.stack([np.array([1] + t + [0] * (T - 1 - len(t)), dtype=np.int64) for t in targets], axis=1)
    tgt_out = np.stack([np.array(t + [2] + [0] * (T - 1 - len(t)), dtype=np.int64) for t in targets], axis=1)
    return src, np.fromiter((len(s) for s in sources), dtype=np.int64), tgt_in, tgt_out


# ── 6.5 encode ──────────────────────────────────────────────────────────────────────────────────────────────────────


def encode__halves_of_the_bridge(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    H, N = W_hh.shape[2], tokens.shape[1]
    nothing = np.zeros((2, N, H), W_hh.dtype)
    memory, (h_f, h_b), (c_f, c_b) = bidirectional(W_e[tokens], lengths, nothing, nothing, W_ih, W_hh, b)
    h_0 = np.tanh(h_f @ W_h[:, :H].T + h_b @ W_h[:, H:].T + b_h)
    c_0 = c_f @ W_c[:, :H].T + c_b @ W_c[:, H:].T + b_c
    return memory, h_0, c_0


def encode__einsum(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    K, N, H = len(W_h), tokens.shape[1], W_hh.shape[2]
    start = np.zeros((2, N, H), dtype=W_e.dtype)
    memory, h, c = bidirectional(embed(tokens, W_e), lengths, start, start, W_ih, W_hh, b)
    h_0 = np.einsum("dnh,kdh->nk", h, W_h.reshape(K, 2, H)) + b_h
    c_0 = np.einsum("dnh,kdh->nk", c, W_c.reshape(K, 2, H)) + b_c
    return memory, np.tanh(h_0), c_0


def encode__sentence_by_sentence(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    S, N, H = len(tokens), tokens.shape[1], W_hh.shape[2]
    memory = np.zeros((S, N, 2 * H), W_hh.dtype)
    h_0, c_0 = np.empty((N, len(b_h)), W_hh.dtype), np.empty((N, len(b_c)), W_hh.dtype)
    zero = np.zeros((1, H), W_hh.dtype)
    for n, length in enumerate(lengths):
        x = W_e[tokens[:length, n]][:, None]
        hs_f, h_f, c_f, _ = lstm_forward(x, zero, zero, W_ih[0], W_hh[0], b[0])
        hs_b, h_b, c_b, _ = lstm_forward(x[::-1], zero, zero, W_ih[1], W_hh[1], b[1])
        memory[:length, n] = np.concatenate([hs_f, hs_b[::-1]], axis=2)[:, 0]
        h_0[n] = np.tanh(W_h @ np.hstack([h_f[0], h_b[0]]) + b_h)
        c_0[n] = W_c @ np.hstack([c_f[0], c_b[0]]) + b_c
    return memory, h_0, c_0


def encode__moved_axis(tokens, lengths, W_e, W_ih, W_hh, b, W_h, b_h, W_c, b_c):
    N, zero = tokens.shape[1], np.zeros((tokens.shape[1], W_hh.shape[2]), W_hh.dtype)
    x = embed(tokens, W_e)
    _, *forwards = lstm_forward_lengths(x, lengths, zero, zero, W_ih[0], W_hh[0], b[0])
    memory, h, c = bidirectional(x, lengths, np.stack([zero, zero]), np.stack([zero, zero]), W_ih, W_hh, b)
    h, c = np.stack([forwards[0], h[1]]), np.stack([forwards[1], c[1]])
    h, c = h.transpose(1, 0, 2).reshape(N, -1), c.swapaxes(0, 1).reshape(N, -1)
    return memory, np.tanh((W_h @ h.T).T + b_h), (W_c @ c.T).T + b_c


# ── 6.6 decode_step ─────────────────────────────────────────────────────────────────────────────────────────────────


def decode_step__embed(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    x_t = embed(previous[None], W_e)[0]
    h_t, c_t, _ = lstm_step(x_t, h_prev, c_prev, W_ih, W_hh, b)
    return np.einsum("nk,vk->nv", h_t, W_o) + b_o, h_t, c_t


def decode_step__gates_by_hand(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    z_i, z_f, z_g, z_o = split_gates(np.take(W_e, previous, axis=0) @ W_ih.T + h_prev @ W_hh.T + b)
    c = cell_update(c_prev, sigmoid(z_i), sigmoid(z_f), np.tanh(z_g))
    h = hidden_output(sigmoid(z_o), c)
    return (W_o @ h.T).T + b_o, h, c


def decode_step__row_by_row(previous, h_prev, c_prev, W_e, W_ih, W_hh, b, W_o, b_o):
    rows = []
    for token, h, c in zip(previous, h_prev, c_prev, strict=True):
        h, c, _ = lstm_step(W_e[token][None], h[None], c[None], W_ih, W_hh, b)
        rows.append((W_o @ h[0] + b_o, h[0], c[0]))
    return tuple(np.stack(column) for column in zip(*rows, strict=True))


# ── 6.7 attention ───────────────────────────────────────────────────────────────────────────────────────────────────


def attention__einsum(h_t, memory, mask, W_a):
    scores = np.einsum("nk,km,snm->sn", h_t, W_a, memory)
    lowest = np.finfo(scores.dtype).min
    top = np.where(mask, scores, lowest).max(axis=0)
    e = np.zeros_like(scores)
    np.exp(scores - top, out=e, where=mask)
    weights = np.divide(e, e.sum(axis=0), out=np.zeros_like(e), where=mask)
    return np.einsum("sn,snm->nm", weights, memory), weights


def attention__sentence_by_sentence(h_t, memory, mask, W_a):
    S, N, M = memory.shape
    context, weights = np.zeros((N, M), memory.dtype), np.zeros((S, N), memory.dtype)
    for n in range(N):
        real = mask[:, n]
        if real.any():
            rows = memory[real, n]
            scores = rows @ (W_a.T @ h_t[n])
            e = np.exp(scores - scores.max())
            weights[real, n] = e / e.sum()
            context[n] = weights[real, n] @ rows
    return context, weights


def attention__batch_first_and_minus_infinity(h_t, memory, mask, W_a):
    memory_n, mask_n = memory.transpose(1, 0, 2), mask.T  # (N, S, M) and (N, S)
    scores = (memory_n @ (h_t @ W_a)[:, :, None])[:, :, 0]
    scores = np.where(mask_n, scores, scores.dtype.type(-np.inf))
    top = scores.max(axis=1, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))
    total = e.sum(axis=1, keepdims=True)
    total[total == 0] = 1
    weights = e / total
    return (weights[:, None] @ memory_n)[:, 0], weights.T


# ── 6.8 sequence_loss ───────────────────────────────────────────────────────────────────────────────────────────────


def sequence_loss__shares_written_out(logits, targets, mask, smoothing):
    R, V = int(mask.sum()), logits.shape[2]
    shares = np.full((R, V), smoothing / V)
    shares[np.arange(R), targets[mask]] += 1 - smoothing
    z = logits[mask].astype(np.float64)
    m = z.max(axis=1, keepdims=True)
    log_p = z - m - np.log(np.exp(z - m).sum(axis=1, keepdims=True))
    return -float((shares * log_p).sum()) / max(R, 1)


def sequence_loss__two_cross_entropies(logits, targets, mask, smoothing):
    V = logits.shape[2]
    even = sum(masked_cross_entropy(logits, np.full_like(targets, v), mask) for v in range(V)) / V
    return (1 - smoothing) * masked_cross_entropy(logits, targets, mask) + smoothing * even


def sequence_loss__logaddexp(logits, targets, mask, smoothing):
    if not mask.any():
        return 0.0
    log_Z = np.logaddexp.reduce(logits, axis=2)
    right = np.take_along_axis(logits, targets[..., None], axis=2)[..., 0]
    losses = log_Z - (1 - smoothing) * right - smoothing * logits.mean(axis=2)
    return float(np.where(mask, losses, 0).sum() / mask.sum())


def sequence_loss__token_by_token(logits, targets, mask, smoothing):
    total, count = 0.0, 0
    for t, n in zip(*np.nonzero(mask), strict=True):
        z = [float(v) for v in logits[t, n]]
        top = max(z)
        log_sum = top + math.log(math.fsum(math.exp(v - top) for v in z))
        total += (1 - smoothing) * (log_sum - z[targets[t, n]]) + smoothing * (log_sum - math.fsum(z) / len(z))
        count += 1
    return total / count if count else 0.0


# ── 6.9 beam_search ─────────────────────────────────────────────────────────────────────────────────────────────────


def beam_search__one_hypothesis_at_a_time(step, state, beam, max_length, alpha):
    live, done = [([], 0.0, state)], []
    for _ in range(max_length):
        continued = []
        for tokens, total, own in live:
            log_p, new = step(np.array([tokens[-1] if tokens else 1]), own)
            continued += [(tokens + [v], total + float(log_p[0, v]), new) for v in range(log_p.shape[1])]
        continued.sort(key=lambda hypothesis: hypothesis[1], reverse=True)
        kept = continued[: beam - len(done)]
        done += [h for h in kept if h[0][-1] == 2]
        live = [h for h in kept if h[0][-1] != 2]
        if not live:
            break
    best = max(done + live, key=lambda h: h[1] / len(h[0]) ** alpha)
    return [v for v in best[0] if v != 2], best[1] / len(best[0]) ** alpha


def beam_search__arrays_of_tokens(step, state, beam, max_length, alpha):
    said, sums = np.ones((1, 1), dtype=np.int64), np.zeros(1)
    best_score, best = -np.inf, None
    places = beam
    for length in range(1, max_length + 1):
        log_p, state = step(said[:, -1], state)
        totals = sums[:, None] + log_p
        B, V = totals.shape
        places_taken = min(places, B * V)
        flat = np.argpartition(-totals, places_taken - 1, axis=None)[:places_taken]
        rows, tokens = np.unravel_index(flat, (B, V))
        sums = totals[rows, tokens]
        said = np.hstack([said[rows], tokens[:, None]])
        ended = (tokens == 2) | (length == max_length)
        for line, total in zip(said[ended], sums[ended], strict=True):
            if total / length**alpha > best_score:
                best_score, best = total / length**alpha, line[1:]
        places -= int((tokens == 2).sum())
        said, sums, state = said[~ended], sums[~ended], tuple(part[rows[~ended]] for part in state)
        if len(said) == 0:
            break
    return [int(v) for v in best if v != 2], float(best_score)


def beam_search__a_heap_and_records(step, state, beam, max_length, alpha):
    finished = []

    def finish(tokens, total):
        finished.append((total / len(tokens) ** alpha, tokens))

    live = [{"tokens": (), "total": 0.0, "row": 0}]
    for t in range(max_length):
        last = np.array([h["tokens"][-1] if h["tokens"] else 1 for h in live], dtype=np.int64)
        log_p, state = step(last, tuple(part[[h["row"] for h in live]] for part in state))
        ways = ((h["total"] + p, row, v) for row, h in enumerate(live) for v, p in enumerate(log_p[row].tolist()))
        kept, live_next = heapq.nlargest(beam - len(finished), ways), []
        for total, row, v in kept:
            tokens = (*live[row]["tokens"], v)
            if v == 2 or t == max_length - 1:
                finish(tokens, total)
            else:
                live_next.append({"tokens": tokens, "total": total, "row": row})
        live = live_next
        if not live:
            break
    score, tokens = max(finished)
    return [int(v) for v in tokens if v != 2], float(score)


# ── 6.10 corpus_bleu ────────────────────────────────────────────────────────────────────────────────────────────────


def corpus_bleu__plain_dictionaries(hypotheses, references):
    matches, totals, c, r = [0] * 5, [0] * 5, 0, 0
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        hypothesis = [t for t in hypothesis if t != "<pad>"]
        reference = [t for t in reference if t != "<pad>"]
        c, r = c + len(hypothesis), r + len(reference)
        for n in (1, 2, 3, 4):
            left = {}
            for k in range(len(reference) - n + 1):
                gram = tuple(reference[k : k + n])
                left[gram] = left.get(gram, 0) + 1
            for k in range(len(hypothesis) - n + 1):
                gram = tuple(hypothesis[k : k + n])
                totals[n] += 1
                if left.get(gram, 0) > 0:
                    left[gram] -= 1
                    matches[n] += 1
    if not any(matches):
        return 0.0
    logs, half = 0.0, 1.0
    for n in (1, 2, 3, 4):
        if totals[n] == 0:
            return 0.0
        if matches[n] == 0:
            half /= 2
        logs += math.log((matches[n] or half) / totals[n])
    penalty = 1.0 if c >= r else math.exp(1 - r / c)
    return 100 * penalty * math.exp(logs / 4)


def corpus_bleu__windows(hypotheses, references):
    h = [list(filter("<pad>".__ne__, s)) for s in hypotheses]
    r = [list(filter("<pad>".__ne__, s)) for s in references]
    precisions, missing = [], 0
    for n in range(1, 5):
        ours = [collections.Counter(zip(*[s[k:] for k in range(n)], strict=False)) for s in h]
        theirs = [collections.Counter(zip(*[s[k:] for k in range(n)], strict=False)) for s in r]
        total = sum(a.total() for a in ours)
        match = sum(min(count, b[gram]) for a, b in zip(ours, theirs, strict=True) for gram, count in a.items())
        if total == 0 or (n == 1 and match == 0):
            return 0.0
        missing += match == 0
        precisions.append((match or 2.0**-missing) / total)
    c, length = sum(map(len, h)), sum(map(len, r))
    return float(100 * np.exp(min(0.0, 1 - length / c)) * np.prod(precisions) ** 0.25)


def corpus_bleu__joined_strings(hypotheses, references):
    names, counts = {}, np.zeros((4, 2))

    def letter(token):
        return names.setdefault(token, chr(0xE000 + len(names)))

    def coded(sentences):
        return ["".join(letter(t) for t in s if t != "<pad>") for s in sentences]

    h, r = coded(hypotheses), coded(references)
    for one, other in zip(h, r, strict=True):
        for n in range(4):
            grams = [one[k : k + n + 1] for k in range(len(one) - n)]
            there = [other[k : k + n + 1] for k in range(len(other) - n)]
            counts[n] += sum(min(grams.count(g), there.count(g)) for g in set(grams)), len(grams)
    if counts[0, 0] == 0 or counts[:, 1].min() == 0:
        return 0.0
    smooth = 1.0
    for row in counts:
        if row[0] == 0:
            smooth /= 2
            row[0] = smooth
    c, length = len("".join(h)), len("".join(r))
    return float(100.0 * np.exp(min(1 - length / c, 0.0) + np.log(counts[:, 0] / counts[:, 1]).sum() / 4))
