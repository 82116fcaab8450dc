"""Whole training runs of 30 steps of sequence networks, computed by PyTorch; `curve.py` describes a
run's folder.

Numbers in data files are multiples of 1/64, so that both precisions read the same values.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, integers, normal, output_folder
from curve import write_config, write_run
from memory_attention import Additive, Dot

FOLDER = output_folder(__file__)
STEPS = 30
# The first tokens of every vocabulary: padding, beginning, end, unknown.
BEGINNING, END, SPECIAL = 1, 2, 4
IGNORED = -100


class Sequence(nn.Sequential):
    """Sequential layers with access to the sequences' lengths and an encoder's output.

    The input is a tensor [N, T, …], with its lengths or None, and in a decoder the memory.
    """

    def forward(self, value, lengths=None, memory=None):
        for layer in self:
            if isinstance(layer, Recurrent):
                value = layer(value, lengths, memory)
            elif isinstance(layer, (Additive, Dot)):
                value = layer(value, memory.values, memory.lengths)
            else:
                value = layer(value)
        return value


class Recurrent:
    """Additions to `nn.LSTM` and `nn.GRU`: lengths, and the output of the last step."""

    def __init__(self, inputs, hidden, *, returns="all", initial="zeros", **options):
        super().__init__(inputs, hidden, batch_first=True, **options)
        self.returns = returns
        self.initial = initial
        self.final = None

    def forward(self, value, lengths, memory):
        first = memory.states if self.initial == "encoder" else None
        steps = value.shape[1]
        if lengths is not None:
            value = pack_padded_sequence(value, lengths, batch_first=True, enforce_sorted=False)
        output, self.final = super().forward(value, first)
        if lengths is not None:
            output, _ = pad_packed_sequence(output, batch_first=True, total_length=steps)
        if self.returns == "all":
            return output
        hidden = self.final[0] if isinstance(self, nn.LSTM) else self.final
        return torch.cat(list(hidden[-2 if self.bidirectional else -1:]), dim=1)


class LSTM(Recurrent, nn.LSTM):
    pass


class GRU(Recurrent, nn.GRU):
    pass


class Memory:
    """The output and final states of an encoder."""

    def __init__(self, values, lengths, states):
        self.values, self.lengths, self.states = values, lengths, states


class EncoderDecoder(nn.Module):
    """Reads one sequence and predicts another; the decoder reads the true one (teacher forcing)."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = Sequence(*encoder)
        self.decoder = Sequence(*decoder)

    def forward(self, source, lengths, target):
        values = self.encoder(source, lengths)
        states = [layer.final for layer in self.encoder if isinstance(layer, Recurrent)]
        return self.decoder(target, None, Memory(values, lengths, states[-1]))


class LearntPositions(nn.Module):
    """Adds a vector to each position."""

    def __init__(self, count, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(count, width))

    def forward(self, value):
        return value + self.weight[:value.shape[1]]


class CausalEncoder(nn.TransformerEncoder):
    """Each step sees only earlier steps."""

    def forward(self, value):
        steps = value.shape[1]
        return super().forward(
            value, mask=torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1))


class Network(Sequence):
    """A config's layers with the names `0`, `1`, …; takes the parts of an input as a tuple."""

    def forward(self, inputs):
        if isinstance(self[0], EncoderDecoder):
            return self[0](*inputs)
        return super().forward(*inputs)


def cross_entropy(outputs, targets):
    return functional.cross_entropy(
        outputs.flatten(0, -2), targets.flatten(), ignore_index=IGNORED)


def vocabulary(texts):
    """The token of each character."""
    characters = sorted(set("".join(texts)))
    return {character: SPECIAL + index for index, character in enumerate(characters)}


def numbers(array):
    """An array rounded to multiples of 1/64."""
    return (array * 64).round() / 64


def cut(rows, size):
    return [rows[start:start + size] for start in range(0, len(rows), size)]


