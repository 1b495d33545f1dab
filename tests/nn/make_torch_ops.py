#!/usr/bin/python3
"""Writes torch_ops.json: results and gradients of every layer and every loss, computed by PyTorch.

Run with Debian's python3-torch (1.13 was used): /usr/bin/python3 tests/nn/make_torch_ops.py
The cases stand in torch_ops/, a file for each family; torch_ops/case.py says what is stored and how inputs are made.
tst_torch_ops.cpp compares them with the interpreter and with the processor's kernels.
"""
import pathlib

import torch

from torch_ops import convolutions, elements, kernels, losses, norms, optimizers, sequences, shapes
from torch_ops.case import Cases

torch.set_num_threads(1)
cases = Cases()
for family in (elements, convolutions, norms, shapes, sequences, losses, kernels, optimizers):
    family.add_cases(cases)
cases.write(pathlib.Path(__file__).with_name("torch_ops.json"))
