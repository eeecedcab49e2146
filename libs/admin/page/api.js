// SPDX-License-Identifier: MIT
//
// Requests to the server that has sent the page. Errors are values: `{ ok: false, status, message }`.
import { learnServerTime } from './time.js';

// The page is at `…/ui/`, so this is right behind a path prefix, too.
const base = new URL('../', document.baseURI);
const tokenKey = 'nsqlookupd-token';

/** The server as people name it. */
export const host = base.host;

/** An address of the server. `query` has pairs of name and value. */
export function address(path, query = []) {
  const url = new URL(path, base);
  for (const [name, value] of query) {
    url.searchParams.append(name, value);
  }
  return url;
}

export function token() {
  return sessionStorage.getItem(tokenKey) ?? '';
}

/** For this tab, until it is closed. */
export function useToken(text) {
  if (text === '') {
    sessionStorage.removeItem(tokenKey);
  } else {
    sessionStorage.setItem(tokenKey, text);
  }
}

function headersFor(more) {
  const shown = token();
  return shown === '' ? more : { ...more, Authorization: `Bearer ${shown}` };
}

async function errorOf(response) {
  let message = `HTTP ${response.status}`;
  let details = {};
  try {
    details = await response.json();
    message = details.message ?? message;
  } catch {
    // A proxy answers with a page of its own: the status has to do.
  }
  return { ok: false, status: response.status, message, details };
}

/** The response, unread; or an error, whose status is 0 where there was no answer. */
export async function open(url, { method = 'GET', headers = {}, signal, wrong = [] } = {}) {
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: headersFor(headers),
      signal,
      cache: 'no-store',
      // The browser's own question for a password would come before the page's for a token.
      window: null,
    });
  } catch {
    return { ok: false, status: 0, message: 'no answer', details: {} };
  }
  learnServerTime(response.headers.get('Date'));
  if (!response.ok && !wrong.includes(response.status)) {
    return errorOf(response);
  }
  return { ok: true, status: response.status, response };
}

async function read(url, options, take) {
  const opened = await open(url, { signal: AbortSignal.timeout(30_000), ...options });
  if (!opened.ok) {
    return opened;
  }
  try {
    const index = Number(opened.response.headers.get('X-Nsq-Index') ?? 0);
    return { ok: true, status: opened.status, index, data: await take(opened.response) };
  } catch {
    return { ok: false, status: 0, message: 'the answer was cut short', details: {} };
  }
}

/** `{ ok, data, index }`, with JSON as data. */
export function getJson(path, query) {
  return read(address(path, query), {}, (response) => response.json());
}

/** The same with text. Statuses in `wrong` count as answers, too. */
export function getText(path, query, wrong) {
  return read(address(path, query), { wrong }, (response) => response.text());
}

export function post(path, query) {
  return read(address(path, query), { method: 'POST' }, (response) => response.text());
}

/** Whether an error asks for another token. */
export function wantsToken(error) {
  return error.status === 401 || (error.status === 403 && error.message !== 'TLS_REQUIRED');
}
