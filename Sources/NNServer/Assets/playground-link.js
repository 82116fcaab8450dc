// The settings in the page's address, so that a link restores them.

const lists = { features: text => text, hidden: text => numberOf(text) };
const words = new Set(['source', 'table', 'task', 'activation', 'loss', 'optimizer']);
const names = [
  'source', 'table', 'task', 'samples', 'noise', 'classes', 'train_share', 'features', 'hidden',
  'activation', 'loss', 'optimizer', 'learning_rate', 'batch_size', 'l1_penalty', 'weight_decay', 'dropout', 'seed',
];
/** With longer tables the address holds no settings. */
const tableLength = 4000;

/** The fragment after the `#` for settings: the differences from the initial ones. */
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

/** A number if the text is one, else the text, which the server rejects with the expected values. */
const numberOf = text => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);

/**
 * The settings in an address. Names and values are sent unchanged to the server, which validates
 * them.
 */
export function settingsOf(link) {
  const settings = {};
  for (const [name, text] of new URLSearchParams(link.replace(/^#/, ''))) {
    if (name in lists) settings[name] = text === '' ? [] : text.split(',').map(lists[name]);
    else settings[name] = words.has(name) ? text : numberOf(text);
  }
  return settings;
}
