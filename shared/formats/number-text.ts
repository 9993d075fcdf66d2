import type { NumberFormat } from '../datasets/number-format.js';

/**
 * Numbers as people see them. Works on PostgreSQL's text, so that every digit stays: decimals are added, never removed.
 */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** Infinity, NaN and numbers with an exponent stay as they are. */
export function numberText(text: string, { style, scale, currency }: NumberFormat): string {
  const [, sign = '', whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return text;
  if (style === 'percent') return `${sign}${percent(whole, fraction, scale)}%`;
  const digits = style === 'plain' ? whole : whole.replace(THOUSANDS, ',');
  return `${sign}${currency === null ? '' : `${currency} `}${withFraction(digits, fraction, scale)}`;
}

function percent(whole: string, fraction: string, scale: number | null): string {
  const shifted = (whole + fraction.slice(0, 2).padEnd(2, '0')).replace(/^0+(?=\d)/, '');
  return withFraction(shifted.replace(THOUSANDS, ','), fraction.slice(2), scale);
}

function withFraction(whole: string, fraction: string, scale: number | null): string {
  const decimals = fraction.padEnd(scale ?? 0, '0');
  return decimals === '' ? whole : `${whole}.${decimals}`;
}

/** Excel's code of a number format. */
export function numberFormatCode({ style, scale, currency }: NumberFormat): string {
  const decimals = scale ?? USUAL_SCALE;
  const fraction = decimals === 0 ? '' : `.${'0'.repeat(decimals)}`;
  switch (style) {
    case 'plain':
      return `0${fraction}`;
    case 'number':
      return `#,##0${fraction}`;
    case 'currency':
      return `[$${currency ?? ''}] #,##0${fraction}`;
    case 'percent':
      return `0${fraction}%`;
  }
}

/** Decimals that a cell shows if the number of decimals isn't known. */
const USUAL_SCALE = 2;
