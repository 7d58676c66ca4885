import { expect, type Page } from '@playwright/test'
import { api, thread, unique } from './desk'
import { noViolations, test } from './signed-in'

const KEY = process.env.KEY ?? ''
const HOUR = 3_600_000

interface Said {
  readonly by: 'in' | 'out'
  readonly text: string
}
const STORY: readonly Said[] = [
  {
    by: 'in',
    text: 'Hi there. My parcel with order HM-20311 has not arrived since Monday. Can you tell me where it is?',
  },
  {
    by: 'out',
    text: 'Hello Jan, thank you for writing. I will ask the carrier today and write to you as soon as I know more.',
  },
  { by: 'in', text: 'Thanks.' },
  ...Array.from({ length: 56 }, (_, n): Said => ({ by: n % 2 ? 'in' : 'out', text: `Line ${n} of the small talk` })),
  { by: 'in', text: 'Any news? Please send me a new one by Friday.' },
  { by: 'out', text: 'We have sent you a replacement today. Have a nice evening!' },
  { by: 'in', text: 'The new parcel arrived today.' },
]

interface Chat {
  readonly conversation_id: string
  readonly customer_id: string
  readonly journey_id: string
}

/** A chat of sixty lines, as another system reports it. */
async function chat(base: string): Promise<Chat> {
  const source = unique('chat').replace(/\s/g, '')
  const items = STORY.map((s, n) => ({
    source,
    external_id: `${source}-${n}`,
    channel: 'chat',
    direction: s.by,
    occurred_at: new Date(Date.now() - HOUR + n * 30_000).toISOString(),
    participants: [
      { role: s.by === 'in' ? 'from' : 'to', kind: 'email', value: `${source}@example.org`, name: 'Jan Summa' },
      ...(s.by === 'out' ? [{ role: 'agent', kind: 'email', value: 'anna@halden.example', name: 'Anna' }] : []),
    ],
    thread: { key: source },
    text: s.text,
  }))
  const res = await fetch(`${base}/v1/interactions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(items),
  })
  const body = (await res.json()) as { results?: readonly Chat[] }
  const first = body.results?.[0]
  if (!first?.conversation_id) throw new Error(`the chat was not taken: ${res.status} ${JSON.stringify(body)}`)
  return first
}

const short = (page: Page) => page.getByRole('region', { name: 'In short' })

test('a long conversation says in short what it is, and leads to the words', async ({ page, baseURL }) => {
  const c = await chat(baseURL ?? '')
  await page.goto(`/inbox/${c.conversation_id}?queue=all`)
  const panel = short(page)
  await expect(panel.getByRole('listitem')).toHaveCount(6)
  await expect(panel.getByText('My parcel with order HM-20311')).toBeVisible()
  await expect(panel.getByText('Anna').first()).toBeVisible()
  const [box, all] = [await panel.boundingBox(), await page.locator('[data-conversation]').boundingBox()]
  expect(box?.height ?? 0).toBeLessThanOrEqual(0.4 * (all?.height ?? 0) + 1)
  await noViolations(page, 'a summary')

  // The first message is further back than what is loaded.
  await expect(thread(page).getByText('The new parcel arrived today.')).toBeInViewport()
  await panel.getByRole('button', { name: /My parcel with order/ }).click()
  const words = thread(page).locator('mark')
  await expect(words).toHaveText('My parcel with order HM-20311 has not arrived since Monday.')
  await expect(words).toBeInViewport()
  await expect(
    thread(page)
      .getByRole('article')
      .filter({ has: page.locator('mark') }),
  ).toBeFocused()
  await noViolations(page, 'a sentence of a summary')

  // It stays folded, also after a reload, and opens by keyboard.
  const fold = panel.getByRole('button', { name: 'In short' })
  await fold.click()
  await expect(panel.getByRole('list')).toBeHidden()
  await page.reload()
  await expect(fold).toHaveAttribute('aria-expanded', 'false')
  await fold.focus()
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('listitem')).toHaveCount(6)

  // What is said next is in it without a reload.
  await api(baseURL ?? '', 'POST', `/v1/cases/${c.conversation_id}/note`, { text: 'I will call Jan back on Friday.' })
  await expect(panel.getByText('I will call Jan back on Friday.')).toBeVisible()
  await expect(panel.getByRole('button', { name: /I will call Jan back/ }).getByText('Internal note')).toBeVisible()
})

test('a narrow window keeps the summary folded, and short conversations have none', async ({ page, baseURL }) => {
  await page.setViewportSize({ width: 400, height: 860 })
  const c = await chat(baseURL ?? '')
  await page.goto(`/inbox/${c.conversation_id}?queue=all`)
  const fold = short(page).getByRole('button', { name: 'In short' })
  await expect(fold).toHaveAttribute('aria-expanded', 'false')
  await fold.click()
  await expect(short(page).getByRole('listitem')).toHaveCount(6)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide).toBeLessThanOrEqual(0)
  await noViolations(page, 'a summary, narrow')
})

test('a long journey has one too, and its words are marked on the timeline', async ({ page, baseURL }) => {
  const c = await chat(baseURL ?? '')
  await page.goto(`/customers/${c.customer_id}?journey=${c.journey_id}`)
  const panel = short(page).first()
  await expect(panel.getByRole('listitem')).toHaveCount(6)
  await noViolations(page, 'a summary of a journey')
  await panel.getByRole('button', { name: /The new parcel arrived today/ }).click()
  await expect(page.getByRole('article').locator('mark', { hasText: 'The new parcel arrived today.' })).toBeInViewport()
})
