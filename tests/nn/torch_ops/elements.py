"""Dense layers, activations, dropout, and what joins values element by element."""
import torch
from torch.nn import functional as F

from .case import kept, weight

ACTIVATIONS = {
    "relu": F.relu, "leakyRelu": F.leaky_relu, "elu": F.elu, "gelu": F.gelu, "silu": F.silu, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "hardSigmoid": F.hardsigmoid, "hardSwish": F.hardswish, "hardTanh": F.hardtanh,
}


def add_cases(cases):
    add_dense(cases)
    for name, function in ACTIVATIONS.items():
        cases.add(name, [37], [{"type": name}], [], lambda x, *_: function(x))
        cases.add(f"dense and {name}", [6], [{"type": "dense", "units": 5, "activation": name}], [weight(5, 6), weight(5)],
                  lambda x, p, *_: function(F.linear(x, *p)), batch=4)
    cases.add("activation by name", [3, 5], [{"type": "activation", "activation": "silu"}], [], lambda x, *_: F.silu(x))
    cases.add("leakyRelu with a slope", [19], [{"type": "leakyRelu", "alpha": 0.25}], [], lambda x, *_: F.leaky_relu(x, 0.25))
    cases.add("elu with a limit", [19], [{"type": "elu", "alpha": 0.5}], [], lambda x, *_: F.elu(x, 0.5))
    cases.add("scale", [21], [{"type": "scale", "factor": -0.375}], [], lambda x, *_: x * -0.375)
    cases.add("softmax", [7], [{"type": "softmax"}], [], lambda x, *_: F.softmax(x, 1), batch=5)
    cases.add("softmax of steps", [3, 17], [{"type": "softmax"}], [], lambda x, *_: F.softmax(x, 2))
    cases.add("softmax of wide rows", [300], [{"type": "softmax"}], [], lambda x, *_: F.softmax(x, 1), batch=3)
    cases.add("dropout", [45], [{"type": "dropout", "rate": 0.25}], [],
              lambda x, *_: x * kept(90, 0.25).reshape(x.shape))
    cases.add("dropout in inference", [20], [{"type": "dropout", "rate": 0.25}, {"type": "tanh"}], [],
              lambda x, *_: F.dropout(x, 0.25, training=False).tanh(), mode="inference")
    add_joined(cases)


def add_dense(cases):
    linear = lambda x, p, *_: F.linear(x, *p)
    cases.add("dense", [7], [{"type": "dense", "units": 4}], [weight(4, 7), weight(4)], linear, batch=5)
    cases.add("dense without bias", [7], [{"type": "dense", "units": 4, "bias": False}], [weight(4, 7)], linear)
    cases.add("dense of a picture", [2, 3, 2], [{"type": "dense", "units": 5}], [weight(5, 12), weight(5)],
              lambda x, p, *_: F.linear(x.flatten(1), *p))
    cases.add("dense over the last axis", [3, 4], [{"type": "dense", "units": 5, "over": "last"}], [weight(5, 4), weight(5)],
              linear)
    cases.add("dense of one value", [1], [{"type": "dense", "units": 1}], [weight(1, 1), weight(1)], linear, batch=1)
    cases.add("large dense", [70], [{"type": "dense", "units": 41}], [weight(41, 70), weight(41)], linear, batch=33)


def add_joined(cases):
    halves = [{"name": "a", "type": "slice", "axis": 1, "begin": 0, "count": 3, "inputs": ["input"]},
              {"name": "b", "type": "slice", "axis": 1, "begin": 3, "count": 3, "inputs": ["input"]}]

    def joined(name, layer, function):
        cases.add(name, [6, 4], [*halves, {"inputs": ["a", "b"], **layer}], [],
                  lambda x, *_: function(x[:, :3], x[:, 3:]))

    joined("add", {"type": "add"}, lambda a, b: a + b)
    joined("add and relu", {"type": "add", "activation": "relu"}, lambda a, b: F.relu(a + b))
    joined("multiply", {"type": "multiply"}, lambda a, b: a * b)
    joined("multiply and tanh", {"type": "multiply", "activation": "tanh"}, lambda a, b: torch.tanh(a * b))
    joined("add three", {"type": "add", "inputs": ["a", "b", "a"]}, lambda a, b: a + b + a)
    joined("multiply three", {"type": "multiply", "inputs": ["a", "b", "a"]}, lambda a, b: a * b * a)
    cases.add("square", [13], [{"type": "multiply", "inputs": ["input", "input"]}], [], lambda x, *_: x * x)
    cases.add("a chain of elements", [40],
              [{"name": "t", "type": "tanh"}, {"name": "d", "type": "dropout", "rate": 0.5},
               {"type": "multiply", "inputs": ["d", "input"]}, {"type": "sigmoid"}], [],
              lambda x, *_: torch.sigmoid(torch.tanh(x) * kept(80, 0.5).reshape(x.shape) * x))
