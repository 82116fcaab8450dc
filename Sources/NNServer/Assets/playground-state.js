// The shared state of the page.

export const find = id => document.getElementById(id);

export const state = {
  /** The options, from the server. */
  options: null,
  /** The requested settings; null for defaults that depend on the data. */
  settings: null,
  /** The settings of the network that trains, restored after a rejected change. */
  accepted: null,
  /** The settings of a page without a link. */
  usual: null,
  /** Changes while a configuration is being requested. */
  pending: {},
  wantsConfiguration: false,
  /** The header of the last complete frame, and header and parts of the last frame. */
  complete: null,
  header: null,
  parts: null,
  session: null,
  isPlaying: false,
  colors: null,
  /** The drawing of the network. */
  network: null,
};
