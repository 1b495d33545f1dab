"""Makes the ONNX files of this folder, and what PyTorch answers to fixed inputs.

Run with PyTorch 1.13 (Debian 12: python3-torch): python3 make_torch_models.py FOLDER
Each model NAME gives NAME.onnx and NAME.json: {"input": [...], "inputShape": [...], "output": [...], "outputShape": [...]}.
"""
import json
import math
import sys

import torch
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 8, 5)
        self.fc1 = nn.Linear(8 * 5 * 5, 24)
        self.fc2 = nn.Linear(24, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1((x - 0.1307) / 0.3081)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return self.fc2(torch.relu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.shortcut = nn.Conv2d(channels, filters, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.block1 = Block(8, 8, 1)
        self.block2 = Block(8, 16, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        return torch.softmax(self.fc(torch.flatten(self.pool(self.block2(self.block1(self.stem(x)))), 1)), 1)


class Mobile(nn.Module):
    """Depthwise convolutions, ReLU6, hard swish, squeeze and excitation, group and instance norms, growing pictures."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU6())
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8)
        self.norm = nn.GroupNorm(4, 8)
        self.squeeze = nn.Conv2d(8, 4, 1)
        self.excite = nn.Conv2d(4, 8, 1)
        self.up = nn.ConvTranspose2d(8, 6, 3, 2, 1, output_padding=1, groups=2)
        self.instance = nn.InstanceNorm2d(6, affine=True)
        self.average = nn.AvgPool2d(3, 2, 1)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = nn.functional.hardswish(self.norm(self.depthwise(self.stem(x))))
        gate = x.mean((2, 3), keepdim=True)
        x = x * nn.functional.hardsigmoid(self.excite(torch.relu(self.squeeze(gate))))
        x = nn.functional.elu(self.instance(self.up(x)))
        x = nn.functional.leaky_relu(self.average(nn.functional.interpolate(x, scale_factor=2.0)), 0.2)
        return self.head(nn.functional.silu(x).mean((2, 3)))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 7, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(14, 5)
        self.rnn = nn.RNN(5, 6, batch_first=True)
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        y, _ = self.lstm(self.words(x))
        y, _ = self.gru(y.transpose(0, 1))
        _, h = self.rnn(y.transpose(0, 1))
        return self.fc(h[-1])


class Attention(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(features, 3 * features)
        self.proj = nn.Linear(features, features)

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1)) / math.sqrt(c // self.heads)
        return self.proj((torch.softmax(weights, -1) @ v).transpose(1, 2).reshape(n, t, c))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 12)
        self.position = nn.Parameter(torch.randn(1, 9, 12))
        self.norm1 = nn.LayerNorm(12)
        self.attention = Attention(12, 3)
        self.norm2 = nn.LayerNorm(12)
        self.up = nn.Linear(12, 24)
        self.down = nn.Linear(24, 12)
        self.other = nn.MultiheadAttention(12, 4, batch_first=True)
        self.fc = nn.Linear(12, 4)

    def forward(self, x):
        x = self.words(x) + self.position
        x = x + self.attention(self.norm1(x))
        x = x + self.down(nn.functional.gelu(self.up(self.norm2(x))))
        x = x + self.other(x, x, x, need_weights=False)[0]
        return self.fc(x.mean(1))


class ClassToken(nn.Module):
    """Patches behind a learnt token that is the same for every picture."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(4, 8, 2, 2)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.place = nn.Parameter(torch.randn(1, 13, 8))
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.place
        return self.fc(self.block(x)[:, 0])


class Forms(nn.Module):
    """A small network around one way in which PyTorch writes something."""

    def __init__(self, forward, **parts):
        super().__init__()
        self.steps = forward
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.steps(self, x)


def forms():
    rows, pictures, steps = torch.randn(3, 6, 20), torch.randn(3, 4, 8, 6), torch.randn(3, 7, 8)
    later = torch.triu(torch.full((7, 7), float("-inf")), 1)
    return {
        "rows": (
            nn.Sequential(
                nn.Conv1d(6, 8, 5, 2, 2), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(8, 6, 3, padding=1, groups=2),
                nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(6, 4), nn.LogSoftmax(1)), rows, 11, True),
        "causal": (
            Forms(lambda m, x: m.fc(m.a(x, x, x, attn_mask=later, need_weights=False)[0].mean(1)),
                  a=nn.MultiheadAttention(8, 2, batch_first=True), fc=nn.Linear(8, 3)), steps, 13, True),
        "patches": (
            Forms(lambda m, x: m.fc(m.block(m.conv(x).flatten(2).transpose(1, 2)).mean(1)),
                  conv=nn.Conv2d(4, 8, 2, 2), fc=nn.Linear(8, 2),
                  block=nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True)), pictures, 17, False),
        "yes_or_no": (
            nn.Sequential(nn.Linear(8, 6), nn.BatchNorm1d(6), nn.SELU(), nn.Linear(6, 1), nn.Sigmoid()),
            torch.randn(3, 8), 13, True),
        "parts": (
            Forms(lambda m, x: m.fc((lambda t: t[0] * torch.sigmoid(t[1]))(m.pad(m.conv(x)).chunk(2, 1)).mean((2, 3))),
                  conv=nn.Conv2d(4, 6, 3), pad=nn.ZeroPad2d((1, 2, 0, 1)), fc=nn.Linear(3, 3)), pictures, 14, True),
        "last_states": (
            Forms(lambda m, x: m.fc(torch.cat([m.lstm(x)[1][0][0], m.lstm(x)[1][0][1]], 1)),
                  lstm=nn.LSTM(8, 5, batch_first=True, bidirectional=True), fc=nn.Linear(10, 3)), steps, 12, True),
        "arithmetic": (
            Forms(lambda m, x: m.fc((1 - torch.sigmoid(m.a(x))) * m.b(x) + x.clamp(-0.5, 0.7) - m.b(x) / 2) * 3 - 1,
                  a=nn.Linear(8, 8), b=nn.Linear(8, 8), fc=nn.Linear(8, 3)), torch.randn(3, 8), 9, True),
        "lines": (
            Forms(lambda m, x: m.fc((m.first(x[:, 0]) + m.block(m.lift(x[:, 0]))).mean(1)), lift=nn.Linear(6, 8),
                  block=nn.TransformerEncoderLayer(8, 2, 12, batch_first=True),
                  first=Forms(lambda m, x: m.up(m.a(x, x, x, need_weights=False)[0]),
                              a=nn.MultiheadAttention(6, 3, batch_first=True), up=nn.Linear(6, 8)),
                  fc=nn.Linear(8, 3)), torch.randn(3, 1, 5, 6), 13, True),
        "gates": (
            Forms(lambda m, x: m.fc(one_of_each(m, m.a(x)).mean((2, 3))),
                  a=nn.Conv2d(4, 6, 3, padding=1), place=nn.Conv2d(6, 1, 3, padding=1), row=nn.Conv2d(6, 6, (1, 6)),
                  line=nn.Conv2d(6, 1, (8, 1)), squeeze=nn.Linear(6, 6), fc=nn.Linear(6, 3)), pictures, 13, True),
        "gates_one_sample": (
            Forms(lambda m, x: m.fc((m.a(x) * torch.sigmoid(m.place(x))).mean((2, 3)) * torch.tanh(m.one(x.mean((2, 3))))),
                  a=nn.Conv2d(4, 6, 3), place=nn.Conv2d(4, 1, 3), one=nn.Linear(4, 1), fc=nn.Linear(6, 3)),
            pictures[:1], 13, False),
        "pooled_by_attention": (
            Forms(lambda m, x: m.fc((m.up(x) * torch.softmax(m.score(torch.tanh(m.hidden(x))), 1)).sum(1)),
                  up=nn.Linear(8, 6), hidden=nn.Linear(8, 5), score=nn.Linear(5, 1), fc=nn.Linear(6, 3)), steps, 13, True),
        "crosses": (
            Forms(lambda m, x: m.fc(x * m.one(x) + m.bias - m.other(x)), one=nn.Linear(8, 1), other=nn.Linear(8, 1),
                  fc=nn.Linear(8, 3), bias=nn.Parameter(torch.randn(8))), torch.randn(3, 8), 13, True),
        "growing_rows": (
            nn.Sequential(
                nn.Conv1d(6, 8, 3, 2), nn.ReLU(), nn.Upsample(scale_factor=3.0), nn.Conv1d(8, 4, 3), nn.ReLU(),
                nn.Flatten(), nn.Linear(100, 3)), rows, 13, True),
        "class_token": (ClassToken(), pictures, 14, True),
        "class_token_one_sample": (ClassToken(), pictures[:1], 13, False),
        "mirrored": (
            nn.Sequential(
                nn.ReflectionPad2d((2, 1, 3, 0)), nn.Conv2d(4, 6, 3), nn.Tanh(), nn.ReplicationPad2d((1, 3, 0, 2)),
                nn.Conv2d(6, 4, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(100, 3)), pictures, 11, True),
        "mirrored_rows": (
            nn.Sequential(
                nn.ReflectionPad1d(4), nn.Conv1d(6, 4, 5), nn.ReLU(), nn.ReplicationPad1d((2, 0)), nn.Conv1d(4, 4, 3),
                nn.ReLU(), nn.Flatten(), nn.Linear(96, 3)), rows, 13, True),
    }


def one_of_each(m, x):
    """Gates for each place, row, column and channel of pictures, and one that is as large as they are."""
    line, channel = torch.sigmoid(m.line(x)), torch.sigmoid(m.squeeze(x.mean((2, 3))))[:, :, None, None].expand_as(x)
    return x * torch.sigmoid(m.place(x)) * (torch.tanh(m.row(x)) + line) * channel - line


def shaken(model):
    """Biases and running statistics away from where they begin, so that a lost one is noticed."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, value in list(model.named_parameters()) + list(model.named_buffers()):
            if value.is_floating_point():
                noise = torch.rand(value.shape, generator=generator)
                value.add_(0.3 * noise if name.endswith("running_var") else 0.3 * (noise - 0.5))
    return model.eval()


def main(folder):
    torch.manual_seed(1)
    mlp = nn.Sequential(
        nn.Linear(5, 16), nn.Tanh(), nn.Dropout(), nn.Linear(16, 12, bias=False), nn.LayerNorm(12), nn.GELU(), nn.Linear(12, 1))
    numbers = torch.randint(0, 20, (3, 9))
    cases = {
        "mlp": (mlp, torch.randn(3, 5), 13, True),
        "lenet": (LeNet(), torch.rand(3, 1, 28, 28), 13, True),
        "lenet_opset9_one_sample": (LeNet(), torch.rand(1, 1, 28, 28), 9, False),
        "resnet": (ResNet(), torch.randn(3, 3, 16, 16), 11, True),
        "mobile": (Mobile(), torch.randn(3, 3, 18, 14), 14, True),
        "recurrent": (Recurrent(), numbers, 12, True),
        "transformer": (Transformer(), numbers, 16, True),
        "transformer_one_sample": (Transformer(), numbers[:1], 13, False),
    }
    cases.update(forms())
    for name, (model, inputs, opset, is_dynamic) in cases.items():
        shaken(model)
        with torch.no_grad():
            outputs = model(inputs)
        axes = {"x": {0: "batch"}, "y": {0: "batch"}} if is_dynamic else None
        training = torch.onnx.TrainingMode.EVAL
        torch.onnx.export(
            model, inputs, f"{folder}/{name}.onnx", input_names=["x"], output_names=["y"], opset_version=opset,
            dynamic_axes=axes, training=training)
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump(
                {"inputShape": list(inputs.shape), "input": inputs.flatten().tolist(),
                 "outputShape": list(outputs.shape), "output": outputs.flatten().tolist()}, file)
            file.write("\n")


main(sys.argv[1])
