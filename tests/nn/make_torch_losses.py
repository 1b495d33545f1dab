#!/usr/bin/python3
"""Writes torch_losses.json: the first ten losses of small networks, trained by PyTorch.

Run with Debian's python3-torch (1.13 was used): /usr/bin/python3 tests/nn/make_torch_losses.py
Weights and batches come from sines, so that the C++ test (tst_torch_losses.cpp) makes the same ones and only the losses
are stored. Every network is written as the JSON description that the engine reads, beside its PyTorch form.
"""
import json
import math
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

from torch_sequences import CrossAttention, Recurrent, Words
from torch_sines import same, set_parameters, tensor

torch.manual_seed(0)
torch.set_num_threads(1)


class LeNet(nn.Module):
    text = {"input": [1, 12, 12], "layers": [
        {"type": "conv2d", "filters": 6, "kernel": 5, "padding": 2, "activation": "tanh"},
        {"type": "averagePool2d", "kernel": 2},
        {"type": "conv2d", "filters": 16, "kernel": 5, "padding": "valid", "activation": "tanh"},
        {"type": "dense", "units": 20, "activation": "tanh"}, {"type": "dense", "units": 5}]}

    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.d1, self.d2 = nn.Linear(64, 20), nn.Linear(20, 5)
        set_parameters([(p, p.shape, same, 0) for m in (self.c1, self.c2, self.d1, self.d2) for p in (m.weight, m.bias)])

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        return self.d2(torch.tanh(self.d1(torch.tanh(self.c2(x)).flatten(1))))


