"""Batch, layer and group norm; in training with the running statistics that they leave."""
from torch.nn import functional as F

from .case import scale, weight

FLAT = {"type": "flatten"}


def batch_norm(x, p, s, training, momentum=0.1, epsilon=1e-5):
    return F.batch_norm(x, s[0], s[1], p[0], p[1], training, momentum, epsilon)


def add_cases(cases):
    def add(name, shape, batch=3, mode="training", **settings):
        layers = [{"type": "batchNorm", **settings}, *([FLAT] if len(shape) == 3 else [])]
        numbers = {key: settings[key] for key in ("momentum", "epsilon") if key in settings}

        def forward(x, p, s, _):
            y = batch_norm(x, p, s, mode == "training", **numbers)
            return (F.relu(y) if "activation" in settings else y).flatten(1 if len(shape) == 3 else -1)

        cases.add(f"batch norm {name}", shape, layers, [scale(shape[0]), weight(shape[0])], forward, batch=batch, mode=mode,
                  states=[weight(shape[0]), scale(shape[0])])

    add("of features", [5], batch=6)
    add("of a picture", [4, 3, 2])
    add("and relu", [4, 3, 2], activation="relu")
    add("in blocks and relu", [16, 9, 9], batch=2, activation="relu")
    add("of steps", [4, 6])
    add("with settings", [3, 4, 2], momentum=0.25, epsilon=0.125)
    add("of many samples", [3], batch=70)
    add("in inference", [3, 4, 2], mode="inference")
    add("in inference, of features and relu", [5], mode="inference", activation="relu")
    add_frozen(cases)
    add_blocks(cases)
    for name, shape, axes, over in (("of features", [7], 1, "sample"), ("of a picture", [3, 2, 2], 3, "sample"),
                                    ("of each step", [3, 7], 1, "last"), ("of each row", [2, 3, 20], 1, "last"),
                                    ("of wide rows", [3, 257], 1, "last")):
        features = shape[-axes:]
        count = 1
        for extent in features:
            count *= extent
        cases.add(f"layer norm {name}", shape, [{"type": "layerNorm", "over": over}, *([FLAT] if len(shape) == 3 else [])],
                  [scale(count), weight(count)],
                  lambda x, p, *_: F.layer_norm(x, features, p[0].reshape(features), p[1].reshape(features)).reshape(
                      x.shape if len(shape) < 3 else (x.shape[0], -1)))
    for name, shape, groups in (("", [6, 3, 2], 3), (" over all", [4, 3, 3], 1), (" of each channel", [16, 5, 5], 16),
                                (" of features", [8], 2), (" of steps", [4, 6], 2)):
        cases.add(f"group norm{name}", shape,
                  [{"type": "groupNorm", "groups": groups}, *([FLAT] if len(shape) == 3 else [])],
                  [scale(shape[0]), weight(shape[0])],
                  lambda x, p, *_: F.group_norm(x, groups, *p).flatten(1 if len(shape) == 3 else -1), batch=3)
    cases.add("group norm with an epsilon", [4, 5], [{"type": "groupNorm", "groups": 2, "epsilon": 0.25}], [scale(4), weight(4)],
              lambda x, p, *_: F.group_norm(x, 2, *p, 0.25), batch=3)
    cases.add("layer norm with an epsilon", [9], [{"type": "layerNorm", "epsilon": 0.25}], [scale(9), weight(9)],
              lambda x, p, *_: F.layer_norm(x, (9,), *p, 0.25), batch=3)


def add_frozen(cases):
    """Nobody asks for the gradients of what is frozen, but they pass through it."""
    cases.add("frozen batch norm", [3, 4, 4],
              [{"type": "conv2d", "filters": 4, "kernel": 1}, {"type": "batchNorm", "frozen": True}, FLAT],
              [weight(4, 3, 1, 1), weight(4), scale(4), weight(4)],
              lambda x, p, s, _: batch_norm(F.conv2d(x, p[0], p[1]), p[2:], s, False).flatten(1),
              states=[weight(4), scale(4)], learned=2)


def add_blocks(cases):
    cases.add("convolution, batch norm, relu, pool", [3, 8, 8],
              [{"type": "conv2d", "filters": 16, "kernel": 3, "bias": False}, {"type": "batchNorm", "activation": "relu"},
               {"type": "maxPool2d"}, FLAT],
              [weight(16, 3, 3, 3), scale(16), weight(16)],
              lambda x, p, s, _: F.max_pool2d(F.relu(batch_norm(F.conv2d(x, p[0], padding=1), p[1:], s, True)), 2).flatten(1),
              states=[weight(16), scale(16)])

    plain = {"type": "conv2d", "kernel": 3, "bias": False}
    for name, mode in (("", "training"), (" in inference", "inference")):
        def residual(x, p, s, _):
            x = F.relu(F.conv2d(x, p[0], padding=1))
            y = F.relu(batch_norm(F.conv2d(x, p[1], padding=1), p[2:], s[:2], mode == "training"))
            y = batch_norm(F.conv2d(y, p[4], padding=1), p[5:], s[2:], mode == "training")
            return F.conv2d(F.relu(y + x), p[7]).flatten(1)

        cases.add(f"residual block{name}", [3, 8, 8],
                  [{**plain, "name": "stem", "filters": 16, "activation": "relu"},
                   {**plain, "name": "first", "filters": 16}, {"name": "norm1", "type": "batchNorm", "activation": "relu"},
                   {**plain, "name": "second", "filters": 16}, {"name": "norm2", "type": "batchNorm"},
                   {"type": "add", "inputs": ["norm2", "stem"], "activation": "relu"},
                   {"type": "conv2d", "filters": 8, "kernel": 1, "bias": False}, FLAT],
                  [weight(16, 3, 3, 3), weight(16, 16, 3, 3), scale(16), weight(16), weight(16, 16, 3, 3), scale(16), weight(16),
                   weight(8, 16, 1, 1)],
                  residual, states=[weight(16), scale(16), weight(16), scale(16)], mode=mode)
