// SPDX-License-Identifier: MIT
//
// As much of an nsqd as a consumer and an nsqlookupd need to take it for one.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const RESPONSE = 0;
const MESSAGE = 2;

function int32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

function frame(type, payload) {
  return Buffer.concat([int32(payload.length + 4), int32(type), payload]);
}

function message(id, body) {
  const head = Buffer.alloc(10);
  head.writeBigInt64BE(BigInt(Date.now()) * 1_000_000n, 0);
  head.writeInt16BE(1, 8);
  return Buffer.concat([head, Buffer.from(id, 'ascii'), Buffer.from(body)]);
}

/** Serves one message to whoever subscribes and is ready for it. */
export class FakeNsqd {
  static messageId = '0123456789abcdef';

  /** The commands that consumers sent, without bodies. */
  commands = [];

  #body;
  #server;
  #sockets = new Set();
  #lookupd;

  constructor(body) {
    this.#body = body;
  }

  get port() {
    return this.#server.address().port;
  }

  async listen() {
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Registers the topic and the channel at an nsqlookupd, as nsqd does, and stays connected. */
  async register(lookupdPort, topic, channel) {
    const identity = JSON.stringify({
      broadcast_address: '127.0.0.1',
      hostname: 'fake',
      http_port: this.port,
      tcp_port: this.port,
      version: '1.3.0',
    });
    this.#lookupd = connect(lookupdPort, '127.0.0.1');
    this.#lookupd.write('  V1IDENTIFY\n');
    this.#lookupd.write(Buffer.concat([int32(identity.length), Buffer.from(identity)]));
    this.#lookupd.write(`REGISTER ${topic} ${channel}\n`);
    const replies = await readReplies(this.#lookupd, 2);
    if (replies[1] !== 'OK') {
      throw new Error(`REGISTER was answered with ${replies[1]}`);
    }
  }

  close() {
    this.#lookupd?.destroy();
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  #serve(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    let input = Buffer.alloc(0);
    socket.on('data', (data) => {
      input = Buffer.concat([input, data]);
      let rest = this.#take(input, socket);
      while (rest) {
        input = rest;
        rest = this.#take(input, socket);
      }
    });
  }

  // Executes the command at the front of the input. Returns what is behind it, or nothing when the
  // command is not whole.
  #take(input, socket) {
    const magic = '  V2';
    if (input.subarray(0, 4).toString() === magic) {
      return input.subarray(4);
    }
    const end = input.indexOf('\n');
    if (end < 0) {
      return undefined;
    }
    const line = input.subarray(0, end).toString();
    const rest = input.subarray(end + 1);
    const bodySize = line === 'IDENTIFY' ? 4 + (rest.length < 4 ? 0 : rest.readInt32BE()) : 0;
    if (rest.length < bodySize) {
      return undefined;
    }
    this.commands.push(line);
    this.#answer(line.split(' ')[0], socket);
    return rest.subarray(bodySize);
  }

  #answer(command, socket) {
    if (command === 'IDENTIFY' || command === 'SUB') {
      socket.write(frame(RESPONSE, Buffer.from('OK')));
    } else if (command === 'RDY' && this.#body !== undefined) {
      socket.write(frame(MESSAGE, message(FakeNsqd.messageId, this.#body)));
      this.#body = undefined;
    }
  }
}

async function readReplies(socket, count) {
  const replies = [];
  let input = Buffer.alloc(0);
  while (replies.length < count) {
    const [data] = await once(socket, 'data');
    input = Buffer.concat([input, data]);
    while (input.length >= 4 && input.length >= 4 + input.readInt32BE()) {
      const end = 4 + input.readInt32BE();
      replies.push(input.subarray(4, end).toString());
      input = input.subarray(end);
    }
  }
  return replies;
}
