import { expect, type Page } from '@playwright/test'
import { mail } from './desk'
import { noViolations, test } from './signed-in'

const base = process.env.BASE_URL ?? ''
const shots = process.env.SHOTS ?? ''
// A restart of the program lies between the two halves (TestCorrections of ../../e2e).
const words = (n: number) =>
  `My grand piano hums at night 😀 and the neighbours would like it quieter, please tune it, thanks ${n}`

const reading = (page: Page) => page.getByRole('group', { name: 'What Rapport read in it' })

async function open(page: Page, n: number, text = words(n)): Promise<void> {
  const sent = await mail(base, {
    from: `pianist${n}-${Date.now()}@example.org`,
    name: `Pianist ${n}`,
    subject: 'The piano',
    text,
  })
  const response = await fetch(`${base}/v1/interactions/${sent.id}`, {
    headers: { Authorization: `Bearer ${process.env.KEY}` },
  })
  const { customer_id } = (await response.json()) as { customer_id: string }
  await page.goto(`/customers/${customer_id}`)
  await reading(page).first().waitFor()
}

test('a correction counts at once for the next nearly equal text', async ({ page }) => {
  await open(page, 1)
  await reading(page).getByRole('button').first().click()
  await page.getByRole('button', { name: 'Something else…' }).click()
  await page.getByPlaceholder('What is it about?').fill('Accessibility and')
  await page.keyboard.press('Enter')
  const chip = reading(page).getByRole('button', { name: 'Accessibility and special needs' })
  await expect(chip).toHaveAccessibleDescription(/said so/)
  await open(page, 2)
  await expect(chip).toHaveAccessibleDescription(/% sure\. As .* labelled a text that is nearly the same/)
  // Pointing at it, and focusing it by keyboard, marks the words that moved it.
  const marks = page.getByRole('article').locator('mark')
  await expect(marks).toHaveCount(0)
  await chip.hover()
  await expect(marks.first()).toContainText('piano')
  await expect(page.getByRole('tooltip')).toContainText('labelled')
  if (shots) await page.screenshot({ path: `${shots}/evidence-light.png` })
  await noViolations(page, 'words marked')
  await page.mouse.move(0, 0)
  await expect(marks).toHaveCount(0)
  await chip.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await expect(marks.first()).toContainText('piano')
})

const models = (page: Page) => page.getByRole('region', { name: 'What reads intents' })
const version = (page: Page, name: string) => models(page).getByRole('listitem').filter({ hasText: name })

test('a model that came into use meanwhile is rolled back later', async ({ page }) => {
  const organ = (n: number) => `The pipes of our church organ whistle and its bellows leak, number ${n}`
  const chip = reading(page).getByRole('button', { name: 'Abroad and roaming' })
  await open(page, 10, organ(1))
  await expect(chip).toHaveAccessibleDescription(/% sure\. Read by/)
  await page.goto('/reports/accuracy')
  await expect(page.getByRole('region', { name: 'What people say' })).toContainText('All that people said (1)')
  await expect(version(page, 'Training 1')).toContainText('In use')
  await version(page, 'Training 1').getByRole('button', { name: 'Roll back' }).click()
  await expect(version(page, 'Built in')).toContainText('In use')
  await expect(version(page, 'Training 1').getByRole('button', { name: 'Use it again: 1' })).toBeVisible()
  await open(page, 11, organ(2))
  await expect(chip).toHaveCount(0)
})

test('it is still known later, and can be taken back', async ({ page }) => {
  await open(page, 3)
  const chip = reading(page).getByRole('button', { name: 'Accessibility and special needs' })
  await expect(chip).toHaveAccessibleDescription(/nearly the same/)
  const { items } = (await (
    await fetch(`${base}/v1/customers?q=${encodeURIComponent('Pianist 1')}`, {
      headers: { Authorization: `Bearer ${process.env.KEY}` },
    })
  ).json()) as { items: { id: string; name: string }[] }
  const first = items.find((c) => c.name === 'Pianist 1')
  await page.goto(`/customers/${first?.id}`)
  await chip.click()
  await expect(page.getByRole('dialog')).toContainText('said so')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    if (shots) await page.screenshot({ path: `${shots}/take-back-${colorScheme}.png` })
    await noViolations(page, `taking back, ${colorScheme}`)
  }
  await page.getByRole('button', { name: 'Take back' }).click()
  await expect(chip).toHaveCount(0)
  await open(page, 4)
  await expect(reading(page).first()).toBeVisible()
  await expect(chip).toHaveCount(0)
  // The history keeps both decisions.
  const changes = await fetch(`${base}/v1/customers/${first?.id}/changes`, {
    headers: { Authorization: `Bearer ${process.env.KEY}` },
  })
  const said = JSON.stringify(await changes.json())
  expect(said).toContain('Corrected what a contact is about')
  expect(said).toContain('Took back that a contact is about')
})
