import { readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { noViolations, test } from './signed-in'

const URL_ = process.env.BASE_URL ?? ''
const shots = process.env.SHOTS ?? ''

async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(URL_ + path, {
    method,
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (response.status === 204 ? undefined : await response.json()) as T
}

interface Asked {
  readonly id: string
}

/** A visitor asks, is answered, and says how it went; without a score they say nothing. */
async function visit(inbox: string, text: string, score?: number, comment = ''): Promise<void> {
  const at = `/w/${inbox}`
  const opened = await call<{ session: string; visitor: string }>('POST', `${at}/session`, { locale: 'en' })
  const session = { 'X-Rapport-Session': opened.session }
  await call('POST', `${at}/messages`, { id: '1', text, answers: { name: `Visitor of ${text}` } }, session)
  const found = async () =>
    (
      await call<{ items: { id: string; seq: number; preview: string }[] }>(
        'GET',
        `/v1/cases?inbox=${inbox}&status=any`,
      )
    ).items.find((c) => c.preview === text)
  await expect.poll(async () => (await found()) !== undefined).toBe(true)
  const mine = await found()
  if (!mine) throw new Error('no case')
  await call('POST', `/v1/cases/${mine.id}/reply`, {
    if_seq: mine.seq,
    html: '<p>Yes.</p>',
    undo_s: 0,
    channel: 'chat',
  })
  await expect.poll(async () => (await call<{ status: string }>('GET', `/v1/cases/${mine.id}`)).status).toBe('waiting')
  await call('POST', '/v1/cases/changes', { ids: [mine.id], set: { status: 'done' } })
  const survey = async () =>
    (await call<{ survey?: Asked }>('POST', `${at}/session`, { visitor: opened.visitor, locale: 'en' })).survey
  await expect.poll(async () => (await survey()) !== undefined).toBe(true)
  if (score === undefined) return
  await call('POST', `${at}/survey`, { id: (await survey())?.id, score, comment }, session)
}

let inbox = ''
const name = `Lamps ${Date.now().toString(36)}`
test.beforeAll(async () => {
  test.setTimeout(120_000)
  const made = await call<{ id: string }>('POST', '/v1/inboxes', {
    name,
    kind: 'chat',
    settings: {
      satisfaction: { kind: 'csat', delay_min: 0 },
      chat: { prechat: [{ name: 'name', label: 'Your name' }] },
    },
  })
  inbox = made.id
  await visit(inbox, 'Lamp one', 5, 'Quick and friendly.')
  await visit(inbox, 'Lamp two', 5)
  await visit(inbox, 'Lamp three', 4)
  await visit(inbox, 'Lamp four', 2, 'Nobody called back,\nthough you said so twice. <b>Bold</b>')
  await visit(inbox, 'Lamp five', 3)
  await visit(inbox, 'Lamp six')
})

async function shot(page: Page, what: string) {
  if (shots) await page.screenshot({ path: `${shots}/${what}.png` })
}

test('the report says how it went, how sure that is, and in whose words', async ({ page }) => {
  await page.goto(`/reports?inbox=${inbox}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Satisfaction' })).toBeVisible()
  const summary = page.getByRole('region', { name: 'In the period' })
  await expect(summary).toContainText('60%')
  await expect(summary).toContainText('Between 23% and 88%')
  await expect(summary).toContainText('5 answers: too few to compare')
  await expect(summary).toContainText('5 of 6 answered: 83%')
  await expect(summary).toContainText('1 can still answer')
  const row = page.getByRole('row', { name: new RegExp(name) })
  await expect(row).toContainText('60%')
  await expect(row).toContainText('23% to 88%')

  const said = page.getByRole('region', { name: 'What they said' })
  await expect(said.getByRole('listitem')).toHaveCount(5)
  await said.getByRole('checkbox', { name: 'Low scores' }).check()
  await expect(said.getByRole('listitem')).toHaveCount(1)
  await expect(said.getByText('Nobody called back,')).toContainText('<b>Bold</b>')
  await expect(page).toHaveURL(/low=true/)
  const file = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
  const csv = readFileSync(await file[0].path(), 'utf8')
  expect(csv).toContain('"Nobody called back,')
  expect(csv).not.toContain('Quick and friendly')

  await said.getByRole('link', { name: /To the conversation/ }).click()
  await expect(page.getByText(/rated this 2 of 5: “Nobody called back,/)).toBeVisible()
  await expect(page.getByText('2 of 5', { exact: true }).first()).toBeVisible()
  await shot(page, 'conversation')
})

test('the report by team, person, week and month, and with nothing to say', async ({ page }) => {
  await page.goto(`/reports?inbox=${inbox}`)
  for (const by of ['Team', 'Person', 'Week', 'Month']) {
    await page.getByRole('radio', { name: by, exact: true }).check()
    await expect(page.getByRole('row')).toHaveCount(2)
    await expect(page.getByRole('row').last()).toContainText('60%')
  }
  await page.getByRole('radio', { name: 'NPS' }).check()
  await expect(page.getByRole('heading', { name: 'Nobody was asked this in the period' })).toBeVisible()
  await page.getByRole('button', { name: 'Show CSAT' }).click()
  await expect(page.getByRole('region', { name: 'In the period' })).toContainText('60%')
})

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 400])
    test(`the report has no barriers: ${colorScheme}, ${width} wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 1000 })
      await page.goto(`/reports?inbox=${inbox}`)
      await expect(page.getByRole('region', { name: 'In the period' })).toContainText('60%')
      await expect(page.getByRole('region', { name: 'What they said' }).getByRole('listitem')).toHaveCount(5)
      await noViolations(page, `the report, ${colorScheme}, ${width}`)
      await shot(page, `report-${colorScheme}-${width}`)
      await page.goto('/reports?kind=ces&days=7')
      await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible()
      await noViolations(page, `an empty report, ${colorScheme}, ${width}`)
      await shot(page, `empty-${colorScheme}-${width}`)
    })

test('a random sample is checked by keyboard, and every figure opens the contacts behind it', async ({ page }) => {
  test.slow()
  await page.goto('/reports')
  await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Accuracy' }).click()
  // Weeks are counted behind the page, the newest first.
  await expect(page.getByRole('region', { name: 'How much is read' })).toContainText(
    'were read in the last full week',
    { timeout: 30_000 },
  )
  await expect(page.getByRole('region', { name: 'What has changed' })).toContainText('Population stability index')
  await expect(page.getByText('Nobody has confirmed or corrected a reading')).toBeVisible()
  const sample = page.getByRole('region', { name: 'Weekly sample' })
  await sample.getByRole('button', { name: 'Draw 25 at random' }).click()
  const progress = sample.getByRole('progressbar')
  const at = (n: number) => expect(progress).toHaveAttribute('aria-valuenow', String(n))
  await at(0)
  await page.keyboard.press('y')
  await at(1)
  await page.keyboard.press('c')
  await page.getByPlaceholder('What is it about?').fill('Accessibility and')
  await page.keyboard.press('Enter')
  await at(2)
  await page.keyboard.press('n')
  await at(3)
  await expect(sample).toContainText('The one before: none of the intents')
  await page.keyboard.press('s')
  await at(4)
  for (const n of [3, 2]) {
    // The page goes on before the server has answered.
    const answered = page.waitForResponse((r) => r.request().method() === 'DELETE' && r.ok())
    await page.keyboard.press('u')
    await at(n)
    await answered
  }
  const said = page.getByRole('region', { name: 'What people say' })
  await expect(said.getByText('Random samples (2)')).toBeVisible()
  await page.reload()
  await at(2)
  const pair = said.getByRole('button', { name: /is really: Accessibility and special needs/ })
  await pair.click()
  const behind = page.getByRole('dialog', { name: /but it is “Accessibility and special needs”/ })
  await expect(behind.getByRole('listitem')).toHaveCount(1)
  await noViolations(page, 'the contacts behind a figure')
  await shot(page, 'accuracy-behind')
  await page.keyboard.press('Escape')
  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 400],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: shots ? 2400 : 900 })
    await noViolations(page, `accuracy, ${colorScheme}, ${width} wide`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await shot(page, `accuracy-${colorScheme}-${width}`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await pair.click()
  await behind.getByRole('link', { name: 'To the conversation' }).click()
  await expect(page.getByRole('region', { name: 'Messages', exact: true })).toBeVisible()
})

