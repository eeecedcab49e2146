// SPDX-License-Identifier: MIT
//
// Why lookups of one topic leave producers out, and when those were heard of: by /explain, for as
// long as its view is open.
import { getJson } from './api.js';
import { producerKey } from './history.js';
import { now } from './time.js';
import { untilShown } from './visible.js';

const usualPause = 10_000;
const soon = 300;
// So that the page asks the server for about 400 kB a second at most.
const producersPerMillisecond = 1;

/**
 * Fills in `producers`, as /explain tells them, and `heard`, by their keys the moments at which they
 * were heard of; `close()` ends it.
 */
export class ExplainedTopic {
  producers = [];
  heard = new Map();

  #name;
  #onNews;
  #readAt = 0;
  #lastChange;
  #isStale = true;
  #isClosed = false;
  #wake = () => {};

  constructor(name, onNews) {
    this.#name = name;
    this.#onNews = onNews;
    this.#run();
  }

  /** To be told of the revision of the topic's last change, whenever that may be another. */
  noteChange(revision) {
    if (revision !== this.#lastChange) {
      this.#lastChange = revision;
      this.#isStale = true;
      this.#wake();
    }
  }

  /** Milliseconds since the producer was heard of, when that was read; undefined where unknown. */
  pingAge(producer) {
    const heard = this.heard.get(producer.key);
    // A change may have told of a later one since.
    return heard === undefined
      ? undefined
      : Math.max(0, this.#readAt - Math.max(heard, producer.lastPing));
  }

  close() {
    this.#isClosed = true;
    this.#wake();
  }

  async #run() {
    while (!this.#isClosed) {
      await untilShown();
      this.#isStale = false;
      const answer = await getJson('explain', [['topic', this.#name]]);
      if (answer.ok && !this.#isClosed) {
        this.#take(answer.data.producers);
        this.#onNews();
      } else if (answer.status === 400) {
        // No server has such a topic.
        return;
      }
      const shortest = Math.max(soon, this.producers.length / producersPerMillisecond);
      await this.#pause(shortest, false);
      await this.#pause(Math.max(0, usualPause - shortest), true);
    }
  }

  #take(producers) {
    this.producers = producers;
    this.#readAt = now();
    this.heard = new Map(
      producers
        .filter((each) => each.last_update !== null)
        .map((each) => [producerKey(each), Date.parse(each.last_update)]),
    );
  }

  // A change ends the second pause, and leaves out one that comes after it.
  #pause(length, endsByChange) {
    return new Promise((resolve) => {
      const isDue = () => this.#isClosed || (endsByChange && this.#isStale);
      const timer = setTimeout(resolve, isDue() ? 0 : length);
      this.#wake = () => {
        if (isDue()) {
          clearTimeout(timer);
          resolve();
        }
      };
    });
  }
}
