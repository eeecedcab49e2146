// SPDX-License-Identifier: MIT
//
// Whether lookups name a producer, and why not: out of /nodes, pings, changes, and /explain.
import { ago, duration } from './time.js';
import { pingAge } from './zones.js';

/** `{ kind, text, since }` of a producer: `listed`, `restored`, `overdue`, `silent`. */
export function stateOf(model, producer, age = pingAge(model, producer)) {
  if (producer.silentSince > 0) {
    const heard = producer.lastPing > 0 ? `, heard ${ago(producer.lastPing)}` : '';
    return { kind: 'silent', text: `silent${heard}`, since: producer.silentSince };
  }
  if (producer.isRestored) {
    return { kind: 'restored', text: 'restored, awaited', since: producer.addedAt };
  }
  if (age !== undefined && age > 60_000) {
    return { kind: 'overdue', text: `no ping for ${duration(age)}`, since: producer.lastPing };
  }
  return { kind: 'listed', text: 'listed', since: producer.addedAt };
}

/** The same for one topic, where it may also be `tombstoned`, or `gone`. */
export function stateInTopic(model, topic, { producer, told }, age) {
  if (told !== undefined) {
    return stateAsTold(told);
  }
  const tombstonedAt = topic.tombstones.get(producer);
  if (tombstonedAt !== undefined) {
    const when = tombstonedAt > 0 ? ` ${ago(tombstonedAt)}` : '';
    return { kind: 'tombstoned', text: `tombstoned${when}`, since: tombstonedAt };
  }
  return stateOf(model, producer, age);
}

// The state of a producer that the model does not have under the topic.
function stateAsTold({ known_by: knownBy, since: moment, cause }) {
  const since = Date.parse(moment);
  return knownBy === 'events'
    ? { kind: 'gone', text: `left ${ago(since)}: ${cause}`, since }
    : { kind: 'silent', text: `silent, heard ${ago(since)}`, since };
}
