// A shop's page with the widget on it, for the specs of the widget.
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test as base, expect, type FrameLocator, type Page } from '@playwright/test'

export const URL_ = process.env.BASE_URL ?? ''
const KEY = process.env.KEY ?? ''
const SECRET = 'a-secret-of-the-shop'

export interface Site {
  readonly origin: string
  readonly inbox: string
}

export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(URL_ + path, {
    method,
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export interface Case {
  readonly id: string
  readonly seq: number
  readonly customer_id: string
  readonly preview: string
  readonly messages: number
}
export const casesOf = async (inbox: string) =>
  (await api<{ items: Case[] }>('GET', `/v1/cases?inbox=${inbox}&status=any`)).items
export const answer = async (c: Case, text: string) => {
  const now = await api<Case>('GET', `/v1/cases/${c.id}`)
  await api('POST', `/v1/cases/${c.id}/reply`, { if_seq: now.seq, html: `<p>${text}</p>`, undo_s: 0, channel: 'chat' })
}

/** A shop with a policy as strict as can be; ?hostile has styles that would break anything. */
export const test = base.extend<object, { site: Site }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: how Playwright names fixtures that need none
    async ({}, use) => {
      let inbox = ''
      const server: Server = createServer((request, response) => {
        if (request.url === '/hostile.css') {
          // All that pages do to what they did not expect, and more.
          response.setHeader('Content-Type', 'text/css')
          response.end(
            'body *,rapport-chat,rapport-chat *{display:none!important;position:static!important;visibility:hidden!important;opacity:0!important;width:1px!important;color:red!important;background:red!important;transform:rotate(90deg)!important;pointer-events:none!important;font-size:60px!important;z-index:-1!important}body{transform:scale(.5);overflow:hidden}html{font-size:40px}',
          )
          return
        }
        const query = new URL(request.url ?? '/', 'http://x').searchParams
        response.setHeader('Content-Type', 'text/html; charset=utf-8')
        response.setHeader(
          'Content-Security-Policy',
          `default-src 'none'; script-src ${URL_}; frame-src ${URL_}; style-src 'self'`,
        )
        response.end(
          `<!doctype html><html lang="${query.get('lang') ?? 'en'}"${query.get('lang') === 'ar' ? ' dir="rtl"' : ''}><head><title>Shop</title>${query.has('hostile') ? '<link rel="stylesheet" href="/hostile.css">' : ''}</head>` +
            `<body><main><h1>Shop</h1></main><script async src="${URL_}/widget.js" data-inbox="${query.get('inbox') ?? inbox}"></script></body></html>`,
        )
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      const origin = `http://localhost:${(server.address() as AddressInfo).port}`
      const made = await api<{ id: string }>('POST', '/v1/inboxes', {
        name: 'Shop chat',
        kind: 'chat',
        settings: {
          satisfaction: { kind: 'csat', delay_min: 0, quiet_days: 0 },
          chat: {
            origins: [origin],
            colour: '#0b6b57',
            greeting: 'How can we help?',
            prechat: [{ name: 'email', label: 'Your mail address' }],
          },
        },
        secrets: { chat_secret: SECRET },
      })
      inbox = made.id
      await use({ origin, inbox })
      server.close()
    },
    { scope: 'worker' },
  ],
})

export const launcher = (page: Page) => page.locator('rapport-chat').getByRole('button')
export const panel = (page: Page): FrameLocator => page.frameLocator('iframe')

export async function write(page: Page, text: string) {
  const field = panel(page).getByRole('textbox').last()
  await field.fill(text)
  await field.press('Enter')
  await expect(panel(page).getByRole('log')).toContainText(text)
}

/** A token as the shop's server signs it. */
export function signed(
  inbox: string,
  claims: object,
  header: object = { alg: 'HS256', typ: 'JWT' },
  secret = SECRET,
): string {
  const part = (v: object) => Buffer.from(JSON.stringify(v)).toString('base64url')
  const text = `${part(header)}.${part({ aud: inbox, ...claims })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