class ResNet8(nn.Module):
    def block(channels, filters, stride, value, number):
        skip = value
        layers = []
        if stride != 1:
            skip = f"skip{number}"
            layers.append({"name": skip, "type": "conv2d", "filters": filters, "kernel": 1, "stride": stride,
                           "bias": False, "inputs": [value]})
        layers += [
            {"name": f"a{number}", "type": "conv2d", "filters": filters, "kernel": 3, "stride": stride, "padding": 1,
             "bias": False, "inputs": [value]},
            {"name": f"an{number}", "type": "batchNorm", "activation": "relu"},
            {"name": f"b{number}", "type": "conv2d", "filters": filters, "kernel": 3, "padding": 1, "bias": False},
            {"name": f"bn{number}", "type": "batchNorm"},
            {"name": f"sum{number}", "type": "add", "inputs": [f"bn{number}", skip], "activation": "relu"}]
        return layers

    text = {"input": [3, 8, 8], "layers": [
        {"name": "stem", "type": "conv2d", "filters": 8, "kernel": 3, "bias": False},
        {"name": "stemNorm", "type": "batchNorm", "activation": "relu"},
        *block(8, 8, 1, "stemNorm", 1), *block(8, 16, 2, "sum1", 2), *block(16, 32, 2, "sum2", 3),
        {"type": "globalAveragePool2d"}, {"type": "dense", "units": 4}]}

    def __init__(self):
        super().__init__()
        conv = lambda i, o, k, s: nn.Conv2d(i, o, k, s, k // 2, bias=False)
        self.stem, self.stem_norm = conv(3, 8, 3, 1), nn.BatchNorm2d(8)
        self.blocks = nn.ModuleList()
        modules = [self.stem, self.stem_norm]
        for channels, filters, stride in ((8, 8, 1), (8, 16, 2), (16, 32, 2)):
            skip = conv(channels, filters, 1, stride) if stride != 1 else nn.Identity()
            block = nn.ModuleList([skip, conv(channels, filters, 3, stride), nn.BatchNorm2d(filters),
                                   conv(filters, filters, 3, 1), nn.BatchNorm2d(filters)])
            self.blocks.append(block)
            modules += [m for m in block if not isinstance(m, nn.Identity)]
        self.out = nn.Linear(32, 4)
        modules.append(self.out)
        pairs = []
        for m in modules:
            pairs.append((m.weight, m.weight.shape, same, 1 if isinstance(m, nn.BatchNorm2d) else 0))
            if m.bias is not None:
                pairs.append((m.bias, m.bias.shape, same, 0))
        set_parameters(pairs)

    def forward(self, x):
        x = F.relu(self.stem_norm(self.stem(x)))
        for skip, a, an, b, bn in self.blocks:
            x = F.relu(bn(b(F.relu(an(a(x))))) + skip(x))
        return self.out(x.mean((2, 3)))


class Transformer(nn.Module):
    text = {"input": [6, 8], "layers": [
        {"name": "norm1", "type": "layerNorm", "over": "last"},
        {"name": "attention", "type": "attention", "heads": 2, "causal": True},
        {"name": "sum1", "type": "add", "inputs": ["attention", "input"]},
        {"name": "norm2", "type": "layerNorm", "over": "last"},
        {"name": "wide", "type": "dense", "units": 16, "over": "last", "activation": "gelu"},
        {"name": "narrow", "type": "dense", "units": 8, "over": "last"},
        {"name": "sum2", "type": "add", "inputs": ["narrow", "sum1"]},
        {"name": "logits", "type": "dense", "units": 3, "over": "last"}]}

    def __init__(self):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(8), nn.LayerNorm(8)
        self.q, self.k, self.v, self.o = (nn.Linear(8, 8) for _ in range(4))
        self.wide, self.narrow, self.out = nn.Linear(8, 16), nn.Linear(16, 8), nn.Linear(8, 3)
        pairs = []
        for m in (self.n1, self.q, self.k, self.v, self.o, self.n2, self.wide, self.narrow, self.out):
            pairs.append((m.weight, m.weight.shape, same, 1 if isinstance(m, nn.LayerNorm) else 0))
            pairs.append((m.bias, m.bias.shape, same, 0))
        set_parameters(pairs)

    def forward(self, x):
        def heads(y):
            return y.reshape(y.shape[0], 6, 2, 4).transpose(1, 2)

        y = self.n1(x)
        scores = heads(self.q(y)) @ heads(self.k(y)).transpose(2, 3) / 2
        scores = scores.masked_fill(torch.triu(torch.ones(6, 6, dtype=torch.bool), 1), -math.inf)
        y = (scores.softmax(3) @ heads(self.v(y))).transpose(1, 2).reshape(x.shape)
        x = x + self.o(y)
        return self.out(x + self.narrow(F.gelu(self.wide(self.n2(x)))))


class Decoder(nn.Module):
    """Layers that grow pictures, and norms of groups; three numbers are predicted."""
    text = {"input": [4, 3, 3], "layers": [
        {"type": "convTranspose2d", "filters": 6, "kernel": 3, "stride": 2, "padding": 1, "outputPadding": 1,
         "activation": "hardSwish"},
        {"type": "groupNorm", "groups": 3},
        {"type": "upsample2d", "factor": 2},
        {"type": "conv2d", "filters": 6, "kernel": 3, "padding": 2, "dilation": 2, "groups": 3, "activation": "elu"},
        {"type": "maxPool2d", "kernel": 3, "stride": 2, "ceil": True},
        {"type": "dense", "units": 3}]}

    def __init__(self):
        super().__init__()
        self.up, self.norm = nn.ConvTranspose2d(4, 6, 3, 2, 1, 1), nn.GroupNorm(3, 6)
        self.conv, self.out = nn.Conv2d(6, 6, 3, padding=2, dilation=2, groups=3), nn.Linear(216, 3)
        pairs = []
        for m in (self.up, self.norm, self.conv, self.out):
            pairs.append((m.weight, m.weight.shape, same, 1 if m is self.norm else 0))
            pairs.append((m.bias, m.bias.shape, same, 0))
        set_parameters(pairs)

    def forward(self, x):
        x = self.norm(F.hardswish(self.up(x)))
        x = F.elu(self.conv(F.interpolate(x, scale_factor=2, mode="nearest")))
        return self.out(F.max_pool2d(x, 3, 2, ceil_mode=True).flatten(1))


def ctc_loss(y, t):
    frames, labels = t[:, 0].long(), t[:, 1:].long()
    counts = (labels >= 0).sum(1)
    losses = F.ctc_loss(y.log_softmax(2).transpose(0, 1), labels.clamp(min=0), frames, counts, reduction="none")
    return losses.mean()


class Mixture(nn.Module):
    """Layers that move, cut and join, and the activations that no other network here has."""
    text = {"input": [2, 6, 6], "layers": [
        {"type": "conv2d", "filters": 2, "kernel": 3, "groups": 2, "activation": "silu"},
        {"name": "wide", "type": "pad", "before": [0, 1, 0], "after": [0, 0, 2]},
        {"name": "a", "type": "conv2d", "filters": 4, "kernel": 1, "activation": "hardSigmoid"},
        {"name": "b", "type": "conv2d", "filters": 4, "kernel": 1, "activation": "hardTanh", "inputs": ["wide"]},
        {"name": "product", "type": "multiply", "inputs": ["a", "b"]},
        {"name": "part", "type": "slice", "axis": 1, "begin": 1, "count": 3},
        {"type": "concat", "inputs": ["part", "a"]},
        {"type": "mean", "axes": [3]}, {"type": "transpose", "order": [2, 1]}, {"type": "reshape", "shape": [7, 7]},
        {"type": "conv1d", "filters": 5, "kernel": 3, "activation": "leakyRelu"},
        {"type": "sum", "axes": [2]}, {"type": "dense", "units": 4}]}

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 2, 3, padding=1, groups=2)
        self.a, self.b = nn.Conv2d(2, 4, 1), nn.Conv2d(2, 4, 1)
        self.line, self.out = nn.Conv1d(7, 5, 3, padding=1), nn.Linear(5, 4)
        pairs = []
        for m in (self.first, self.a, self.b, self.line, self.out):
            shape = m.weight.shape
            pairs += [(m.weight, shape, same, 0), (m.bias, m.bias.shape, same, 0)]
        set_parameters(pairs)

    def forward(self, x):
        x = F.pad(F.silu(self.first(x)), (0, 2, 1, 0))
        a, b = F.hardsigmoid(self.a(x)), F.hardtanh(self.b(x))
        x = torch.cat([(a * b)[:, 1:4], a], 1).mean(3).transpose(1, 2)
        return self.out(F.leaky_relu(self.line(x), 0.01).sum(2))


