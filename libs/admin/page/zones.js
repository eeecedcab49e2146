// SPDX-License-Identifier: MIT
//
// Producers by region and zone, and how long ago each was heard of.

const byText = (a, b) => (a < b ? -1 : Number(a > b));
let last = { version: -1, model: undefined, zones: [] };

/** `[{ region, zone, label, producers }]`, sorted; a zone nobody told is the empty one. */
export function zonesOf(model) {
  if (last.model === model && last.version === model.producersVersion) {
    return last.zones;
  }
  const groups = new Map();
  for (const producer of model.producers.values()) {
    const { region = '', zone = '' } = producer;
    const key = `${region}/${zone}`;
    if (!groups.has(key)) {
      groups.set(key, {
        region,
        zone,
        label: zone || (region === '' ? 'no zone' : region),
        producers: [],
      });
    }
    groups.get(key).producers.push(producer);
  }
  const zones = [...groups.values()].sort(
    (a, b) => byText(a.region, b.region) || byText(a.zone, b.zone),
  );
  for (const { producers } of zones) {
    producers.sort((a, b) => byText(a.host, b.host) || byText(a.key, b.key));
  }
  last = { version: model.producersVersion, model, zones };
  return zones;
}

/** Milliseconds since a producer was heard of, as it was when pings were read; undefined where unknown. */
export function pingAge(model, producer) {
  if (producer.lastPing === 0 || model.pingsAt === 0) {
    return undefined;
  }
  return Math.max(0, model.pingsAt - producer.lastPing);
}

/** nsqd pings every 15 s: `fresh`, `late`, `overdue`, `silent`, `unknown`. */
export function freshness(model, producer) {
  const age = pingAge(model, producer);
  if (producer.silentSince > 0) {
    return 'silent';
  }
  if (age === undefined) {
    return 'unknown';
  }
  if (age <= 30_000) {
    return 'fresh';
  }
  return age <= 60_000 ? 'late' : 'overdue';
}

/** The steps, with the words of the legend. */
export const freshnessSteps = [
  ['fresh', '≤ 30 s'],
  ['late', '≤ 60 s'],
  ['overdue', '> 60 s'],
  ['silent', 'silent'],
  ['unknown', 'not known'],
];
