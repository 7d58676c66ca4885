import { defineConfig } from '@playwright/test'

// The suite drives a running demo: BASE_URL is its address and SIGN_IN the link
// that it printed. One worker, since the link works once.
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  workers: 1,
  reporter: 'line',
  timeout: 60_000,
  use: {
    baseURL: process.env.BASE_URL ?? 'http://127.0.0.1:8080',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    // Who is installed is a matter of one test; elsewhere it would hide requests from tests.
    serviceWorkers: 'block',
    // `--trace on` records one; the pictures of it cost as much as the tests.
    trace: 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
})
