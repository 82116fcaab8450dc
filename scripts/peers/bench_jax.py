"""Times training steps of JAX, whole steps compiled and buffers donated; prints a JSON object."""

import argparse
import functools
import os

from measuring import report, times_of

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("workload", choices=[
    "mlp", "lenet", "resnet20", "sine", "lstm", "gru", "lstm512", "gru16", "gpt"])
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seconds", type=float, default=8)
options = parser.parse_args()

# XLA starts one thread per available processor when it is loaded.
available = sorted(os.sched_getaffinity(0))
os.sched_setaffinity(0, available[: options.threads])

import jax
import jax.numpy as jnp
import optax
from flax import linen as nn


class MLP(nn.Module):
    """784-512-256-10 with ReLU."""

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(512)(x))
        x = nn.relu(nn.Dense(256)(x))
        return nn.Dense(10)(x)


class LeNet(nn.Module):
    """Two convolutions with pooling, two dense layers."""

    @nn.compact
    def __call__(self, x):
        for channels in (32, 64):
            x = nn.relu(nn.Conv(channels, (3, 3))(x))
            x = nn.max_pool(x, (2, 2), (2, 2))
        x = nn.relu(nn.Dense(128)(x.reshape(x.shape[0], -1)))
        return nn.Dense(10)(x)


class ResNet20(nn.Module):
    """ResNet-20 for images of 32×32."""

    @nn.compact
    def __call__(self, x):
        norm = functools.partial(
            nn.BatchNorm, use_running_average=False, momentum=0.9, epsilon=1e-5
        )
        conv = functools.partial(nn.Conv, use_bias=False)
        x = nn.relu(norm()(conv(16, (3, 3))(x)))
        for channels, first_stride in [(16, 1), (32, 2), (64, 2)]:
            for block in range(3):
                stride = (first_stride if block == 0 else 1,) * 2
                branch = nn.relu(norm()(conv(channels, (3, 3), stride)(x)))
                branch = norm()(conv(channels, (3, 3))(branch))
                if x.shape != branch.shape:
                    x = norm()(conv(channels, (1, 1), stride)(x))
                x = nn.relu(x + branch)
        return nn.Dense(10)(x.mean((1, 2)))


class Sine(nn.Module):
    """1-10-1 with sigmoid."""

    @nn.compact
    def __call__(self, x):
        return nn.Dense(1)(nn.sigmoid(nn.Dense(10)(x)))


class Recurrent(nn.Module):
    """A recurrent layer and a dense layer on its last step."""

    cell: type
    hidden: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(10)(nn.RNN(self.cell(self.hidden))(x)[:, -1])


class GPT(nn.Module):
    """A small language model over characters."""

    @nn.compact
    def __call__(self, x):
        rows, steps = x.shape
        width, heads = 128, 4
        x = nn.Embed(96, width)(x) + nn.Embed(128, width)(jnp.arange(steps))
        for _ in range(4):
            packed = nn.Dense(3 * width)(nn.LayerNorm()(x))
            query, key, value = (
                part.reshape(rows, steps, heads, width // heads)
                for part in jnp.split(packed, 3, -1)
            )
            seen = jax.nn.dot_product_attention(query, key, value, is_causal=True)
            x = x + nn.Dense(width)(seen.reshape(rows, steps, width))
            x = x + nn.Dense(width)(nn.gelu(nn.Dense(4 * width)(nn.LayerNorm()(x))))
        return nn.Dense(96, use_bias=False)(nn.LayerNorm()(x))


def cross_entropy(output, target):
    return optax.softmax_cross_entropy_with_integer_labels(output, target).mean()


def squared_error(output, target):
    return ((output - target) ** 2).mean()


def recurrent(cell, features, hidden, steps, batch):
    network = functools.partial(Recurrent, cell, hidden)
    return network, (batch, steps, features), cross_entropy, lambda: optax.adam(1e-3)


def sgd_with_decay():
    return optax.chain(optax.add_decayed_weights(1e-4), optax.sgd(0.1, momentum=0.9))


NETWORKS = {
    "mlp": (MLP, (128, 784), cross_entropy, lambda: optax.adam(1e-3)),
    "lenet": (LeNet, (64, 28, 28, 1), cross_entropy, lambda: optax.adam(1e-3)),
    "resnet20": (ResNet20, (32, 32, 32, 3), cross_entropy, sgd_with_decay),
    "sine": (Sine, (100, 1), squared_error, lambda: optax.sgd(0.1)),
    "lstm": recurrent(nn.OptimizedLSTMCell, 28, 128, steps=28, batch=128),
    "gru": recurrent(nn.GRUCell, 28, 128, steps=28, batch=128),
    "lstm512": recurrent(nn.OptimizedLSTMCell, 64, 512, steps=100, batch=32),
    "gru16": recurrent(nn.GRUCell, 8, 16, steps=1000, batch=1),
    "gpt": (GPT, (16, 128), cross_entropy, lambda: optax.adamw(3e-4)),
}

network, shape, loss, optimizer = NETWORKS[options.workload]
model, optimizer = network(), optimizer()
key = jax.random.PRNGKey(0)
if options.workload == "sine":
    inputs = jnp.linspace(-3.14, 3.14, 100)[:, None]
    target = jnp.sin(inputs)
elif options.workload == "gpt":
    inputs, target = (jax.random.randint(key, shape, 0, 96) for _ in range(2))
else:
    inputs = jax.random.normal(key, shape)
    target = jax.random.randint(key, shape[:1], 0, 10)
variables = model.init(key, inputs)
parameters = variables["params"]
statistics = {name: part for name, part in variables.items() if name != "params"}


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def train(parameters, statistics, slots, inputs, target):
    def evaluate(parameters):
        output, changed = model.apply(
            {"params": parameters, **statistics}, inputs, mutable=list(statistics)
        )
        return loss(output, target), changed

    gradient_of = jax.value_and_grad(evaluate, has_aux=True)
    (value, statistics), gradient = gradient_of(parameters)
    updates, slots = optimizer.update(gradient, slots, parameters)
    return optax.apply_updates(parameters, updates), statistics, slots, value


state = (parameters, statistics, optimizer.init(parameters))


def step(count):
    global state
    for _ in range(count):
        *state, value = train(*state, inputs, target)
    jax.block_until_ready((state, value))


times = times_of(step, options.seconds)
report(options.workload, "jax", jax.__version__, times)
