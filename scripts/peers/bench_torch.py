"""Times training steps, forward passes, texts, attacks or explanations of PyTorch; prints a JSON
object."""

import argparse

import torch

import input_gradients_torch
import networks_torch
from measuring import report, times_of

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("workload", choices=[*networks_torch.NETWORKS, *input_gradients_torch.WORKLOADS])
parser.add_argument("--infer", type=int, help="forward passes with this batch size")
parser.add_argument(
    "--write", type=int, help="generate a text of one context, after a prompt of this many tokens"
)
parser.add_argument(
    "--channels-last", action="store_true", help="memory format of an attack or explanation"
)
parser.add_argument(
    "--images-per-pass", type=int, default=1, help="images of an explanation that are one batch"
)
parser.add_argument("--compile", action="store_true", help="with torch.compile")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seconds", type=float, default=8)
parser.add_argument("--first-step", action="store_true", help="run one step and exit")
options = parser.parse_args()

torch.set_num_threads(options.threads)
label = options.workload
is_network = label in networks_torch.NETWORKS
if is_network:
    model, inputs, target, loss, optimizer = networks_torch.build(label)
elif options.infer or options.write:
    parser.error(f"{label} is not a network: leave out --infer and --write")

if not is_network:
    compute = input_gradients_torch.build(
        label, options.channels_last, options.compile, options.images_per_pass
    )

    def step(count):
        for _ in range(count):
            compute()

elif options.infer:
    label += f"-infer{options.infer}"
    model.eval()
    inputs = networks_torch.sample(options.workload, (options.infer, *inputs.shape[1:]))
    forward = torch.compile(model) if options.compile else model

    def step(count):
        with torch.inference_mode():
            for _ in range(count):
                forward(inputs)

elif options.write:
    label += "-generate"
    model.eval()
    past = model.empty_past()
    context = inputs.shape[1]
    prompt = inputs[:1, : options.write]

    def step(count):
        with torch.inference_mode():
            for _ in range(count):
                tokens, start = prompt, 0
                for end in range(options.write, context):
                    scores = model.advance(tokens, past, start)
                    tokens, start = scores[:, -1].argmax(-1, keepdim=True), end

else:

    def evaluate(x, y):
        return loss(model(x), y)

    forward = torch.compile(evaluate) if options.compile else evaluate

    def step(count):
        for _ in range(count):
            optimizer.zero_grad(set_to_none=True)
            forward(inputs, target).backward()
            optimizer.step()


if options.first_step:
    step(1)
else:
    times = times_of(step, options.seconds)
    framework = "torch.compile" if options.compile else "torch"
    report(label, framework, torch.__version__, times)
