"""Extracts data from packages for scripts/prepare-data.

    prepare_data.py king-james SWORD OUT       writes king-james.txt
    prepare_data.py verses SWORD OUT           writes verses-train.tsv and verses-test.tsv
    prepare_data.py members ARCHIVE OUT PATH…  extracts files from a ZIP archive
    prepare_data.py iris ARCHIVE OUT           writes iris.csv
    prepare_data.py co2 ARCHIVE OUT            writes co2.csv
    prepare_data.py emoji SHARE OUT FONTTOOLS  writes the folders emoji/train and emoji/test
"""

import csv
import random
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path

ENGLISH, SPANISH = "engKJV2006eb", "spaRV1909eb"
HELD_OUT, SEED = 1000, 1

# Footnotes and titles are removed with their text; of other markup the text is kept.
WITH_TEXT = re.compile(r"<(note|title)\b.*?</\1>", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>")
# Groups of emoji in Unicode; flags of countries are several characters.
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
# Signs of paragraphs and of the divine name that the Spanish text does not have.
SIGNS = re.compile(r"¶|\\nd\b")


def records(folder: Path, testament: str):
    """The texts of a Bible in SWORD's format zText; both Bibles number verses in the same way."""
    texts = (folder / f"{testament}.bzz").read_bytes()
    blocks = []
    for offset, size, _ in struct.iter_unpack("<III", (folder / f"{testament}.bzs").read_bytes()):
        blocks.append(zlib.decompress(texts[offset : offset + size]) if size else b"")
    for block, start, size in struct.iter_unpack(
        "<IIH", (folder / f"{testament}.bzv").read_bytes()
    ):
        yield blocks[block][start : start + size].decode() if size else ""


def plain(text: str) -> str:
    """The text without markup, with single spaces for any white space."""
    return " ".join(MARKUP.sub("", WITH_TEXT.sub("", text)).split())


def bible(sword: Path, name: str) -> list[str]:
    """All records in the order of the books; headings and missing verses are empty."""
    folder = sword / "modules/texts/ztext" / name
    return [plain(text) for testament in ("ot", "nt") for text in records(folder, testament)]


def write(path: Path, lines: list[str]):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def write_king_james(sword: Path, out: Path):
    write(out / "king-james.txt", [verse for verse in bible(sword, ENGLISH) if verse])


def write_verses(sword: Path, out: Path):
    pairs = []
    for english, spanish in zip(bible(sword, ENGLISH), bible(sword, SPANISH), strict=True):
        if english and spanish:
            pairs.append(" ".join(SIGNS.sub("", english).split()) + "\t" + spanish)
    # Python guarantees the sequence of random(), but not that of sample().
    generator = random.Random(SEED)
    order = sorted(range(len(pairs)), key=[generator.random() for _ in pairs].__getitem__)
    held_out = set(order[:HELD_OUT])
    write(out / "verses-train.tsv", [p for i, p in enumerate(pairs) if i not in held_out])
    write(out / "verses-test.tsv", [p for i, p in enumerate(pairs) if i in held_out])


def take_members(archive: Path, out: Path, paths: list[str]):
    with zipfile.ZipFile(archive) as members:
        for path in paths:
            (out / Path(path).name).write_bytes(members.read(path))


def rows(archive: Path, path: str) -> list[list[str]]:
    """The rows of a CSV file in a ZIP archive."""
    with zipfile.ZipFile(archive) as members:
        return list(csv.reader(members.read(path).decode().splitlines()))


def write_iris(archive: Path, out: Path):
    (_, _, *species), *flowers = rows(archive, "sklearn/datasets/data/iris.csv")
    columns = "sepal_length,sepal_width,petal_length,petal_width,species"
    lines = [",".join([*flower[:-1], species[int(flower[-1])]]) for flower in flowers]
    write(out / "iris.csv", [columns, *lines])


def write_co2(archive: Path, out: Path):
    """Means of the weeks that begin in a month; months without a measurement have no value."""
    weeks = {}
    for date, value in rows(archive, "statsmodels/datasets/co2/co2.csv")[1:]:
        weeks.setdefault(f"{date[:4]}-{date[4:6]}", []).extend([float(value)] if value else [])
    means = {month: f"{sum(v) / len(v):.2f}" if v else "" for month, v in weeks.items()}
    write(out / "co2.csv", ["month,co2", *(f"{month},{mean}" for month, mean in means.items())])


def emoji_groups(path: Path) -> dict[str, list[int]]:
    """The emoji of one character by the folder of their group.

    Emoji of several characters are left out: most are an image in other colours of skin.
    """
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


def write_emoji(share: Path, out: Path, wheel: str):
    """Three quarters of each group in emoji/train, the others in emoji/test."""
    # A wheel of plain Python is imported as it is, so that nothing has to be installed.
    sys.path.insert(0, wheel)
    from fontTools.ttLib import TTFont

    font = share / "fonts/truetype/noto/NotoColorEmoji.ttf"
    groups = share / "unicode/emoji/emoji-test.txt"
    with TTFont(font) as tables:
        glyphs, images = tables.getBestCmap(), tables["CBDT"].strikeData[0]
        generator = random.Random(SEED)
        for folder, emoji in emoji_groups(groups).items():
            # Python guarantees the sequence of random(), but not that of shuffle().
            order = sorted(emoji, key=lambda _: generator.random())
            held_out = set(order[: len(order) // 4])
            for character in emoji:
                image = images.get(glyphs.get(character))
                if image is None:
                    raise SystemExit(
                        f"error: {font.name} has no image of U+{character:04X}, which {groups.name} lists\n"
                        "  hint: the packages of the font and of Unicode's data are of different versions"
                    )
                part = out / "emoji" / ("test" if character in held_out else "train") / folder
                part.mkdir(parents=True, exist_ok=True)
                (part / f"{character:x}.png").write_bytes(image.imageData)


def main(command: str, source: str, out: str, *paths: str):
    if command == "king-james":
        write_king_james(Path(source), Path(out))
    elif command == "verses":
        write_verses(Path(source), Path(out))
    elif command == "members":
        take_members(Path(source), Path(out), list(paths))
    elif command == "iris":
        write_iris(Path(source), Path(out))
    elif command == "co2":
        write_co2(Path(source), Path(out))
    elif command == "emoji":
        write_emoji(Path(source), Path(out), *paths)
    else:
        raise SystemExit(f"error: unknown command {command}")


if __name__ == "__main__":
    main(*sys.argv[1:])
