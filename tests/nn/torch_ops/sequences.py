"""Embedding, recurrent layers with states given and left, and attention."""
import math

import torch
from torch.nn import functional as F

from .case import kept, weight


def add_cases(cases):
    add_embeddings(cases)
    for kind in ("lstm", "gru", "rnn"):
        add_recurrent(cases, kind, "", [4, 3], 5)
        add_recurrent(cases, kind, "all steps", [4, 3], 5, output="all")
        add_recurrent(cases, kind, "both ways", [3, 4], 3, bidirectional=True)
        add_recurrent(cases, kind, "two layers both ways", [3, 2], 4, layers=2, bidirectional=True, output="all")
        add_recurrent(cases, kind, "two layers of carried states", [3, 4], 3, layers=2, output="all", carryState=True)
        add_recurrent(cases, kind, "carried state, last step", [3, 4], 5, carryState=True)
        add_recurrent(cases, kind, "large", [3, 20], 36, batch=25, output="all", bidirectional=True)
    add_recurrent(cases, "rnn", "with relu", [4, 3], 5, output="all", activation="relu")
    add_recurrent(cases, "rnn", "with relu, carried state", [4, 3], 5, carryState=True, activation="relu")
    add_recurrent(cases, "lstm", "one step of one value", [1, 1], 1, batch=1)
    add_attention(cases)


def add_embeddings(cases):
    cases.add("embedding", [4], [{"type": "embedding", "vocabulary": 6, "units": 3}], [weight(6, 3)],
              lambda x, p, *_: F.embedding(x.long(), p[0]), given=[0, 5, 2, 2, 4, 2, 0, 1])
    cases.add("embedding of one number", [1], [{"type": "embedding", "vocabulary": 3, "units": 17}, {"type": "flatten"}],
              [weight(3, 17)], lambda x, p, *_: F.embedding(x.long(), p[0]).flatten(1), batch=4, given=[2, 0, 2, 2])


def parameters_of(kind, units, features, layers, ways):
    gates, biases = {"lstm": (4, 4), "gru": (3, 4), "rnn": (1, 1)}[kind]
    made = []
    for layer in range(layers):
        for _ in range(ways):
            width = features if layer == 0 else units * ways
            made += [weight(gates * units, width), weight(gates * units, units), weight(biases * units)]
    return made


def as_torch(kind, units, p):
    """The engine's parameters as PyTorch wants them: two biases each, and a GRU's gates in the order r, z, n."""
    turned = lambda x: torch.cat([x[units:2 * units], x[:units], x[2 * units:3 * units]])
    made = []
    for w, recurrent, bias in zip(p[0::3], p[1::3], p[2::3]):
        if kind == "gru":
            second = torch.cat([torch.zeros(2 * units, dtype=bias.dtype), bias[3 * units:]])
            made += [turned(w), turned(recurrent), turned(bias), second]
        else:
            made += [w, recurrent, bias, torch.zeros_like(bias)]
    return made


def add_recurrent(cases, kind, name, shape, units, batch=2, **settings):
    layers, isBothWays = settings.get("layers", 1), settings.get("bidirectional", False)
    ways = 2 if isBothWays else 1
    isCarried = settings.get("carryState", False)
    states = 2 if kind == "lstm" else 1

    def forward(x, p, _, carried):
        # The engine's carried states come layer by layer, h before c.
        first = [torch.stack(carried[k::states]) if isCarried else torch.zeros(layers * ways, batch, units, dtype=x.dtype)
                 for k in range(states)]
        flat = as_torch(kind, units, p)
        tail = (True, layers, 0.0, False, isBothWays, True)
        if kind == "lstm":
            y, *last = torch.lstm(x, first, flat, *tail)
        else:
            walk = torch.gru if kind == "gru" else torch.rnn_relu if settings.get("activation") == "relu" else torch.rnn_tanh
            y, *last = walk(x, first[0], flat, *tail)
        if settings.get("output") != "all":
            ends = last[0][-ways:]
            y = torch.cat(list(ends), 1)
        return (y, [last[k][layer] for layer in range(layers) for k in range(states)]) if isCarried else y

    cases.add(f"{kind} {name}".strip(), shape, [{"type": kind, "units": units, **settings}],
              parameters_of(kind, units, shape[1], layers, ways), forward, batch=batch,
              carried=[(batch, units)] * (layers * states) if isCarried else ())


