"""Convolutions at shapes that the processor's own loops compute instead of oneDNN; see the rules in engine/backends/cpu."""
from torch.nn import functional as F

from .case import scale, weight
from .elements import ACTIVATIONS
from .norms import batch_norm

FLAT = {"type": "flatten"}


def add_cases(cases):
    def add(name, kernel, shape, filters, size, batch=2, large=False, activation="relu", **settings):
        numbers = {"padding": settings.get("padding", 0), "stride": settings.get("stride", 1)}
        cases.add(f"{kernel}: {name}", shape,
                  [{"type": "conv2d", "filters": filters, "kernel": size, "activation": activation, **settings}, FLAT],
                  [weight(filters, shape[0], size, size), weight(filters)],
                  lambda x, p, *_: ACTIVATIONS[activation](F.conv2d(x, *p, **numbers)).flatten(1),
                  batch=batch, kernels=[kernel], large=large)

    add("16 channels", "winograd", [16, 8, 8], 16, 3, padding=1)
    add("tiles that reach beyond the picture", "winograd", [16, 11, 15], 32, 3, padding=1)
    add("another activation", "winograd", [32, 8, 8], 16, 3, batch=3, padding=1, activation="silu")
    add("a weight by parts", "winograd", [256, 8, 8], 256, 3, padding=1, large=True)
    add("stride 2", "winograd", [128, 14, 14], 128, 3, padding=1, stride=2, large=True)
    add("1x1", "strassen", [128, 10, 10], 64, 1, padding=0)
    add("1x1, stride 2", "strassen", [128, 20, 20], 128, 1, padding=0, stride=2, large=True)
    add("a large weight and few pixels", "strassen", [512, 7, 7], 512, 1, batch=4, padding=0, large=True)
    add("7x7 of colours", "strided window", [3, 32, 32], 16, 7, padding=3, stride=2)
    add("7x7 and another activation", "strided window", [3, 33, 35], 16, 7, batch=3, padding=3, stride=2, activation="leakyRelu")
    add("7x7 of grey", "strided window", [1, 64, 64], 16, 7, padding=3, stride=2)
    add("6x6 of four channels", "strided window", [4, 36, 36], 16, 6, padding=2, stride=2)

    def bottleneck(x, p, s, _):
        y = F.relu(batch_norm(F.conv2d(x, p[0]), p[1:], s[:2], True))
        y = F.relu(batch_norm(F.conv2d(y, p[3], padding=1), p[4:], s[2:4], True))
        y = batch_norm(F.conv2d(y, p[6]), p[7:], s[4:], True)
        return F.relu(x + y).flatten(1)

    plain = {"type": "conv2d", "bias": False}
    relu = {"type": "batchNorm", "activation": "relu"}
    cases.add("winograd and strassen: bottleneck", [256, 8, 8],
              [{**plain, "filters": 128, "kernel": 1}, relu, {**plain, "filters": 128, "kernel": 3}, relu,
               {**plain, "filters": 256, "kernel": 1}, {"name": "norm", "type": "batchNorm"},
               {"type": "add", "inputs": ["norm", "input"], "activation": "relu"}, FLAT],
              [weight(128, 256, 1, 1), scale(128), weight(128), weight(128, 128, 3, 3), scale(128), weight(128),
               weight(256, 128, 1, 1), scale(256), weight(256)],
              bottleneck, batch=4, states=[weight(128), scale(128)] * 2 + [weight(256), scale(256)],
              kernels=["strassen", "winograd", "strassen"], large=True)
