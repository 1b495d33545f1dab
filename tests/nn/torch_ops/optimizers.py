"""How far each optimizer moves the parameters of a small network in three steps."""
import torch
from torch.nn import functional as F

from .case import BATCHES, INPUT, PARAMETERS, numbers, weight

STEPS = 3
BATCH = 4
LAYERS = [{"type": "dense", "units": 6, "activation": "tanh"}, {"type": "dense", "units": 3}]
SHAPES = [weight(6, 5), weight(6), weight(3, 6), weight(3)]
LABELS = [0.0, 2.0, 1.0, 1.0]


def add_cases(cases):
    def add(name, kind, rate, **setting):
        cases.add_steps(f"optimizer {name}", [5], LAYERS, BATCH, {"optimizer": kind, **setting}, rate, LABELS,
                        moved(kind, rate, setting))

    add("sgd", "Sgd", 0.25, momentum=0.0)
    add("sgd with momentum", "Sgd", 0.125, momentum=0.75)
    add("sgd of Nesterov", "Sgd", 0.125, momentum=0.75, isNesterov=True)
    add("adam", "Adam", 0.03125)
    add("adam with settings", "Adam", 0.03125, beta1=0.5, beta2=0.75, epsilon=0.0625)
    add("adam with an l2 penalty", "Adam", 0.03125, weightDecay=0.125)
    add("adamw", "AdamW", 0.03125, weightDecay=0.5)
    add("rmsprop", "RmsProp", 0.015625, beta2=0.75)
    add("rmsprop with an epsilon", "RmsProp", 0.015625, beta2=0.5, epsilon=0.0625)
    add("adagrad", "Adagrad", 0.0625)
    add("adagrad with an epsilon", "Adagrad", 0.0625, epsilon=0.125)
    add("l2 penalty", "Sgd", 0.25, weightDecay=0.125)
    add("l1 penalty", "Sgd", 0.25, l1=0.0625)
    add("clipped norm", "Sgd", 0.25, clipNorm=0.25)
    add("clipped values", "Sgd", 0.25, clipValue=0.03125)
    add("all clips and penalties", "Sgd", 0.25, weightDecay=0.125, l1=0.0625, clipNorm=0.5, clipValue=0.0625)


def optimizer_of(kind, rate, setting, parameters):
    """Biases, which have one axis, are never decayed."""
    decay = setting.get("weightDecay", 0)
    groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": decay},
              {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0}]
    beta1, beta2, epsilon = setting.get("beta1", 0.9), setting.get("beta2", 0.999), setting.get("epsilon", 1e-8)
    if kind == "Sgd":
        return torch.optim.SGD(groups, rate, momentum=setting.get("momentum", 0.9), nesterov=setting.get("isNesterov", False))
    if kind == "RmsProp":
        return torch.optim.RMSprop(groups, rate, alpha=beta2, eps=epsilon)
    if kind == "Adagrad":
        return torch.optim.Adagrad(groups, rate, eps=epsilon)
    return getattr(torch.optim, kind)(groups, rate, betas=(beta1, beta2), eps=epsilon)


def moved(kind, rate, setting):
    begin = [numbers(shape, PARAMETERS + i, 0.5, base) for i, (shape, base) in enumerate(SHAPES)]
    p = [tensor.clone().requires_grad_() for tensor in begin]
    optimizer = optimizer_of(kind, rate, setting, p)
    for step in range(STEPS):
        x = numbers((BATCH, 5), INPUT + BATCHES * step, 2.0)
        loss = F.cross_entropy(F.linear(torch.tanh(F.linear(x, p[0], p[1])), p[2], p[3]), torch.tensor(LABELS).long())
        optimizer.zero_grad()
        loss.backward()
        if "clipNorm" in setting:
            torch.nn.utils.clip_grad_norm_(p, setting["clipNorm"])
        if "clipValue" in setting:
            torch.nn.utils.clip_grad_value_(p, setting["clipValue"])
        for one in p:
            if "l1" in setting and one.dim() > 1:
                one.grad.add_(setting["l1"] * one.data.sign())
        optimizer.step()
    return [one - before for one, before in zip(p, begin)]
