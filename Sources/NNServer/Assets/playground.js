// The playground's page: what a person chooses, and the loop that asks for one frame after another.

import {
  Refusal, advance, closeSession, configure, getOptions, openSession, unpack,
} from './playground-api.js';
import { readColors, paintMap } from './playground-colors.js';
import { drawCurves, short } from './curves.js';
import { linkOf, settingsOf } from './playground-link.js';
import { NetworkView } from './playground-network.js';
import { Stage, addSymbol } from './playground-stage.js';
import { TextTabs } from './playground-texts.js';
import { drawTile } from './playground-tiles.js';

const find = id => document.getElementById(id);
const example = 'height,weight,kind\n1.2,0.7,cat\n0.8,0.9,cat\n1.1,1.3,cat\n0.7,0.4,cat\n0.9,0.6,cat\n1.4,1.1,cat\n'
  + '2.9,2.2,dog\n2.4,2.8,dog\n3.1,2.6,dog\n2.2,2.1,dog\n2.7,3.2,dog\n2.0,2.6,dog\n';

let options;
let colors = readColors();
/** What the page asks for; what is null follows from the data. */
let settings;
/** The settings of the network that trains: what a refused change goes back to. */
let accepted = null;
/** The settings that a page without a link begins with. */
let usual = null;
/** What was chosen while a configuration is on its way. */
let pending = {};
/** The header of the last complete frame, and the parts of the last frame. */
let complete = null;
let parts = null;
let session = null;
let isPlaying = false;
let isDriving = false;
let wantsConfiguration = false;
/** Further frames asked for by the buttons. */
let queue = [];
let history = { steps: [], train: [], test: [] };
let lastSpoken = 0;
let lastCurves = 0;
let network;
const stage = new Stage(find('stage'));
const texts = new TextTabs();

// MARK: What a person chooses

function fill(select, choices) {
  select.replaceChildren(...choices.map(({ value, title }) => new Option(title, value)));
}

/** Sets a select, adding the value where the list lacks it. */
function setSelect(select, value) {
  if (![...select.options].some(option => option.value === String(value))) select.add(new Option(value, value));
  select.value = String(value);
}

function change(what) {
  Object.assign(settings, what);
  Object.assign(pending, what);
  wantsConfiguration = true;
  drive();
}

const shares = new Map([
  ['samples', value => value], ['classes', value => value],
  ['noise', value => `${Math.round(value * 100)} %`],
  ['train_share', value => `${Math.round(value * 100)} %`],
]);

function setUpControls() {
  for (const name of ['activation', 'optimizer']) fill(find(name), options[`${name}s`]);
  for (const name of ['learning_rate', 'batch_size', 'weight_decay']) {
    fill(find(name), options[name].map(value => ({ value, title: String(value) })));
    find(name).addEventListener('change', event => change({ [name]: Number(event.target.value) }));
  }
  for (const name of ['activation', 'optimizer', 'loss']) {
    find(name).addEventListener('change', event => change({ [name]: event.target.value }));
  }
  for (const [name, text] of shares) {
    find(name).addEventListener('input', event => {
      const value = Number(event.target.value);
      showSlider(name, text(value));
      // Two classes and more of them have different losses.
      change({ [name]: value, ...(name === 'classes' && { loss: null }) });
    });
  }
  find('seed').addEventListener('change', event => {
    const seed = Math.min(2147483647, Math.max(0, Math.round(Number(event.target.value)) || 0));
    event.target.value = seed;
    change({ seed });
  });
  find('dice').addEventListener('click', () => change({ seed: (settings.seed + 1) % 2147483648 }));
  find('fewer-layers').addEventListener('click', () => change({ hidden: settings.hidden.slice(0, -1) }));
  find('more-layers').addEventListener('click', addLayer);
  find('sources').replaceChildren(...options.sources.map(({ value, title }) => {
    const tile = document.createElement('label');
    tile.className = 'tile';
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'source', value });
    const picture = value === 'csv'
      ? Object.assign(document.createElement('div'), { className: 'sheet', textContent: 'x,y,c' })
      : document.createElement('canvas');
    picture.setAttribute('aria-hidden', 'true');
    const text = Object.assign(document.createElement('span'), { textContent: title });
    tile.append(input, picture, text);
    input.addEventListener('change', () => chooseSource(value));
    return tile;
  }));
  find('use-table').addEventListener('click', useTable);
  find('file').addEventListener('change', readFile);
  find('table').value = example;
  for (const name of ['show-test', 'decide']) find(name).addEventListener('change', drawStage);
}

