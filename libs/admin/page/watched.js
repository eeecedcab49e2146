// SPDX-License-Identifier: MIT
//
// One topic's lookup as consumers get it, by /watch, for as long as its view is open.
import { address } from './api.js';
import { readEvents } from './stream.js';
import { hidingSignal, untilShown } from './visible.js';

const pause = 2_000;

/** Fills in `channels` and `listed`, the connections that a lookup names; `close()` ends it. */
export class WatchedTopic {
  /** Names; undefined before the first answer. */
  channels = undefined;
  isKnown = true;

  #listed = new Set();
  #stop = new AbortController();

  constructor(name, onNews) {
    this.#run(address('watch', [['topic', name]]), onNews);
  }

  hasListed(producer) {
    return this.channels === undefined || this.#listed.has(producer.remote);
  }

  close() {
    this.#stop.abort();
  }

  async #run(url, onNews) {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await untilShown();
      const onEvents = (events) => {
        this.#take(events.at(-1));
        onNews();
      };
      const end = await readEvents(url, {
        signal: AbortSignal.any([signal, hidingSignal()]),
        onEvents,
      });
      // No server has such a topic.
      if (end.status === 400) {
        this.isKnown = false;
        onNews();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, signal.aborted ? 0 : pause));
    }
  }

  #take({ event, data }) {
    const { channels = [], producers = [] } = JSON.parse(data);
    this.isKnown = event === 'lookup';
    this.channels = channels;
    this.#listed = new Set(producers.map((each) => each.remote_address));
  }
}
