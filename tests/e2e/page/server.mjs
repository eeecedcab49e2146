// SPDX-License-Identifier: MIT
//
// The built server as a process; the environment variable NSQLOOKUPD is its path.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Starts a server on free ports of the loopback, or on `ports`, with further `flags`; resolves when it
 * listens. `page` is the address of its page.
 */
export async function startServer({ flags = [], ports = { tcpPort: 0, httpPort: 0 } } = {}) {
  if (!process.env.NSQLOOKUPD) {
    throw new Error('set NSQLOOKUPD to the path of the built nsqlookupd');
  }
  const child = spawn(
    process.env.NSQLOOKUPD,
    [
      `-tcp-address=127.0.0.1:${ports.tcpPort}`,
      `-http-address=127.0.0.1:${ports.httpPort}`,
      '-broadcast-address=127.0.0.1',
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  function killIt() {
    child.kill('SIGKILL');
  }
  process.once('exit', killIt);
  const exited = once(child, 'exit');
  const bound = await listeningPorts(child.stderr);

  return {
    ...bound,
    page: `http://127.0.0.1:${bound.httpPort}/ui/`,
    signal: (name) => child.kill(name),
    /** Resolves with the exit status. */
    async stop() {
      child.kill('SIGTERM');
      const [status] = await exited;
      process.removeListener('exit', killIt);
      return status;
    },
  };
}

// Goes on reading afterwards, so that the pipe does not fill.
function listeningPorts(log) {
  return new Promise((resolve, reject) => {
    const ports = {};
    const seen = [];
    const lines = createInterface({ input: log });
    lines.on('line', (line) => {
      const found = /(TCP|HTTP): listening on .*:(\d+)$/.exec(line);
      if (found) {
        ports[found[1] === 'TCP' ? 'tcpPort' : 'httpPort'] = Number(found[2]);
      }
      if (ports.tcpPort && ports.httpPort) {
        resolve(ports);
      } else {
        seen.push(line);
      }
    });
    lines.once('close', () =>
      reject(new Error(`the server ended before it listened: ${seen.join('\n')}`)),
    );
  });
}
