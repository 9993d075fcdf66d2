/**
 * Settings that keep a worker's memory small, as in the Dockerfile. See docs/deployment.md, Processes, for the figures.
 */
export const MEMORY_ENV = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-semi-space-size=16' } as const;
