import { defineConfig } from '@playwright/test'
import suite from './playwright.config'

// The story of a first day needs an empty firm and real mail servers, which its Go
// test (TestFirstDay in ../e2e) sets up; so it is no part of the suite.
export default defineConfig(suite, {
  testMatch: '*.story.ts',
  timeout: 180_000,
  use: { ...suite.use, actionTimeout: 20_000 },
})
