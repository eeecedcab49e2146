// SPDX-License-Identifier: MIT
//
// The last changes, and how many there were in each minute of the last hour.
import { families, familyOf } from './kinds.js';
import { now } from './time.js';

const most = 10_000;
const minute = 60_000;

/** Minutes that are counted. */
export const minutes = 60;

function isAlike(later, earlier) {
  return (
    later.kind === earlier.kind &&
    later.producer !== null &&
    later.producer === earlier.producer &&
    later.cause === earlier.cause &&
    later.time - earlier.time < 1_000
  );
}

export class History {
  /** Oldest first: `{ revision, time, kind, topic, channel, producer, cause }`, time in milliseconds. */
  changes = [];
  /** How many were ever added. */
  added = 0;

  #counts = new Map();
  #producers = new Map();

  add(told) {
    this.added += 1;
    const change = { ...told, time: Date.parse(told.time), producer: this.#shared(told.producer) };
    this.changes.push(change);
    if (this.changes.length > most * 1.2) {
      this.changes.splice(0, this.changes.length - most);
      this.#producers.clear();
    }
    this.#count(change);
    return change;
  }

  /** Begins anew, where changes are missed. */
  clear() {
    this.changes = [];
    this.#producers.clear();
  }

  /** For each of the last minutes, the oldest first: its number and its counts by family. */
  perMinute() {
    const last = Math.floor(now() / minute);
    const strip = [];
    for (let at = last - minutes + 1; at <= last; at += 1) {
      strip.push({ minute: at, begin: at * minute, counts: this.#counts.get(at) ?? [] });
    }
    return strip;
  }

  /** Changes within the last minute. */
  rate() {
    const begin = now() - minute;
    let count = 0;
    for (let at = this.changes.length - 1; at >= 0 && this.changes[at].time > begin; at -= 1) {
      count += 1;
    }
    return count;
  }

  /** The last changes that satisfy `wanted`, the newest first, `limit` at most. */
  last(limit, wanted = () => true) {
    const found = [];
    for (let at = this.changes.length - 1; at >= 0 && found.length < limit; at -= 1) {
      if (wanted(this.changes[at])) {
        found.push(this.changes[at]);
      }
    }
    return found;
  }

  /**
   * The same in groups: `{ change, count }` for changes of one kind, producer and cause that followed
   * each other within a second, such as the registrations of an nsqd that has left.
   */
  lastGroups(limit, wanted = () => true) {
    const groups = [];
    for (let at = this.changes.length - 1; at >= 0; at -= 1) {
      const change = this.changes[at];
      const group = groups.at(-1);
      if (!wanted(change)) {
        continue;
      }
      if (group !== undefined && isAlike(group.change, change)) {
        group.count += 1;
      } else if (groups.length < limit) {
        groups.push({ change, count: 1 });
      } else {
        break;
      }
    }
    return groups;
  }

  /** The topics that a producer has registered and not given up, as far as that is remembered. */
  topicsOf(key) {
    const topics = new Set();
    for (const { kind, topic, channel, producer } of this.changes) {
      if (producer !== null && channel === '' && producerKey(producer) === key) {
        if (kind === 'registered') {
          topics.add(topic);
        } else if (kind === 'unregistered') {
          topics.delete(topic);
        }
      }
    }
    return topics;
  }

  // One object for all changes of a producer.
  #shared(producer) {
    if (producer === null) {
      return null;
    }
    const key = producerKey(producer);
    if (!this.#producers.has(key)) {
      this.#producers.set(key, producer);
    }
    return this.#producers.get(key);
  }

  #count(change) {
    const at = Math.floor(change.time / minute);
    if (!this.#counts.has(at)) {
      this.#counts.set(at, new Array(families.length).fill(0));
      for (const old of this.#counts.keys()) {
        if (old <= at - minutes) {
          this.#counts.delete(old);
        }
      }
    }
    this.#counts.get(at)[familyOf(change.kind)] += 1;
  }
}

/** Two connections of one nsqd are two producers; so are two connections from one port, at two members. */
export function producerKey(producer) {
  return `${producer.remote_address} ${producer.broadcast_address}:${producer.tcp_port}`;
}
