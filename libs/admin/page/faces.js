// SPDX-License-Identifier: MIT
//
// The faces of a view without data: empty, loading, error, disconnected, forbidden. Each says
// why there is nothing to see, and how to go on.
import { el } from './dom.js';

/** `actions`: pairs of a label and a handler. `heading` is the title's tag: `h1` where it is all there is. */
export function face(kind, title, text, actions = [], heading = 'p') {
  const buttons = actions.map(([label, click]) => el('button', { type: 'button', click }, label));
  return el(
    `div.face.${kind}`,
    {},
    el('span.mark', { 'aria-hidden': 'true' }),
    el(`${heading}.title`, {}, title),
    el('p', {}, text),
    el('div.actions', {}, ...buttons),
  );
}

function wholeFace(kind, title, text, actions = []) {
  return face(kind, title, text, actions, 'h1');
}

/** The face for an app that has read nothing yet. */
export function faceWithoutData(app) {
  const { error } = app.reader;
  const retry = ['Try again', () => app.retry()];
  if (error === undefined) {
    return wholeFace('loading', 'Reading the registry…', 'Topics and nodes come in a moment.');
  }
  if (error.message === 'TLS_REQUIRED') {
    const url = new URL(location.href);
    url.protocol = 'https:';
    url.port = error.details.https_port ?? '';
    const go = ['Go there', () => location.assign(url)];
    return wholeFace(
      'forbidden',
      'This server answers over TLS only',
      `The page is at ${url.host}.`,
      [go],
    );
  }
  if (app.isForbidden()) {
    const enter = ['Enter a token', () => app.askForToken()];
    const text =
      'This server shows its registry to holders of a token. Its operator has one for you.';
    return wholeFace('forbidden', 'A token is needed', text, [enter]);
  }
  if (error.status === 0) {
    const text =
      'The server does not answer. Is it running, and does the network reach it? The page goes on trying.';
    return wholeFace('disconnected', 'No connection', text, [retry]);
  }
  return wholeFace(
    'error',
    'The server cannot say',
    `It answered ${error.status} ${error.message}. Its log may tell why.`,
    [retry],
  );
}
