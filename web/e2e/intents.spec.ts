import { expect, type Page } from '@playwright/test'
import { mail } from './desk'
import { noViolations, test } from './signed-in'

const shots = process.env.SHOTS ?? ''

const swarms = [
  'An Ihrem Sendemast hängt ein Bienenschwarm, wer holt die Bienen ab?',
  'Ein Bienenschwarm hat sich am Sendemast niedergelassen, brauchen Sie einen Imker?',
  'Ich bin Imker und möchte den Bienenschwarm vom Sendemast einfangen.',
  'Am Sendemast hinter unserem Garten sitzen Bienen, darf der Imker hinauf?',
  'Die Bienen am Sendemast stören die Kinder, schicken Sie bitte einen Imker.',
  'Dürfen wir Bienenstöcke neben dem Sendemast aufstellen? Mein Vater ist Imker.',
  'Wieder Bienen am Sendemast, der Imker vom letzten Jahr ist im Urlaub.',
]

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

/** The card about bees, also when larger groups of the demo stand before it. */
async function card(page: Page) {
  const found = part(page, 'Proposed')
    .getByRole('listitem')
    .filter({ hasText: 'Make it an intent' })
    .filter({ hasText: /Imker/ })
  const more = part(page, 'Proposed').getByRole('button', { name: /^Show \d+ more$/ })
  await expect(found.or(more).first()).toBeVisible({ timeout: 60_000 })
  if ((await found.count()) === 0) await more.click()
  await expect(found).toHaveCount(1, { timeout: 60_000 })
  return found
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search intents' }).fill(name)
  await page.getByRole('list', { name: 'Intents', exact: true }).getByRole('button', { name, exact: true }).click()
}

