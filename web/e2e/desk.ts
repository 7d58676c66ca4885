import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test'

const KEY = process.env.KEY ?? ''

interface Mail {
  readonly from: string
  readonly name: string
  readonly subject: string
  readonly text: string
  /** The message that it answers, by its external id. */
  readonly replyTo?: string
  readonly id?: string
  /** How many seconds ago it was written; the order of a list is by it. */
  readonly ago?: number
}

let count = 0
const run = Date.now().toString(36)

let source = ''

/** The mailbox that the customers of these tests write to. */
async function inbox(base: string): Promise<string> {
  if (source !== '') return source
  const res = await fetch(`${base}/v1/inboxes`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: `Support ${run}`, kind: 'mail', address: `support-${run}@halden.example` }),
  })
  const made = (await res.json()) as { source?: string }
  if (!made.source) throw new Error(`no inbox: ${res.status} ${JSON.stringify(made)}`)
  source = made.source
  return source
}

/** A customer writes; the answer names the conversation that it became. */
export async function mail(base: string, m: Mail): Promise<{ readonly conversation_id: string; readonly id: string }> {
  const to = await inbox(base)
  count += 1
  const external = m.id ?? `desk-${run}-${count}@example.org`
  const lines = [
    `From: ${m.name} <${m.from}>`,
    `To: support-${run}@halden.example`,
    `Subject: ${m.subject}`,
    `Date: ${new Date(Date.now() - (m.ago ?? 0) * 1000).toUTCString()}`,
    `Message-ID: <${external}>`,
    ...(m.replyTo ? [`In-Reply-To: <${m.replyTo}>`, `References: <${m.replyTo}>`] : []),
    'Content-Type: text/plain; charset=utf-8',
    '',
    m.text,
    '',
  ]
  const res = await fetch(`${base}/v1/interactions?source=${encodeURIComponent(to)}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'message/rfc822' },
    body: lines.join('\r\n'),
  })
  const body = (await res.json()) as { results?: readonly { conversation_id: string; id: string }[] }
  const first = body.results?.[0]
  if (!first?.conversation_id) throw new Error(`the mail was not taken: ${res.status} ${JSON.stringify(body)}`)
  return first
}

export function unique(words: string): string {
  count += 1
  return `${words} ${run}${count}`
}

/** The rows of the list, as they are drawn. */
export const row = (page: Page, name: string | RegExp) =>
  page.getByRole('listbox', { name: 'Conversations' }).getByRole('option', { name })

/** Goes down the list with the keyboard until it stands at a row. */
export async function moveTo(page: Page, name: RegExp): Promise<void> {
  const current = page.locator('[role=option][aria-current=true]')
  for (let i = 0; i < 20; i++) {
    const before = (await current.count()) > 0 ? ((await current.textContent()) ?? '') : ''
    if (name.test(before)) return
    await page.keyboard.press('j')
    await expect(current).not.toHaveText(before === '' ? /^$/ : before)
  }
  throw new Error(`no row ${name} near the top of the list`)
}

export async function openQueue(page: Page, query: string): Promise<void> {
  await page.goto(`/inbox?${query}`)
  await page.getByRole('listbox', { name: 'Conversations' }).waitFor()
}

export const thread = (page: Page) => page.getByRole('region', { name: 'Messages', exact: true })
export const composer = (page: Page) => page.locator('[data-composer]')
export const editor = (page: Page) => composer(page).getByRole('textbox', { name: /Answer to|Internal note/ })

/** Another colleague, invited and signed in, in a browser of their own. */
export async function colleague(browser: Browser, owner: Page, base: string, name: string): Promise<BrowserContext> {
  const email = `${name.toLowerCase()}.${run}@halden.example`
  const invited = await owner.request.post('/v1/invitations', {
    data: { email, name, role: 'agent' },
    headers: { Origin: base, 'Sec-Fetch-Site': 'same-origin' },
  })
  expect(invited.ok(), await invited.text()).toBe(true)
  const made = (await invited.json()) as { token?: string; url?: string; link?: string }
  const token = made.token ?? /[#?&]t(?:oken)?=([^&]+)/.exec(made.link ?? made.url ?? '')?.[1] ?? ''
  const context = await browser.newContext({ baseURL: base, storageState: { cookies: [], origins: [] } })
  const accepted = await context.request.post('/v1/invitations/accept', {
    data: { token, name, password: 'four random words make sense' },
    headers: { Origin: base, 'Sec-Fetch-Site': 'same-origin' },
  })
  expect(accepted.ok(), await accepted.text()).toBe(true)
  return context
}

/** Calls the server as a program of the firm does. */
export async function api(base: string, method: string, path: string, body: unknown): Promise<void> {
  const res = await fetch(`${base}${path}`, {
    method,
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`)
}
