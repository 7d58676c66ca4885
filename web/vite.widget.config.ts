import { defineConfig } from 'vite'

// The widget: a stub that sites embed and the panel in its frame. Fixed names, since
// pages of other people point to them.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: { widget: 'widget/stub.ts', 'widget/panel': 'widget/panel.tsx' },
      output: { entryFileNames: '[name].js', chunkFileNames: 'widget/[name].js' },
    },
  },
})
