import { expect } from '@playwright/test'
import { noViolations, test } from './signed-in'

test('the console speaks another language at once, and after a reload', async ({ page }) => {
  await page.goto('/settings')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  await expect(page.getByRole('navigation', { name: 'Hauptnavigation' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await noViolations(page, 'the settings in German')

  await page.goto('/inbox?queue=all&status=any')
  await page.getByRole('navigation', { name: 'Hauptnavigation' }).waitFor()
  await expect(page.getByRole('listbox', { name: 'Gespräche' })).toBeVisible()
  await noViolations(page, 'the inbox in German')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/inbox-de.png` })

  await page.goto('/settings')
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('Português')
  await expect(page.getByRole('navigation', { name: 'Navegação principal' })).toBeVisible()
  // The choice is the person's, on every machine; the next test wants the browser's language.
  const kept = page.waitForResponse((r) => r.url().endsWith('/v1/me/settings') && r.request().method() === 'PATCH')
  await page.getByRole('combobox', { name: 'Idioma' }).selectOption('')
  await kept
})

test.describe('a browser that wants Spanish', () => {
  test.use({ locale: 'es-MX' })
  test('is answered in Spanish', async ({ page }) => {
    await page.goto('/inbox')
    await expect(page.getByRole('navigation', { name: 'Navegación principal' })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  })
})