function showSlider(name, text) {
  find(`${name}-value`).textContent = text;
  find(name).setAttribute('aria-valuetext', text);
}

// Clicks may come faster than answers: what they change is what was asked for last.

function addLayer() {
  const { hidden } = settings;
  if (hidden.length < options.limits.layers) change({ hidden: [...hidden, hidden.at(-1) ?? 4] });
}

function changeNodes(layer, by) {
  const fit = count => Math.max(1, Math.min(options.limits.nodes, count + by));
  const changed = (count, index) => (index === layer ? fit(count) : count);
  change({ hidden: settings.hidden.map(changed) });
}

function toggleFeature(name) {
  const used = new Set(settings.features ?? complete.settings.features);
  if (!used.delete(name)) used.add(name);
  if (used.size === 0) { tell('The network needs at least one feature.'); return; }
  change({ features: complete.all_features.filter(feature => used.has(feature)) });
}

/** Other data: noise, features and loss are those that suit it. */
const anew = { noise: null, features: null, loss: null, classes: null };

function chooseSource(source) {
  find('own').hidden = source !== 'csv';
  find('generated').hidden = source === 'csv';
  if (source === 'csv') useTable(); else change({ source, ...anew });
}

function useTable() {
  const table = find('table').value;
  if (isTooLarge('The table', new Blob([table]).size)) { showTrained(); return; }
  change({ source: 'csv', table, task: find('task').value, ...anew });
}

function isTooLarge(name, bytes) {
  const limit = options.limits.table_bytes;
  if (bytes <= limit) return false;
  tell(`${name} has ${bytes.toLocaleString('en')} bytes.`,
    `The playground takes ${limit.toLocaleString('en')}; `
      + 'train on larger tables with nntrain train.');
  return true;
}

async function readFile(event) {
  const file = event.target.files[0];
  if (!file || isTooLarge(file.name, file.size)) return;
  find('table').value = await file.text();
  useTable();
}

/**
 * Brings every control to what the program says it uses; one that has the focus, which may be about
 * to change, only where that is asked for.
 */
function showSettings(hasFocused = false) {
  const used = complete.settings;
  const isFree = name => hasFocused || document.activeElement !== find(name);
  for (const input of document.querySelectorAll('input[name="source"]')) input.checked = input.value === used.source;
  find('own').hidden = used.source !== 'csv';
  find('generated').hidden = used.source === 'csv';
  for (const [name, text] of shares) {
    const value = used[name] ?? settings[name];
    if (value === null || value === undefined) continue;
    if (isFree(name)) find(name).value = value;
    showSlider(name, text(value));
  }
  find('classes-field').hidden = used.classes === undefined;
  const titles = new Map(options.losses.map(loss => [loss.value, loss.title]));
  fill(find('loss'), complete.losses.map(value => ({ value, title: titles.get(value) })));
  for (const name of ['activation', 'optimizer', 'loss', 'learning_rate', 'batch_size', 'weight_decay']) {
    setSelect(find(name), used[name]);
  }
  if (isFree('seed')) find('seed').value = used.seed;
}

/** Says what network there is. */
function showNetwork() {
  const layers = complete.settings.hidden.length;
  find('layer-count').textContent = `${layers} hidden layer${layers === 1 ? '' : 's'}`;
  find('fewer-layers').disabled = layers === 0;
  find('more-layers').disabled = layers === options.limits.layers;
  const count = complete.parameters;
  find('parameters').textContent = `${count.toLocaleString('en')} weights and biases`;
  find('score-name').textContent = scoreName();
  // A curve shows how sure the network is, and numbers are not decided.
  find('decide').disabled = complete.classes === 0 || complete.dimensions === 1;
}

// MARK: Messages

function tell(text, hint = '', action = null) {
  find('message').hidden = false;
  find('message-text').textContent = text;
  find('message-hint').textContent = hint;
  const button = find('message-action');
  button.hidden = action === null;
  if (action) {
    button.textContent = action.title;
    button.onclick = action.run;
  }
}

function clearMessage() { find('message').hidden = true; }

function tellRefusal(refusal) {
  const { status, message, hint, retryAfter } = refusal;
  const isWrong = status === 400 || status === 413;
  if (status === 404 || status === 410) session = null;
  if (session === null) {
    tell(message, hint, { title: retryAfter ? 'Try again' : 'Start anew', run: startAnew });
  } else {
    tell(message, hint, isWrong ? null : { title: 'Try again', run: () => change({}) });
  }
  if (isWrong && accepted === null) {
    // The address holds what the program does not take.
    settings = { ...options.settings };
    window.history.replaceState(null, '', location.pathname);
  } else if (isWrong) {
    restore();
  }
}