def weighted_binary(y, t):
    """No counts a half and yes two; the mean is that of the weights."""
    weights = 0.5 * (1 - t) + 2 * t
    return (weights * F.binary_cross_entropy_with_logits(y, t, reduction="none")).sum() / weights.sum()


LOSSES = {
    "crossEntropy": lambda y, t: F.cross_entropy(y.reshape(-1, y.shape[-1]), t.reshape(-1).long()),
    "smoothed": lambda y, t: F.cross_entropy(y.reshape(-1, y.shape[-1]), t.reshape(-1).long(), label_smoothing=0.1),
    "binary": lambda y, t: F.binary_cross_entropy_with_logits(y, t),
    "hinge": lambda y, t: F.relu(1 - t * y).mean(),
    "weighted": lambda y, t: F.cross_entropy(
        y.reshape(-1, y.shape[-1]), t.reshape(-1).long(), weight=torch.tensor([0.5 + 0.25 * k for k in range(y.shape[-1])])),
    "shares": lambda y, t: F.cross_entropy(y, t, label_smoothing=0.1),
    "weightedBinary": weighted_binary,
    "absolute": F.l1_loss, "huber": F.smooth_l1_loss, "squared": F.mse_loss, "ctc": ctc_loss,
}
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, 0.01),
    "adagrad": lambda p: torch.optim.Adagrad(p, 0.01, eps=1e-8),
    "rmsprop": lambda p: torch.optim.RMSprop(p, 0.001, alpha=0.999),
}
BATCH = 4
# What is done to the gradients before the update, with the engine's settings of the same name; never to biases and norms,
# which have one axis.
PENALTIES = {
    "decoupled": {"optimizer": "AdamW", "weightDecay": 0.5},
    "l2": {"optimizer": "Sgd", "weightDecay": 0.02},
    "l2 adam": {"optimizer": "Adam", "weightDecay": 0.02},
    "l1": {"optimizer": "Sgd", "l1": 0.005},
    "clipped": {"optimizer": "Sgd", "clipNorm": 0.05},
    "clipped values": {"optimizer": "Sgd", "clipValue": 0.005},
    "all": {"optimizer": "Sgd", "weightDecay": 0.02, "l1": 0.005, "clipNorm": 0.1, "clipValue": 0.01},
}


def penalised(name, parameters):
    """The optimizer, and what comes before its step."""
    setting = PENALTIES[name]
    decay = setting.get("weightDecay", 0)
    groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": decay},
              {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0}]
    kinds = {"AdamW": lambda: torch.optim.AdamW(groups, 0.01), "Adam": lambda: torch.optim.Adam(groups, 0.01),
             "Sgd": lambda: torch.optim.SGD(groups, 0.1, momentum=0.9)}

    def before():
        if "clipNorm" in setting:
            nn.utils.clip_grad_norm_(parameters, setting["clipNorm"])
        if "clipValue" in setting:
            nn.utils.clip_grad_value_(parameters, setting["clipValue"])
        for p in parameters:
            if "l1" in setting and p.dim() > 1:
                p.grad.add_(setting["l1"] * p.data.sign())

    return kinds[setting["optimizer"]](), before


