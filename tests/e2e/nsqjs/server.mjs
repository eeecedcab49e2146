// SPDX-License-Identifier: MIT
//
// The built server as a process; the environment variable NSQLOOKUPD is its path.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Starts a server on free ports of the loopback; resolves when it listens. */
export async function startServer() {
  if (!process.env.NSQLOOKUPD) {
    throw new Error('set NSQLOOKUPD to the path of the built nsqlookupd');
  }
  const child = spawn(
    process.env.NSQLOOKUPD,
    ['-tcp-address=127.0.0.1:0', '-http-address=127.0.0.1:0', '-broadcast-address=127.0.0.1'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  process.once('exit', () => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const ports = await listeningPorts(child.stderr);

  return {
    ...ports,
    /** Resolves with the exit status. */
    async stop() {
      child.kill('SIGTERM');
      const [status] = await exited;
      return status;
    },
  };
}

// Goes on reading afterwards, so that the pipe does not fill.
function listeningPorts(log) {
  return new Promise((resolve, reject) => {
    const ports = {};
    const lines = createInterface({ input: log });
    lines.on('line', (line) => {
      const found = /(TCP|HTTP): listening on .*:(\d+)$/.exec(line);
      if (found) {
        ports[found[1] === 'TCP' ? 'tcpPort' : 'httpPort'] = Number(found[2]);
      }
      if (ports.tcpPort && ports.httpPort) {
        resolve(ports);
      }
    });
    lines.once('close', () => reject(new Error('the server ended before it listened')));
  });
}
