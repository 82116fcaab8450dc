// The settings in the page's address, so that a link brings them back.

const lists = { features: text => text, hidden: text => numberOf(text) };
const words = new Set(['source', 'table', 'task', 'activation', 'loss', 'optimizer']);
const names = [
  'source', 'table', 'task', 'samples', 'noise', 'classes', 'train_share', 'features', 'hidden',
  'activation', 'loss', 'optimizer', 'learning_rate', 'batch_size', 'l1_penalty', 'weight_decay', 'dropout', 'seed',
];
/** Longer tables stay out of the address, and with them everything else. */
const tableLength = 4000;

/** What stands behind the `#` for settings: what differs from those that the page begins with. */
export function linkOf(settings, usual) {
  if ((settings.table ?? '').length > tableLength) return '';
  const parameters = new URLSearchParams();
  for (const name of names) {
    const value = settings[name];
    if (value === null || value === undefined || String(value) === String(usual[name])) continue;
    parameters.set(name, String(value));
  }
  return parameters.toString().replaceAll('%2C', ',');
}

/** A number where the text is one; any other text, which the program refuses with what it expects. */
const numberOf = text => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);

/**
 * The settings that an address holds. Names and values go to the program as they are, which says what
 * is wrong with them.
 */
export function settingsOf(link) {
  const settings = {};
  for (const [name, text] of new URLSearchParams(link.replace(/^#/, ''))) {
    if (name in lists) settings[name] = text === '' ? [] : text.split(',').map(lists[name]);
    else settings[name] = words.has(name) ? text : numberOf(text);
  }
  return settings;
}
