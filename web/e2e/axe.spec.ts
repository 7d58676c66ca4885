import { expect } from '@playwright/test'
import { noViolations, openJan, test } from './signed-in'

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [400, 860],
  ] as const) {
    test(`axe finds nothing: ${colorScheme}, ${width} wide`, async ({ page }) => {
      test.slow()
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height })
      for (const path of [
        '/customers',
        '/customers?q=zzzzzz',
        '/journeys',
        '/journeys?tab=all',
        '/quarantine',
        '/settings',
      ]) {
        await page.goto(path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('load')
        await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
        await noViolations(page, path)
      }
      await openJan(page)
      await page.getByRole('article').first().waitFor()
      await noViolations(page, 'a customer')
      if (width < 1080) {
        await page.getByRole('button', { name: 'Show or hide who it is' }).click()
        await page.getByRole('dialog', { name: 'Who it is' }).waitFor()
        await noViolations(page, 'the panel as a sheet')
      }
      // Nothing may be wider than the screen (WCAG 1.4.10).
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
    })
  }
}

test('the pages before sign-in pass axe too', async ({ browser, baseURL }) => {
  test.slow()
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      baseURL: baseURL ?? '',
      colorScheme,
      storageState: { cookies: [], origins: [] },
    })
    const page = await context.newPage()
    for (const path of ['/sign-in', '/setup', '/setup#t=a-token']) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await noViolations(page, path)
    }
    await context.close()
  }
})
