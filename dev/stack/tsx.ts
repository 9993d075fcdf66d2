/** Arguments that make `node` run TypeScript, wherever it is started from. */
export const TSX: readonly string[] = ['--import', new URL('../typescript.mjs', import.meta.url).href];
