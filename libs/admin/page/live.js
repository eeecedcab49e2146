// SPDX-License-Identifier: MIT
//
// The changes as they come: /events as a stream that is resumed by its last revision.
import { address, wantsToken } from './api.js';
import { readEvents } from './stream.js';
import { hidingSignal, untilShown } from './visible.js';

const longestPause = 15_000;

export class Live {
  /** `connecting`, `live`, `lost`, `forbidden`. */
  state = 'connecting';
  /** Since when it is so, in the browser's clock. */
  since = Date.now();
  /** The error that ended the last stream. */
  error = undefined;

  #sink;
  #lastId = 0;
  #attempts = 0;
  #stop = new AbortController();
  #wake = () => {};

  /** `sink` has `onChanges(changes)`, `onGone()` for changes that are missed, `onState()`. */
  constructor(sink) {
    this.#sink = sink;
    addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => document.hidden || this.retryNow());
  }

  /** Reads until the page is closed. */
  async run() {
    for (;;) {
      await untilShown();
      const end = await readEvents(address('events'), {
        lastId: this.#lastId,
        signal: AbortSignal.any([this.#stop.signal, hidingSignal()]),
        onOpen: () => this.#become('live'),
        onEvents: (events) => this.#take(events),
      });
      await this.#pause(this.#judge(end));
    }
  }

  /** Tries again at once, where it waits. */
  retryNow() {
    this.#wake();
  }

  /** Begins the stream anew, with the token that there is now. */
  reopen() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#wake();
  }

  #take(events) {
    this.#attempts = 0;
    const changes = [];
    for (const event of events) {
      if (event.event === 'gone') {
        this.#sink.onGone();
      } else {
        this.#lastId = Number(event.id);
        changes.push(JSON.parse(event.data));
      }
    }
    this.#sink.onChanges(changes);
  }

  // How long to wait before the next attempt; undefined: until somebody wakes it.
  #judge(end) {
    if (end.status === 410) {
      this.#lastId = 0;
      this.#sink.onGone();
      return 0;
    }
    if (end.aborted) {
      this.#become('connecting');
      return 0;
    }
    this.error = end;
    if (!end.ok && wantsToken(end)) {
      this.#become('forbidden');
      return undefined;
    }
    this.#become('lost');
    this.#attempts += 1;
    return (
      end.retry ?? Math.min(longestPause, 500 * 2 ** this.#attempts) * (0.75 + Math.random() / 2)
    );
  }

  #pause(length) {
    return new Promise((resolve) => {
      const timer = length === undefined ? 0 : setTimeout(resolve, length);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #become(state) {
    if (state !== this.state) {
      this.state = state;
      this.since = Date.now();
      this.#sink.onState();
    }
  }
}
