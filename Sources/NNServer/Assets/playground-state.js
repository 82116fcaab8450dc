// What the parts of the page share.

export const find = id => document.getElementById(id);

export const state = {
  /** What there is to choose from, as the program says. */
  options: null,
  /** What the page asks for; what is null follows from the data. */
  settings: null,
  /** The settings of the network that trains: what a refused change goes back to. */
  accepted: null,
  /** The settings that a page without a link begins with. */
  usual: null,
  /** What was chosen while a configuration is on its way. */
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
