// SPDX-License-Identifier: MIT
//
// Views by the fragment: `#/`, `#/topics`, `#/topics/NAME`, `#/nodes`, `#/events`, each with `?a=b`.

const names = ['topics', 'nodes', 'events'];

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `{ view, topic, query }`; undefined for a fragment that is no view. */
export function parse(fragment) {
  const [path, query = ''] = fragment.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [name, ...rest] = path.split('/');
  const parsed = {
    view: name === '' ? 'overview' : name,
    topic: undefined,
    query: new URLSearchParams(query),
  };
  if (path === '' || (names.includes(name) && rest.length === 0)) {
    return parsed;
  }
  if (name === 'topics' && rest.length === 1 && rest[0] !== '') {
    return { ...parsed, view: 'topic', topic: decoded(rest[0]) };
  }
  return undefined;
}

export function topicLink(name) {
  return `#/topics/${encodeURIComponent(name)}`;
}

export function eventsLink(query) {
  return `#/events?${new URLSearchParams(query)}`;
}

/** Shows the fragment's view by `show(route)`, now and whenever the fragment changes. */
export function startRouting(show) {
  function go() {
    const route = parse(location.hash);
    if (route === undefined || location.hash === '') {
      history.replaceState(null, '', '#/');
    }
    show(route ?? parse('#/'));
  }
  addEventListener('hashchange', go);
  go();
}

/** Notes in the address bar, for reloads and bookmarks, by which query the view is filtered now. */
export function noteQuery(query) {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const [path] = location.hash.split('?');
  const text = new URLSearchParams(given).toString();
  history.replaceState(null, '', text === '' ? path : `${path}?${text}`);
}
