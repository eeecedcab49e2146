// SPDX-License-Identifier: MIT
//
// The bar's line about the data itself: live, disconnected since, from when.
import { wantsToken } from './api.js';
import { el, setAttribute, setText } from './dom.js';
import { absolute, ago, duration, now } from './time.js';

// The words for a state of the app, and its class.
function stateOf({ live, reader, model }) {
  if (live.state === 'forbidden' || (reader.error !== undefined && wantsToken(reader.error))) {
    return { kind: 'forbidden', text: 'Token needed', title: 'The server wants a token for this' };
  }
  if (live.state === 'lost' || (live.state === 'connecting' && reader.error !== undefined)) {
    const length = duration(Date.now() - live.since);
    const text =
      model.readAt === 0 ? 'Disconnected · retrying' : `Disconnected for ${length} · retrying`;
    return { kind: 'lost', text, title: `Since ${absolute(live.since)}` };
  }
  if (reader.error !== undefined && model.readAt > 0) {
    const text = `Data from ${ago(model.readAt)}`;
    return { kind: 'old', text, title: `The last reading failed: ${reader.error.message}` };
  }
  if (live.state === 'connecting' || model.readAt === 0) {
    return { kind: 'connecting', text: 'Connecting…', title: '' };
  }
  return {
    kind: 'live',
    text: 'Live',
    title: `All was read at ${absolute(model.readAt)}, changes come as they happen`,
  };
}

export function createStatus(app) {
  const text = el('span', {}, '');
  const rate = el('span.rate', {}, '');
  const retry = el('button.quiet', { type: 'button', click: () => app.retry() }, 'Retry now');
  // Said aloud when the kind of state changes, not at each second of it.
  const said = el('span.unseen', { role: 'status' }, '');
  const element = el(
    'div.status',
    {},
    el('span.dot', { 'aria-hidden': 'true' }),
    text,
    rate,
    retry,
    said,
  );

  function update() {
    const state = stateOf(app);
    setText(text, state.text);
    setAttribute(element, 'title', state.title);
    if (element.dataset.kind !== state.kind) {
      element.dataset.kind = state.kind;
      setText(said, state.text);
    }
    rate.hidden = state.kind !== 'live';
    setText(
      rate,
      state.kind === 'live' ? `${app.model.history.rate().toLocaleString('en')}/min` : '',
    );
    setAttribute(
      rate,
      'title',
      state.kind === 'live' ? `Changes in the minute before ${absolute(now())}` : undefined,
    );
    retry.hidden = state.kind !== 'lost' && state.kind !== 'old';
  }

  return { element, update };
}
