"""Convolutions of pictures and rows, transposed ones, pooling, and upsampling."""
import math

from torch.nn import functional as F

from .case import weight

FLAT = {"type": "flatten"}


def add_cases(cases):
    add_pictures(cases)
    add_rows(cases)
    add_transposed(cases)
    add_pools(cases)
    for name, factor in (("upsample", 2), ("upsample unevenly", [2, 3])):
        cases.add(name, [3, 2, 4], [{"type": "upsample2d", "factor": factor}, FLAT], [],
                  lambda x, *_: F.interpolate(x, scale_factor=factor, mode="nearest").flatten(1))


def add_pictures(cases):
    def add(name, shape, filters, kernel, groups=1, batch=2, pad=None, numbers=None, **settings):
        """pad: what F.pad takes, left, right, top, bottom; numbers: what F.conv2d takes."""
        layer = {"type": "conv2d", "filters": filters, "kernel": kernel, **settings}
        if groups > 1:
            layer["groups"] = groups
        sides = kernel if isinstance(kernel, list) else [kernel, kernel]
        cases.add(f"conv2d {name}", shape, [layer, FLAT],
                  [weight(filters, shape[0] // groups, *sides), *([weight(filters)] if settings.get("bias", True) else [])],
                  lambda x, p, *_: F.conv2d(F.pad(x, pad or [0] * 4), *p, groups=groups, **(numbers or {})).flatten(1),
                  batch=batch)

    add("same", [3, 6, 5], 4, 3, numbers={"padding": 1})
    add("valid", [3, 6, 5], 4, 3, padding="valid")
    add("without bias", [2, 5, 5], 3, 3, numbers={"padding": 1}, bias=False)
    add("stride 2, same", [3, 8, 7], 4, 3, stride=2, pad=[1, 1, 0, 1], numbers={"stride": 2})
    add("strides and padding by side", [2, 7, 9], 3, [3, 2], stride=[2, 3], padding=[1, 0, 2, 1], pad=[0, 1, 1, 2],
        numbers={"stride": (2, 3)})
    add("padding of two numbers", [2, 4, 5], 3, 3, padding=[2, 1], numbers={"padding": (2, 1)})
    add("dilated", [2, 9, 8], 3, 3, dilation=2, numbers={"padding": 2, "dilation": 2})
    add("dilated unevenly", [2, 7, 9], 3, [2, 3], dilation=[3, 2], stride=2, padding="valid",
        numbers={"dilation": (3, 2), "stride": 2})
    add("groups", [4, 5, 5], 6, 3, groups=2, numbers={"padding": 1})
    add("depthwise", [6, 5, 4], 6, 3, groups=6, numbers={"padding": 1})
    add("depthwise with two filters each", [3, 5, 4], 6, 3, groups=3, stride=2, padding=1, numbers={"padding": 1, "stride": 2})
    add("depthwise in blocks", [16, 6, 6], 16, 3, groups=16, numbers={"padding": 1})
    add("1x1", [5, 4, 3], 7, 1, batch=3)
    add("1x1 with stride", [5, 5, 4], 3, 1, stride=2, padding="valid", numbers={"stride": 2})
    add("whole picture", [3, 4, 3], 5, [4, 3], padding="valid")
    add("one pixel", [1, 1, 1], 1, 1, batch=1)
    add("blocked channels", [16, 7, 7], 32, 3, numbers={"padding": 1})
    add("blocked channels, stride 2", [16, 8, 7], 16, 3, stride=2, pad=[1, 1, 0, 1], numbers={"stride": 2})
    add("depthwise in blocks, stride 2", [32, 9, 8], 32, 3, groups=32, stride=2, padding=1, numbers={"padding": 1, "stride": 2})
    add("5x5 in blocks", [32, 10, 9], 16, 5, numbers={"padding": 2}, bias=False)
    add("1x1 in blocks", [64, 7, 7], 32, 1, bias=False)
    add("images for both threads", [3, 20, 20], 16, 5, batch=5, padding="valid")
    add("5x5 of one channel", [1, 12, 12], 32, 5, numbers={"padding": 2})
    add("5x5 of three channels", [3, 12, 12], 16, 5, padding="valid")
    add("few channels to a block", [6, 8, 8], 16, 5, padding="valid")
    cases.add("conv2d and silu", [3, 4, 4], [{"type": "conv2d", "filters": 4, "kernel": 3, "activation": "silu"}, FLAT],
              [weight(4, 3, 3, 3), weight(4)], lambda x, p, *_: F.silu(F.conv2d(x, *p, padding=1)).flatten(1))
    cases.add("two convolutions with relu and pooling", [1, 8, 8],
              [{"type": "conv2d", "filters": 16, "kernel": 3, "activation": "relu"}, {"type": "maxPool2d"},
               {"type": "conv2d", "filters": 32, "kernel": 3, "activation": "relu"}, {"type": "maxPool2d"}, FLAT],
              [weight(16, 1, 3, 3), weight(16), weight(32, 16, 3, 3), weight(32)],
              lambda x, p, *_: F.max_pool2d(F.relu(F.conv2d(
                  F.max_pool2d(F.relu(F.conv2d(x, p[0], p[1], padding=1)), 2), p[2], p[3], padding=1)), 2).flatten(1))


def add_rows(cases):
    def add(name, shape, filters, kernel, pad=(0, 0), groups=1, numbers=None, **settings):
        layer = {"type": "conv1d", "filters": filters, "kernel": kernel, **settings}
        if groups > 1:
            layer["groups"] = groups
        cases.add(f"conv1d {name}", shape, [layer], [weight(filters, shape[0] // groups, 1, kernel), weight(filters)],
                  lambda x, p, *_: F.conv1d(F.pad(x, pad), p[0].squeeze(2), p[1], groups=groups, **(numbers or {})))

    add("same", [3, 9], 4, 3, pad=(1, 1))
    add("stride 2, same", [3, 8], 4, 3, pad=(0, 1), stride=2, numbers={"stride": 2})
    add("dilated, valid", [2, 11], 3, 3, padding="valid", dilation=3, numbers={"dilation": 3})
    add("padding at the left", [2, 7], 3, 4, pad=(3, 0), padding=[3, 0])
    add("groups", [4, 7], 6, 3, pad=(1, 1), groups=2)
    add("depthwise", [5, 6], 5, 3, pad=(1, 1), groups=5)


def add_transposed(cases):
    def add(name, shape, filters, kernel, groups=1, numbers=None, cut=None, **settings):
        """cut: rows and columns of PyTorch's result that count, where the padding is uneven."""
        layer = {"type": "convTranspose2d", "filters": filters, "kernel": kernel, **settings}
        if groups > 1:
            layer["groups"] = groups
        sides = kernel if isinstance(kernel, list) else [kernel, kernel]

        def forward(x, p, *_):
            y = F.conv_transpose2d(x, p[0], p[1], groups=groups, **(numbers or {}))
            return (y if cut is None else y[:, :, cut[0], cut[1]]).flatten(1)

        cases.add(f"convTranspose2d {name}", shape, [layer, FLAT], [weight(shape[0], filters // groups, *sides), weight(filters)],
                  forward)

    add("doubling", [3, 4, 3], 2, 3, stride=2, padding=1, outputPadding=1,
        numbers={"stride": 2, "padding": 1, "output_padding": 1})
    add("tiles", [3, 3, 3], 2, 2, stride=2, padding="valid", numbers={"stride": 2})
    add("dilated groups, padding by side", [4, 4, 4], 6, 3, groups=2, dilation=2, padding=[1, 2, 1, 0],
        numbers={"dilation": 2}, cut=(slice(1, -1), slice(2, None)))
    add("strides by side", [2, 3, 4], 3, [3, 2], stride=[3, 2], padding=[1, 0], outputPadding=0,
        numbers={"stride": (3, 2), "padding": (1, 0)})
    add("in blocks", [16, 4, 5], 8, 3, stride=2, padding=1, outputPadding=1,
        numbers={"stride": 2, "padding": 1, "output_padding": 1})


def add_pools(cases):
    def add(name, shape, layer, kernel, stride, pad=(0, 0, 0, 0), ceil=False):
        """pad: left, right, top, bottom. An average counts what lies inside the picture, as ones of the same padding say."""
        def largest(x, *_):
            return F.max_pool2d(F.pad(x, pad, value=-math.inf), kernel, stride, ceil_mode=ceil).flatten(1)

        def average(x, *_):
            ones = x.detach() * 0 + 1
            sums = lambda value: F.avg_pool2d(F.pad(value, pad), kernel, stride, ceil_mode=ceil, divisor_override=1)
            return (sums(x) / sums(ones)).flatten(1)

        for kind, function in (("max", largest), ("average", average)):
            cases.add(f"{kind} pool {name}", shape, [{"type": f"{kind}Pool2d", **layer}, FLAT], [], function)

    add("2x2", [3, 6, 4], {}, 2, 2)
    add("that leaves a rest", [3, 5, 7], {"kernel": 2}, 2, 2)
    add("that takes the rest", [3, 5, 7], {"kernel": 2, "ceil": True}, 2, 2, ceil=True)
    add("overlapping, padded", [2, 7, 7], {"kernel": 3, "stride": 2, "padding": 1}, 3, 2, (1, 1, 1, 1))
    add("overlapping, in blocks", [16, 7, 7], {"kernel": 3, "stride": 2, "padding": 1}, 3, 2, (1, 1, 1, 1))
    add("2x2, in blocks", [32, 8, 6], {}, 2, 2)
    add("at every pixel", [16, 5, 6], {"kernel": 3, "stride": 1, "padding": 1}, 3, 1, (1, 1, 1, 1))
    add("overlapping with ceil", [2, 8, 6], {"kernel": 3, "stride": 2, "ceil": True}, 3, 2, ceil=True)
    add("by side", [2, 6, 6], {"kernel": [3, 2], "stride": [1, 3], "padding": [0, 1, 1, 0]}, (3, 2), (1, 3), (1, 0, 0, 1))
    cases.add("average pool by PyTorch's own count", [2, 7, 6],
              [{"type": "averagePool2d", "kernel": 3, "stride": 2, "padding": 1, "ceil": True}, FLAT], [],
              lambda x, *_: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False).flatten(1))
    cases.add("max pool by PyTorch's own padding", [2, 8, 7],
              [{"type": "maxPool2d", "kernel": 3, "stride": 2, "padding": 1, "ceil": True}, FLAT], [],
              lambda x, *_: F.max_pool2d(x, 3, 2, 1, ceil_mode=True).flatten(1))
    cases.add("global max pool", [5, 4, 6], [{"type": "globalMaxPool2d"}], [],
              lambda x, *_: F.adaptive_max_pool2d(x, 1).flatten(1), batch=3)
    cases.add("global average pool", [5, 4, 6], [{"type": "globalAveragePool2d"}], [],
              lambda x, *_: F.adaptive_avg_pool2d(x, 1).flatten(1), batch=3)
