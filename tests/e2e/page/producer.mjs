// SPDX-License-Identifier: MIT
//
// A producer as nsqd is one: a connection that identifies itself, registers, and pings.
import { once } from 'node:events';
import { connect } from 'node:net';

function int32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

export class Producer {
  #socket;
  #input = Buffer.alloc(0);
  #waiting = [];

  /** Connects and identifies itself; `said` comes over the identity of an ordinary nsqd. */
  static async connect(tcpPort, said = {}) {
    const producer = new Producer();
    producer.#socket = connect(tcpPort, '127.0.0.1');
    await once(producer.#socket, 'connect');
    producer.#socket.setNoDelay(true);
    producer.#socket.on('error', () => {});
    producer.#socket.on('data', (data) => producer.#take(data));
    const identity = {
      hostname: 'nsqd',
      broadcast_address: '10.0.0.1',
      tcp_port: 4150,
      http_port: 4151,
      version: '1.3.0',
      ...said,
    };
    const body = Buffer.from(JSON.stringify(identity));
    producer.#socket.write('  V1');
    await producer.#send(Buffer.concat([Buffer.from('IDENTIFY\n'), int32(body.length), body]), 1);
    return producer;
  }

  /** Each is `topic` or `topic channel`. Resolves when all are answered. */
  async register(...names) {
    await this.#send(Buffer.from(names.map((name) => `REGISTER ${name}\n`).join('')), names.length);
  }

  async unregister(...names) {
    await this.#send(
      Buffer.from(names.map((name) => `UNREGISTER ${name}\n`).join('')),
      names.length,
    );
  }

  async ping() {
    await this.#send(Buffer.from('PING\n'), 1);
  }

  /** Resolves when the connection has ended. */
  async close() {
    if (!this.#socket.destroyed) {
      const closed = once(this.#socket, 'close');
      this.#socket.destroy();
      await closed;
    }
  }

  async #send(bytes, replies) {
    if (replies === 0) {
      return;
    }
    const answered = new Promise((resolve, reject) =>
      this.#waiting.push({ left: replies, resolve, reject }),
    );
    this.#socket.write(bytes);
    await answered;
  }

  #take(data) {
    this.#input = Buffer.concat([this.#input, data]);
    let begin = 0;
    while (
      this.#input.length - begin >= 4 &&
      this.#input.length - begin >= 4 + this.#input.readInt32BE(begin)
    ) {
      const end = begin + 4 + this.#input.readInt32BE(begin);
      this.#answer(this.#input.subarray(begin + 4, end).toString());
      begin = end;
    }
    this.#input = this.#input.subarray(begin);
  }

  #answer(reply) {
    const first = this.#waiting[0];
    if (reply.startsWith('E_')) {
      first.reject(new Error(reply));
    }
    first.left -= 1;
    if (first.left === 0) {
      this.#waiting.shift();
      first.resolve();
    }
  }
}