def similar_lengths(sources, targets, size):
    """The examples of each batch: grouped by the steps of both sides, and in order within a group.

    No group is smaller than a batch.
    """
    steps = [source + target for source, target in zip(sources, targets)]
    count = max(1, min(8, len(steps) // (2 * size)))
    share = -(-sum(steps) // count)
    groups, before, last = [], 0, -1
    for row in sorted(range(len(steps)), key=lambda row: (steps[row], row)):
        if before // share > last and (not groups or len(groups[-1]) >= size):
            last = before // share
            groups.append([])
        before += steps[row]
        groups[-1].append(row)
    if len(groups) > 1 and len(groups[-1]) < size:
        groups[-2:] = [groups[-2] + groups[-1]]
    return [batch for group in groups for batch in cut(sorted(group), size)]


def sentences(name, count, words, most):
    """Sentences of one to `most` words."""
    lengths = 1 + integers(name, count, below=most)
    return [" ".join(words[word] for word in integers(f"{name}{row}", length, below=len(words)))
            for row, length in enumerate(lengths)]


def write_series(path, rows, labels, classes):
    """Writes a `.ts` file: channels separated by colons, the class last."""
    channels = rows[0].shape[1]
    lines = ["@problemName waves", "@univariate false", f"@dimensions {channels}",
             "@equalLength false", f"@classLabel true {' '.join(classes)}", "@data"]
    for row, label in zip(rows, labels):
        parts = [",".join(repr(float(value)) for value in row[:, channel])
                 for channel in range(channels)]
        lines.append(":".join(parts + [classes[label]]))
    path.write_text("\n".join(lines) + "\n")


def generate(name, run, module, source, batches, batch, loss="cross_entropy"):
    """Writes the run; `batches` are those of an epoch, in float64."""
    loss_of = {"cross_entropy": cross_entropy, "mse": functional.mse_loss}[loss]
    epochs = STEPS // len(batches)
    assert epochs * len(batches) == STEPS, f"{name}: {len(batches)} batches in an epoch"
    write_config(FOLDER / name / "config.yaml", name, run, source=source, batch=batch,
                 epochs=epochs, loss=loss)

    def typed(dtype):
        def cast(value):
            floats = value is not None and value.is_floating_point()
            return value.to(DTYPES[dtype]) if floats else value
        return [(tuple(map(cast, inputs)), cast(targets)) for inputs, targets in batches]

    write_run(FOLDER / name, name, run, module.double(), typed, epochs, loss_of)


def folder(name):
    path = FOLDER / name
    path.mkdir(exist_ok=True)
    return path


def lstm():
    """Series of different lengths, classified by the last output."""
    name, count, batch, classes = "lstm", 17, 6, ["calm", "rough", "steep"]
    labels = integers("labels" + name, count, below=len(classes))
    lengths = 3 + integers("lengths" + name, count, below=7)
    rows = [numbers(normal(f"{name}{row}", length, 2) + 0.5 * (labels[row] - 1))
            for row, length in enumerate(lengths)]
    write_series(folder(name) / "waves.ts", rows, labels, classes)

    def made(some):
        values = pad_sequence([torch.tensor(rows[row]).double() for row in some], batch_first=True)
        lengths_of = torch.tensor([len(rows[row]) for row in some])
        return (values, lengths_of), torch.tensor([labels[row] for row in some])

    run = {"model": [{"lstm": {"hidden_size": 7, "return": "last"}}, {"linear": 3}],
           "optimizer": {"adam": {"lr": 0.02}}}
    module = Network(LSTM(2, 7, returns="last"), nn.Linear(7, 3))
    generate(name, run, module, "{ts: waves.ts}", [made(some) for some in cut(range(count), batch)],
             batch)


def gru():
    """Windows of two columns, for forecasting the next two values of the first."""
    name, count, window, horizon, batch = "gru", 40, 7, 2, 7
    steps = torch.arange(count)
    waves = torch.stack([torch.sin(0.7 * steps), torch.cos(0.3 * steps)], dim=1).numpy()
    table = numbers(waves + normal(name, count, 2, scale=0.2))
    lines = ["level,tide"] + [",".join(repr(float(value)) for value in row) for row in table]
    (folder(name) / "levels.csv").write_text("\n".join(lines) + "\n")
    table = torch.tensor(table).double()

    def made(starts):
        inputs = torch.stack([table[start - window:start] for start in starts])
        return (inputs,), torch.stack([table[start:start + horizon, 0] for start in starts])

    starts = range(window, count - horizon + 1)
    run = {"model": [{"gru": {"hidden_size": 5, "num_layers": 2, "bidirectional": True}},
                     {"gru": {"hidden_size": 3, "bidirectional": True, "return": "last"}},
                     {"linear": horizon}],
           "optimizer": {"sgd": {"lr": 0.1, "momentum": 0.9}}, "clip_grad_norm": 0.5}
    module = Network(GRU(2, 5, num_layers=2, bidirectional=True),
                     GRU(10, 3, bidirectional=True, returns="last"), nn.Linear(6, horizon))
    generate(name, run, module,
             "{series: levels.csv, column: [level, tide], window: 7, horizon: 2}",
             [made(some) for some in cut(starts, batch)], batch, loss="mse")


def pairs(name, count, batch):
    """Writes pairs of texts; returns the batches of an epoch and both vocabulary sizes."""
    sources = sentences(name, count, ["sol", "mañana", "río", "y", "casa"], 3)
    targets = [" ".join(word[::-1].upper() for word in text.split()) + "!" * (row % 3)
               for row, text in enumerate(sources)]
    (folder(name) / "pairs.tsv").write_text(
        "".join(f"{source}\t{target}\n" for source, target in zip(sources, targets)),
        encoding="utf-8")
    known = [vocabulary(sources), vocabulary(targets)]
    tokens = [[torch.tensor([known[side][character] for character in text]) for text in texts]
              for side, texts in enumerate((sources, targets))]

    def padded(rows, filler):
        return pad_sequence(rows, batch_first=True, padding_value=filler)

    def made(some):
        end, beginning = torch.tensor([END]), torch.tensor([BEGINNING])
        encoded = [torch.cat([tokens[0][row], end]) for row in some]
        lengths = torch.tensor([len(row) for row in encoded])
        decoded = [torch.cat([beginning, tokens[1][row]]) for row in some]
        labels = [torch.cat([tokens[1][row], end]) for row in some]
        return (padded(encoded, 0), lengths, padded(decoded, 0)), padded(labels, IGNORED)

    rows = similar_lengths(*([len(text) + 1 for text in side] for side in tokens), batch)
    sizes = [SPECIAL + len(side) for side in known]
    return [made(some) for some in rows], *sizes


def seq2seq():
    """A bidirectional encoder, dot-product attention."""
    name, batch = "seq2seq", 5
    batches, inputs, outputs = pairs(name, 21, batch)
    encoder = [{"embedding": 6}, {"gru": {"hidden_size": 4, "bidirectional": True}}]
    decoder = [{"embedding": 5}, {"gru": 8}, "dot_attention", {"linear": 9}, "tanh",
               {"linear": "vocabulary"}]
    run = {"model": [{"encoder_decoder": {"encoder": encoder, "decoder": decoder}}],
           "optimizer": {"adam": {"lr": 0.01}}}
    module = Network(EncoderDecoder(
        [nn.Embedding(inputs, 6), GRU(6, 4, bidirectional=True)],
        [nn.Embedding(outputs, 5), GRU(5, 8), Dot(8, 8, False), nn.Linear(16, 9), nn.Tanh(),
         nn.Linear(9, outputs)]))
    generate(name, run, module, "{pairs: pairs.tsv, level: char}", batches, batch)


def seq2seq_states():
    """A decoder that starts from the encoder's final states, additive attention."""
    name, batch = "seq2seq_states", 3
    batches, inputs, outputs = pairs(name, 27, batch)
    encoder = [{"embedding": {"embedding_dim": 5, "padding_idx": 0}}, {"lstm": 6}]
    decoder = [{"embedding": {"embedding_dim": 4, "padding_idx": 0}},
               {"lstm": {"hidden_size": 6, "start": "encoder"}}, {"additive_attention": 5},
               {"linear": "vocabulary"}]
    run = {"model": [{"encoder_decoder": {"encoder": encoder, "decoder": decoder}}],
           "optimizer": {"rmsprop": {"lr": 0.005}}, "clip_grad_norm": 0.5}
    module = Network(EncoderDecoder(
        [nn.Embedding(inputs, 5, padding_idx=0), LSTM(5, 6)],
        [nn.Embedding(outputs, 4, padding_idx=0), LSTM(4, 6, initial="encoder"),
         Additive(6, 6, 5), nn.Linear(12, outputs)]))
    generate(name, run, module, "{pairs: pairs.tsv, level: char}", batches, batch)


def gpt():
    """Predicts every character of a text from earlier ones."""
    name, batch, context = "gpt", 6, 11
    words = ["the", "river", "bends", "and", "a", "heron", "waits,", "still.\n"]
    text = " ".join(sentences(name, 30, words, 5))[:300]
    (folder(name) / "river.txt").write_text(text, encoding="utf-8")
    known = vocabulary(text)
    tokens = [known[character] for character in text]
    last = len(tokens) - 1 - context
    inputs, targets, predicted = [], [], 0
    for start in [*range(0, last, context), last]:
        inputs.append(tokens[start:start + context])
        # The last window reaches back; each prediction counts once.
        targets.append([IGNORED if position <= predicted else tokens[position]
                        for position in range(start + 1, start + context + 1)])
        predicted = start + context
    batches = [((torch.tensor(inputs[some.start:some.stop]),),
                torch.tensor(targets[some.start:some.stop]))
               for some in cut(range(len(inputs)), batch)]

    width, sizes = 10, {"nhead": 2, "dim_feedforward": 14, "dropout": 0, "activation": "gelu"}
    stack = {"num_layers": 2, **sizes, "norm_first": True, "causal": True, "final_norm": True}
    run = {"model": [{"embedding": width}, {"learnt_positions": context},
                     {"transformer_encoder": stack}, {"linear": "vocabulary"}],
           # The gradient of the keys' biases is only rounding error: nothing depends on them. Divided by
           # its own size it would change them randomly.
           "optimizer": {"adamw": {"lr": 0.01, "weight_decay": 0.1, "eps": 1e-3}}}
    layer = nn.TransformerEncoderLayer(width, **sizes, norm_first=True, batch_first=True)
    count = SPECIAL + len(known)
    module = Network(
        nn.Embedding(count, width), LearntPositions(context, width),
        CausalEncoder(layer, 2, norm=nn.LayerNorm(width), enable_nested_tensor=False),
        nn.Linear(width, count))
    generate(name, run, module, f"{{text: river.txt, level: char, context: {context}}}", batches,
             batch)


for make in (lstm, gru, seq2seq, seq2seq_states, gpt):
    make()
