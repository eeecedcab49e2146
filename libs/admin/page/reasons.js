// SPDX-License-Identifier: MIT
//
// Whether lookups name a producer, and why not: out of /nodes, pings, and the changes that are remembered.
import { producerKey } from './history.js';
import { ago, duration } from './time.js';
import { pingAge } from './zones.js';

/** `{ kind, text, since }` of a producer: `listed`, `restored`, `overdue`, `silent`. */
export function stateOf(model, producer) {
  if (producer.silentSince > 0) {
    const heard = producer.lastPing > 0 ? `, heard ${ago(producer.lastPing)}` : '';
    return { kind: 'silent', text: `silent${heard}`, since: producer.silentSince };
  }
  if (producer.isRestored) {
    return { kind: 'restored', text: 'restored, awaited', since: producer.addedAt };
  }
  const age = pingAge(model, producer);
  if (age !== undefined && age > 60_000) {
    return { kind: 'overdue', text: `no ping for ${duration(age)}`, since: producer.lastPing };
  }
  return { kind: 'listed', text: 'listed', since: producer.addedAt };
}

/** The same for one topic, where it may also be `tombstoned`, or `gone`. */
export function stateInTopic(model, topic, row) {
  if (row.left !== undefined) {
    const { cause, time } = row.left;
    return { kind: 'gone', text: `left ${ago(time)}: ${cause}`, since: time };
  }
  const tombstonedAt = topic.tombstones.get(row.producer);
  if (tombstonedAt !== undefined) {
    const when = tombstonedAt > 0 ? ` ${ago(tombstonedAt)}` : '';
    return { kind: 'tombstoned', text: `tombstoned${when}`, since: tombstonedAt };
  }
  return stateOf(model, row.producer);
}

/** Producers that have left a topic, and have not come back: the last change of each, the newest first, `limit` at most. */
export function leftOf(model, topic, limit) {
  const seen = new Set([...topic.producers].map((each) => each.key));
  const here = new Set([...topic.producers].map((each) => `${each.address}:${each.tcpPort}`));
  const left = [];
  const changes = model.history.last(
    Infinity,
    (change) => change.topic === topic.name && change.channel === '',
  );
  for (const change of changes) {
    const key = change.producer === null ? '' : producerKey(change.producer);
    const isBack =
      change.producer !== null &&
      here.has(`${change.producer.broadcast_address}:${change.producer.tcp_port}`);
    if (change.kind === 'unregistered' && !seen.has(key) && !isBack && left.length < limit) {
      left.push({ key, left: change });
    }
    seen.add(key);
  }
  return left;
}
