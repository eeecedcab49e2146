// SPDX-License-Identifier: MIT
//
// How many channels each topic has: the states that /watch begins with are counted once. From then
// on changes tell.
import { address } from './api.js';
import { readEvents } from './stream.js';

const longest = 30_000;
let isCounting = false;

function isCounted(model) {
  for (const topic of model.topics.values()) {
    if (topic.countedAt === 0) {
      return false;
    }
  }
  return true;
}

/** Fills in the numbers that the model does not know yet. Resolves when that is done, or cannot be. */
export async function countChannels(model, onCounted) {
  if (isCounting || isCounted(model)) {
    return;
  }
  isCounting = true;
  const enough = new AbortController();
  let seen = 0;
  await readEvents(address('watch', [['topic', '*']]), {
    signal: AbortSignal.any([enough.signal, AbortSignal.timeout(longest)]),
    onEvents(events) {
      for (const { event, data, id } of events) {
        if (event === 'lookup') {
          const { topic, channels } = JSON.parse(data);
          model.countChannels(topic, channels.length, Number(id));
        }
      }
      seen += events.length;
      onCounted();
      if (seen >= model.topics.size && isCounted(model)) {
        enough.abort();
      }
    },
  });
  isCounting = false;
}
