import { expect } from '@playwright/test'
import { janJourney, noViolations, openJan, test } from './signed-in'

test('Jan’s story is one journey on one page', async ({ page }) => {
  await openJan(page)
  const journey = janJourney(page)
  await expect(journey).toContainText('Waiting for us')
  await expect(journey).toContainText(/asked .* by mail, not answered/)
  await expect(journey.getByRole('button', { name: /^Effort/ })).toBeVisible()

  // Alone on the page, the journey has its four contacts.
  await journey.getByRole('button', { name: /What to do with the journey/ }).click()
  await page.getByRole('menuitem', { name: 'Show this journey alone' }).click()
  const contacts = page.getByRole('article')
  await expect(contacts).toHaveCount(4)
  await expect(contacts.nth(0)).toContainText('ordered')
  await expect(contacts.nth(1)).toContainText('automatic mail')
  await expect(contacts.nth(2)).toContainText('wrote by mail')
  await expect(contacts.nth(2)).toContainText(/when does it start/i)
  await expect(contacts.nth(3)).toContainText('called')

  // Who she is, beside it.
  const who = page.getByRole('complementary', { name: 'Who it is' })
  await expect(who.getByRole('button', { name: 'Verified' }).first()).toBeVisible()
})

test('a journey folds and stays folded', async ({ page }) => {
  await openJan(page)
  const fold = janJourney(page).getByRole('button', { expanded: true })
  const name = (await fold.textContent()) ?? ''
  await fold.click()
  const folded = page.getByRole('button', { name, exact: true, expanded: false })
  await expect(folded).toBeVisible()
  await page.reload()
  await expect(folded).toBeVisible()
  await folded.click()
  await expect(page.getByRole('button', { name, exact: true, expanded: true })).toBeVisible()
})

test('links and readings say why', async ({ page }) => {
  await openJan(page)
  await page
    .getByRole('button', { name: /^Why here\?/ })
    .last()
    .click()
  const why = page.getByRole('dialog', { name: 'Why it belongs to this journey' })
  await expect(why).toContainText('Why in this journey?')
  await expect(why.getByRole('button', { name: 'A new journey' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(why).toBeHidden()

  await page.getByRole('group', { name: 'What Rapport read in it' }).last().getByRole('button').first().click()
  const reading = page.getByRole('dialog')
  await expect(reading).toContainText('Read by')
  await noViolations(page, 'a why-popover')
})

test('everything by keyboard', async ({ page }) => {
  await page.goto('/customers')
  await page.getByRole('listbox', { name: 'Customers' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('Jan Meijer')
  await expect(page.getByRole('option', { name: /Jan Meijer/ }).first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: /Jan/ }).waitFor()
  await page.getByRole('article').first().waitFor()

  // Move over the contacts, ask why, look at the raw bytes, fold.
  await page.keyboard.press('j')
  await expect(page.locator('[data-stop]:focus')).toHaveCount(1)
  for (let i = 0; i < 12 && !(await page.locator('article:focus').count()); i++) await page.keyboard.press('j')
  await page.keyboard.press('w')
  await expect(page.getByRole('dialog', { name: 'Why it belongs to this journey' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('v')
  await expect(page.getByRole('dialog', { name: 'As it came in' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('o')
  await expect(page.getByRole('button', { name: /^Only:/ })).toBeVisible()
  await page.keyboard.press('o')
  await page.keyboard.press('.')
  await expect(page.getByRole('complementary', { name: 'Who it is' })).toBeHidden()
  await page.keyboard.press('.')

  // Places and the keys themselves.
  await page.keyboard.press('g')
  await page.keyboard.press('j')
  await expect(page.getByRole('heading', { level: 1, name: 'Journeys' })).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Command palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible()
})

test('the palette finds actions, places and customers', async ({ page }) => {
  await page.goto('/customers')
  await page.getByRole('listbox', { name: 'Customers' }).waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await expect(palette).toBeVisible()
  await noViolations(page, 'the palette')
  await page.keyboard.type('colours dark')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('Jan Meijer')
  await palette.getByRole('option', { name: /Jan Meijer/, selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Jan Meijer' })).toBeVisible()
})

test('what is typed before the palette is loaded is not lost', async ({ page }) => {
  let serve = () => {}
  const loaded = new Promise<void>((done) => {
    serve = done
  })
  await page.route('**/palette-body*.js', async (route) => {
    await loaded
    await route.continue()
  })
  await page.goto('/customers')
  await page.getByRole('listbox', { name: 'Customers' }).waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('Jan Me')
  serve()
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await palette.getByRole('combobox').waitFor()
  await page.keyboard.type('ijer')
  await expect(palette.getByRole('combobox')).toHaveValue('Jan Meijer')
  await expect(palette.getByRole('option', { name: /Jan Meijer/ })).toBeVisible()
})

test('the address of a page brings it back', async ({ page }) => {
  await page.goto('/journeys?tab=all&sort=effort')
  await page.getByRole('listbox', { name: 'Journeys' }).getByRole('option').first().click()
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}\?journey=/)
  await page.goBack()
  await expect(page).toHaveURL(/tab=all/)
  await expect(page.getByRole('radio', { name: 'All' })).toBeChecked()
})
