import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@playwright/test'

const OFFICE = process.env.POST_OFFICE ?? ''

export interface Letter {
  readonly message_id: string
  readonly from: string
  readonly reply_to: string
  readonly subject: string
  readonly references: string
  readonly raw: string
}

async function office<T>(path: string, body?: unknown): Promise<T> {
  const res = await fetch(OFFICE + path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
  if (!res.ok) throw new Error(`${path}: ${await res.text()}`)
  return (await res.json()) as T
}

/** Somebody writes with a mail program: by SMTP, to whoever serves the address. */
export const send = (from: string, to: string, lines: readonly string[]) =>
  office('/send', {
    from,
    to,
    message: [`From: ${from}`, `To: ${to}`, `Date: ${new Date().toUTCString()}`, ...lines, ''].join('\r\n'),
  })

export const box = (address: string, words: string) =>
  office<readonly Letter[]>(`/box?${new URLSearchParams({ address, words })}`)

/** Waits for the only mail with the words in somebody's mailbox; meanwhile something may go on. */
export async function letter(address: string, words: string, meanwhile?: () => Promise<unknown>): Promise<Letter> {
  await expect
    .poll(
      async () => {
        await meanwhile?.()
        return (await box(address, words)).length
      },
      { timeout: 60_000, message: `a mail for ${address}` },
    )
    .toBe(1)
  const [one] = await box(address, words)
  if (!one) throw new Error('it is gone')
  return one
}

/** Time in which nobody does anything. */
export const later = (minutes: number) => office(`/later?minutes=${minutes}`)

/** What the host's server signs for its user. */
export function signed(inbox: string, secret: string, user: { sub: string; email: string; name: string }): string {
  const part = (v: object) => Buffer.from(JSON.stringify(v)).toString('base64url')
  const iat = Math.floor(Date.now() / 1000)
  const claims = { ...user, aud: inbox, iat, exp: iat + 300, jti: `${iat}-${Math.random()}` }
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

interface Shop {
  readonly origin: string
  /** Pastes the line into every page. */
  readonly embed: (snippet: string) => void
  /** Lets the next pages say who is signed in. */
  readonly signIn: (token: (() => string) | undefined) => void
  readonly close: () => void
}

/** A site of another origin, which runs no script but its own and what the snippet names. */
export async function shop(): Promise<Shop> {
  let snippet = ''
  let token: (() => string) | undefined
  const server = createServer((request, response) => {
    if (request.url === '/account.js') {
      response.setHeader('Content-Type', 'text/javascript')
      response.end(
        token
          ? `window.rapport ??= Object.assign((...a) => window.rapport.q.push(a), { q: [] }); rapport('identify', ${JSON.stringify(token())})`
          : '',
      )
      return
    }
    const base = process.env.BASE_URL ?? ''
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.setHeader('Content-Security-Policy', `default-src 'self'; script-src 'self' ${base}; frame-src ${base}`)
    response.end(
      `<!doctype html><html lang="en"><head><title>Shop</title></head><body><main><h1>Plans</h1></main><script src="/account.js"></script>${snippet}</body></html>`,
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    // Another site for the browser than 127.0.0.1, where Rapport is.
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    embed: (line) => {
      snippet = line
    },
    signIn: (t) => {
      token = t
    },
    close: () => server.close(),
  }
}
