import { expect } from '@playwright/test'
import { noViolations, test } from './signed-in'

test('keys are changed, told apart from what has them, kept by the server, and reset', async ({ page, browser }) => {
  await page.goto('/customers')
  await page.getByRole('listbox', { name: 'Customers' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'Change the keys…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change the keys' })
  await expect(dialog).toBeVisible()
  await noViolations(page, 'changing the keys')

  // A sequence, by keyboard alone.
  const change = dialog.getByRole('button', { name: 'Change the keys of: Journeys', exact: true })
  await change.focus()
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Press the keys for: Journeys' })).toBeFocused()
  await page.keyboard.press('h')
  await page.keyboard.press('j')
  await expect(change).toBeFocused()
  await expect(dialog.getByRole('status')).toHaveText('“Journeys” has H J now')

  // What another action has is not taken silently.
  await dialog.getByRole('button', { name: 'Change the keys of: Quarantine' }).click()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  const conflict = dialog.getByRole('alert')
  await expect(conflict).toContainText('G C is already used: Customers (G C).')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 400, height: 860 })
  await noViolations(page, 'a key that is taken, dark and narrow')
  await page.setViewportSize({ width: 1440, height: 900 })
  await conflict.getByRole('button', { name: 'Leave it as it was' }).click()
  await expect(conflict).toBeHidden()
  // The browser keeps its own.
  await dialog.getByRole('button', { name: 'Change the keys of: Quarantine' }).click()
  await page.keyboard.press('F5')
  await expect(dialog.getByText('That key belongs to the browser')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // It works at once, the old keys no more, and the palette shows it.
  await page.keyboard.press('h')
  await page.keyboard.press('j')
  await expect(page.getByRole('heading', { level: 1, name: 'Journeys' })).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('journeys')
  await expect(page.getByRole('option', { name: /^Journeys/ })).toContainText('HJ')
  await page.keyboard.press('Escape')

  // Another machine of the same person knows it.
  const other = await browser.newContext({ storageState: await page.context().storageState({}) })
  const there = await other.newPage()
  await there.addInitScript(() => localStorage.clear())
  await there.goto('/customers')
  await there.getByRole('listbox', { name: 'Customers' }).waitFor()
  await expect
    .poll(async () => {
      await there.keyboard.press('h')
      await there.keyboard.press('j')
      return there.url()
    })
    .toContain('/journeys')
  await other.close()

  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'Change the keys…' }).click()
  await dialog.getByRole('button', { name: 'Reset the keys of: Journeys' }).click()
  await expect(dialog.getByText('changed', { exact: true })).toBeHidden()
  await dialog.getByRole('button', { name: 'Change the keys of: Journeys', exact: true }).click()
  await page.keyboard.press('Backspace')
  await expect(dialog.getByText('changed', { exact: true })).toBeVisible()
  await dialog.getByRole('button', { name: 'Reset all' }).click()
  await expect(dialog.getByText('changed', { exact: true })).toBeHidden()
  await expect(page.getByText('All keys are as usual')).toBeVisible()
})
