"""`--progress dashboard` in terminals of several sizes and kinds."""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest

# Seconds until a test gives up, also on a machine that is busy with other things.
PATIENCE = 600

CONFIG = pathlib.Path(__file__).resolve().parents[2] / "docs/examples/configs/circles.yaml"


class Screen:
    """An emulator of the terminal features that the dashboard uses; fails on anything else."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.rest = ""
        self.draws = self.clears = self.wraps = 0

    def feed(self, text):
        text = self.rest + text
        # An escape sequence may arrive in two pieces.
        tail = re.search(r"\x1b(\[[0-9;?]*)?$", text)
        self.rest = tail[0] if tail else ""
        text = text[: len(text) - len(self.rest)]
        for match in re.finditer(r"\x1b\[([0-9;?]*)([A-Za-z])|(.)", text, re.DOTALL):
            if match[3] is None:
                self.control(match[1], match[2])
            else:
                self.put(match[3])

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            if self.row == self.rows - 1:
                self.lines = self.lines[1:] + [[" "] * self.columns]
            else:
                self.row += 1
        else:
            assert character >= " ", repr(character)
            if self.column == self.columns:
                self.wraps += 1
                self.column = 0
                self.put("\n")
            self.lines[self.row][self.column] = character
            self.column += 1

    def control(self, numbers, letter):
        if letter == "A":
            assert self.wraps == 0, f"a line is wider than {self.columns} columns"
            assert int(numbers) <= self.row, "the block is higher than the terminal"
            self.row -= int(numbers)
            self.draws += 1
        elif letter == "K":
            self.lines[self.row][self.column :] = [" "] * (self.columns - self.column)
        elif letter == "J" and numbers in {"", "0"}:
            self.control("", "K")
            for row in range(self.row + 1, self.rows):
                self.lines[row] = [" "] * self.columns
        elif letter == "J" and numbers == "2":
            self.lines = [[" "] * self.columns for _ in range(self.rows)]
            self.clears += 1
        elif letter == "H":
            self.row = self.column = 0
        else:
            assert letter == "m", f"ESC [ {numbers}{letter}"

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.lines).rstrip()


class Run:
    """A training run in its own terminal."""

    def __init__(self, nntrain, folder, columns, rows, *options, **environment):
        self.primary, secondary = pty.openpty()
        self.screen = Screen(columns, rows)
        self.set_size(columns, rows)
        known = {"TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
        base = {name: value for name, value in os.environ.items()
                if not name.startswith("LC_") and name not in {"NO_COLOR", "COLORTERM"}}
        self.process = subprocess.Popen(
            [nntrain, "train", str(CONFIG), "--run-dir", str(folder / "run"), "--progress",
             "dashboard", "--set", "checkpoint.every=1000000", *options],
            stdin=secondary, stdout=secondary, stderr=secondary, env={**base, **known},
            start_new_session=True,
        )
        os.close(secondary)
        self.output = b""
        self.decoded = 0

    def set_size(self, columns, rows):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.primary, termios.TIOCSWINSZ, size)

    def read(self, seconds):
        """Reads the output for a time; False once the program has closed the terminal."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([self.primary], [], [], 0.05)[0]:
                continue
            try:
                piece = os.read(self.primary, 65536)
            except OSError:
                piece = b""
            if not piece:
                return False
            self.output += piece
            # Complete characters only.
            text = self.output[self.decoded :].decode("utf-8", errors="ignore")
            self.decoded += len(text.encode())
            self.screen.feed(text)
        return True

    def finish(self, seconds=PATIENCE):
        assert not self.read(seconds), f"still running:\n{self.screen.text()}"
        return self.process.wait(PATIENCE)


@pytest.fixture
def run(nntrain, tmp_path):
    runs = []

    def start(columns, rows, *options, **environment):
        runs.append(Run(nntrain, tmp_path, columns, rows, *options, **environment))
        return runs[-1]

    yield start
    for started in runs:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()
        os.close(started.primary)


def has_braille(text):
    return any("\u2800" < character <= "\u28ff" for character in text)


def test_bars_curves_and_epochs_are_drawn_over_themselves(run):
    # Some seconds, since a drawing that takes long is followed by a second without one.
    terminal = run(100, 40, "--set", "epochs=10000")
    assert terminal.finish() == 0
    text = terminal.screen.text()
    assert terminal.screen.draws >= 3
    assert text.count("run   [") == 1 and text.count("epoch [") == 1
    assert re.search(r"run   \[█+\]  100 %  finished", text), text
    assert "10,000/10,000  step 25/25" in text
    assert re.search(r"loss \S+  val_loss \S+  val_accuracy \S+  lr 0.01", text), text
    assert re.search(r"epoch +train_loss +val_loss +val_accuracy +time", text), text
    assert all(re.search(rf"^ *{epoch} ", text, re.M) for epoch in ["9,996", "10,000"]), text
    assert has_braille(text), text
    # What follows the run is below.
    assert text.index("run folder:") > text.index("10,000 ")


