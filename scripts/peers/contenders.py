"""The contenders in each row of the comparison, and their commands."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
NNBENCH = ".build/release/nnbench"
NNTRAIN = ".build/release/nntrain"
OURS = "ours"
CONFIG = str(FOLDER.relative_to(FOLDER.parents[1]) / "lenet.yaml")

TRAINING = ["mlp", "lenet", "resnet20", "sine", "lstm", "gru", "lstm512", "gru16", "gpt"]
INFERENCE = [
    (name, batch) for name in ("mlp", "lenet", "resnet20", "lstm", "gpt") for batch in (1, 64)
]
TRAINING_ROWS = TRAINING
INFERENCE_ROWS = [f"{name}-infer{batch}" for name, batch in INFERENCE]
GENERATION_ROWS = ["gpt-generate"]
GRADIENT_ROWS = ["pgd", "integrated-gradients"]
# The number of tokens of the prompt, and of the generated text.
PROMPT, WRITTEN = 8, 120
PROCESS_ROWS = ["first-step", "epoch"]
ROWS = TRAINING_ROWS + INFERENCE_ROWS + GENERATION_ROWS + GRADIENT_ROWS + PROCESS_ROWS

TITLES = {
    "mlp": "mlp 784-512-256-10, batch 128, Adam",
    "lenet": "lenet, batch 64, Adam",
    "resnet20": "resnet20, batch 32, SGD",
    "sine": "sine 1-10-1, 100 points, SGD",
    "lstm": "lstm 128, 28 steps of 28, batch 128, Adam",
    "gru": "gru 128, 28 steps of 28, batch 128, Adam",
    "lstm512": "lstm 512, 100 steps of 64, batch 32, Adam",
    "gru16": "gru 16, 1,000 steps of 8, batch 1, Adam",
    "gpt": "gpt, 4 layers of 128, context 128, batch 16, AdamW",
    "gpt-generate": "gpt, 120 characters after 8, batch 1",
    "pgd": "fashion-cnn, attack by 40 iterations of PGD, 100 images",
    "integrated-gradients": "fashion-cnn, integrated gradients with 50 nodes, 10 images",
    "first-step": "start of the process to the end of mlp's first step",
    "epoch": "Fashion-MNIST, one epoch of lenet and the test set, with reading",
}


@dataclass
class Contender:
    """A command that measures itself and prints JSON, or one that is timed from outside."""

    label: str
    command: list
    environment: dict = field(default_factory=dict)
    timed_outside: bool = False
    repetitions: int = 1


def contenders(row, options, scratch):
    """The contenders of a row, ours first; a label may have several variants, of which the best counts."""
    if row in TRAINING_ROWS:
        return training(row, options)
    if row in INFERENCE_ROWS:
        name, batch = INFERENCE[INFERENCE_ROWS.index(row)]
        return inference(row, name, batch, options, scratch)
    if row in GENERATION_ROWS:
        return generation(row, options)
    if row in GRADIENT_ROWS:
        return input_gradients(row, options)
    return first_step(options) if row == "first-step" else epoch(options, scratch)


def ours(command, options, **rest):
    """Our own program, with half the vector width for --haswell."""
    environment = {"OPENBLAS_CORETYPE": "Haswell"} if options.haswell else {}
    return Contender(
        OURS, command + ["--threads", str(options.threads)], environment, **rest
    )


def peer(label, program, *arguments, environment=None, **rest):
    command = [sys.executable, str(FOLDER / program), *map(str, arguments)]
    return Contender(label, command, environment or {}, **rest)


def torch_variants(label, arguments, **rest):
    """PyTorch with threads that spin while they wait, and with threads that sleep."""
    return [
        peer(label, "bench_torch.py", *arguments, environment=environment, **rest)
        for environment in ({"OMP_WAIT_POLICY": "passive"}, {})
    ]


def has_compiler():
    return any(shutil.which(name) for name in ("g++", "c++", "clang++"))


def measured(options):
    return ["--threads", options.threads, "--seconds", options.seconds]


def training(name, options):
    limits = measured(options)
    result = [ours([NNBENCH, name, "--json", "--seconds", str(options.seconds)], options)]
    result += torch_variants("PyTorch", [name, *limits])
    if has_compiler():
        result += torch_variants("torch.compile", [name, "--compile", *limits])
    return result + [peer("JAX", "bench_jax.py", name, *limits)]


def inference(row, name, batch, options, scratch):
    limits = measured(options)
    file = f"{scratch}/{row}.onnx"
    command = [NNBENCH, name, "--infer", str(batch), "--json", "--seconds", str(options.seconds)]
    result = [ours(command, options)]
    result += [peer("ONNX Runtime", "bench_onnxruntime.py", row, file, *limits)]
    return result + torch_variants("PyTorch", [name, "--infer", batch, *limits])


def generation(row, options):
    """PyTorch on each number of threads up to ours, since more need not be faster for single steps."""
    command = [NNBENCH, row, "--json", "--seconds", str(options.seconds)]
    result = [ours(command, options)]
    name = row.removesuffix("-generate")
    for threads in range(1, options.threads + 1):
        limits = ["--threads", threads, "--seconds", options.seconds]
        result += torch_variants("PyTorch", [name, "--write", PROMPT, *limits])
    return result


def input_gradients(row, options):
    """PyTorch in both memory formats; explanations also with all images in one batch."""
    limits = measured(options)
    result = [ours([NNBENCH, row, "--json", "--seconds", str(options.seconds)], options)]
    batches = [1, 10] if row == "integrated-gradients" else [1]
    for images in batches:
        for form in ([], ["--channels-last"]):
            arguments = [row, "--images-per-pass", images, *form, *limits]
            result += torch_variants("PyTorch", arguments)
    return result


def export(row, scratch):
    """The command that writes the ONNX file of a row."""
    name, batch = INFERENCE[INFERENCE_ROWS.index(row)]
    return [
        sys.executable, "-W", "ignore", str(FOLDER / "export_onnx.py"), name, str(batch),
        f"{scratch}/{row}.onnx",
    ]


def first_step(options):
    arguments = ["mlp", "--first-step", "--threads", options.threads]
    return [
        ours([NNBENCH, "mlp", "--first-step"], options, timed_outside=True, repetitions=20),
        peer("PyTorch", "bench_torch.py", *arguments, timed_outside=True),
    ]


def epoch(options, scratch):
    folder = dataset_folder()
    if folder is None:
        return []
    train = [NNTRAIN, "train", CONFIG, "--progress", "plain", "--overwrite", "--run-dir"]
    result = [ours(train + [f"{scratch}/run"], options, timed_outside=True)]
    for environment in ({"OMP_WAIT_POLICY": "passive"}, {}):
        result.append(
            peer(
                "PyTorch", "epoch_torch.py", folder, "--threads", options.threads,
                environment=environment, timed_outside=True,
            )
        )
    return result


def dataset_folder():
    """The folder in which nntrain finds Fashion-MNIST, or None."""
    listing = subprocess.run([NNTRAIN, "datasets"], capture_output=True, text=True, check=True)
    found = re.search(r"^fashion-mnist .*?(/.*)$", listing.stdout, re.MULTILINE)
    return found and found[1].strip()
