/** Arguments that make `node` run TypeScript from any folder. */
export const TSX: readonly string[] = ['--import', new URL('../typescript.mjs', import.meta.url).href];
