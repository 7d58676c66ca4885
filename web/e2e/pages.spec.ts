import { expect } from '@playwright/test'
import { noViolations, test } from './signed-in'

// The pages that have no spec of their own, each way that people look at them once.
for (const [colorScheme, width, height] of [
  ['light', 1440, 900],
  ['dark', 400, 860],
] as const) {
  test(`axe finds nothing on the other pages: ${colorScheme}, ${width} wide`, async ({ page }) => {
    test.slow()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    for (const path of [
      '/explore?by=team',
      '/review',
      '/settings/sign-in',
      '/settings/reading',
      '/settings/people',
      '/settings/keys',
      '/settings/health',
    ]) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('load')
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await noViolations(page, path)
      // Nothing may be wider than the screen (WCAG 1.4.10).
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, path).toBeLessThanOrEqual(0)
    }
  })
}

test('whoever forgot the password is told what to do', async ({ browser, baseURL }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      baseURL: baseURL ?? '',
      colorScheme,
      storageState: { cookies: [], origins: [] },
    })
    const page = await context.newPage()
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await expect(page).toHaveURL(/\/password$/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await noViolations(page, '/password')
    await context.close()
  }
})

test('the built-in model is in use until there is another', async ({ page }) => {
  await page.goto('/settings/reading')
  const built = page.getByRole('listitem').filter({ hasText: 'Built in' })
  await expect(built.getByText('In use')).toBeVisible()
})

test('an address that is none says so, with the way back', async ({ page }) => {
  await page.goto('/paths/of/old')
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await noViolations(page, 'nowhere')
  await page.getByRole('button', { name: 'To the inbox' }).click()
  await expect(page).toHaveURL(/\/inbox/)
})
