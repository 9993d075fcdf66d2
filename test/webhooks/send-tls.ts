/**
 * tls.test.ts runs this with `NODE_EXTRA_CA_CERTS`, which Node reads only at startup. It sends to URL and prints the
 * outcome.
 */
import { createWebhookSender } from '../../shared/webhooks/sender.js';
import { createAddressRule } from '../../shared/network/address-rule.js';

const [url = ''] = process.argv.slice(2);
const send = createWebhookSender(createAddressRule(['127.0.0.0/8']), () => Promise.resolve(['127.0.0.1']));
const { signal } = new AbortController();
try {
  const { status } = await send({ url, headers: {}, body: '{}', timeoutMs: 5000, signal });
  process.stdout.write(String(status));
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
}
