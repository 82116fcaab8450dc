"""Writes the images of emoji as folders of PNG files, a folder for each group of Unicode.

    make.py FONT GROUPS OUT

FONT is NotoColorEmoji.ttf of the Debian package fonts-noto-color-emoji, GROUPS is emoji-test.txt of
unicode-data. Emoji of several characters are left out: most are an image in other colours of skin.
OUT/train gets three quarters of each group, OUT/test the others.
"""

import random
import re
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

# Flags of countries are several characters.
FOLDERS = {
    "Smileys & Emotion": "smileys",
    "People & Body": "people",
    "Animals & Nature": "animals",
    "Food & Drink": "food",
    "Travel & Places": "travel",
    "Activities": "activities",
    "Objects": "objects",
    "Symbols": "symbols",
}


def groups(path):
    """The emoji of one character by the folder of their group."""
    found = {folder: [] for folder in FOLDERS.values()}
    folder = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# group: "):
            folder = FOLDERS.get(line.removeprefix("# group: "))
        # FE0F asks for the image in place of a plain character.
        emoji = re.match(r"([0-9A-F]+)(?: FE0F)? *; fully-qualified", line)
        if folder and emoji:
            found[folder].append(int(emoji[1], 16))
    return found


def main():
    font, names, out = map(Path, sys.argv[1:])
    with TTFont(font) as tables:
        glyphs, images = tables.getBestCmap(), tables["CBDT"].strikeData[0]
        # Python guarantees the sequence of random(), but not that of shuffle().
        generator = random.Random(1)
        for folder, emoji in groups(names).items():
            order = sorted(emoji, key=lambda _: generator.random())
            held_out = set(order[: len(order) // 4])
            for character in emoji:
                part = out / ("test" if character in held_out else "train") / folder
                part.mkdir(parents=True, exist_ok=True)
                (part / f"{character:x}.png").write_bytes(images[glyphs[character]].imageData)


if __name__ == "__main__":
    main()
