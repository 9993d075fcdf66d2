import type { StackContext } from './context.js';

/**
 * Variables for servers written in Go. A test run keeps its two cores busy, and a quarter of the Temporal server's share
 * went into collecting garbage: less often costs it 160 MB.
 */
export const goSettings = ({ throwaway }: StackContext): NodeJS.ProcessEnv => (throwaway ? { GOGC: '400' } : {});
