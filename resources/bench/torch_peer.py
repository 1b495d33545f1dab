#!/usr/bin/env python3
"""Times training steps of PyTorch on the networks that `trainyard-run bench --peer` names.

One process a network. Standard input: one JSON object that describes it (Trainyard's model description, batch, loss,
optimizer, threads, precision), then one JSON object a turn: {"seconds": 0.5, "fewest": 3}. Standard output: one answer a line. The
network is built from the same description, so that both sides compute the same thing in the same precision.
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

ACTIVATIONS = {
    "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU, "silu": nn.SiLU, "elu": nn.ELU,
    "leakyRelu": nn.LeakyReLU, "hardSigmoid": nn.Hardsigmoid, "hardSwish": nn.Hardswish, "hardTanh": nn.Hardtanh,
    "none": nn.Identity,
}


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


class Pad(nn.Module):
    """Zeros around a picture, for paddings that differ between the sides."""

    def __init__(self, padding):
        super().__init__()
        self.padding = padding

    def forward(self, x):
        return F.pad(x, self.padding)


class Then(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def same_padding(size, kernel, stride, dilation):
    total = max(0, (-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size)
    return total // 2, total - total // 2


def paddings(settings, default, shape, kernel, stride, dilation):
    """(left, right, top, bottom)"""
    wanted = settings.get("padding", default)
    if wanted == "same":
        top, bottom = same_padding(shape[1], kernel[0], stride[0], dilation[0])
        left, right = same_padding(shape[2], kernel[1], stride[1], dilation[1])
        return left, right, top, bottom
    if wanted == "valid":
        return 0, 0, 0, 0
    if isinstance(wanted, list) and len(wanted) == 4:
        return wanted[1], wanted[3], wanted[0], wanted[2]
    rows, columns = pair(wanted)
    return columns, columns, rows, rows


def with_activation(module, settings):
    name = settings.get("activation", "none")
    return module if name == "none" else nn.Sequential(module, ACTIVATIONS[name]())


def convolution(settings, shape):
    kernel, stride = pair(settings.get("kernel", 3)), pair(settings.get("stride", 1))
    dilation = pair(settings.get("dilation", 1))
    left, right, top, bottom = paddings(settings, "same", shape, kernel, stride, dilation)
    is_even = left == right and top == bottom
    module = nn.Conv2d(
        shape[0], settings["filters"], kernel, stride, (top, left) if is_even else 0, dilation,
        settings.get("groups", 1), settings.get("bias", True),
    )
    return with_activation(module if is_even else nn.Sequential(Pad((left, right, top, bottom)), module), settings)


def pooling(settings, shape, kind):
    kernel = pair(settings.get("kernel", 2))
    stride = pair(settings.get("stride", list(kernel)))
    left, right, top, bottom = paddings(settings, "valid", shape, kernel, stride, (1, 1))
    ceil = settings.get("ceil", False)
    if left == right and top == bottom and top <= kernel[0] // 2 and left <= kernel[1] // 2:
        return kind(kernel, stride, (top, left), ceil_mode=ceil)
    return nn.Sequential(Pad((left, right, top, bottom)), kind(kernel, stride, ceil_mode=ceil))


class Recurrent(nn.Module):
    def __init__(self, kind, settings, features):
        super().__init__()
        self.net = kind(
            features, settings["units"], num_layers=settings.get("layers", 1), batch_first=True,
            bidirectional=settings.get("bidirectional", False),
        )
        self.is_sequence = settings.get("output", "last") == "all"
        self.carries = settings.get("carryState", False)
        self.state = None

    def forward(self, x):
        answer, state = self.net(x, self.state if self.training else None)
        if self.carries and self.training:
            self.state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        return answer if self.is_sequence else answer[:, -1]


class Attention(nn.Module):
    def __init__(self, settings, features):
        super().__init__()
        self.net = nn.MultiheadAttention(features, settings["heads"], batch_first=True)
        self.is_causal = settings.get("causal", False)

    def forward(self, x):
        mask = None
        if self.is_causal:
            mask = torch.triu(torch.full((x.shape[1], x.shape[1]), float("-inf"), dtype=x.dtype), 1)
        return self.net(x, x, x, attn_mask=mask, need_weights=False)[0]


def make_layer(kind, settings, shape):
    """A module for one layer; shape: of its first input without the batch."""
    if kind == "dense":
        if settings.get("over", "sample") == "last":
            return with_activation(nn.Linear(shape[-1], settings["units"], settings.get("bias", True)), settings)
        features = 1
        for extent in shape:
            features *= extent
        linear = nn.Linear(features, settings["units"], settings.get("bias", True))
        return with_activation(nn.Sequential(nn.Flatten(), linear) if len(shape) > 1 else linear, settings)
    if kind == "conv2d":
        return convolution(settings, shape)
    if kind == "maxPool2d":
        return pooling(settings, shape, nn.MaxPool2d)
    if kind == "averagePool2d":
        return pooling(settings, shape, nn.AvgPool2d)
    if kind == "globalAveragePool2d":
        return Then(lambda x: x.mean((2, 3)))
    if kind == "batchNorm":
        make = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return with_activation(make(shape[0], settings.get("epsilon", 1e-5), settings.get("momentum", 0.1)), settings)
    if kind == "layerNorm":
        return nn.LayerNorm(shape[-1:] if settings.get("over", "sample") == "last" else shape)
    if kind == "dropout":
        return nn.Dropout(settings.get("rate", 0.5))
    if kind == "activation":
        return ACTIVATIONS[settings["activation"]]()
    if kind in ACTIVATIONS:
        return ACTIVATIONS[kind]()
    if kind == "flatten":
        return nn.Flatten()
    if kind == "softmax":
        return nn.Softmax(-1)
    if kind == "pad":
        widths = [side for both in zip(settings["before"], settings["after"]) for side in reversed(both)][::-1]
        return Then(lambda x: F.pad(x, widths))
    if kind == "scale":
        return Then(lambda x: x * settings["factor"])
    if kind == "reshape":
        return Then(lambda x: x.reshape((x.shape[0], *settings["shape"])))
    if kind == "transpose":
        return Then(lambda x: x.permute(0, *settings["order"]))
    if kind in ("add", "multiply"):
        def combine(*inputs):
            answer = inputs[0]
            for other in inputs[1:]:
                answer = answer + other if kind == "add" else answer * other
            return answer
        return Combined(combine, settings)
    if kind == "concat":
        return Then(lambda *inputs: torch.cat(inputs, settings.get("axis", 1)))
    if kind == "embedding":
        return Embedding(settings)
    if kind in ("lstm", "gru", "rnn"):
        return Recurrent({"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[kind], settings, shape[-1])
    if kind == "attention":
        return Attention(settings, shape[-1])
    raise ValueError(f"no counterpart of layer type {kind!r}")


class Combined(nn.Module):
    def __init__(self, function, settings):
        super().__init__()
        self.function = function
        self.activation = ACTIVATIONS[settings.get("activation", "none")]()

    def forward(self, *inputs):
        return self.activation(self.function(*inputs))


class Embedding(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.net = nn.Embedding(settings["vocabulary"], settings["units"])

    def forward(self, x):
        return self.net(x.long())


class Network(nn.Module):
    def __init__(self, description):
        super().__init__()
        shapes = {"input": tuple(description["input"])}
        before = "input"
        self.steps = []
        modules = []
        probe = {"input": torch.zeros((2, *description["input"]))}
        for index, layer in enumerate(description["layers"]):
            name = layer.get("name") or f"layer {index}"
            inputs = layer.get("inputs") or [before]
            module = make_layer(layer["type"], layer, shapes[inputs[0]])
            with torch.no_grad():
                probe[name] = module.eval()(*(probe[key] for key in inputs))
            shapes[name] = tuple(probe[name].shape[1:])
            modules.append(module)
            self.steps.append((name, inputs))
            before = name
        self.layers = nn.ModuleList(modules)
        self.output = before
        self.output_shape = shapes[before]
        uses = [key for _, inputs in self.steps for key in inputs]
        self.last_use = {key: max(i for i, (_, inputs) in enumerate(self.steps) if key in inputs) for key in uses}

    def forward(self, x):
        values = {"input": x}
        for index, ((name, inputs), module) in enumerate(zip(self.steps, self.layers)):
            values[name] = module(*(values[key] for key in inputs))
            for key in inputs:
                if self.last_use[key] == index:
                    values.pop(key, None)
        return values[self.output]


def make_optimizer(network, setup):
    name, rate = setup.get("optimizer", "adamw"), 1e-5
    if name == "sgd":
        return torch.optim.SGD(network.parameters(), rate, momentum=setup.get("momentum", 0.9))
    if name == "adam":
        return torch.optim.Adam(network.parameters(), rate)
    return torch.optim.AdamW(network.parameters(), rate, weight_decay=setup.get("weightDecay", 0.0))


def main():
    case = json.loads(sys.stdin.readline())
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    network = Network(case["model"]).train()
    optimizer = make_optimizer(network, case)
    shape = (case["batch"], *case["model"]["input"])
    if case.get("vocabulary", 0):
        inputs = torch.randint(0, case["vocabulary"], shape).float()
    else:
        inputs = torch.randn(shape)
    outputs = network.output_shape
    is_classified = case["loss"] == "softmaxCrossEntropy"
    if is_classified:
        targets = torch.randint(0, outputs[-1], (case["batch"], *outputs[:-1]))
    else:
        targets = torch.randn((case["batch"], *outputs))
    is_bf16 = case.get("precision", "float32") == "bfloat16"

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=is_bf16):
            answer = network(inputs)
            if is_classified:
                loss = F.cross_entropy(answer.reshape(-1, outputs[-1]).float(), targets.reshape(-1))
            else:
                loss = F.mse_loss(answer.float(), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    step()
    print(json.dumps({
        "framework": f"PyTorch {torch.__version__.split('+')[0]}",
        "parameters": sum(p.numel() for p in network.parameters()),
    }), flush=True)
    for line in sys.stdin:
        turn = json.loads(line)
        times = []
        begin = time.perf_counter()
        while len(times) < turn["fewest"] or time.perf_counter() - begin < turn["seconds"]:
            step_begin = time.perf_counter()
            step()
            times.append(time.perf_counter() - step_begin)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": times, "peakResidentMiB": peak}), flush=True)


main()
