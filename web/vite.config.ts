import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// RAPPORT_URL is a running Rapport; the development server passes the API on to it.
const server = process.env.RAPPORT_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    // Nothing is inlined as data: the content security policy allows none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // light-dark() is in every engine from these versions on.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/v1': { target: server, changeOrigin: false } } },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    env: { TZ: 'Europe/Berlin' },
  },
})
