// The playground's page: the loop that requests one frame after another.

import {
  Refusal, advance, closeSession, configure, getOptions, openSession, setWeight, unpack,
} from './playground-api.js';
import { readColors } from './playground-colors.js';
import {
  changeNodes, setUpControls, showNetwork, showSettings, showTrained, toggleFeature,
} from './playground-controls.js';
import {
  drawAll, drawLosses, drawStage, drawTiles, forgetHistory, showFrame, showLegend,
} from './playground-drawing.js';
import { WeightEditor } from './playground-editor.js';
import { linkOf, settingsOf } from './playground-link.js';
import { clearMessage, speak, showMessage } from './playground-messages.js';
import { NetworkView } from './playground-network.js';
import { find, state } from './playground-state.js';
import { TextTabs } from './playground-texts.js';

const speeds = { step: { steps: 1 }, epoch: { epochs: 1 }, fast: { milliseconds: 24 } };
const texts = new TextTabs();
let editor;
let isDriving = false;
/** Frames requested by buttons and the editor: functions that return a frame or null. */
let queue = [];
/** The announcement for the next frame. */
let news = '';

// MARK: Refusals

function showRefusal(refusal) {
  const { status, message, hint, retryAfter } = refusal;
  const isWrong = status === 400 || status === 413;
  if (status === 404 || status === 410) state.session = null;
  if (state.session === null) {
    showMessage(message, hint, { title: retryAfter ? 'Try again' : 'Restart', run: restart });
  } else {
    showMessage(message, hint, isWrong ? null : { title: 'Try again', run: () => change({}) });
  }
  if (isWrong && state.accepted === null) {
    // The address holds settings that the server rejects.
    state.settings = { ...state.options.settings };
    window.history.replaceState(null, '', location.pathname);
  } else if (isWrong) {
    restore();
  }
}

/** Reports a failure of the page itself, which only a bug can cause. */
function showFailure(error) {
  console.error(error);
  showMessage(`The page has failed: ${error.message}.`, '', { title: 'Restart', run: restart });
}

/** Restores the settings before the rejected ones. */
function restore() {
  if (state.accepted === null) return;
  state.settings = { ...state.accepted, ...state.pending };
  if (state.wantsConfiguration) return;
  showTrained();
  showLink();
  if (state.session) texts.show(state.session);
}

function restart() {
  clearMessage();
  change({});
}

// MARK: The loop

function change(what) {
  Object.assign(state.settings, what);
  Object.assign(state.pending, what);
  state.wantsConfiguration = true;
  drive();
}

/** Requests one frame after another while there is a reason to; never twice at once. */
async function drive() {
  if (isDriving || !state.settings) return;
  isDriving = true;
  try {
    for (;;) {
      if (state.wantsConfiguration) {
        await startSession();
      } else if (state.session === null || state.complete === null) {
        break;
      } else if (queue.length > 0) {
        const frame = await queue.shift()();
        if (frame) take(frame, true);
      } else if (state.isPlaying) {
        const frame = await advance(state.session, speeds[find('speed').value]);
        // At most one frame per screen refresh.
        await new Promise(requestAnimationFrame);
        if (!state.wantsConfiguration) take(frame, false);
      } else {
        break;
      }
    }
  } catch (error) {
    queue = [];
    if (error instanceof Refusal) showRefusal(error); else showFailure(error);
    setPlaying(false);
  } finally {
    isDriving = false;
  }
  if (state.wantsConfiguration) drive();
}

/** Restarts with the settings. */
async function startSession() {
  state.wantsConfiguration = false;
  queue = [];
  state.pending = {};
  const asked = { ...state.settings };
  const frame = state.session ? await configure(state.session, asked) : await openSession(asked);
  state.session = frame.header.session;
  const { features, loss, noise, classes = null, hidden } = frame.header.settings;
  // Defaults that depended on the data are now explicit, so that the next change keeps them.
  state.accepted = { ...asked, features, loss, noise, classes, hidden };
  showLink();
  takeComplete(frame);
  // Newer choices must not be overwritten by older ones.
  if (state.wantsConfiguration) return;
  state.settings = { ...state.accepted };
  showSettings();
  texts.show(state.session);
}

