// SPDX-License-Identifier: MIT
//
// The times of pings, and the silent producers, out of /debug. It has every registration of every
// producer, which can be many megabytes: it is read member by member, and never as a whole.
import { address, open, wantsToken } from './api.js';
import { producerKey } from './history.js';
import { now } from './time.js';

const shortestPause = 10_000;
// So that the page asks the server for 100 kB a second at most.
const bytesPerMillisecond = 100;
// A younger one may have come after the snapshot.
const surelySilent = 10_000;

/** Splits `{"a":[{…}],"b":[{…}]}`, in any pieces, into objects of one member. */
export class Members {
  #text = '';

  feed(piece) {
    const text = this.#text + piece;
    const found = [];
    let begin = 0;
    for (let end = text.indexOf('}]'); end >= 0; end = text.indexOf('}]', end + 2)) {
      try {
        found.push(JSON.parse(`{${text.slice(begin + 1, end + 2)}}`));
        begin = end + 2;
      } catch {
        // Those brackets were part of a text: the member goes on.
      }
    }
    this.#text = text.slice(begin);
    return found;
  }
}

function asTold(registered) {
  return { ...registered, remote_address: registered.id };
}

/** `{ clients, topicsOf }`: all producers, and the topics of those that the model does not have. */
async function read(response, model) {
  const clients = [];
  const topicsOf = new Map();
  const members = new Members();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let bytes = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    bytes += value.length;
    for (const [name, registered] of members.feed(value).flatMap(Object.entries)) {
      if (name === 'client::') {
        clients.push(...registered.map(asTold));
        for (const client of clients.filter((each) => !model.producers.has(producerKey(each)))) {
          topicsOf.set(producerKey(client), []);
        }
      } else if (name.startsWith('topic:') && topicsOf.size > 0) {
        const topic = name.slice('topic:'.length, -1);
        registered.forEach((each) => topicsOf.get(producerKey(asTold(each)))?.push(topic));
      }
    }
  }
  return { clients, topicsOf, bytes };
}

export class Pings {
  /** `unknown`, `known`, `forbidden`, `failed`. */
  state = 'unknown';

  #model;
  #onRead;
  #timer = 0;

  constructor(model, onRead) {
    this.#model = model;
    this.#onRead = onRead;
    document.addEventListener('visibilitychange', () => document.hidden || this.readNow());
  }

  /** Reads, and again after a while. */
  async readNow() {
    clearTimeout(this.#timer);
    const bytes = await this.#read();
    if (!document.hidden && this.state !== 'forbidden') {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(
        () => this.readNow(),
        Math.max(shortestPause, bytes / bytesPerMillisecond),
      );
    }
  }

  async #read() {
    const opened = await open(address('debug'));
    if (!opened.ok) {
      this.state = wantsToken(opened) ? 'forbidden' : 'failed';
      this.#onRead();
      return 0;
    }
    try {
      const { clients, topicsOf, bytes } = await read(opened.response, this.#model);
      this.#apply(clients, topicsOf);
      this.state = 'known';
      return bytes;
    } catch {
      this.state = 'failed';
      return 0;
    } finally {
      this.#onRead();
    }
  }

  #apply(clients, topicsOf) {
    const model = this.#model;
    const time = now();
    const seen = new Set();
    for (const client of clients) {
      const key = producerKey(client);
      const lastPing = client.last_update / 1_000_000;
      const producer = model.producers.get(key);
      seen.add(key);
      if (producer !== undefined) {
        producer.lastPing = Math.max(producer.lastPing, lastPing);
        model.locate(producer, client);
      } else if (topicsOf.has(key) && time - lastPing > surelySilent) {
        model.addSilent({ ...client, lastPing, silentSince: lastPing }, topicsOf.get(key));
      }
    }
    for (const producer of [...model.producers.values()]) {
      if (producer.silentSince > 0 && !seen.has(producer.key)) {
        model.remove(producer, time);
      }
    }
    model.pingsAt = time;
  }
}
