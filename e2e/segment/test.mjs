// Sends events with Segment's own libraries, unmodified, to a running Rapport
// and reads them back through its API.
//
//   BASE_URL  where it runs, such as http://127.0.0.1:8080
//   KEY       an API key that may send events and read
//   CHROMIUM  the browser; default /usr/bin/chromium-headless-shell. Without one, the browser
//             test is skipped, or fails when CI is set.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import test from 'node:test'
import { Analytics } from '@segment/analytics-node'
import { chromium } from 'playwright-core'

const base = process.env.BASE_URL
const key = process.env.KEY
assert.ok(base && key, 'BASE_URL and KEY are needed')
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium-headless-shell'

async function read(at) {
  const answer = await fetch(new URL(at, base), { headers: { Authorization: `Bearer ${key}` } })
  assert.equal(answer.status, 200, `${at}: ${answer.status}`)
  return answer.json()
}

/** The contacts of the customer that a search for the identifier finds. */
async function contactsOf(identifier) {
  const found = (await read(`/v1/customers?q=${encodeURIComponent(identifier)}`)).items
  if (found.length !== 1) return { found, items: [] }
  const customer = await read(`/v1/customers/${found[0].id}`)
  return { found, customer, items: (await read(`/v1/customers/${found[0].id}/timeline?limit=200`)).items }
}

/** Waits until the identifier's contacts have all of the subjects. */
async function waitFor(identifier, subjects) {
  const end = Date.now() + 20_000
  for (;;) {
    const state = await contactsOf(identifier)
    const have = state.items.map((i) => i.subject)
    if (subjects.every((s) => have.includes(s))) return state
    assert.ok(Date.now() < end, `${identifier} has ${JSON.stringify(have)}, not all of ${JSON.stringify(subjects)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('analytics-node sends a batch', async () => {
  const user = `node-${randomUUID()}`
  const analytics = new Analytics({ writeKey: key, host: base, flushAt: 10, maxRetries: 1 })
  const errors = []
  analytics.on('error', (e) => errors.push(e))
  analytics.identify({ userId: user, traits: { name: 'Noor Node', email: `${user}@postvak.example` } })
  analytics.track({ userId: user, event: 'Plan added', properties: { plan: 'Text M', price: 7.5, nested: { kept: true } } })
  analytics.track({ userId: user, event: 'Long ago', timestamp: new Date(Date.now() - 86_400_000) })
  analytics.page({ userId: user, name: 'Pricing', properties: { url: 'https://halden.example/pricing' } })
  analytics.screen({ userId: user, name: 'Home' })
  analytics.group({ userId: user, groupId: 'family', traits: { name: 'Node family' } })
  analytics.alias({ previousId: `device-${user}`, userId: user })
  const twice = randomUUID()
  for (let i = 0; i < 2; i++) analytics.track({ userId: user, event: 'Only once', messageId: twice })
  await analytics.closeAndFlush({ timeout: 15_000 })
  assert.deepEqual(errors, [])

  const { customer, items } = await waitFor(user, ['Identified', 'Plan added', 'Long ago', 'Pricing', 'Home', 'Group Node family', 'Signed in', 'Only once'])
  assert.equal(items.filter((i) => i.subject === 'Only once').length, 1, 'a repeat of a messageId is one contact')
  const added = items.find((i) => i.subject === 'Plan added')
  assert.deepEqual(added.traits.properties, { plan: 'Text M', price: 7.5, nested: { kept: true } })
  assert.equal(added.channel, 'web')
  assert.equal(added.kind, 'event')
  assert.equal(added.traits['segment.type'], 'track')
  const ago = Date.now() - Date.parse(items.find((i) => i.subject === 'Long ago').occurred_at)
  assert.ok(Math.abs(ago - 86_400_000) < 60_000, `the event's own time is kept: ${ago} ms ago`)
  for (const id of customer.identifier_list) assert.notEqual(id.status, 'verified', 'a write key proves nothing')
})

test('analytics-node hears of a wrong key', async () => {
  const analytics = new Analytics({ writeKey: 'wrong', host: base, maxRetries: 0 })
  const errors = []
  analytics.on('error', (e) => errors.push(e))
  analytics.track({ userId: 'nobody', event: 'x' })
  await analytics.closeAndFlush({ timeout: 15_000 })
  assert.ok(errors.length > 0)
})

/** A shop's page on an origin of its own, with the library as published. */
async function shop() {
  const umd = path.join(path.dirname(createRequire(import.meta.url).resolve('@segment/analytics-next/package.json')), 'dist', 'umd')
  const server = createServer((req, res) => {
    const name = path.basename(new URL(req.url, 'http://shop').pathname)
    const file = req.url.startsWith('/umd/') ? path.join(umd, name) : new URL('page.html', import.meta.url)
    if (req.url.startsWith('/umd/') && !existsSync(file)) {
      res.writeHead(404).end()
      return
    }
    res.writeHead(200, { 'Content-Type': req.url.startsWith('/umd/') ? 'text/javascript' : 'text/html; charset=utf-8' }).end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${server.address().port}` }
}

test('analytics-next sends from a page of another origin', { skip: !existsSync(executablePath) && !process.env.CI && 'no Chromium' }, async () => {
  const { server, origin } = await shop()
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  try {
    const page = await browser.newPage()
    const problems = []
    const elsewhere = []
    page.on('pageerror', (e) => problems.push(String(e)))
    page.on('console', (m) => m.type() === 'error' && problems.push(m.text()))
    page.on('request', (r) => {
      const to = new URL(r.url()).origin
      if (to !== origin && to !== new URL(base).origin) elsewhere.push(r.url())
    })
    await page.goto(`${origin}/plans`)
    const user = `web-${randomUUID()}`
    const device = await page.evaluate(
      async ({ base, key, user }) => {
        const { host, protocol } = new URL(base)
        const analytics = globalThis.AnalyticsNext.AnalyticsBrowser.load(
          { writeKey: key, cdnURL: base },
          { integrations: { 'Segment.io': { apiHost: `${host}/v1`, protocol: protocol.replace(':', '') } } },
        )
        await analytics.page('Plans')
        await analytics.track('Plan compared', { plans: 3 })
        const device = (await analytics.user()).anonymousId()
        await analytics.identify(user, { name: 'Wim Web', email: `${user}@postvak.example` })
        await analytics.track('Plan added', { plan: 'Text M' })
        await analytics.group('family', { name: 'Web family' })
        await analytics.alias(`${user}-2`)
        return device
      },
      { base, key, user },
    )
    // What the visitor did before signing in became part of the person.
    const { customer, items } = await waitFor(user, ['Plans', 'Plan compared', 'Identified', 'Plan added', 'Group Web family'])
    const plans = items.find((i) => i.subject === 'Plans')
    assert.equal(plans.text, `${origin}/plans`)
    assert.equal(plans.traits.context.page.title, 'Plans')
    for (const [kind, value] of [['user_id', user], ['anonymous_id', device]]) {
      assert.ok(customer.identifier_list.some((i) => i.kind === kind && i.value === value), `${kind} ${value}`)
    }
    assert.deepEqual(elsewhere, [], 'nothing goes to other hosts')
    assert.deepEqual(problems, [])
  } finally {
    await browser.close()
    server.close()
  }
})
