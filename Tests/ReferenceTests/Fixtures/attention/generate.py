"""Outputs and gradients of embeddings, attention and transformers, computed by PyTorch.

Options: `config` (the layer list as in a config file).
Given: `input` (numbers or tokens), `cotangent` (of the output), `state.<name>` (parameters); some of
`lengths` (of the input's sequences), `memory`, `memory_lengths`, `mask` (added to the scores).
Expected: `output`, `grad.input`, `grad.memory`, `grad.<parameter>`.
"""

import copy
import sys
from pathlib import Path

import numpy
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import DTYPES, Fixture, integers, load, normal, output_folder, randomize, tensor
from memory_attention import Additive, Dot, beyond

FOLDER = output_folder(__file__)


class Call(nn.Module):
    """A module with the name of our first layer, and a function that calls it."""

    def __init__(self, module, call):
        super().__init__()
        self.add_module("0", module)
        self.call = call

    def forward(self, given):
        return self.call(getattr(self, "0"), given)


class Attention(Fixture):
    """A file of examples."""

    def add(self, name, module, call, options, **given):
        """Adds one example; `given` holds arrays, the first of them the input."""
        kind, options = options
        example = self.example(name, config=[{kind: options} if options else kind])
        arrays = {key: example.given(key, numpy.asarray(value)) for key, value in given.items()}
        module = Call(module, call).double()
        state = randomize(module, name)
        for key, value in state.items():
            example.given(f"state.{key}", value)
        cotangent = None
        for dtype in DTYPES:
            copied = load(copy.deepcopy(module), state, dtype).train()
            tensors = {key: tensor(value, dtype) for key, value in arrays.items()}
            learnt = {key: value.requires_grad_() for key, value in tensors.items()
                      if key != "mask" and value.is_floating_point()}
            output = copied(tensors)
            if cotangent is None:
                cotangent = example.given("cotangent", normal(name + "cotangent", *output.shape))
            example.expected(dtype, "output", output)
            output.backward(tensor(cotangent, dtype))
            for key, value in learnt.items():
                example.expected(dtype, f"grad.{key}", value.grad)
            for key, parameter in copied.named_parameters():
                example.expected(dtype, f"grad.{key}", parameter.grad)


def lengths(*values):
    return numpy.asarray(values, dtype=numpy.int32)


def tokens(name, *shape, below):
    return integers(name, *shape, below=below).astype(numpy.int32)


def embedding():
    file = Attention()
    for name, padding in (("plain", None), ("padding", 2)):
        options = {"num_embeddings": 7, "embedding_dim": 5}
        if padding is not None:
            options["padding_idx"] = padding
        file.add(name, nn.Embedding(7, 5, padding_idx=padding),
                 lambda module, given: module(given["input"].long()), ("embedding", options),
                 input=tokens(name, 3, 6, below=7))
    file.save(FOLDER / "embedding.safetensors")


def multihead():
    file = Attention()

    def add(name, width=6, heads=2, bias=True, causal=False, **given):
        options = {"num_heads": heads, "bias": bias}
        if causal:
            options["causal"] = True
        if "memory" in given:
            options["memory"] = True

        def call(module, given):
            query = given["input"]
            memory = given.get("memory", query)
            padding = beyond(given.get("memory_lengths", given.get("lengths")), memory.shape[1])
            mask = given.get("mask")
            if mask is not None and mask.dim() == 3:
                mask = mask.repeat_interleave(heads, dim=0)
            if causal:
                mask = torch.triu(torch.ones(query.shape[1], query.shape[1], dtype=torch.bool), 1)
            if padding is not None and mask is not None and mask.is_floating_point():
                padding = torch.zeros(padding.shape, dtype=mask.dtype).masked_fill(
                    padding, float("-inf"))
            return module(query, memory, memory, key_padding_mask=padding, attn_mask=mask,
                          need_weights=False)[0]

        file.add(name, nn.MultiheadAttention(width, heads, bias=bias, batch_first=True), call,
                 ("multihead_attention", options), **given)

    def self_attention(name, steps=5, bias=True, **options):
        add(name, bias=bias, input=normal(name, 2, steps, 6), **options)

    mask = normal("mask", 5, 5)
    mask[1, 3] = mask[4, 0] = -numpy.inf
    for bias in (True, False):
        ending = "" if bias else "-no-bias"
        self_attention("plain" + ending, bias=bias)
        self_attention("causal-lengths" + ending, bias=bias, causal=True, lengths=lengths(1, 4))
        self_attention("mask-lengths" + ending, bias=bias, mask=mask, lengths=lengths(4, 2))
        add("memory-lengths" + ending, bias=bias, input=normal("memory-lengths", 2, 4, 6),
            memory=normal("memory-lengths-values", 2, 7, 6), memory_lengths=lengths(6, 2))
    self_attention("causal", causal=True)
    self_attention("lengths", lengths=lengths(3, 5))
    self_attention("mask", mask=mask)
    self_attention("mask-of-each-row", mask=normal("masks", 2, 5, 5))
    add("memory", input=normal("memory", 2, 4, 6), memory=normal("memory-values", 2, 7, 6))
    add("one-head", width=5, heads=1, input=normal("one-head", 1, 3, 5))
    add("long", width=4, heads=2, causal=True, input=normal("long", 1, 70, 4))
    file.save(FOLDER / "multihead.safetensors")