def targets(shape, loss, step, classes):
    numbers = range(math.prod(shape))
    if loss in ("crossEntropy", "smoothed", "weighted"):
        return torch.tensor([float((7 * i + step) % classes) for i in numbers]).reshape(shape)
    if loss == "shares":  # each class and the next one
        return torch.tensor([[0.7 * ((7 * n + step) % classes == k) + 0.3 * ((7 * n + step + 1) % classes == k)
                              for k in range(classes)] for n in range(shape[0])])
    if loss == "hinge":
        return torch.tensor([float(2 * ((3 * i + step) % 2) - 1) for i in numbers]).reshape(shape)
    if loss in ("binary", "weightedBinary"):
        return torch.tensor([float((3 * i + step) % 2) for i in numbers]).reshape(shape)
    if loss == "ctc":
        width = shape[1]
        row = [float(width - 1), *([1.0, 2.0, 2.0] + [-1.0] * width)[:width - 1]]
        return torch.tensor([row] * shape[0])
    return torch.tensor([math.sin(0.9 * i + step) for i in numbers], dtype=torch.float64).float().reshape(shape)


def run(name, network, loss, optimizer):
    learned = [p for p in network.parameters() if p.requires_grad]
    trained, before = penalised(optimizer, learned) if optimizer in PENALTIES else (OPTIMIZERS[optimizer](learned), lambda: None)
    losses = []
    for step in range(10):
        shape = [BATCH, *network.text["input"]]
        x = tensor(shape, 0.37 * step + 1, 1.5)
        if isinstance(network, Words):
            x = torch.tensor([float((3 * i + step) % 7) for i in range(math.prod(shape))]).reshape(shape)
        y = network(x)
        labels = dict.fromkeys(("crossEntropy", "smoothed", "weighted"), y.shape[:-1])
        shape = {**labels, "ctc": (BATCH, 1 + y.shape[1])}.get(loss, y.shape)
        value = LOSSES[loss](y, targets(tuple(shape), loss, step, y.shape[-1]))
        trained.zero_grad()
        value.backward()
        before()
        trained.step()
        losses.append(value.item())
    setting = {"setting": PENALTIES[optimizer]} if optimizer in PENALTIES else {}
    if getattr(network, "gain", 1) != 1:
        setting["gain"] = network.gain
    return {"name": name, "model": network.text, "loss": loss, "optimizer": optimizer, **setting, "losses": losses}


cases = [
    run("lenet", LeNet(), "crossEntropy", "sgd"),
    run("lenet smoothed, adam", LeNet(), "smoothed", "adam"),
    run("resnet8", ResNet8(), "crossEntropy", "sgd"),
    run("lstm", Recurrent("lstm"), "crossEntropy", "sgd"),
    run("gru", Recurrent("gru"), "crossEntropy", "nesterov"),
    run("rnn", Recurrent("rnn"), "crossEntropy", "sgd"),
    run("lstm ctc", Recurrent("lstm"), "ctc", "sgd"),
    run("transformer block", Transformer(), "crossEntropy", "sgd"),
    run("decoder", Decoder(), "squared", "adagrad"),
    run("decoder absolute", Decoder(), "absolute", "adam"),
    run("decoder huber", Decoder(), "huber", "rmsprop"),
    run("decoder binary", Decoder(), "binary", "nesterov"),
    run("lenet weighted", LeNet(), "weighted", "sgd"),
    run("lenet shares", LeNet(), "shares", "adam"),
    run("decoder weighted binary", Decoder(), "weightedBinary", "sgd"),
    run("decoder hinge", Decoder(), "hinge", "sgd"),
    run("mixture", Mixture(), "crossEntropy", "sgd"),
    run("words", Words(), "crossEntropy", "sgd"),
    *[run(f"{kind} with carried states", Recurrent(kind, carried=True), "crossEntropy", "sgd") for kind in ("lstm", "gru", "rnn")],
    run("cross attention", CrossAttention(), "crossEntropy", "sgd"),
    *[run(f"lenet {name}", LeNet(), "crossEntropy", name) for name in PENALTIES],
    run("resnet8 decoupled", ResNet8(), "crossEntropy", "decoupled"),
]
content = {"origin": f"PyTorch {torch.__version__}, by make_torch_losses.py", "cases": cases}
path = pathlib.Path(__file__).with_name("torch_losses.json")
path.write_text(json.dumps(content, indent=1) + "\n")