def test_at_most_ten_drawings_per_second(run):
    terminal = run(100, 40, "--set", "epochs=1000000")
    terminal.read(1)
    before, start = terminal.screen.draws, time.monotonic()
    terminal.read(3)
    rate = (terminal.screen.draws - before) / (time.monotonic() - start)
    assert 1 <= rate <= 10.5, rate


def test_ctrl_c_leaves_the_last_state_and_a_clean_line(run):
    terminal = run(100, 40, "--set", "epochs=1000000")
    terminal.read(1.5)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.finish() == 130
    text = terminal.screen.text()
    assert "interrupted  " in text and "the state is saved in" in text
    assert terminal.screen.column == 0
    assert re.search(r"^continue with: ", text, re.M), text


def test_an_error_is_on_a_line_of_its_own(run, tmp_path):
    terminal = run(300, 40, "--set", "epochs=1000000", "--set", "checkpoint.every=1")
    terminal.read(1)
    checkpoints = tmp_path / "run" / "checkpoints"
    checkpoints.rename(tmp_path / "elsewhere")
    checkpoints.write_text("")
    assert terminal.finish() == 1
    assert re.search(r"^error: .*checkpoints", terminal.screen.text(), re.M)


def read_until(terminal, holds):
    """Reads what the program writes until the screen is as expected."""
    deadline = time.monotonic() + PATIENCE
    while not holds(terminal.screen):
        assert time.monotonic() < deadline and terminal.read(0.2), terminal.screen.text()


def test_a_new_size_is_applied_at_once(run):
    terminal = run(120, 50, "--set", "epochs=1000000")
    terminal.read(1.5)
    for columns, rows in [(60, 20), (140, 50), (30, 5), (100, 30)]:
        terminal.set_size(columns, rows)
        # Output that was already in the pipe belongs to the old size.
        deadline = time.monotonic() + PATIENCE
        terminal.screen = Screen(400, 200)
        while terminal.screen.clears == 0:
            terminal.screen.row = 100
            assert time.monotonic() < deadline and terminal.read(0.05)
        terminal.screen = Screen(columns, rows)
        # From here on every line must fit; the first drawing may have begun earlier.
        terminal.screen.row = rows - 1
        terminal.read(1)
        read_until(terminal, lambda screen: "epoch [" in screen.text() or rows < 3)
    terminal.process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("columns, rows", [(20, 3), (40, 10), (79, 24), (200, 60)])
def test_every_size_shows_what_fits(run, columns, rows):
    # The screen fails if a line is too long or the block is too high.
    terminal = run(columns, rows, "--set", "epochs=1000000")
    read_until(terminal, lambda screen: screen.draws > 1 and "epoch [" in screen.text())


def test_a_terminal_of_one_character_gets_nothing(run):
    terminal = run(1, 1, "--set", "epochs=300")
    terminal.screen = Screen(400, 100)
    assert terminal.finish() == 0
    assert "[" not in terminal.screen.text()


def test_terminals_without_unicode_or_colours_get_ascii(run):
    terminal = run(100, 40, "--set", "epochs=300", LANG="C")
    assert terminal.finish() == 0
    text = terminal.screen.text()
    assert text.isascii() and re.search(r"run   \[=+\]  100 %", text), text


def test_colours_are_left_out_where_they_are_not_wanted(run):
    colored = run(100, 40, "--set", "epochs=300")
    assert colored.finish() == 0
    assert re.search(rb"\x1b\[[0-9;]*m", colored.output)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "vt100"}])
def test_no_colour(run, environment):
    plain = run(100, 40, "--set", "epochs=300", **environment)
    assert plain.finish() == 0
    assert not re.search(rb"\x1b\[[0-9;]*m", plain.output)


def test_a_dumb_terminal_gets_lines(run):
    terminal = run(100, 100, "--set", "epochs=20", TERM="dumb")
    assert terminal.finish() == 0
    assert b"\x1b" not in terminal.output
    assert "epoch 20/20" in terminal.screen.text()


def test_a_file_gets_lines(run_nntrain, tmp_path):
    done = run_nntrain(
        "train", CONFIG, "--run-dir", tmp_path / "run", "--progress", "dashboard", "--set", "epochs=20")
    assert "\x1b" not in done.stdout and "epoch 20/20" in done.stdout