def transformer():
    file = Attention()
    sizes = {"nhead": 2, "dim_feedforward": 6, "dropout": 0.0}

    def kind(name, activation, norm_first, bias=True):
        options = {**sizes, "activation": activation, "norm_first": norm_first, "bias": bias}
        return name, options

    def triangle(steps):
        return torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1)

    def encoder(causal):
        def call(module, given):
            source = given["input"]
            steps = source.shape[1]
            options = {"mask" if isinstance(module, nn.TransformerEncoder) else "src_mask":
                       triangle(steps) if causal else None}
            return module(source, **options,
                          src_key_padding_mask=beyond(given.get("lengths"), steps))
        return call

    def decoder(module, given):
        target, memory = given["input"], given["memory"]
        return module(
            target, memory, tgt_mask=triangle(target.shape[1]),
            memory_key_padding_mask=beyond(given.get("memory_lengths"), memory.shape[1]))

    def made(kind, activation, norm_first, bias=True):
        return kind(4, 2, 6, 0.0, activation, norm_first=norm_first, batch_first=True, bias=bias)

    for norm_first in (False, True):
        for activation in ("relu", "gelu"):
            ending = f"-{'pre' if norm_first else 'post'}-{activation}"
            file.add("encoder-layer" + ending,
                     made(nn.TransformerEncoderLayer, activation, norm_first), encoder(False),
                     kind("transformer_encoder_layer", activation, norm_first),
                     input=normal("encoder" + ending, 2, 5, 4), lengths=lengths(5, 3))
            file.add("decoder-layer" + ending,
                     made(nn.TransformerDecoderLayer, activation, norm_first), decoder,
                     kind("transformer_decoder_layer", activation, norm_first),
                     input=normal("decoder" + ending, 2, 4, 4),
                     memory=normal("decoder-memory" + ending, 2, 5, 4),
                     memory_lengths=lengths(5, 3))
    name, options = kind("transformer_encoder_layer", "relu", True, bias=False)
    file.add("encoder-layer-no-bias", made(nn.TransformerEncoderLayer, "relu", True, bias=False),
             encoder(False), (name, options), input=normal("no-bias", 2, 5, 4))

    def stack(module, layer, norm):
        final = nn.LayerNorm(4) if norm else None
        if module is nn.TransformerEncoder:
            return module(layer, 2, norm=final, enable_nested_tensor=False)
        return module(layer, 2, norm=final)

    for norm in (False, True):
        ending = "-norm" if norm else ""
        name, options = kind("transformer_encoder", "gelu", norm)
        file.add("encoder" + ending,
                 stack(nn.TransformerEncoder, made(nn.TransformerEncoderLayer, "gelu", norm), norm),
                 encoder(norm),
                 (name, {"num_layers": 2, **options, "final_norm": norm, "causal": norm}),
                 input=normal("encoder" + ending, 2, 5, 4), lengths=lengths(4, 5))
        name, options = kind("transformer_decoder", "relu", norm)
        file.add("decoder" + ending,
                 stack(nn.TransformerDecoder, made(nn.TransformerDecoderLayer, "relu", norm), norm),
                 decoder, (name, {"num_layers": 2, **options, "final_norm": norm}),
                 input=normal("decoder" + ending, 2, 4, 4),
                 memory=normal("stack-memory" + ending, 2, 6, 4), memory_lengths=lengths(3, 6))
    file.save(FOLDER / "transformer.safetensors")


def memory():
    file = Attention()

    def call(module, given):
        return module(given["input"], given["memory"], given.get("memory_lengths"))

    for ending, given in (("", {}), ("-lengths", {"memory_lengths": lengths(4, 6)})):
        def add(name, module, options, width):
            file.add(name + ending, module, call, options, input=normal(name, 2, 3, width),
                     memory=normal(name + "memory", 2, 6, 5), **given)
        add("additive", Additive(4, 5, 7), ("additive_attention", {"units": 7}), 4)
        add("dot", Dot(5, 5, False), ("dot_attention", {}), 5)
        add("general", Dot(4, 5, True), ("dot_attention", {"general": True}), 4)
    file.save(FOLDER / "memory.safetensors")


embedding()
multihead()
transformer()
memory()
