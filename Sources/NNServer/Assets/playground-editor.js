// A small form that sets a weight or a bias of the network by hand.

import { short } from './chart.js';

const make = (name, properties, parent) => {
  const element = Object.assign(document.createElement(name), properties);
  parent.append(element);
  return element;
};

export class WeightEditor {
  /**
   * limit: the largest magnitude of a value
   * set({layer, node, input, value}, name): requests it; `input` is null for a bias
   */
  constructor(limit, set) {
    Object.assign(this, { limit, set });
    this.form = document.createElement('form');
    Object.assign(this.form, { className: 'editor', hidden: true, noValidate: true });
    this.form.setAttribute('role', 'dialog');
    this.title = make('p', { className: 'editor-title' }, this.form);
    const which = make('label', { className: 'field', textContent: 'Weight ' }, this.form);
    this.which = make('select', { name: 'which' }, which);
    const field = make('label', { className: 'field', textContent: 'Value ' }, this.form);
    this.value = make('input', { type: 'text', name: 'value', autocomplete: 'off', spellcheck: false }, field);
    this.error = make('p', { className: 'editor-error', id: 'weight-error', hidden: true }, this.form);
    this.error.setAttribute('role', 'alert');
    const buttons = make('div', { className: 'editor-buttons' }, this.form);
    make('button', { type: 'submit', className: 'primary', textContent: 'Set' }, buttons);
    this.closer = make('button', { type: 'button', textContent: 'Close' }, buttons);
    this.which.addEventListener('change', () => { this.fill(); this.value.select(); });
    this.value.addEventListener('input', () => this.showError(''));
    this.form.addEventListener('submit', event => { event.preventDefault(); this.submit(); });
    this.closer.addEventListener('click', () => this.close());
    this.form.addEventListener('keydown', event => {
      // Arrows and the space bar belong to the form here.
      event.stopPropagation();
      if (event.key === 'Escape') this.close();
    });
  }

  /**
   * Opens for the weights that lead to a node.
   * node: {layer, node, name, sources: [names]}; input: which of them, null for the bias
   * place: {x, y, width, height} in the container; opener: the element that gets the focus afterwards
   */
  open(node, input, parts, place, opener) {
    Object.assign(this, { node, parts, opener });
    this.title.textContent = node.name;
    this.form.setAttribute('aria-label', `Set a weight of ${node.name}`);
    this.which.replaceChildren(
      new Option('bias', 'bias'),
      ...node.sources.map((name, index) => new Option(`from ${name}`, index)),
    );
    this.which.value = input === null ? 'bias' : String(input);
    this.fill();
    this.form.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.form;
    const clamp = (value, most) => `${Math.max(0, Math.min(value, most))}px`;
    this.form.style.left = clamp(place.x, place.width - width);
    this.form.style.top = clamp(place.y, place.height - height);
    this.value.focus();
    this.value.select();
  }

  get isOpen() { return !this.form.hidden; }

  get input() { return this.which.value === 'bias' ? null : Number(this.which.value); }

  /** Writes the weight's value into the field. */
  fill() {
    const { layer, node } = this.node;
    const { bias, weights, inputs } = this.parts.layers[layer];
    const { input } = this;
    const value = input === null ? bias[node] : weights[node * inputs + input];
    this.value.value = Number(value.toPrecision(4));
    this.showError('');
  }

  /** Updates from a frame; a value that is being edited stays. */
  update(parts) {
    this.parts = parts;
    if (this.isOpen && document.activeElement !== this.value) this.fill();
  }

  submit() {
    const text = this.value.value.trim().replace('−', '-');
    const value = text === '' ? NaN : Number(text);
    if (!Number.isFinite(value) || Math.abs(value) > this.limit) {
      this.showError(`Expected a number from −${this.limit} to ${this.limit}, found ${text === '' ? 'nothing' : text}.`);
      this.value.select();
      return;
    }
    const { input } = this;
    const which = input === null ? 'bias' : `weight from ${this.node.sources[input]}`;
    this.set({ layer: this.node.layer, node: this.node.node, input, value },
      `${this.node.name}, ${which}: ${short(value)}. `);
  }

  /** Shows what is wrong with the value; an empty text clears it. */
  showError(text) {
    this.error.textContent = text;
    this.error.hidden = text === '';
    if (text) {
      this.value.setAttribute('aria-invalid', 'true');
      this.value.setAttribute('aria-describedby', this.error.id);
    } else {
      this.value.removeAttribute('aria-invalid');
      this.value.removeAttribute('aria-describedby');
    }
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = this.form.contains(document.activeElement);
    this.form.hidden = true;
    if (hadFocus && this.opener?.isConnected) this.opener.focus();
  }
}