/** Puts the settings into the address. */
function showLink() {
  state.usual ??= location.hash ? state.options.settings : { ...state.accepted };
  const link = linkOf(state.accepted, state.usual);
  window.history.replaceState(null, '', link ? `#${link}` : location.pathname);
}

/** Applies the settings of an address. */
function followLink() {
  const linked = settingsOf(location.hash);
  if (linked.table) find('table').value = linked.table;
  if (linked.task) find('task').value = linked.task;
  state.settings = { ...state.options.settings };
  change(linked);
}

function takeComplete(frame) {
  const { network } = state;
  state.parts = unpack(frame, frame.header);
  state.complete = frame.header;
  forgetHistory();
  clearMessage();
  showNetwork();
  network.setFeatures(state.parts.features);
  network.build(state.complete);
  showLegend();
  take(frame, true);
}

function take(frame, isForced) {
  const { header } = frame;
  state.header = header;
  state.parts = unpack(frame, state.complete);
  editor.update(state.parts);
  showFrame(isForced);
  // A frame that was in flight at a pause is the one that stays on screen.
  let isNews = isForced || !state.isPlaying;
  if (header.failure) {
    setPlaying(false);
    showMessage(`Training stopped: ${header.failure}.`, `Suggestion: ${header.hint}.`, { title: 'Reset', run: reset });
    isNews = true;
  }
  speak(isNews, news);
  news = '';
}

function setPlaying(value) {
  state.isPlaying = value;
  find('play').setAttribute('aria-pressed', value);
  find('play-text').textContent = value ? 'Pause' : 'Play';
  if (!value && state.complete) drawLosses();
  drive();
}

function reset() {
  setPlaying(false);
  clearMessage();
  change({});
}

function request(how) {
  if (state.isPlaying) setPlaying(false);
  if (queue.length < 20) queue.push(() => advance(state.session, how));
  drive();
}

/** Sets a weight; a rejected value is reported in the editor. */
function edit(weight, name) {
  queue.push(async () => {
    try {
      const frame = await setWeight(state.session, weight);
      news = name;
      return frame;
    } catch (refusal) {
      if (refusal.status !== 400) throw refusal;
      editor.showError([refusal.message, refusal.hint].join(' ').trim());
      return null;
    }
  });
  drive();
}

// MARK: Keys, size, theme

function setUpKeys() {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Controls handle their own keys.
    if (event.target.closest('input, select, textarea, [role="tabpanel"]')) return;
    if (event.key === ' ' && event.target.closest('button, a')) return;
    if (event.key === ' ') setPlaying(!state.isPlaying);
    else if (event.key === 'ArrowRight') request({ steps: 1 });
    else return;
    event.preventDefault();
  });
  find('play').addEventListener('click', () => setPlaying(!state.isPlaying));
  find('step').addEventListener('click', () => request({ steps: 1 }));
  find('epoch').addEventListener('click', () => request({ epochs: 1 }));
  find('reset').addEventListener('click', reset);
  for (const name of ['show-test', 'decide']) find(name).addEventListener('change', drawStage);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth === width) return;
    width = innerWidth;
    requestAnimationFrame(drawAll);
  });
  addEventListener('pagehide', () => {
    if (state.session) closeSession(state.session);
    state.session = null;
  });
  // A page that is restored from the browser's cache has no session any more.
  addEventListener('pageshow', event => { if (event.persisted) restart(); });
}

async function start() {
  try {
    state.options = await getOptions();
  } catch (refusal) {
    showMessage(refusal.message, refusal.hint, { title: 'Try again', run: () => { clearMessage(); start(); } });
    return;
  }
  const { options } = state;
  state.settings = { ...options.settings };
  editor = new WeightEditor(options.limits.weight, edit);
  state.network = new NetworkView(find('net'), find('detail'), {
    features: new Map(options.features.map(feature => [feature.value, feature])), limits: options.limits,
  }, editor, { toggleFeature, changeNodes, show: drawStage });
  setUpControls(change);
  setUpKeys();
  drawTiles();
  addEventListener('hashchange', followLink);
  followLink();
}

state.colors = readColors();
start();
