// SPDX-License-Identifier: MIT
//
// The changes that an operator can make. Each is asked for in a dialog that says to whom it does which.
import { post, token, useToken, wantsToken } from './api.js';
import { ask, field } from './dialogs.js';
import { el } from './dom.js';
import { counted } from './words.js';

const namePattern = '[.a-zA-Z0-9_\\-]+(#ephemeral)?';
const nameHint =
  'Letters, digits, “.”, “_” and “-”, up to 64; “#ephemeral” at the end makes it go with its last producer.';

const texts = {
  INVALID_ARG_TOPIC: 'The server does not take this name for a topic.',
  INVALID_ARG_CHANNEL: 'The server does not take this name for a channel.',
  CHANNEL_NOT_FOUND: 'There is no such channel any more.',
  TOO_MANY_TOPICS: 'The server has as many topics as -max-topics allows.',
  TOO_MANY_CHANNELS: 'The topic has as many channels as -max-channels-per-topic allows.',
};

function textOf(error) {
  if (error.status === 0) {
    return 'The server did not answer, so nobody knows whether it was done.';
  }
  return texts[error.message] ?? `The server refused: ${error.status} ${error.message}.`;
}

/** Asks for a token, for this tab. Resolves with whether one was given. */
export function askForToken({ needsWriting = false } = {}) {
  const why = needsWriting
    ? 'Changes need a write token: one that the server’s -http-auth-file has with “write”.'
    : 'The server answers to holders of a token. The page sends it with each request, until this tab is closed.';
  const { element, input } = field('Token', { type: 'password', required: true });
  return ask({
    title: needsWriting ? 'A write token is needed' : 'A token is needed',
    content: [el('p', {}, why), element],
    label: 'Use it',
    async act() {
      useToken(input.value.trim());
      return '';
    },
  });
}

// Sends it; where a write token is needed, asks for one and sends it again.
async function send(app, path, query) {
  let sent = await post(path, query);
  if (!sent.ok && wantsToken(sent)) {
    const before = token();
    if (!(await askForToken({ needsWriting: true }))) {
      return 'This needs a write token; nothing was changed.';
    }
    sent = await post(path, query);
    if (!sent.ok && wantsToken(sent)) {
      useToken(before);
      return 'That is no write token; nothing was changed.';
    }
    app.onToken();
  }
  return sent.ok ? '' : textOf(sent);
}

function strong(text) {
  return el('strong.name', {}, text);
}

function create(app, { title, label, why, path, query }) {
  const { element, input } = field(label, {
    required: true,
    maxlength: '64',
    pattern: namePattern,
    title: nameHint,
  });
  return ask({
    title,
    content: [el('p', {}, ...why), element, el('p.hint', {}, nameHint)],
    label: 'Create',
    act: () => send(app, path, query(input.value)),
  });
}

export function createTopic(app) {
  return create(app, {
    title: 'Create a topic',
    label: 'Topic',
    why: ['The server lists it at once, without producers. No nsqd is told.'],
    path: 'topic/create',
    query: (name) => [['topic', name]],
  });
}

export function createChannel(app, topic) {
  return create(app, {
    title: 'Create a channel',
    label: 'Channel',
    why: [
      'The server lists it in the topic ',
      strong(topic),
      ' at once. An nsqd that takes the topic up makes it, too.',
    ],
    path: 'channel/create',
    query: (name) => [
      ['topic', topic],
      ['channel', name],
    ],
  });
}

export function deleteTopic(app, { name, producers, channels }) {
  const own = channels === undefined ? 'its channels' : counted(channels, 'channel');
  const more = `${own} and the registrations of ${counted(producers.size, 'producer')}`;
  return ask({
    title: 'Delete a topic',
    content: [
      el('p', {}, 'The server forgets the topic ', strong(name), `, with ${more}.`),
      el(
        'p.hint',
        {},
        'No nsqd is told, and no message is lost. An nsqd that has the topic registers it again when it next connects.',
      ),
    ],
    label: 'Delete topic',
    isDanger: true,
    act: () => send(app, 'topic/delete', [['topic', name]]),
  });
}

export function deleteChannel(app, topic, channel) {
  return ask({
    title: 'Delete a channel',
    content: [
      el(
        'p',
        {},
        'The server forgets the channel ',
        strong(channel),
        ' of the topic ',
        strong(topic),
        '.',
      ),
      el(
        'p.hint',
        {},
        'No nsqd is told. An nsqd that has the channel registers it again when it next connects.',
      ),
    ],
    label: 'Delete channel',
    isDanger: true,
    act: () =>
      send(app, 'channel/delete', [
        ['topic', topic],
        ['channel', channel],
      ]),
  });
}

export function tombstone(app, topic, producer) {
  const node = `${producer.address}:${producer.httpPort}`;
  return ask({
    title: 'Tombstone a producer',
    content: [
      el(
        'p',
        {},
        'Lookups of the topic ',
        strong(topic),
        ' leave out the producer ',
        strong(node),
        ' for the tombstone’s lifetime, 45 s unless set.',
      ),
      el(
        'p.hint',
        {},
        'Its other topics stay. Consumers that are connected stay so. It ends earlier when the producer unregisters or connects anew.',
      ),
    ],
    label: 'Tombstone',
    isDanger: true,
    act: () =>
      send(app, 'topic/tombstone', [
        ['topic', topic],
        ['node', node],
      ]),
  });
}
