import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const NAME_ERROR = 0x8183;

/**
 * A DNS server that answers every query with NXDOMAIN. Containers have no internet access, and lookups would otherwise
 * wait for an answer that never comes.
 * @param address to which containers send queries
 */
export async function startNames(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address: from }) => {
    if (question.length < 17) return;
    let at = 12;
    while (at < question.length && question[at] !== 0) at += (question[at] ?? 0) + 1;
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(NAME_ERROR, 2);
    header.writeUInt16BE(1, 4);
    socket.send(Buffer.concat([header, question.subarray(12, at + 5)]), port, from);
  });
  socket.bind(53, address);
  await once(socket, 'listening');
  return socket;
}
