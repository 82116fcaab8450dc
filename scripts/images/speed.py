"""Times the reading of a folder of JPEG files by nntrain and by torchvision, in turn.

Both decode images of 500 × 375 pixels, resize them with antialiasing and crop them to a square of bytes.
nntrain is a whole process, `nntrain check`, which also starts, checks its config and the data, and keeps
no cache. torchvision is timed in this process, without its imports, in the three ways in which programs
use it.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import PIL
import torch
import torchvision
from PIL import Image, features
from sklearn.datasets import load_sample_images
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.io import decode_jpeg, read_file
from torchvision.transforms import v2

CONFIG = """
data: {{train: {{image_folder: {{path: {path}, size: {size}}}}}}}
model: [{{adaptive_avg_pool2d: 1}}, flatten, {{linear: 2}}]
loss: cross_entropy
optimizer: adam
"""


def make_images(folder, count):
    """Crops of two photographs at random places, which differ in content and not in size."""
    names = ["china", "flower"]
    photos = [Image.fromarray(photo) for photo in load_sample_images().images]
    for index in range(count):
        path = folder / names[index % 2] / f"{index:05}.jpg"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        photo = photos[index % 2]
        # Of its own for each image, so that those after an interruption are the same.
        generator = random.Random(index)
        left = int(generator.random() * (photo.width - 500 + 1))
        top = int(generator.random() * (photo.height - 375 + 1))
        photo.crop((left, top, left + 500, top + 375)).save(path.with_suffix(".part"), "JPEG", quality=90)
        path.with_suffix(".part").rename(path)


def run(command, **options):
    """The output of nntrain; ends this program with nntrain's error if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        reason = " ".join(result.stderr.split()).removeprefix("error: ") or "it prints no reason"
        sys.exit(f"error: {' '.join(command)} ends with status {result.returncode}: {reason}")
    return result.stdout


class Contenders:
    """The ways to read the images; each returns when it has all of them."""

    def __init__(self, options, folder, config):
        self.options, self.config = options, config
        crop = [v2.Resize(options.size, antialias=True), v2.CenterCrop(options.size)]
        self.crop = v2.Compose(crop)
        self.images = ImageFolder(folder, transform=v2.Compose([*crop, v2.PILToTensor()]))

    def nntrain(self):
        command = [self.options.nntrain, "check", str(self.config), "--threads", str(self.options.threads)]
        run(command, env=os.environ | {"NN_CACHE_DIR": ""})

    def image_folder(self):
        """Pillow in threads, which it lets run at the same time while it decodes and resizes."""
        with ThreadPoolExecutor(self.options.threads) as pool:
            return list(pool.map(self.images.__getitem__, range(len(self.images))))

    def tensors(self):
        """torchvision's own decoder and the resizing of tensors, in threads."""
        with ThreadPoolExecutor(self.options.threads) as pool:
            paths = [path for path, _ in self.images.samples]
            return list(pool.map(lambda path: self.crop(decode_jpeg(read_file(path))), paths))

    def data_loader(self):
        """Processes, one for each thread."""
        loader = DataLoader(self.images, batch_size=32, num_workers=self.options.threads)
        return list(loader)


WAYS = {
    "nntrain": "`nntrain check`, the whole process",
    "image_folder": "`ImageFolder` (Pillow) in threads",
    "tensors": "`decode_jpeg` and `resize` of tensors in threads",
    "data_loader": "`DataLoader` of an `ImageFolder`, a process for each thread",
}


def machine(options):
    """The processor and the versions."""
    command = [options.nntrain, "doctor", "--json", "--threads", str(options.threads)]
    facts = json.loads(run(command))
    return (
        f"{facts['cpu']}, core type {facts['blas_core']}, {facts['vector_loops']}, "
        f"{options.threads} threads; nntrain {facts['version']}, torchvision {torchvision.__version__}, "
        f"Pillow {PIL.__version__} with libjpeg-turbo {features.version('libjpeg_turbo')}"
    )


def main():
    # scripts/image-speed checks the values and has the defaults.
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nntrain", required=True, help="the program")
    parser.add_argument("--images", type=int, required=True, help="the number of images")
    parser.add_argument("--size", type=int, required=True, help="the side of the squares")
    parser.add_argument("--rounds", type=int, required=True, help="how often each way runs")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder of the images")
    options = parser.parse_args()
    # The threads of the pool use a processor each.
    torch.set_num_threads(1)
    folder = options.out.resolve() / f"photos-{options.images}"
    make_images(folder, options.images)
    config = options.out / "config.yaml"
    config.write_text(CONFIG.format(path=json.dumps(str(folder), ensure_ascii=False), size=options.size))
    contenders = Contenders(options, folder, config)
    times = {way: [] for way in WAYS}
    # The first round, which also reads the files from the disk, does not count.
    for count in range(options.rounds + 1):
        for way in WAYS:
            start = time.perf_counter()
            getattr(contenders, way)()
            if count > 0:
                times[way].append(time.perf_counter() - start)
    print(machine(options))
    print()
    print(f"{options.images} JPEG files of 500 × 375 pixels to {options.size} × {options.size}, "
          f"medians and ranges of {options.rounds} rounds in turn:")
    print()
    print("| way | images/s | seconds | ÷ nntrain |")
    print("|---|---:|---:|---:|")
    for way, title in WAYS.items():
        own = times[way]
        ratios = [other / ours for other, ours in zip(own, times["nntrain"], strict=True)]
        middle = statistics.median(own)
        print(f"| {title} | {options.images / middle:,.0f} | {middle:.2f} ({min(own):.2f}–{max(own):.2f}) "
              f"| {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"error: {error}")
