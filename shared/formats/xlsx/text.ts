import { MAX_CELL_TEXT } from './cells.js';

/** Text as XML of a sheet has it: https://ecma-international.org/publications-and-standards/standards/ecma-376/ (ST_Xstring) */

/**
 * What cannot stand as it is: markup, and what XML 1.0 does not have. Control characters become `_x0001_`, which
 * spreadsheets decode. So an underscore is escaped where what is written would look like that: its second underscore may
 * be the first one of the escape that follows. U+FFFE and U+FFFF have no such form that all decode.
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
      // As it is, XML would read it as a line feed.
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

/** What a cell has room for; a longer text ends with an ellipsis, and with no half of a character before it. */
export function cutText(text: string): string {
  if (text.length <= MAX_CELL_TEXT) return text;
  return `${text.slice(0, MAX_CELL_TEXT - CUT_MARK.length).replace(/[\ud800-\udbff]$/, '')}${CUT_MARK}`;
}

const BLANK_EDGE = /^[ \t\n\r]|[ \t\n\r]$/;

/** A cell's text in place. @param attributes of the cell, led by a blank */
export const textCell = (attributes: string, text: string): string =>
  `<c${attributes} t="inlineStr"><is><t${BLANK_EDGE.test(text) ? ' xml:space="preserve"' : ''}>${escapeText(text)}</t></is></c>`;
