import type { Message } from './inbox.js';
import type { Delivery } from './inbox-webhooks.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** The mails, newest first. Their HTML runs in a sandbox: no scripts, and links open in a tab of their own. */
export function inboxPage(messages: readonly Message[], deliveries: readonly Delivery[]): string {
  const items = messages.toReversed().map(article).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Inbox (${messages.length})</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
  article { border: 1px solid #ccc; border-radius: .5rem; padding: 0 1rem 1rem; margin: 1rem 0; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 0 1rem; }
  dt { color: #666; } dd { margin: 0; overflow-wrap: anywhere; }
  iframe { width: 100%; height: 20rem; border: 1px solid #eee; }
  pre { white-space: pre-wrap; }
</style>
</head>
<body>
<h1>Inbox</h1>
<p>Mails that the local stack has sent. Nothing left this machine. <a href="/">Reload</a> · <a href="/api/messages">JSON</a></p>
${items === '' ? '<p>No mail yet.</p>' : items}
<h1>Webhooks</h1>
<p>What was posted to <code>/webhook</code> here. <a href="/api/webhooks">JSON</a></p>
${deliveries.length === 0 ? '<p>No webhook yet.</p>' : deliveries.toReversed().map(delivery).join('\n')}
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

function body({ html, text }: Message): string {
  if (html === undefined) return `<pre>${escapeHtml(text ?? '')}</pre>`;
  const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
  const source = escapeHtml(`<base target="_blank">${html}`);
  return `<iframe title="Message" sandbox="${sandbox}" srcdoc="${source}"></iframe>`;
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