/** Says that the page itself has failed, which only a mistake in it can cause. */
function tellMistake(error) {
  console.error(error);
  tell(`The page has failed: ${error.message}.`, '', { title: 'Start anew', run: startAnew });
}

/** Goes back to the settings before those that were refused. */
function restore() {
  if (accepted === null) return;
  settings = { ...accepted, ...pending };
  if (wantsConfiguration) return;
  showTrained();
  if (session) texts.show(session);
}

/** Brings the controls back to what trains; a table that was refused stays at hand. */
function showTrained() {
  const isMending = !find('own').hidden;
  showSettings(true);
  if (isMending) find('own').hidden = false;
}

function startAnew() {
  clearMessage();
  change({});
}

/** Says to screen readers how it goes, not too often. */
function speak(header, isForced) {
  const now = performance.now();
  if (!isForced && now - lastSpoken < 4000) return;
  lastSpoken = now;
  find('live').textContent = `Epoch ${header.epoch}, step ${header.step}: training loss ${short(header.train.loss)}, `
    + `test loss ${short(header.test.loss)}, ${scoreName().toLowerCase()} on test points ${scoreText(header.test.score)}.`;
}

const scoreName = () => (complete.classes > 0 ? 'Accuracy' : 'Mean error');
const scoreText = score => (complete.classes > 0
  ? (Number.isFinite(score) && score !== null ? `${(score * 100).toFixed(1)} %` : '–') : short(score));

// MARK: The loop

const speeds = { step: { steps: 1 }, epoch: { epochs: 1 }, fast: { milliseconds: 24 } };

/** Asks for one frame after another as long as there is a reason to; never twice at once. */
async function drive() {
  if (isDriving || !settings) return;
  isDriving = true;
  try {
    for (;;) {
      if (wantsConfiguration) {
        await startSession();
      } else if (session === null || complete === null) {
        break;
      } else if (queue.length > 0) {
        take(await advance(session, queue.shift()), true);
      } else if (isPlaying) {
        const frame = await advance(session, speeds[find('speed').value]);
        // The screen's own rate bounds ours.
        await new Promise(requestAnimationFrame);
        if (!wantsConfiguration) take(frame, false);
      } else {
        break;
      }
    }
  } catch (error) {
    queue = [];
    if (error instanceof Refusal) tellRefusal(error); else tellMistake(error);
    setPlaying(false);
  } finally {
    isDriving = false;
  }
  if (wantsConfiguration) drive();
}

/** Begins anew with the settings. */
async function startSession() {
  wantsConfiguration = false;
  queue = [];
  pending = {};
  const asked = { ...settings };
  const frame = session ? await configure(session, asked) : await openSession(asked);
  session = frame.header.session;
  const { features, loss, noise, classes = null, hidden } = frame.header.settings;
  // What followed from the data is now chosen, so that the next change keeps it.
  accepted = { ...asked, features, loss, noise, classes, hidden };
  showLink();
  takeComplete(frame);
  // What was chosen in the meantime must not be overwritten by what was chosen before.
  if (wantsConfiguration) return;
  settings = { ...accepted };
  showSettings();
  texts.show(session);
}

/** Puts the settings into the address. */
function showLink() {
  usual ??= location.hash ? options.settings : { ...accepted };
  const link = linkOf(accepted, usual);
  window.history.replaceState(null, '', link ? `#${link}` : location.pathname);
}

/** Takes the settings of an address. */
function followLink() {
  const linked = settingsOf(location.hash);
  if (linked.table) find('table').value = linked.table;
  if (linked.task) find('task').value = linked.task;
  settings = { ...options.settings };
  change(linked);
}

function takeComplete(frame) {
  parts = unpack(frame, frame.header);
  complete = frame.header;
  history = { steps: [], train: [], test: [] };
  clearMessage();
  showNetwork();
  network.setFeatures(parts.features);
  network.build(complete);
  showLegend();
  take(frame, true);
}

