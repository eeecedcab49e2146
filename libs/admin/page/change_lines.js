// SPDX-License-Identifier: MIT
//
// Changes as lines of a short list; those of one producer that came at once are one line.
import { el } from './dom.js';
import { families, familyOf, wordsOf } from './kinds.js';
import { showTime } from './time.js';

// A topic of its own is not named in its own view.
function aboutOf({ change: { topic, channel, producer, cause }, count }, topicLink) {
  const about = el('span.about', {});
  const from =
    producer === null
      ? []
      : [el('span.producer', {}, producer.hostname || producer.broadcast_address)];
  if (count > 1) {
    about.append(...from);
  }
  if (topic !== '' && topicLink !== undefined) {
    about.append(el('a', { href: topicLink(topic) }, topic));
  }
  if (channel !== '') {
    about.append(el('span', {}, topicLink === undefined ? channel : `/ ${channel}`));
  }
  if (count > 1) {
    about.append(el('span', {}, `and ${(count - 1).toLocaleString('en')} more`));
  } else {
    about.append(...from);
  }
  about.append(el('span.cause', {}, cause));
  about.title = [...about.children].map((child) => child.textContent).join(' ');
  return about;
}

/** `groups` are history's; `topicLink(name)` is the address of a topic's view. */
export function changeLines(groups, topicLink) {
  return groups.map((group) => {
    const time = el('time', {}, '');
    showTime(time, group.change.time);
    const { kind } = group.change;
    return el(
      'li',
      {},
      time,
      el(`span.kind.${families[familyOf(kind)].name}`, {}, wordsOf(kind)),
      aboutOf(group, topicLink),
    );
  });
}
