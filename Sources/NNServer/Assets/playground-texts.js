// The export: the config, the program and the table, one tab each.

import { getTexts } from './playground-api.js';

const find = id => document.getElementById(id);
const kinds = {
  yaml: { file: 'playground.yaml', note: 'Train it with nntrain train playground.yaml' },
  program: { file: 'main.swift', note: 'A program for a package that uses the product NeuralNet' },
  table: { file: 'playground.csv', note: 'Features and targets of all points, for the config and the program' },
};
const names = Object.keys(kinds);
const longest = 300;

export class TextTabs {
  constructor() {
    this.shown = 'yaml';
    this.texts = null;
    for (const name of names) {
      find(`tab-${name}`).addEventListener('click', () => this.choose(name));
      find(`tab-${name}`).addEventListener('keydown', event => this.move(name, event));
    }
    find('copy').addEventListener('click', () => this.copy());
  }

  /** Fetches a session's texts and shows the selected one. */
  async show(session) {
    try { this.texts = await getTexts(session); } catch { return; }
    this.choose(this.shown);
  }

  choose(name) {
    const hasTable = Boolean(this.texts?.table);
    this.shown = name === 'table' && !hasTable ? 'yaml' : name;
    for (const other of names) {
      const button = find(`tab-${other}`);
      button.setAttribute('aria-selected', other === this.shown);
      button.tabIndex = other === this.shown ? 0 : -1;
      button.hidden = other === 'table' && !hasTable;
    }
    if (this.texts) this.write(this.texts[this.shown], kinds[this.shown], hasTable);
  }

  write(text, kind, hasTable) {
    const lines = text.split('\n');
    find('code').textContent = lines.length > longest
      ? `${lines.slice(0, longest).join('\n')}\n… ${lines.length - longest - 1} more lines` : text;
    find('text').setAttribute('aria-labelledby', `tab-${this.shown}`);
    find('text-note').textContent = kind.note
      + (hasTable && kind !== kinds.table ? '; it reads playground.csv, so download that, too.' : '.');
    const link = find('download');
    if (link.href.startsWith('blob:')) URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = kind.file;
  }

  move(name, event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const reachable = names.filter(other => !find(`tab-${other}`).hidden);
    this.choose(reachable[(reachable.indexOf(name) + step + reachable.length) % reachable.length]);
    find(`tab-${this.shown}`).focus();
  }

  async copy() {
    const button = find('copy');
    try {
      await navigator.clipboard.writeText(this.texts[this.shown]);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(find('code'));
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  }
}
