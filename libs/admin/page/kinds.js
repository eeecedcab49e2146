// SPDX-License-Identifier: MIT
//
// The kinds of changes, in families that the strip and the list of changes have in common.

/** A row of the strip each: `name` is its colour in the style sheet, too. */
export const families = [
  { name: 'came', label: 'Producers that came' },
  { name: 'went', label: 'Producers that went' },
  { name: 'registered', label: 'Registrations' },
  { name: 'unregistered', label: 'Registrations that ended' },
  { name: 'names', label: 'Topics and channels' },
  { name: 'tombstones', label: 'Tombstones' },
];

const familyOfKind = {
  producer_added: 'came',
  producer_restored: 'came',
  producer_back: 'came',
  producer_removed: 'went',
  producer_expired: 'went',
  producer_silent: 'went',
  registered: 'registered',
  unregistered: 'unregistered',
  topic_added: 'names',
  topic_removed: 'names',
  channel_added: 'names',
  channel_removed: 'names',
  tombstoned: 'tombstones',
  tombstone_ended: 'tombstones',
};

/** All kinds, as `/events` knows them. */
export const kinds = Object.keys(familyOfKind);

/** The number of a kind's family; that of names for a kind of a later server. */
export function familyOf(kind) {
  const name = familyOfKind[kind] ?? 'names';
  return families.findIndex((family) => family.name === name);
}

/** `producer added`. */
export function wordsOf(kind) {
  return kind.replaceAll('_', ' ');
}
