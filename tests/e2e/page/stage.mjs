// SPDX-License-Identifier: MIT
//
// A server, a browser that shows its page, and producers; and that all of it ends.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { Producer } from './producer.mjs';
import { startServer } from './server.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // For measurements: exact sizes of the heap, at any moment.
  '--enable-precise-memory-info',
];

/** Of a test, and of all tests of a file, on a busy machine. */
export const timeout = 120_000;
export const suiteTimeout = 290_000;

export class Stage {
  server;
  browser;

  #flags;
  #producers = [];
  // Faults of the page: scripts that throw, requests to elsewhere, violations of the policy.
  #faults = [];

  static async open({ flags = [] } = {}) {
    const stage = new Stage();
    stage.#flags = flags;
    stage.server = await startServer({ flags });
    stage.browser = await chromium.launch({ executablePath, args });
    return stage;
  }

  /** Connects a producer, and registers names of topics, or of topics and channels. */
  async producer(said, ...names) {
    const producer = await Producer.connect(this.server.tcpPort, said);
    this.#producers.push(producer);
    await producer.register(...names);
    return producer;
  }

  /** Sends a POST to the server. */
  async post(path) {
    const answer = await fetch(`http://127.0.0.1:${this.server.httpPort}/${path}`, {
      method: 'POST',
    });
    assert.equal(answer.status, 200, path);
  }

  /** A tab of its own at a view. `options` are a context's: viewport, colorScheme. */
  async page(view = '#/', options = {}) {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#faults.push(error.stack));
    page.on(
      'console',
      (message) =>
        /Content Security Policy|Refused to/.test(message.text()) &&
        this.#faults.push(message.text()),
    );
    page.on('request', (request) => this.#mind(request.url()));
    await page.goto(this.server.page + view);
    return page;
  }

  /** The same, when it shows data and is live. */
  async livePage(view, options) {
    const page = await this.page(view, options);
    await page.locator('.status[data-kind=live]').waitFor();
    await page.locator('main h1').waitFor({ state: 'attached' });
    return page;
  }

  /** Stops the server, and starts another one on its ports. Abruptly: with its producers still there. */
  async restartServer({ whileAway = async () => {}, isAbrupt = false } = {}) {
    const { tcpPort, httpPort } = this.server;
    if (!isAbrupt) {
      await this.closeProducers();
    }
    assert.equal(await this.server.stop(), 0);
    await this.closeProducers();
    await whileAway();
    this.server = await startServer({ flags: this.#flags, ports: { tcpPort, httpPort } });
  }

  async closeProducers() {
    await Promise.all(this.#producers.splice(0).map((producer) => producer.close()));
  }

  async close() {
    await this.browser.close();
    await this.closeProducers();
    assert.equal(await this.server.stop(), 0);
    assert.deepEqual(this.#faults, []);
  }

  #mind(url) {
    if (!url.startsWith('data:') && new URL(url).origin !== new URL(this.server.page).origin) {
      this.#faults.push(`a request to ${url}`);
    }
  }
}

/** Texts of the cells of a table's visible rows, from the top. */
export async function rowsOf(page, label) {
  return page
    .getByRole('grid', { name: label })
    .evaluate((grid) =>
      [...grid.querySelectorAll('.rows > .row:not([hidden])')]
        .sort((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
        .map((row) => [...row.children].map((cell) => cell.innerText.trim())),
    );
}

/** Waits until `read()` resolves with something that satisfies `isRight`; that is the result. */
export async function until(read, isRight, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await read();
    if (isRight(value)) {
      return value;
    }
    assert.ok(Date.now() < end, `it stays ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Stores a picture where NSQLOOKUPD_SCREENSHOTS names a directory. */
export async function picture(page, name) {
  const directory = process.env.NSQLOOKUPD_SCREENSHOTS;
  if (directory) {
    await mkdir(directory, { recursive: true });
    await page.screenshot({ path: join(directory, `${name}.png`) });
  }
}
