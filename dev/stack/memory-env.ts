/** What keeps a worker's memory small, as in the Dockerfile. docs/deployment.md, Processes, has the figures. */
export const MEMORY_ENV = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-semi-space-size=16' } as const;