function take(frame, isForced) {
  const { header } = frame;
  parts = unpack(frame, complete);
  note(header);
  network.update(parts, colors);
  drawStage();
  find('epoch-count').textContent = header.epoch.toLocaleString('en');
  find('step-count').textContent = header.step.toLocaleString('en');
  for (const part of ['train', 'test']) {
    find(`${part}-loss`).textContent = short(header[part].loss);
    find(`${part}-score`).textContent = scoreText(header[part].score);
  }
  // Curves change little from frame to frame.
  if (isForced || performance.now() - lastCurves > 120) drawLosses();
  frames += 1;
  document.body.dataset.frames = frames;
  if (header.failure) {
    setPlaying(false);
    tell(`Training stopped: ${header.failure}.`, `Mend: ${header.hint}.`, { title: 'Reset', run: reset });
    isForced = true;
  }
  speak(header, isForced);
}

let frames = 0;

function note(header) {
  if (history.steps.at(-1) === header.step) return;
  history.steps.push(header.step);
  history.train.push(header.train.loss);
  history.test.push(header.test.loss);
  if (history.steps.length > 800) {
    // Every second one, so that a long training stays whole.
    for (const name of Object.keys(history)) history[name] = history[name].filter((_, index) => index % 2 === 0);
  }
}

function setPlaying(value) {
  isPlaying = value;
  find('play').setAttribute('aria-pressed', value);
  find('play-text').textContent = value ? 'Pause' : 'Play';
  if (!value && complete) drawLosses();
  drive();
}

function reset() {
  setPlaying(false);
  clearMessage();
  change({});
}

function ask(how) {
  if (isPlaying) setPlaying(false);
  if (queue.length < 20) queue.push(how);
  drive();
}

// MARK: Drawing

function drawStage() {
  if (!complete || !parts) return;
  stage.draw({
    complete, output: parts.output, preview: network.preview, colors,
    showsTest: find('show-test').checked,
    decides: find('decide').checked && !find('decide').disabled,
  });
}

function drawLosses() {
  lastCurves = performance.now();
  const [train, test] = [history.train, history.test].map(values => short(values.at(-1) ?? null));
  find('curves').setAttribute('aria-label', `Training and test loss by step; now ${train} and ${test}`);
  drawCurves(find('curves'), [
    { name: 'training', x: history.steps, y: history.train, color: colors.ink },
    { name: 'test', x: history.steps, y: history.test, color: colors.test, dash: [5, 3] },
  ], { soft: colors.soft, line: colors.line, xName: 'steps' });
}

function showLegend() {
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
    legend.textContent = 'Points are the data, the line is what the network gives.';
  }
}

function drawTiles() {
  for (const tile of document.querySelectorAll('.tile')) {
    const canvas = tile.querySelector('canvas');
    if (canvas) drawTile(canvas, tile.querySelector('input').value, colors);
  }
}

function drawAll() {
  colors = readColors();
  drawTiles();
  if (!complete) return;
  network.setFeatures(null);
  network.build(complete);
  network.update(parts, colors);
  showLegend();
  drawStage();
  drawLosses();
}

// MARK: Keys, size, theme

function setUpKeys() {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Controls keep their own keys.
    if (event.target.closest('input, select, textarea, [role="tabpanel"]')) return;
    if (event.key === ' ' && event.target.closest('button, a')) return;
    if (event.key === ' ') setPlaying(!isPlaying);
    else if (event.key === 'ArrowRight') ask({ steps: 1 });
    else return;
    event.preventDefault();
  });
  find('play').addEventListener('click', () => setPlaying(!isPlaying));
  find('step').addEventListener('click', () => ask({ steps: 1 }));
  find('epoch').addEventListener('click', () => ask({ epochs: 1 }));
  find('reset').addEventListener('click', reset);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth === width) return;
    width = innerWidth;
    requestAnimationFrame(drawAll);
  });
  addEventListener('pagehide', () => { if (session) closeSession(session); session = null; });
  // A page that comes back from the browser's cache has no session any more.
  addEventListener('pageshow', event => { if (event.persisted) startAnew(); });
}

async function start() {
  try {
    options = await getOptions();
  } catch (refusal) {
    tell(refusal.message, refusal.hint, { title: 'Try again', run: () => { clearMessage(); start(); } });
    return;
  }
  settings = { ...options.settings };
  network = new NetworkView(find('net'), find('detail'), {
    features: new Map(options.features.map(feature => [feature.value, feature])), limits: options.limits,
  }, {
    toggleFeature, changeNodes, show: drawStage,
  });
  setUpControls();
  setUpKeys();
  drawTiles();
  addEventListener('hashchange', followLink);
  followLink();
}

start();
