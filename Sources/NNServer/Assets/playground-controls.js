// The controls for the settings, and their synchronization with the network that trains.

import { scoreName, showMessage } from './playground-messages.js';
import { find, state } from './playground-state.js';

const example = 'height,weight,kind\n1.2,0.7,cat\n0.8,0.9,cat\n1.1,1.3,cat\n0.7,0.4,cat\n0.9,0.6,cat\n1.4,1.1,cat\n'
  + '2.9,2.2,dog\n2.4,2.8,dog\n3.1,2.6,dog\n2.2,2.1,dog\n2.7,3.2,dog\n2.0,2.6,dog\n';
const numbers = ['learning_rate', 'batch_size', 'l1_penalty', 'weight_decay', 'dropout'];
const words = ['activation', 'loss', 'optimizer'];
const percent = value => `${Math.round(value * 100)} %`;
const sliders = new Map([
  ['samples', value => value], ['classes', value => value], ['noise', percent], ['train_share', percent],
]);
/** For a change of data: noise, features and loss take the defaults for the new data. */
const dataDefaults = { noise: null, features: null, loss: null, classes: null };

/** Requests a network with other settings; set by `playground.js`. */
let change;

function fill(select, choices) {
  select.replaceChildren(...choices.map(({ value, title }) => new Option(title, value)));
}

/** Sets a select, adding the value if the list lacks it. */
function setSelect(select, value) {
  if (![...select.options].some(option => option.value === String(value))) select.add(new Option(value, value));
  select.value = String(value);
}

export function setUpControls(changeSettings) {
  change = changeSettings;
  const { options } = state;
  for (const name of ['activation', 'optimizer']) fill(find(name), options[`${name}s`]);
  for (const name of numbers) {
    fill(find(name), options[name].map(value => ({ value, title: name === 'dropout' ? percent(value) : String(value) })));
    find(name).addEventListener('change', event => change({ [name]: Number(event.target.value) }));
  }
  for (const name of words) {
    find(name).addEventListener('change', event => change({ [name]: event.target.value }));
  }
  for (const [name, text] of sliders) {
    find(name).addEventListener('input', event => {
      const value = Number(event.target.value);
      showSlider(name, text(value));
      // Two classes and more than two have different losses.
      change({ [name]: value, ...(name === 'classes' && { loss: null }) });
    });
  }
  find('seed').addEventListener('change', event => {
    const seed = Math.min(2147483647, Math.max(0, Math.round(Number(event.target.value)) || 0));
    event.target.value = seed;
    change({ seed });
  });
  find('dice').addEventListener('click', () => change({ seed: (state.settings.seed + 1) % 2147483648 }));
  find('fewer-layers').addEventListener('click', () => change({ hidden: state.settings.hidden.slice(0, -1) }));
  find('more-layers').addEventListener('click', addLayer);
  find('sources').replaceChildren(...options.sources.map(sourceTile));
  find('use-table').addEventListener('click', useTable);
  find('file').addEventListener('change', readFile);
  find('table').value = example;
}

function sourceTile({ value, title }) {
  const tile = document.createElement('label');
  tile.className = 'tile';
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'source', value });
  const thumbnail = value === 'csv'
    ? Object.assign(document.createElement('div'), { className: 'sheet', textContent: 'x,y,c' })
    : document.createElement('canvas');
  thumbnail.setAttribute('aria-hidden', 'true');
  const text = Object.assign(document.createElement('span'), { textContent: title });
  tile.append(input, thumbnail, text);
  input.addEventListener('change', () => chooseSource(value));
  return tile;
}

function showSlider(name, text) {
  find(`${name}-value`).textContent = text;
  find(name).setAttribute('aria-valuetext', text);
}

// Clicks may come faster than answers: they change the settings that were requested last.

function addLayer() {
  const { hidden } = state.settings;
  if (hidden.length < state.options.limits.layers) change({ hidden: [...hidden, hidden.at(-1) ?? 4] });
}

export function changeNodes(layer, by) {
  const fit = count => Math.max(1, Math.min(state.options.limits.nodes, count + by));
  const changed = (count, index) => (index === layer ? fit(count) : count);
  change({ hidden: state.settings.hidden.map(changed) });
}

export function toggleFeature(name) {
  const { complete, settings } = state;
  const used = new Set(settings.features ?? complete.settings.features);
  if (!used.delete(name)) used.add(name);
  if (used.size === 0) { showMessage('The network needs at least one feature.'); return; }
  change({ features: complete.all_features.filter(feature => used.has(feature)) });
}

function chooseSource(source) {
  find('own').hidden = source !== 'csv';
  find('generated').hidden = source === 'csv';
  if (source === 'csv') useTable(); else change({ source, ...dataDefaults });
}

function useTable() {
  const table = find('table').value;
  if (isTooLarge('The table', new Blob([table]).size)) { showTrained(); return; }
  change({ source: 'csv', table, task: find('task').value, ...dataDefaults });
}

function isTooLarge(name, bytes) {
  const limit = state.options.limits.table_bytes;
  if (bytes <= limit) return false;
  showMessage(`${name} has ${bytes.toLocaleString('en')} bytes.`,
    `The limit of the playground is ${limit.toLocaleString('en')}; `
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
 * Sets every control to the settings in use; the focused one, which the user may be editing, only if
 * `hasFocused` is set.
 */
export function showSettings(hasFocused = false) {
  const { complete, options, settings } = state;
  const used = complete.settings;
  const isFree = name => hasFocused || document.activeElement !== find(name);
  for (const input of document.querySelectorAll('input[name="source"]')) input.checked = input.value === used.source;
  find('own').hidden = used.source !== 'csv';
  find('generated').hidden = used.source === 'csv';
  for (const [name, text] of sliders) {
    const value = used[name] ?? settings[name];
    if (value === null || value === undefined) continue;
    if (isFree(name)) find(name).value = value;
    showSlider(name, text(value));
  }
  find('classes-field').hidden = used.classes === undefined;
  const titles = new Map(options.losses.map(loss => [loss.value, loss.title]));
  fill(find('loss'), complete.losses.map(value => ({ value, title: titles.get(value) })));
  for (const name of [...words, ...numbers]) setSelect(find(name), used[name]);
  if (isFree('seed')) find('seed').value = used.seed;
}

/** Resets the controls to the network that trains; a rejected table stays in its field. */
export function showTrained() {
  const isCorrecting = !find('own').hidden;
  showSettings(true);
  if (isCorrecting) find('own').hidden = false;
}

/** Shows the size of the network. */
export function showNetwork() {
  const { complete, options } = state;
  const layers = complete.settings.hidden.length;
  find('layer-count').textContent = `${layers} hidden layer${layers === 1 ? '' : 's'}`;
  find('fewer-layers').disabled = layers === 0;
  find('more-layers').disabled = layers === options.limits.layers;
  const count = complete.parameters;
  find('parameters').textContent = `${count.toLocaleString('en')} weights and biases`;
  find('score-name').textContent = scoreName();
  // A curve shows probabilities, and numbers have no decision.
  find('decide').disabled = complete.classes === 0 || complete.dimensions === 1;
}
