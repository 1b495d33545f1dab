"""Weights and batches of make_torch_losses.py, which tst_torch_losses.cpp makes again."""
import math

import torch


def wave(count, phase, amplitude):
    return [amplitude * math.sin(0.7 * i + phase) for i in range(count)]


def tensor(shape, phase, amplitude):
    count = math.prod(shape)
    return torch.tensor(wave(count, phase, amplitude), dtype=torch.float64).float().reshape(shape)


def set_parameters(pairs, gain=1):
    """pairs: (PyTorch tensor, function from the engine's order to PyTorch's) in the engine's order of parameters."""
    for number, (parameter, shape, order, base) in enumerate(pairs):
        amplitude = gain * 0.3 / math.sqrt(max(1, math.prod(shape[1:])) if len(shape) > 1 else 9)
        value = tensor(shape, number, amplitude) + base
        parameter.data.copy_(order(value))


def same(x):
    return x