test('an inbox says what it asks', async ({ page }) => {
  await page.goto('/settings/inboxes')
  await page.getByRole('button', { name: `Change ${name}` }).click()
  const dialog = page.getByRole('dialog', { name })
  await expect(dialog.getByLabel('When a conversation is done, ask')).toHaveValue('csat')
  await expect(dialog.getByLabel('When', { exact: true })).toHaveValue('0')
  await dialog.getByLabel('When', { exact: true }).selectOption({ label: 'After a day' })
  await dialog.getByRole('checkbox', { name: 'Tell whoever has the conversation of a low score' }).check()
  await dialog.getByRole('button', { name: 'Use your own words' }).click()
  await dialog.getByLabel('Question', { exact: true }).fill('Did {{firm.name}} help you?')
  await noViolations(page, 'the survey of an inbox')
  await shot(page, 'settings')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  const kept = await call<{ items: { id: string; settings: { satisfaction: unknown } }[] }>('GET', '/v1/inboxes')
  expect(kept.items.find((i) => i.id === inbox)?.settings.satisfaction).toEqual({
    kind: 'csat',
    delay_min: 1440,
    quiet_days: 30,
    ways: ['mail', 'widget'],
    tell_low: true,
    questions: { en: 'Did {{firm.name}} help you?' },
  })
})
