import { defineConfig } from 'vite';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // A file of its own for everything: the content security policy knows no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
