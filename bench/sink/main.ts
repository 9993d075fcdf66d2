/** Runs the sink in its own process: `main.ts PORT`, on the loopback interface. */
import { createSink } from './server.js';

const [, , port] = process.argv;
const server = createSink().listen(Number(port), '127.0.0.1');
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
// Cuts off open requests: nobody needs their responses once the sink is stopped.
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
