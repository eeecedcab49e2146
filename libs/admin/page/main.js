// SPDX-License-Identifier: MIT
//
// Puts the page together: one model, fed by the reader, the stream and pings, and one view of it.
import { askForToken } from './actions.js';
import { host, wantsToken } from './api.js';
import { el, setAttribute, setText } from './dom.js';
import { eventsView } from './events.js';
import { faceWithoutData } from './faces.js';
import { Live } from './live.js';
import { Model } from './model.js';
import { nodesView } from './nodes.js';
import { overviewView } from './overview.js';
import { Pings } from './pings.js';
import { Reader } from './reader.js';
import { coalesced } from './render.js';
import { startRouting } from './router.js';
import { createStatus } from './status.js';
import { topicView } from './topic.js';
import { topicsView } from './topics.js';

const tick = 1_000;
const views = {
  overview: overviewView,
  topics: topicsView,
  topic: topicView,
  nodes: nodesView,
  events: eventsView,
};
const links = [
  ['overview', '#/', 'Overview'],
  ['topics', '#/topics', 'Topics'],
  ['nodes', '#/nodes', 'Nodes'],
  ['events', '#/events', 'Events'],
];

const main = document.getElementById('main');
const model = new Model();
const draw = coalesced(update);
const reader = new Reader(model, draw);
const pings = new Pings(model, draw);
const live = new Live({ onChanges, onGone, onState });
const app = {
  model,
  reader,
  pings,
  live,
  draw,
  retry,
  onToken,
  askForToken: giveToken,
  isForbidden,
};
const status = createStatus(app);
const navigation = links.map(([view, href, label]) => {
  const count = el('span.count', {}, '');
  return { view, count, link: el('a', { href }, label, count) };
});

let route;
let view;
let hasAsked = false;
let wasLost = false;

function onChanges(changes) {
  model.addChanges(changes);
  if (model.misfits > 0) {
    reader.planNext();
  }
  draw();
}

function onGone() {
  model.forgetHistory();
  reader.planNext();
  draw();
}

// A server that was away may have forgotten, or learnt, without a change that tells so.
function onState() {
  if (live.state === 'live' && wasLost) {
    reader.readNow();
    pings.readNow();
  }
  wasLost = live.state === 'lost';
  draw();
}

function isForbidden() {
  return live.state === 'forbidden' || (reader.error !== undefined && wantsToken(reader.error));
}

function retry() {
  reader.readNow();
  pings.readNow();
  live.retryNow();
}

function onToken() {
  live.reopen();
  reader.readNow();
  pings.readNow();
}

async function giveToken(options) {
  if (await askForToken(options)) {
    onToken();
  }
}

// A view as soon as there is data, and from then on.
function update() {
  status.update();
  setText(navigation[1].count, model.readAt > 0 ? model.topics.size.toLocaleString('en') : '');
  setText(navigation[2].count, model.readAt > 0 ? model.producers.size.toLocaleString('en') : '');
  if (isForbidden() && !hasAsked) {
    hasAsked = true;
    giveToken();
  }
  if (model.readAt === 0) {
    showFace();
  } else {
    if (view === undefined) {
      show();
    }
    view.update();
  }
}

function showFace() {
  const made = faceWithoutData(app);
  if (main.firstChild?.textContent !== made.textContent) {
    main.replaceChildren(made);
  }
}

function show() {
  view = views[route.view](app, route);
  main.replaceChildren(view.element);
  main.scrollTop = 0;
}

function go(next) {
  const isFirst = route === undefined;
  route = next;
  view?.close?.();
  view = undefined;
  const label = next.topic ?? links.find(([name]) => name === next.view)[2];
  document.title = `${label} · ${host} · nsqlookupd`;
  for (const { view: name, link } of navigation) {
    setAttribute(
      link,
      'aria-current',
      name === next.view || (name === 'topics' && next.view === 'topic') ? 'page' : undefined,
    );
  }
  if (model.readAt > 0) {
    show();
    view.update();
  }
  if (!isFirst) {
    focusHeading();
  }
}

// Readers of the screen begin at the new view's name. While `main` has the focus, Chromium paints all
// of it for each row that is scrolled.
function focusHeading() {
  const heading = main.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

function onKey(event) {
  const search = main.querySelector('input[type=search]');
  const isTyping = event.target.closest('input, select, textarea, dialog') !== null;
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && search !== null) {
    event.preventDefault();
    search.select();
    search.focus();
  } else if (event.key === 'Escape' && event.target === search && search.value === '') {
    focusHeading();
  }
}

document.getElementById('views').append(...navigation.map(({ link }) => link));
document
  .getElementById('bar')
  .append(el('span.server', { title: 'The server that this page is from' }, host), status.element);
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  focusHeading();
});
document.addEventListener('keydown', onKey);
setInterval(draw, tick);
startRouting(go);
draw();
live.run();
await reader.readNow();
pings.readNow();
