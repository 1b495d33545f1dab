"""The networks over sequences of make_torch_losses.py."""
import torch
from torch import nn

from torch_sines import same, set_parameters


class Recurrent(nn.Module):
    """Two layers, both ways or with states that one batch leaves to the next, where gradients end. PyTorch's second bias
    stays zero but for the GRU's new gate."""

    def __init__(self, kind, carried=False):
        super().__init__()
        self.carried, self.state = carried, None
        self.gain = 8 if carried else 1  # so that losses tell what was carried
        make = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[kind]
        self.text = {"input": [6, 5], "layers": [
            {"type": kind, "units": 7, "layers": 2, "carryState" if carried else "bidirectional": True, "output": "all"},
            {"type": "dense", "units": 3, "over": "last"}]}
        self.net = make(5, 7, 2, batch_first=True, bidirectional=not carried)
        self.out = nn.Linear(7 if carried else 14, 3)
        ways = ("",) if carried else ("", "_reverse")

        def order(x):  # ours is z, r, n
            return torch.cat([x[7:14], x[:7], x[14:21]]) if kind == "gru" else x

        pairs = []
        for layer in range(2):
            for way in ways:
                get = lambda name: getattr(self.net, f"{name}_l{layer}{way}")
                weight, state, bias, more = get("weight_ih"), get("weight_hh"), get("bias_ih"), get("bias_hh")
                more.data.zero_()
                pairs += [(weight, weight.shape, order, 0), (state, state.shape, order, 0)]
                if kind == "gru":
                    both = torch.zeros(28)
                    pairs.append((both, both.shape, same, 0))
                    self.register_buffer(f"both{layer}{way}", both)
                    more.register_hook(lambda g: torch.cat([torch.zeros(14), g[14:]]))
                else:
                    more.requires_grad_(False)
                    pairs.append((bias, bias.shape, same, 0))
        pairs += [(self.out.weight, self.out.weight.shape, same, 0), (self.out.bias, self.out.bias.shape, same, 0)]
        set_parameters(pairs, self.gain)
        if kind == "gru":
            for layer in range(2):
                for way in ways:
                    both = getattr(self, f"both{layer}{way}")
                    getattr(self.net, f"bias_ih_l{layer}{way}").data.copy_(order(both[:21]))
                    getattr(self.net, f"bias_hh_l{layer}{way}").data[14:] = both[21:]

    def forward(self, x):
        y, last = self.net(x, self.state)
        if self.carried:
            self.state = tuple(one.detach() for one in last) if isinstance(last, tuple) else last.detach()
        return self.out(y)


class Words(nn.Module):
    text = {"input": [5], "layers": [
        {"type": "embedding", "vocabulary": 7, "units": 6}, {"type": "gru", "units": 5}, {"type": "dense", "units": 3}]}

    def __init__(self):
        super().__init__()
        self.table, self.net, self.out = nn.Embedding(7, 6), nn.GRU(6, 5, batch_first=True), nn.Linear(5, 3)

        def order(x):  # ours is z, r, n
            return torch.cat([x[5:10], x[:5], x[10:]])

        both = torch.zeros(20)
        weight, state = self.net.weight_ih_l0, self.net.weight_hh_l0
        set_parameters([(self.table.weight, self.table.weight.shape, same, 0), (weight, weight.shape, order, 0),
                        (state, state.shape, order, 0), (both, both.shape, same, 0),
                        (self.out.weight, self.out.weight.shape, same, 0), (self.out.bias, self.out.bias.shape, same, 0)])
        self.net.bias_ih_l0.data.copy_(order(both[:15]))
        self.net.bias_hh_l0.data.zero_()
        self.net.bias_hh_l0.data[10:] = both[15:]
        self.net.bias_hh_l0.register_hook(lambda g: torch.cat([torch.zeros(10), g[10:]]))

    def forward(self, x):
        return self.out(self.net(self.table(x.long()))[0][:, -1])


class CrossAttention(nn.Module):
    """The first steps, scaled, ask the others."""
    text = {"input": [7, 8], "layers": [
        {"name": "asking", "type": "slice", "axis": 1, "begin": 0, "count": 3},
        {"name": "asked", "type": "slice", "axis": 1, "begin": 3, "count": 4, "inputs": ["input"]},
        {"name": "small", "type": "scale", "factor": 0.375, "inputs": ["asking"]},
        {"name": "attention", "type": "attention", "heads": 4, "inputs": ["small", "asked"]},
        {"type": "add", "inputs": ["attention", "small"]},
        {"type": "layerNorm", "over": "last"},
        {"type": "dense", "units": 3, "over": "last"}]}

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 4, batch_first=True)
        self.norm, self.out = nn.LayerNorm(8), nn.Linear(8, 3)
        whole, biases = self.attention.in_proj_weight, self.attention.in_proj_bias
        parts = [(torch.zeros(8, 8), torch.zeros(8)) for _ in range(3)]
        pairs = [*parts, (self.attention.out_proj.weight, self.attention.out_proj.bias), (self.norm.weight, self.norm.bias),
                 (self.out.weight, self.out.bias)]
        set_parameters([(p, p.shape, same, 1 if p is self.norm.weight else 0) for pair in pairs for p in pair])
        whole.data.copy_(torch.cat([weight for weight, _ in parts]))
        biases.data.copy_(torch.cat([bias for _, bias in parts]))

    def forward(self, x):
        asking = x[:, :3] * 0.375
        return self.out(self.norm(self.attention(asking, x[:, 3:], x[:, 3:], need_weights=False)[0] + asking))
