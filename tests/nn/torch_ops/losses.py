"""Losses with their gradients, and what the engine counts beside them."""
import torch
from torch.nn import functional as F


def add_cases(cases):
    add_classes(cases)
    add_numbers(cases)
    add_ctc(cases)


def weighted(x, shares, weights, smoothing):
    """The engine's mean where PyTorch has another one (see DECISIONS.md of the backends): a sample counts as its classes
    do, also with what is smoothed, and the sum is divided by what all samples count."""
    each = shares * torch.tensor(weights, dtype=x.dtype)
    target = (1 - smoothing) * each + smoothing / x.shape[1] * each.sum(1, keepdim=True)
    return F.cross_entropy(x, target, reduction="sum") / each.sum()


def add_classes(cases):
    def add(name, shape, labels, smoothing=0.0, weights=None, batch=3, factor=False):
        classes = shape[-1]
        target = torch.tensor(labels)

        def value(x):
            rows = x.reshape(-1, classes)
            if weights and smoothing > 0:
                return weighted(rows, F.one_hot(target, classes).to(x.dtype), weights, smoothing)
            return F.cross_entropy(rows, target, label_smoothing=smoothing,
                                   weight=torch.tensor(weights, dtype=x.dtype) if weights else None)

        right = lambda x: (x.reshape(-1, classes).argmax(1) == target).sum()
        cases.add_loss(f"cross-entropy{name}", shape,
                       {"loss": "SoftmaxCrossEntropy", "labelSmoothing": smoothing, "classWeights": weights or []},
                       labels, value, right, batch=batch, factor=factor)

    add("", [4], [0, 3, 1, 1, 2, 2, 0], batch=7)
    add(" with smoothed labels", [4], [0, 3, 1, 1, 2], smoothing=0.125, batch=5)
    add(" with class weights", [4], [0, 3, 1, 1, 2], weights=[0.5, 2.0, 0.0, 1.25], batch=5)
    add(" with class weights and smoothed labels", [4], [0, 3, 1, 1, 2], smoothing=0.25, weights=[0.5, 2.0, 1.0, 1.25], batch=5)
    add(" of steps", [3, 5], [0, 4, 2, 1, 3, 3], batch=2)
    add(" of many classes", [33], [0, 32, 16, 5], batch=4)
    add(" of very many classes", [700], [699, 0, 350], smoothing=0.1)
    add(" as a part", [4], [0, 3, 1, 1, 2], smoothing=0.125, weights=[0.5, 2.0, 1.0, 1.25], batch=5, factor=True)
    add(" of many classes as a part", [33], [0, 32, 16, 5], batch=4, factor=True)
    add(" of one sample of two classes", [2], [1], batch=1)

    def shares(name, smoothing, weights=None, factor=False):
        rows = [[0.7, 0.3, 0.0, 0.0], [0.0, 0.25, 0.25, 0.5], [0.0, 0.0, 1.0, 0.0]]
        target = torch.tensor(rows, dtype=torch.float64).float().double()
        value = lambda x: weighted(x, target, weights, smoothing) if weights else F.cross_entropy(
            x, target, label_smoothing=smoothing)
        cases.add_loss(f"cross-entropy of shares{name}", [4],
                       {"loss": "SoftmaxCrossEntropy", "labelSmoothing": smoothing, "classWeights": weights or [],
                        "hasTargetShares": True},
                       [share for row in rows for share in row], value, lambda x: (x.argmax(1) == target.argmax(1)).sum(),
                       factor=factor)

    shares("", 0.0)
    shares(", smoothed", 0.125)
    shares(" with class weights", 0.125, [0.5, 2.0, 1.0, 1.25])
    shares(" as a part", 0.125, factor=True)


