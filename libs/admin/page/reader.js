// SPDX-License-Identifier: MIT
//
// Reads the snapshot of the model: at the start, every minute, and soon after changes that do not fit.
import { getJson, getText } from './api.js';
import { countChannels } from './channels.js';
import { now } from './time.js';

const usualPause = 60_000;
const soon = 2_000;
const afterFailure = 5_000;

// "[-]shutdown failed: …", "[+]restart ok: …": but for those that only say yes.
function toldBy(text) {
  return text
    .split('\n')
    .map((line) => /^\[([-+])\](\S+) (?:ok|failed): (.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, sign, name, words]) => ({ isGood: sign === '+', name, words }));
}

export class Reader {
  /** The error of the last reading; undefined after a good one. */
  error = undefined;

  #model;
  #onRead;
  #timer = 0;
  #due = Infinity;
  #isReading = false;
  #took = 0;

  constructor(model, onRead) {
    this.#model = model;
    this.#onRead = onRead;
    document.addEventListener('visibilitychange', () => document.hidden || this.readNow());
  }

  /** Reads now, unless it does already; and from then on when it is time. */
  async readNow() {
    if (this.#isReading) {
      return;
    }
    this.#isReading = true;
    clearTimeout(this.#timer);
    this.#due = Infinity;
    const began = performance.now();
    this.error = await this.#read();
    this.#took = performance.now() - began;
    this.#isReading = false;
    this.#onRead();
    if (this.error === undefined) {
      countChannels(this.#model, this.#onRead);
    }
    this.planNext();
  }

  /** To be told when the model may have become wrong. */
  planNext() {
    if (this.error !== undefined) {
      this.#plan(afterFailure);
    } else if (this.#model.misfits > 0) {
      this.#plan(Math.max(soon, 10 * this.#took));
    } else {
      this.#plan(Math.max(usualPause, 50 * this.#took));
    }
  }

  // The earliest plan counts, or steady changes would put the reading off for ever.
  #plan(pause) {
    const due = performance.now() + pause;
    if (due < this.#due) {
      clearTimeout(this.#timer);
      this.#due = due;
      this.#timer = setTimeout(() => document.hidden || this.readNow(), pause);
    }
  }

  // Topics come before nodes: a producer of an unknown topic makes it known, not the other way round.
  async #read() {
    const topics = await getJson('topics', [['empty', 'true']]);
    if (!topics.ok) {
      return topics;
    }
    const nodes = await getJson('nodes');
    if (!nodes.ok) {
      return nodes;
    }
    const [cluster, ready] = await Promise.all([
      getJson('cluster'),
      getText('readyz', [['verbose', 'true']], [503]),
    ]);
    this.#model.replace({
      nodes,
      topics,
      cluster: cluster.ok ? cluster.data : undefined,
      checks: ready.ok ? toldBy(ready.data) : [],
      time: now(),
    });
    return undefined;
  }
}
