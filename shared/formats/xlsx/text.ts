import { MAX_CELL_TEXT } from './cells.js';

/** Text in a sheet's XML: https://ecma-international.org/publications-and-standards/standards/ecma-376/ (ST_Xstring) */

/**
 * Characters that must be escaped: markup, and those that XML 1.0 forbids. Control characters become `_x0001_`, which
 * spreadsheets decode. So an underscore is escaped if the output would look like such an escape: its second underscore
 * may be the first one of the next escape. U+FFFE and U+FFFF have no form that every reader decodes.
 */
const CONTROLS = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f`;
const SPECIAL = new RegExp(String.raw`[&<>\r\ufffe\uffff${CONTROLS}]|_(?=x[0-9A-Fa-f]{4}[_${CONTROLS}])`, 'g');

function escaped(character: string): string {
  switch (character) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '\r':
      // XML readers turn an unescaped one into a line feed.
      return '&#13;';
    case '_':
      return '_x005F_';
    case '\ufffe':
    case '\uffff':
      return '\ufffd';
    default:
      return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
  }
}

export const escapeText = (text: string): string => text.replace(SPECIAL, escaped);

const CUT_MARK = '…';

/** Shortens a text to what fits into a cell, with an ellipsis, and without half of a surrogate pair. */
export function cutText(text: string): string {
  if (text.length <= MAX_CELL_TEXT) return text;
  return `${text.slice(0, MAX_CELL_TEXT - CUT_MARK.length).replace(/[\ud800-\udbff]$/, '')}${CUT_MARK}`;
}

const BLANK_EDGE = /^[ \t\n\r]|[ \t\n\r]$/;

/** A cell with inline text. @param attributes of the cell, with a leading space */
export const textCell = (attributes: string, text: string): string =>
  `<c${attributes} t="inlineStr"><is><t${BLANK_EDGE.test(text) ? ' xml:space="preserve"' : ''}>${escapeText(text)}</t></is></c>`;
