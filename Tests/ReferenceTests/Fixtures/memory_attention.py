"""Single-head attention to a memory, without projections of the values."""

import torch
from torch import nn


def beyond(lengths, steps):
    """True at ignored steps, as in PyTorch's key_padding_mask."""
    return None if lengths is None else torch.arange(steps)[None] >= lengths[:, None]


class MemoryAttention(nn.Module):
    """The weighted mean of the memory's steps followed by the query."""

    def forward(self, query, memory, lengths=None):
        scores = self.scores(query, memory)
        padding = beyond(lengths, memory.shape[1])
        if padding is not None:
            scores = scores.masked_fill(padding[:, None], float("-inf"))
        return torch.cat([scores.softmax(-1) @ memory, query], dim=-1)


class Additive(MemoryAttention):
    """v·tanh(W·q + U·k)"""

    def __init__(self, width, memory, units):
        super().__init__()
        self.query = nn.Linear(width, units, bias=False)
        self.memory = nn.Linear(memory, units)
        self.energy = nn.Linear(units, 1, bias=False)

    def scores(self, query, memory):
        sums = self.query(query)[:, :, None] + self.memory(memory)[:, None]
        return self.energy(torch.tanh(sums)).squeeze(-1)


class Dot(MemoryAttention):
    """q·k, or q·W·k"""

    def __init__(self, width, memory, general):
        super().__init__()
        self.query = nn.Linear(width, memory, bias=False) if general else nn.Identity()

    def scores(self, query, memory):
        return self.query(query) @ memory.transpose(1, 2)