test('what fits no intent is proposed, dismissed, taken back and made an intent', async ({ page, baseURL }) => {
  test.slow()
  for (const [n, text] of swarms.entries())
    await mail(baseURL ?? '', { from: `bees${n}@example.org`, name: `Bee ${n}`, subject: '', text })
  await page.goto('/settings/intents')
  const again = page.getByRole('button', { name: 'Look again' })
  await expect(again).toBeEnabled({ timeout: 60_000 })
  await again.click()
  const bees = await card(page)
  await expect(bees).toContainText('7 messages of 7 customers, German')
  await expect(bees.getByRole('link', { name: 'To the conversation' })).toHaveCount(3)
  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 400],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await noViolations(page, `the intents, ${colorScheme}, ${width} wide`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    for (const name of shots ? ['Proposed', 'Intents', 'Starter packs'] : []) {
      await part(page, name).getByRole('heading', { level: 2 }).scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${shots}/intents-${name.slice(0, 4)}-${colorScheme}-${width}.png` })
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await bees.getByRole('button', { name: 'Dismiss' }).click()
  await expect(bees).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await (await card(page)).getByRole('button', { name: 'Make it an intent…' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Bees on masts')
  await noViolations(page, 'naming a proposal')
  await page.getByRole('button', { name: 'Make the intent' }).click()
  await expect(part(page, 'History of the intents')).toContainText('“Bees on masts” with 7 examples')
  await open(page, 'Bees on masts')
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Examples' }).getByRole('listitem')).toHaveCount(7)
  await page.keyboard.press('Escape')
  await expect(part(page, 'Intents').getByRole('status')).toContainText('Some changes are not learned yet')
})

test.describe('what the server refuses is logged', () => {
  test.use({ mayLog: /status of 422/ })

  test('an intent is made, renamed, given examples, split, merged and put away', async ({ page }) => {
    test.slow()
    await page.goto('/settings/intents')
    await page.getByRole('button', { name: 'New intent…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Piano tuning')
    const examples = dialog.getByLabel('Examples, one a line')
    await examples.fill('Where is my order?')
    await expect(dialog.getByText(/“Where is my order\?” reads as “Where is my order” already/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Make the intent' }).click()
    await expect(dialog.getByText('Give at least three different examples')).toBeVisible()
    await examples.fill(
      [
        'the piano in our hall is out of tune',
        'who tunes pianos here?',
        'our grand piano hums',
        'tune the piano, please',
      ]
        .concat(['the organ wheezes', 'our organ needs new bellows'])
        .join('\n'),
    )
    await noViolations(page, 'a new intent')
    await dialog.getByRole('button', { name: 'Make the intent' }).click()
    await expect(dialog).toHaveCount(0)

    await open(page, 'Piano tuning')
    await dialog.getByRole('radio', { name: 'Name' }).check()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Tuning')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)

    await open(page, 'Tuning')
    await dialog.getByLabel('Examples, one a line').fill('the organ pipes whistle')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('button', { name: 'Remove: our grand piano hums' }).click()
    await expect(dialog.getByRole('list', { name: 'Examples' }).getByRole('listitem')).toHaveCount(6)
    await noViolations(page, 'an intent')
    if (shots) await page.screenshot({ path: `${shots}/intent-light.png` })
    await dialog.getByRole('radio', { name: 'Split' }).check()
    await dialog.getByLabel('Name of the new intent').fill('Organs')
    for (const box of await dialog.getByRole('checkbox').all())
      await box.setChecked(/organ/.test((await box.locator('..').textContent()) ?? ''))
    await expect(dialog.getByText('3 go, 3 stay.')).toBeVisible()
    await dialog.getByRole('button', { name: 'Split it off' }).click()
    await expect(dialog).toHaveCount(0)

    await open(page, 'Organs')
    await dialog.getByRole('radio', { name: 'Merge' }).check()
    await dialog.getByLabel('Merge it into').selectOption({ label: 'Tuning' })
    await expect(dialog.getByText('3 + 3 = 6')).toBeVisible()
    await noViolations(page, 'a merge')
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
    await expect(dialog).toHaveCount(0)
    await page.getByRole('listitem').filter({ hasText: 'is merged into' }).getByRole('button', { name: 'Undo' }).click()
    await expect(part(page, 'History of the intents')).toContainText('Taken back')
    await open(page, 'Organs')
    await dialog.getByRole('button', { name: 'Put the intent away' }).click()
    await expect(page.getByText('No intent with these words.')).toBeVisible()
    await page.getByLabel('Also those not in use').check()
    await expect(page.getByRole('list', { name: 'Intents', exact: true })).toContainText('Put away')
  })
})

test('another starter pack is used, and taken back', async ({ page }) => {
  await page.goto('/settings/intents')
  const packs = part(page, 'Starter packs')
  await packs.getByRole('checkbox', { name: /^Banking/ }).check()
  await packs.getByRole('button', { name: 'Use these packs' }).click()
  await expect(part(page, 'History of the intents')).toContainText('banking, retail, service, telecom')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(packs.getByRole('checkbox', { name: /^Banking/ })).not.toBeChecked()
})

test.describe('a number that is too general is refused', () => {
  test.use({ mayLog: /status of 422/ })

  test('numbers and products are taught, found in the next message, and taken back', async ({ page, baseURL }) => {
    test.slow()
    const write = (n: number, text: string) =>
      mail(baseURL ?? '', { from: `zx${n}@example.org`, name: `Meter ${n}`, subject: '', text })
    await write(1, 'Grüße! Zähler ZX-4711/B läuft nicht, seit dem 03.04.2026')
    await write(2, 'Mein Zähler zx-0815/c steht')
    await page.goto('/settings/numbers')
    const numbers = part(page, 'Your numbers')
    await numbers.getByRole('button', { name: 'New number…' }).click()
    const dialog = page.getByRole('dialog')
    const examples = dialog.getByRole('textbox', { name: 'Examples, one a line' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Meter')
    await dialog.getByRole('combobox', { name: 'What it counts' }).selectOption('contract')
    await examples.fill('2024\n2025')
    await expect(dialog).toContainText('Too general: years, prices and house numbers have this form too.')
    await expect(dialog.getByRole('button', { name: 'Save the number' })).toBeDisabled()
    await examples.fill('ZX-1234/A\nZX-0001/B')
    await expect(dialog.getByRole('region', { name: 'Would be taken' })).toContainText('zx-0815/c')
    await looks(page, 'a new number', 'number')
    await dialog.getByRole('button', { name: 'Save the number' }).click()
    await expect(numbers.getByRole('list', { name: 'Your numbers' })).toContainText('Meter')

    await part(page, 'Products').getByRole('button', { name: 'Add products…' }).click()
    await dialog.locator('input[type=file]').setInputFiles({
      name: 'products.csv',
      mimeType: 'text/csv',
      // As a spreadsheet on Windows saves it.
      buffer: Buffer.from(
        'Bezeichnung;Artikelnummer;Synonyme\r\n\u00d6kostrom Plus;OS-2000;Gr\u00fcner Strom|Naturstrom\r\nthe;;\r\n',
        'latin1',
      ),
    })
    await expect(dialog.getByRole('region', { name: 'Read as' })).toContainText('Ökostrom Plus')
    await expect(dialog.getByRole('region', { name: 'Left out, 1 in all' })).toContainText('Line 3 “the”: a plain word')
    await looks(page, 'products', 'products')
    await dialog.getByRole('button', { name: 'Save the products' }).click()
    await expect(part(page, 'Products').getByRole('list', { name: 'Products', exact: true })).toContainText(
      'Grüner Strom',
    )
    await looks(page, 'numbers and products', 'numbers')

    const read = async (n: number, text: string) => {
      const sent = await write(n, text)
      const res = await page.request.get(`/v1/interactions/${sent.id}`)
      const got = (await res.json()) as { reading: { entities?: { kind: string; value: string }[] } }
      return (got.reading.entities ?? []).map((e) => `${e.kind} ${e.value}`)
    }
    expect(await read(3, 'Öko: zx-4711/b mit NATURSTROM')).toEqual(['contract ZX-4711/B', 'product Ökostrom Plus'])
    await numbers.getByRole('button', { name: 'Remove: Meter' }).click()
    await expect(numbers).toContainText('No numbers of your own yet.')
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(numbers.getByRole('list', { name: 'Your numbers' })).toContainText('Meter')
    await part(page, 'Products')
      .getByRole('button', { name: /^Take back/ })
      .click()
    await expect(part(page, 'Products')).toContainText('No products yet.')
    expect(await read(4, 'Naturstrom')).toEqual([])
  })
})

/** No violation and nothing too wide, in light and dark, wide and narrow. */
async function looks(page: Page, what: string, file: string): Promise<void> {
  for (const [colorScheme, width] of [
    ['dark', 400],
    ['light', 400],
    ['dark', 1440],
    ['light', 1440],
  ] as const) {
    if (!shots && (colorScheme === 'light') !== (width === 1440)) continue
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await noViolations(page, `${what}, ${colorScheme}, ${width} wide`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    if (shots) await page.screenshot({ path: `${shots}/${file}-${colorScheme}-${width}.png` })
  }
}
