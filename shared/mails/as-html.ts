import escape from 'escape-html';
import type { MailContent } from './content.js';

/**
 * HTML that mail clients render: tables (Outlook renders with Word), inline styles (some clients drop `<style>`), system
 * fonts, and no images or other remote content. In dark mode, clients either use the colors of the media query or
 * invert colors themselves, so every text sets its background, too.
 */

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const TONES = {
  good: { color: '#15803d', sign: '&#10003;' },
  bad: { color: '#b91c1c', sign: '!' },
  neutral: { color: '#52525b', sign: '&ndash;' },
} as const;

/** Clients with dark mode support classes, too; `!important` overrides the inline styles. */
const STYLE = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page { background: #111114 !important; }
    .card { background: #1c1c21 !important; border-color: #34343b !important; }
    .strong { color: #f4f4f5 !important; }
    .text { color: #d4d4d8 !important; }
    .faint { color: #a1a1aa !important; }
    .line { border-color: #34343b !important; }
    .link { color: #93c5fd !important; }
  }
  @media (max-width: 480px) {
    .pad { padding-left: 20px !important; padding-right: 20px !important; }
    .outer { padding: 12px 8px !important; }
    .wide { width: 100% !important; }
    .button { display: block !important; text-align: center !important; }
  }`;

const table = (attributes: string, rows: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" ${attributes}>${rows}</table>`;

const paragraph = (text: string, style = 'margin:0 0 4px'): string =>
  `<p class="text" style="${style};font-size:15px;line-height:23px;color:#3f3f46">${escape(text)}</p>`;

function button({ url, label }: NonNullable<MailContent['link']>): string {
  const style = `display:inline-block;padding:13px 28px;${FONT};font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px;background:#1d4ed8`;
  return table(
    'class="wide" style="margin:20px 0 0"',
    `<tr><td bgcolor="#1d4ed8" style="border-radius:8px;mso-padding-alt:13px 28px"><a class="button" href="${escape(url)}" target="_blank" style="${style}">${escape(label)}</a></td></tr>`,
  );
}

function linkBlock(link: NonNullable<MailContent['link']>): string {
  const address = `<a class="link" href="${escape(link.url)}" target="_blank" style="color:#1d4ed8;text-decoration:underline;word-break:break-all">${escape(link.url)}</a>`;
  const until =
    link.until === null
      ? ''
      : `<p class="text" style="margin:14px 0 0;font-size:15px;line-height:23px;color:#3f3f46">The link works until <strong class="strong" style="color:#18181b">${escape(link.until)}</strong>.</p>`;
  return `${button(link)}${until}<p class="faint" style="margin:10px 0 0;font-size:13px;line-height:20px;color:#71717a">Or copy this address into your browser:<br>${address}<br>${escape(link.care)}</p>`;
}

function factRow([name, value]: MailContent['facts'][number]): string {
  const cell = 'padding:9px 0;border-bottom:1px solid #e4e4e7;font-size:14px;line-height:20px;vertical-align:top';
  return `<tr><th class="faint line" scope="row" align="left" width="96" style="${cell};width:96px;font-weight:normal;color:#71717a">${escape(name)}</th><td class="strong line" style="${cell};color:#18181b;word-break:break-word">${escape(value)}</td></tr>`;
}

function noteBlock({ heading, lines, loss = false }: MailContent['notes'][number]): string {
  const bar = loss ? ';border-left:3px solid #d97706;padding-left:12px' : '';
  const title = `<h2 class="strong" style="margin:0 0 4px;font-size:15px;line-height:23px;font-weight:600;color:#18181b">${escape(heading)}</h2>`;
  return `<div style="margin:24px 0 0${bar}">${title}${lines.map((line) => paragraph(line)).join('')}</div>`;
}

function header({ tone, heading, lead }: MailContent): string {
  const { color, sign } = TONES[tone];
  const cell = `<td width="32" height="32" align="center" valign="middle" bgcolor="${color}" aria-hidden="true" style="width:32px;height:32px;border-radius:16px;background:${color};color:#ffffff;font-size:18px;line-height:32px;font-weight:700">${sign}</td>`;
  // A nested table, so that a two-line heading doesn't stretch the badge.
  const badge = `<td width="32" valign="top" style="width:32px">${table('', `<tr>${cell}</tr>`)}</td>`;
  const title = `<td style="padding-left:12px"><h1 class="strong" style="margin:0;font-size:22px;line-height:28px;font-weight:650;color:#18181b">${escape(heading)}</h1></td>`;
  return `${table('', `<tr>${badge}${title}</tr>`)}${paragraph(lead, 'margin:16px 0 0')}`;
}

export function asHtml(content: MailContent): string {
  const { subject, preview, link, facts, notes, footer } = content;
  const factTable = table(
    'width="100%" class="line" style="margin:24px 0 0;border-top:1px solid #e4e4e7"',
    facts.map(factRow).join('\n'),
  );
  const card = [header(content), ...(link === null ? [] : [linkBlock(link)]), ...notes.map(noteBlock), factTable].join(
    '\n',
  );
  const foot = footer.map((line) => `<p style="margin:0">${escape(line)}</p>`).join('');
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${escape(subject)}</title>
<style>${STYLE}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f4f4f5;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escape(preview)}</div>
${table(
  `class="page" width="100%" bgcolor="#f4f4f5" style="background:#f4f4f5;${FONT}"`,
  `<tr><td class="outer" align="center" style="padding:32px 16px">
${table(
  'class="card" width="100%" bgcolor="#ffffff" style="max-width:560px;background:#ffffff;border:1px solid #e4e4e7;border-radius:12px;text-align:left"',
  `<tr><td class="pad" style="padding:28px 32px 32px">
${card}
</td></tr>`,
)}
${table(
  'width="100%" style="max-width:560px;text-align:left"',
  `<tr><td class="pad faint" style="padding:16px 32px 0;font-size:12px;line-height:18px;color:#71717a">${foot}</td></tr>`,
)}
</td></tr>`,
)}
</body>
</html>
`;
}
