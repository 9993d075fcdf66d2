import escapeHtml from 'escape-html';
import type { Message } from './message.js';
import type { Delivery } from './webhooks.js';

const headers = (policy: string): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});
export const PAGE_HEADERS = headers(
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'",
);
/** Like a mail client: allows the message's own styles and nothing else. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';
export const MESSAGE_HEADERS = headers(
  `default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; sandbox ${SANDBOX}`,
);

/** Links open in a new tab, because a sandboxed frame cannot download files. */
export const withTabs = (message: string): string => {
  const base = '<base target="_blank">';
  return /<head>/i.test(message) ? message.replace(/<head>/i, (head) => head + base) : base + message;
};

/** The inbox page: emails, newest first, each as HTML and as plain text, and then the webhooks. */
export function inboxPage(messages: readonly Message[], deliveries: readonly Delivery[]): string {
  const items = messages.toReversed().map(article).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Inbox (${messages.length})</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; color: #222; color-scheme: light; }
  article { border: 1px solid #ccc; border-radius: .5rem; padding: 0 1rem 1rem; margin: 1rem 0; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 0 1rem; }
  dt { color: #666; } dd { margin: 0; overflow-wrap: anywhere; }
  .parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
  iframe, pre { box-sizing: border-box; width: 100%; height: 44rem; margin: 0; border: 1px solid #ddd; border-radius: .25rem; }
  pre { padding: 1rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, monospace; }
</style>
</head>
<body>
<h1>Inbox</h1>
<p>Emails that the local stack has sent. None of them left this machine. <a href="/">Reload</a> · <a href="/api/messages">JSON</a></p>
${items === '' ? '<p>No emails yet.</p>' : items}
<h1>Webhooks</h1>
<p>Webhooks that were posted to <code>/webhook</code> on this server. <a href="/api/webhooks">JSON</a></p>
${deliveries.length === 0 ? '<p>No webhooks yet.</p>' : deliveries.toReversed().map(delivery).join('\n')}
</body>
</html>
`;
}

function article(message: Message): string {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['From', message.from],
    ['To', message.to.join(', ')],
    ['Received', message.received_at],
    ['Idempotency key', message.idempotency_key],
  ];
  return `<article>
<h2>${escapeHtml(message.subject)}</h2>
<dl>${listOf(fields)}</dl>
${body(message)}
</article>`;
}

function body({ id, html, text }: Message): string {
  const parts = [
    ...(html === undefined ? [] : [`<iframe title="HTML" sandbox="${SANDBOX}" src="/messages/${id}"></iframe>`]),
    ...(text === undefined ? [] : [`<pre aria-label="Text" tabindex="0">${escapeHtml(text)}</pre>`]),
  ];
  return `<div class="parts">${parts.join('\n')}</div>`;
}

function listOf(fields: readonly (readonly [string, string | undefined])[]): string {
  return fields
    .filter((field): field is readonly [string, string] => field[1] !== undefined)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');
}

function delivery({ type, received_at: receivedAt, headers, body: payload }: Delivery): string {
  return `<article>
<h2>${escapeHtml(type)}</h2>
<dl>${listOf([['Received', receivedAt], ...Object.entries(headers)])}</dl>
<pre aria-label="Payload" tabindex="0">${escapeHtml(payload)}</pre>
</article>`;
}
