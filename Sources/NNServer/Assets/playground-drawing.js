// What a frame changes on the page: figures, the stage, curves and colours.

import { drawCurves, short } from './chart.js';
import { paintMap, readColors } from './playground-colors.js';
import { scoreText } from './playground-messages.js';
import { Stage, addSymbol } from './playground-stage.js';
import { find, state } from './playground-state.js';
import { drawTile } from './playground-tiles.js';

const stage = new Stage(find('stage'));
let history = { steps: [], train: [], test: [] };
let lastCurves = 0;
let frames = 0;

export function forgetHistory() { history = { steps: [], train: [], test: [] }; }

/** Shows the last frame. */
export function showFrame(isForced) {
  const { header } = state;
  note(header);
  state.network.update(state.parts, state.colors);
  drawStage();
  find('epoch-count').textContent = header.epoch.toLocaleString('en');
  find('step-count').textContent = header.step.toLocaleString('en');
  for (const part of ['train', 'test']) {
    find(`${part}-loss`).textContent = short(header[part].loss);
    find(`${part}-score`).textContent = scoreText(header[part].score);
  }
  const { edited = 0 } = header;
  find('edited').hidden = edited === 0;
  find('edited').textContent = `${edited} of them set by hand; Reset reinitializes ${edited === 1 ? 'it' : 'them'}`;
  // Curves change little from frame to frame.
  if (isForced || performance.now() - lastCurves > 120) drawLosses();
  frames += 1;
  document.body.dataset.frames = frames;
}

function note(header) {
  if (history.steps.at(-1) === header.step) {
    // A weight that was set by hand changes the losses of the step.
    history.train[history.train.length - 1] = header.train.loss;
    history.test[history.test.length - 1] = header.test.loss;
    return;
  }
  history.steps.push(header.step);
  history.train.push(header.train.loss);
  history.test.push(header.test.loss);
  if (history.steps.length > 800) {
    // Keep every second one, so that the history covers a long training.
    for (const name of Object.keys(history)) history[name] = history[name].filter((_, index) => index % 2 === 0);
  }
}

export function drawStage() {
  const { complete, parts, colors, network } = state;
  if (!complete || !parts) return;
  stage.draw({
    complete, output: parts.output, preview: network.preview, colors,
    showsTest: find('show-test').checked,
    decides: find('decide').checked && !find('decide').disabled,
  });
}

export function drawLosses() {
  const { colors } = state;
  lastCurves = performance.now();
  const [train, test] = [history.train, history.test].map(values => short(values.at(-1) ?? null));
  find('curves').setAttribute('aria-label', `Training and test loss by step; now ${train} and ${test}`);
  drawCurves(find('curves'), [
    { name: 'training', x: history.steps, y: history.train, color: colors.ink },
    { name: 'test', x: history.steps, y: history.test, color: colors.test, dash: [5, 3] },
  ], { soft: colors.soft, line: colors.line, xName: 'steps' });
}

export function showLegend() {
  const { complete, colors } = state;
  const legend = find('legend');
  if (complete.classes > 0) {
    legend.replaceChildren(...complete.class_names.map((name, index) => {
      const entry = document.createElement('span');
      const canvas = Object.assign(document.createElement('canvas'), { width: 24, height: 24 });
      const context = canvas.getContext('2d');
      context.beginPath();
      addSymbol(context, index, 12, 12, 8.5);
      context.fillStyle = colors.classes[index];
      context.fill();
      entry.append(canvas, /^\d+$/.test(name) ? `class ${name}` : name);
      return entry;
    }));
  } else if (complete.dimensions === 2) {
    const ramp = Object.assign(document.createElement('canvas'), { width: 256, height: 1, className: 'ramp' });
    const context = ramp.getContext('2d');
    const image = context.createImageData(256, 1);
    paintMap(image, Uint8Array.from({ length: 256 }, (_, index) => index), colors.wash);
    context.putImageData(image, 0, 0);
    const entry = document.createElement('span');
    entry.append(short(complete.range[0]), ramp, short(complete.range[1]));
    legend.replaceChildren(entry);
  } else {
    legend.textContent = 'Points are the data, the line is the output of the network.';
  }
}

export function drawTiles() {
  for (const tile of document.querySelectorAll('.tile')) {
    const canvas = tile.querySelector('canvas');
    if (canvas) drawTile(canvas, tile.querySelector('input').value, state.colors);
  }
}

/** Redraws everything, as for another width or theme. */
export function drawAll() {
  state.colors = readColors();
  drawTiles();
  const { complete, network } = state;
  if (!complete) return;
  network.setFeatures(null);
  network.build(complete);
  network.update(state.parts, state.colors);
  showLegend();
  drawStage();
  drawLosses();
}