def attended(query, memory, p, heads, isCausal=False, weights_mask=None):
    """p: weight and bias of query, key, value and output."""
    def split(y):
        return y.reshape(y.shape[0], y.shape[1], heads, -1).transpose(1, 2)

    q, k, v = (split(F.linear(x, *pair)) for x, pair in ((query, p[0:2]), (memory, p[2:4]), (memory, p[4:6])))
    scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
    if isCausal:
        scores = scores.masked_fill(torch.triu(torch.ones(scores.shape[2:], dtype=torch.bool), 1), -math.inf)
    shares = scores.softmax(3)
    if weights_mask is not None:
        shares = shares * weights_mask.reshape(shares.shape)
    return F.linear((shares @ v).transpose(1, 2).reshape(query.shape[0], query.shape[1], -1), *p[6:8])


def multi_head(query, memory, p, heads, isCausal=False):
    """PyTorch's own layer, which has as many units as features."""
    steps, features = query.shape[1], query.shape[2]
    mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1) if isCausal else None
    y, _ = F.multi_head_attention_forward(
        query.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), features, heads, None,
        torch.cat([p[1], p[3], p[5]]), None, None, False, 0.0, p[6], p[7], need_weights=False, attn_mask=mask,
        use_separate_proj_weight=True, q_proj_weight=p[0], k_proj_weight=p[2], v_proj_weight=p[4])
    return y.transpose(0, 1)


def add_attention(cases):
    def add(name, shape, forward, memory=None, layers=(), inputs=None, **settings):
        features, memory = shape[1], memory or shape[1]
        units = settings.get("units", features)
        made = []
        for rows, columns in ((units, features), (units, memory), (units, memory), (features, units)):
            made += [weight(rows, columns), weight(rows)]
        layer = {"type": "attention", **settings, **({"inputs": inputs} if inputs else {})}
        cases.add(f"attention {name}", shape, [*layers, layer], made, forward)

    two = [{"name": "asking", "type": "slice", "axis": 1, "begin": 0, "count": 2, "inputs": ["input"]},
           {"name": "asked", "type": "slice", "axis": 1, "begin": 2, "count": 3, "inputs": ["input"]}]
    add("to itself", [5, 4], lambda x, p, *_: multi_head(x, x, p, 2), heads=2)
    add("to earlier steps", [5, 4], lambda x, p, *_: multi_head(x, x, p, 2, True), heads=2, causal=True)
    add("to another sequence", [5, 4], lambda x, p, *_: multi_head(x[:, :2], x[:, 2:], p, 2), layers=two,
        inputs=["asking", "asked"], heads=2)
    add("of many steps", [20, 48], lambda x, p, *_: multi_head(x, x, p, 3, True), heads=3, causal=True)
    narrow = {"name": "narrow", "type": "slice", "axis": 2, "begin": 1, "count": 2, "inputs": ["asked"]}
    add("to a sequence of fewer features", [5, 4], lambda x, p, *_: multi_head(x[:, :2], x[:, 2:, 1:3], p, 4), memory=2,
        layers=[*two, narrow], inputs=["asking", "narrow"], heads=4)
    add("with more units", [4, 3], lambda x, p, *_: attended(x, x, p, 2), heads=2, units=6)
    add("with dropout", [3, 4], lambda x, p, *_: attended(x, x, p, 2, True, kept(2 * 2 * 3 * 3, 0.25)), heads=2, causal=True,
        dropout=0.25)
    cases.add("attention without biases", [3, 4], [{"type": "attention", "heads": 1, "bias": False}], [weight(4, 4)] * 4,
              lambda x, p, *_: attended(x, x, [p[0], None, p[1], None, p[2], None, p[3], None], 1))
