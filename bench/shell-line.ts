/** A program and its arguments. */
export type Stage = readonly string[];

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The line that a person would type: each stage reads what the one before it prints. */
export const shellLine = (stages: readonly Stage[]): string =>
  stages.map((words) => words.map(quote).join(' ')).join(' | ');
