"""Layers that move, cut, join and sum."""
import torch
from torch.nn import functional as F

FLAT = {"type": "flatten"}


def add_cases(cases):
    def add(name, shape, layers, function, **settings):
        cases.add(name, shape, layers, [], lambda x, *_: function(x), **settings)

    add("flatten", [2, 3, 2], [FLAT], lambda x: x.flatten(1))
    add("reshape", [2, 6], [{"type": "reshape", "shape": [4, 3]}], lambda x: x.reshape(-1, 4, 3))
    add("transpose", [3, 5], [{"type": "transpose", "order": [2, 1]}], lambda x: x.transpose(1, 2))
    add("transpose three axes", [2, 3, 4], [{"type": "transpose", "order": [3, 1, 2]}, FLAT],
        lambda x: x.permute(0, 3, 1, 2).flatten(1))
    add("transpose channels to the end", [3, 4, 5], [{"type": "transpose", "order": [2, 3, 1]}, FLAT],
        lambda x: x.permute(0, 2, 3, 1).flatten(1))
    add("pad", [2, 3, 4], [{"type": "pad", "before": [0, 1, 2], "after": [1, 0, 3]}, FLAT],
        lambda x: F.pad(x, (2, 3, 1, 0, 0, 1)).flatten(1))
    add("pad features", [5], [{"type": "pad", "before": [2], "after": [1]}], lambda x: F.pad(x, (2, 1)))
    add("slice", [3, 6], [{"type": "slice", "axis": 2, "begin": 1, "count": 4}], lambda x: x[:, :, 1:5])
    add("slice of rows", [2, 5, 3], [{"type": "slice", "axis": 2, "begin": 2, "count": 2}, FLAT],
        lambda x: x[:, :, 2:4].flatten(1))
    part = lambda name, begin, count: {
        "name": name, "type": "slice", "axis": 1, "begin": begin, "count": count, "inputs": ["input"]}
    split = [part("a", 0, 2), part("b", 2, 1), part("c", 3, 4)]
    add("split and concat", [7, 3], [*split, {"type": "concat", "inputs": ["c", "a", "b"]}],
        lambda x: torch.cat([x.split([2, 1, 4], 1)[i] for i in (2, 0, 1)], 1))
    add("concat of the last axis", [4, 3],
        [part("a", 0, 2), part("b", 2, 2), {"type": "concat", "axis": 2, "inputs": ["b", "a"]}],
        lambda x: torch.cat([x[:, 2:], x[:, :2]], 2))
    add("concat of channels", [4, 3, 2], [part("a", 0, 1), part("b", 1, 3), {"type": "concat", "inputs": ["b", "a", "b"]}, FLAT],
        lambda x: torch.cat([x[:, 1:], x[:, :1], x[:, 1:]], 1).flatten(1))
    for kind in ("sum", "mean"):
        function = getattr(torch, kind)
        add(f"{kind} of the pixels", [3, 4, 5], [{"type": kind, "axes": [2, 3]}], lambda x: function(x, (2, 3)))
        add(f"{kind} of the steps", [5, 3], [{"type": kind, "axes": [1]}], lambda x: function(x, 1))
        add(f"{kind} of the rows", [2, 5, 3], [{"type": kind, "axes": [2]}], lambda x: function(x, 2))
        add(f"{kind} of all", [2, 3, 4], [{"type": kind, "axes": [1, 2, 3]}],
            lambda x: function(x.flatten(1), 1, keepdim=True))
