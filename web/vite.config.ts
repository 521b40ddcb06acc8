import { defineConfig } from 'vite';

// The page is served by asman itself from any place: relative addresses, nothing from elsewhere.
export default defineConfig({
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 1500, sourcemap: false },
  worker: { format: 'es' },
  server: { proxy: { '/ws': { target: 'ws://localhost:8080', ws: true }, '/api': 'http://localhost:8080' } },
});