def add_numbers(cases):
    numbers = [0.5, -1.25, 3.0, 0.0, 2.5, -0.75, 1.0, -3.0, 0.25]
    signs = [1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0, -1.0]
    answers = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    shares = [1.0, 0.25, 0.0, 0.75, 0.5, 0.0, 1.0, 0.625, 0.125]

    def add(name, setup, targets, loss, sides=False, factor=False):
        t = torch.tensor(targets, dtype=torch.float64).reshape(3, 3)
        errors = lambda x: torch.stack([(x - t).abs().sum(), ((x - t) ** 2).sum()])
        right = lambda x: ((x > 0) == (t > 0.5)).sum()
        cases.add_loss(name, [3], setup, targets, lambda x: loss(x, t), right if sides else errors, factor=factor)

    add("mean squared error", {"loss": "MeanSquaredError"}, numbers, F.mse_loss)
    add("mean absolute error", {"loss": "MeanAbsoluteError"}, numbers, F.l1_loss)
    add("huber", {"loss": "Huber"}, numbers, lambda x, t: F.huber_loss(x, t, delta=1.0))
    add("huber as a part", {"loss": "Huber"}, numbers, lambda x, t: F.huber_loss(x, t, delta=1.0), factor=True)
    # max(0, -t (x - 0) + 1)
    add("hinge", {"loss": "Hinge"}, signs, lambda x, t: F.margin_ranking_loss(x, torch.zeros_like(x), t, margin=1.0), sides=True)
    binary = F.binary_cross_entropy_with_logits
    add("binary cross-entropy", {"loss": "BinaryCrossEntropy"}, answers, binary, sides=True)
    add("binary cross-entropy of shares", {"loss": "BinaryCrossEntropy"}, shares, binary, sides=True)
    add("binary cross-entropy, smoothed", {"loss": "BinaryCrossEntropy", "labelSmoothing": 0.25}, answers,
        lambda x, t: binary(x, t * 0.75 + 0.125), sides=True)

    def answered(no, yes, smoothing=0.0):
        def value(x, t):
            weights = no * (1 - t) + yes * t
            return binary(x, t * (1 - smoothing) + smoothing / 2, weight=weights, reduction="sum") / weights.sum()
        return value

    add("binary cross-entropy with weights", {"loss": "BinaryCrossEntropy", "classWeights": [0.5, 2.0]}, answers,
        answered(0.5, 2.0), sides=True)
    add("binary cross-entropy with weights, smoothed",
        {"loss": "BinaryCrossEntropy", "classWeights": [0.5, 2.0], "labelSmoothing": 0.25}, answers,
        answered(0.5, 2.0, 0.25), sides=True)


def add_ctc(cases):
    def add(name, steps, classes, rows, factor=False):
        """rows: how many frames count, then the labels."""
        targets = [row + [-1] * (1 + steps - len(row)) for row in rows]
        frames = torch.tensor([row[0] for row in rows])
        labels = torch.tensor([label for row in rows for label in row[1:]])
        counts = torch.tensor([len(row) - 1 for row in rows])

        def value(x):
            # What no path can read counts nothing.
            return F.ctc_loss(x.log_softmax(2).transpose(0, 1), labels, frames, counts, reduction="none", zero_infinity=True).mean()

        def right(x):
            found = 0
            for logits, row in zip(x, rows):
                path = torch.unique_consecutive(logits[:row[0]].argmax(1))
                found += path[path != 0].tolist() == row[1:]
            return found

        cases.add_loss(f"ctc{name}", [steps, classes], {"loss": "Ctc"}, [float(v) for row in targets for v in row], value, right,
                       batch=len(rows), factor=factor)

    add("", 6, 5, [[6, 1, 4, 2], [6, 2, 2, 3], [5, 3, 1]])
    add(" of a word that does not fit", 4, 3, [[4, 1, 1, 2], [4, 1, 1, 1], [3, 2]])
    add(" as a part", 5, 4, [[5, 1, 1], [4, 3, 2, 1]], factor=True)
    add(" of silence", 3, 3, [[3], [2, 2]])
    add(" of the path that is read", 2, 3, [[2, 1], [1, 2], [1, 1], [2, 2]])
