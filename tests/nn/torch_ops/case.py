"""What a case of torch_ops.json is, and the numbers that both sides make for it.

Inputs and parameters are not stored: numbers() is made again by numbersOf() in torch_case.cpp. Results are PyTorch's in
float64; small ones are stored whole, of larger ones some elements and some sums over all of them.
"""
import json
import math

import numpy
import torch

WHOLE = 96  # elements that are stored one by one
PICKED = 32
SUMS = 8

# Seeds of the numbers.
INPUT, PARAMETERS, STATES, CARRIED, OUTPUT_GRADIENT, SUM_FACTORS = 0, 1, 101, 201, 1000, 2000
BATCHES = 3000  # between those of the inputs of steps


def mix32(x):
    """engine/graph/dropout_mask.h: Wellons, hash-prospector "lowbias32"."""
    x = numpy.asarray(x, dtype=numpy.uint32).copy()
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x ^= x >> numpy.uint32(shift)
        x = (x.astype(numpy.uint64) * factor).astype(numpy.uint32)
    return x ^ (x >> numpy.uint32(16))


def numbers(shape, seed, amplitude=1.0, base=0.0):
    """float32(base + amplitude k / 2^23), k the upper 24 bits of mix32(mix32(seed) + index), less 2^23."""
    count = math.prod(shape)
    index = numpy.arange(count, dtype=numpy.uint64) + int(mix32([seed])[0])
    k = (mix32(index.astype(numpy.uint32)) >> numpy.uint32(8)).astype(numpy.float64) - 2.0**23
    return torch.from_numpy((base + amplitude * k / 2.0**23).astype(numpy.float32).astype(numpy.float64)).reshape(shape)


def kept(count, rate, stream=0):
    """Dropout's mask for the step with the keys 11 and 12: 1 / (1 - rate) where an element is kept, else 0."""
    index = numpy.arange(count, dtype=numpy.uint64) + (11 ^ int(mix32([stream + 1])[0]))
    drawn = mix32(mix32(index.astype(numpy.uint32)) ^ numpy.uint32(12))
    return torch.from_numpy(numpy.where(drawn < int(rate * 2.0**32), 0.0, 1 / (1 - rate)))


def weight(*shape):
    return shape, 0.0


def scale(extent):
    return (extent,), 1.0


def stored(tensor):
    flat = tensor.detach().reshape(-1).double()
    short = lambda values: [float(f"{value:.9g}") for value in values.tolist()]
    if flat.numel() <= WHOLE:
        return short(flat)
    picked = [k * (flat.numel() - 1) // (PICKED - 1) for k in range(PICKED)]
    weighted = flat * numbers((flat.numel(),), SUM_FACTORS)
    sums = torch.stack([weighted[k::SUMS].sum() for k in range(SUMS)])
    largest = float(f"{flat.abs().max().item():.9g}")
    return {"size": flat.numel(), "largest": largest, "picked": short(flat[picked]), "sums": short(sums)}


class Cases:
    def __init__(self):
        self.rows = []
        self.steps = []

    def add(self, name, input_shape, layers, parameters, forward, batch=2, mode="training", given=None, states=(),
            carried=(), learned=None, kernels=None, large=False):
        """forward(x, parameters, states, carried) gives the output, and the last states if some are carried.

        parameters: as the engine orders them. given: whole numbers as the input, which have no gradient.
        learned: so many of the first parameters have gradients.
        mode "inference": running statistics are used, and the gradient is that in the input alone.
        kernels: whose loops compute each convolution, where the processor has wide vectors. large: too slow for the interpreter.
        """
        x = torch.tensor(given, dtype=torch.float64).reshape(batch, *input_shape) if given else \
            numbers((batch, *input_shape), INPUT, 4.0 if not parameters else 2.0)
        p = [numbers(shape, PARAMETERS + i, 0.5, base) for i, (shape, base) in enumerate(parameters)]
        s = [numbers(shape, STATES + i, 0.5, base) for i, (shape, base) in enumerate(states)]
        c = [numbers(shape, CARRIED + i) for i, shape in enumerate(carried)]
        leaves = ([] if given else [x]) + (p[:learned] if mode == "training" else []) + c
        for leaf in leaves:
            leaf.requires_grad_()
        y, last = forward(x, p, s, c) if carried else (forward(x, p, s, c), [])
        gradients = torch.autograd.grad((y * numbers(y.shape, OUTPUT_GRADIENT)).sum(), leaves)
        own = len(leaves) - len(c)
        results = [y, *gradients[:own], *last, *gradients[own:], *(s if mode == "training" else [])]
        row = {"name": name, "model": {"input": list(input_shape), "layers": layers}, "batch": batch, "mode": mode}
        for key, value in (("given", given), ("kernels", kernels), ("isLarge", large)):
            if value:
                row[key] = value
        self.rows.append({**row, "results": [stored(result) for result in results]})

    def add_loss(self, name, input_shape, setup, targets, loss, metrics, batch=3, factor=False):
        """loss(logits) and metrics(logits); setup: the engine's settings, by name.

        factor: the loss's own gradient is given, so that it is no end of the network.
        """
        layers = [{"type": "reshape", "shape": list(input_shape)}]
        x = numbers((batch, *input_shape), INPUT, 2.0).requires_grad_()
        value = loss(x)
        gradient, = torch.autograd.grad(value * (numbers((1,), OUTPUT_GRADIENT).sum() if factor else 1), [x])
        results = [value, torch.as_tensor(metrics(x), dtype=torch.float64), gradient]
        self.rows.append({
            "name": name, "model": {"input": list(input_shape), "layers": layers}, "batch": batch, "mode": "training",
            "setup": setup, "targets": targets, **({"isPart": True} if factor else {}), "results": [stored(result) for result in results]})

    def add_steps(self, name, input_shape, layers, batch, setup, rate, targets, moved):
        """moved: how far each parameter goes in the three steps of a training session."""
        self.steps.append({
            "name": name, "model": {"input": list(input_shape), "layers": layers}, "batch": batch, "mode": "training",
            "setup": {"loss": "SoftmaxCrossEntropy", **setup}, "rate": rate, "targets": targets,
            "results": [stored(one) for one in moved]})

    def write(self, path):
        lines = lambda rows: ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        origin = f"PyTorch {torch.__version__} in float64, by make_torch_ops.py"
        path.write_text(
            f'{{"origin":"{origin}","cases":[\n{lines(self.rows)}\n],"steps":[\n{lines(self.steps)}\n]}}\n')
