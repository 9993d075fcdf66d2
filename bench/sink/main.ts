/** Runs the sink as a process of its own: `main.ts PORT`, on the loopback interface. */
import { createSink } from './server.js';

const [, , port] = process.argv;
const server = createSink().listen(Number(port), '127.0.0.1');
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
// Bodies are cut off: whoever stops the sink has what it wanted to know.
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
