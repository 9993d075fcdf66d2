import type { OutgoingHttpHeaders } from 'node:http';

export interface SinkAnswer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');

/** `<name>…</name>` */
export const element = (name: string, ...content: readonly (string | number)[]): string =>
  `<${name}>${content.map((part) => (typeof part === 'number' ? String(part) : part)).join('')}</${name}>`;

export const xml = (root: string, ...content: readonly string[]): SinkAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${element(root, ...content)}`,
});

const STATUS = {
  NoSuchUpload: 404,
  NoSuchKey: 404,
  InvalidPart: 400,
  PreconditionFailed: 412,
  NotImplemented: 501,
} as const satisfies Record<string, number>;

export const refuse = (code: keyof typeof STATUS): SinkAnswer => ({
  ...xml('Error', element('Code', code), element('Message', code)),
  status: STATUS[code],
});

export const NO_CONTENT: SinkAnswer = { status: 204 };
