// SPDX-License-Identifier: MIT
//
// Whether anybody can see the tab. Browsers have six connections for all tabs of one server, so tabs
// in the background must not occupy them with streams.

const patience = 10_000;
let hiding = new AbortController();
let timer = 0;
const waiting = [];

function onChange() {
  clearTimeout(timer);
  if (document.hidden) {
    timer = setTimeout(() => hiding.abort(), patience);
  } else if (hiding.signal.aborted) {
    hiding = new AbortController();
    waiting.splice(0).forEach((resolve) => resolve());
  }
}

document.addEventListener('visibilitychange', onChange);
onChange();

/** Is aborted when the tab has been hidden for a while. */
export function hidingSignal() {
  return hiding.signal;
}

/** Resolves when the tab is not hidden like that. */
export function untilShown() {
  return hiding.signal.aborted
    ? new Promise((resolve) => waiting.push(resolve))
    : Promise.resolve();
}
