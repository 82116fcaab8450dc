// Messages of the page: errors, and the training for screen readers.

import { short } from './chart.js';
import { find, state } from './playground-state.js';

/** Shows a message with a hint and a button: `action` is {title, run}. */
export function showMessage(text, hint = '', action = null) {
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

export function clearMessage() { find('message').hidden = true; }

let lastSpoken = 0;

/**
 * Announces the training to screen readers: at once if `isForced`, as after a pause or a step, else
 * at most every four seconds. `news` comes first.
 */
export function speak(isForced, news = '') {
  const now = performance.now();
  if (!isForced && now - lastSpoken < 4000) return;
  lastSpoken = now;
  const { epoch, step, train, test } = state.header;
  const text = `${news}Epoch ${epoch}, step ${step}: training loss ${short(train.loss)}, `
    + `test loss ${short(test.loss)}, ${scoreName().toLowerCase()} on test points ${scoreText(test.score)}.`;
  // An unchanged text is not read again.
  const live = find('live');
  live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

export const scoreName = () => (state.complete.classes > 0 ? 'Accuracy' : 'Mean error');
export const scoreText = score => (state.complete.classes > 0
  ? (Number.isFinite(score) && score !== null ? `${(score * 100).toFixed(1)} %` : '–') : short(score));
