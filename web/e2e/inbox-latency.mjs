// How long the inbox takes with many conversations stored: from a key or a click
// to the frame that shows the conversation's words, or the queue's list. Run
// against a running demo: BASE_URL, SIGN_IN and KEY in the environment. It sends
// CONVERSATIONS (100,000) contacts through the whole pipeline first, unless they
// are there. Prints one line of JSON. TRACE names a file for a trace of Chromium, in
// which each sample is a measure of user timing.
import { chromium } from 'playwright-core'

const {
  BASE_URL,
  SIGN_IN,
  KEY,
  CHROMIUM = '/usr/bin/chromium-headless-shell',
  CONVERSATIONS = '100000',
  SAMPLES = '200',
  TRACE,
} = process.env
if (!BASE_URL || !SIGN_IN || !KEY) throw new Error('set BASE_URL, SIGN_IN and KEY, as rapport demo --json prints them')
const many = Number(CONVERSATIONS)
const samples = Number(SAMPLES)

const SENTENCES = [
  'I ordered a new phone last week and the parcel still has not arrived, although the tracking page says otherwise.',
  'The invoice of this month is much higher than what we agreed when I changed my plan in the shop.',
  'My internet at home has been dropping every evening since the storm, and a restart helps for a few minutes.',
  'Could you please tell me when the number will be moved to the new contract, because I need it for work?',
  'I would like to change the address on my account, we moved to another street in the same town.',
  'The app does not let me sign in any more and the reset link that it sends leads to an empty page.',
  'I was charged twice for the same order and I want the second amount back on my account.',
]

async function api(method, path, body) {
  const res = await fetch(BASE_URL + path, {
    method,
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`)
  return res.json()
}

/** The n-th conversation; every tenth has an answer and another question. */
function contacts(n, now) {
  const at = (minutes) => new Date(now - (many - n) * 60_000 + minutes * 60_000).toISOString()
  const person = { kind: 'email', value: `writer.${n}@post${n % 97}.example`, name: `Writer ${n}` }
  const item = (k, more) => ({
    source: 'inbox-latency',
    external_id: `c-${n}-${k}`,
    channel: n % 5 === 4 ? 'chat' : 'mail',
    kind: 'message',
    direction: 'in',
    occurred_at: at(k * 10),
    subject: `Question number ${n}.`,
    text: [0, 1, 2]
      .map((s) => SENTENCES[(n * 5 + k + s * 3) % SENTENCES.length])
      .join(' ')
      .concat(` This is number ${n}.`),
    participants: [{ role: 'from', ...person }],
    thread: { key: `t-${n}` },
    ...more,
  })
  if (n % 10 !== 0) return [item(0)]
  return [
    item(0),
    item(1, {
      direction: 'out',
      participants: [
        { role: 'agent', kind: 'email', value: 'olga@halden-mobile.example', name: 'Olga' },
        { role: 'to', ...person },
      ],
    }),
    item(2),
  ]
}

async function fill(me) {
  const now = Date.now()
  const begun = performance.now()
  let sent = 0
  let batch = []
  const flush = async () => {
    const { results } = await api('POST', '/v1/interactions', batch)
    const ids = [...new Set(results.map((r) => r.conversation_id))]
    // Some of the work is mine, and some is done.
    if (sent % 10_000 < 1000) await change(ids.slice(0, 200), { assignee_id: me })
    if (sent % 5_000 < 1000) await change(ids.slice(200, 700), { status: 'done' })
    sent += batch.length
    batch = []
    if (sent % 20_000 < 1000)
      console.error(`${sent} contacts after ${Math.round((performance.now() - begun) / 1000)} s`)
  }
  for (let n = 0; n < many; n++) {
    batch.push(...contacts(n, now))
    if (batch.length > 990) await flush()
  }
  if (batch.length > 0) await flush()
  return Math.round(sent / ((performance.now() - begun) / 1000))
}

const change = (ids, set) => api('POST', '/v1/cases/changes', { ids, set })

const quantile = (all, q) => {
  const sorted = [...all].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))])
}
const spread = (all) => ({
  samples: all.length,
  p50_ms: quantile(all, 0.5),
  p95_ms: quantile(all, 0.95),
  max_ms: quantile(all, 1),
})
/** answers_p50_ms: until the last answer of the server that the sample had to wait for. */
const figures = (all) => {
  const own = all.filter((s) => s !== undefined)
  return {
    ...spread(own.map((s) => s.took)),
    answers_p50_ms: quantile(
      own.map((s) => s.waited),
      0.5,
    ),
  }
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  const page = await browser.newPage({ viewport: { width: 1680, height: 950 } })
  await page.addInitScript(() => {
    let begun = 0
    for (const type of ['keydown', 'click'])
      addEventListener(
        type,
        (e) => {
          begun = e.timeStamp
        },
        { capture: true },
      )
    // Event Timing: how long the browser itself says that an interaction took until its next frame.
    window.interactions = []
    new PerformanceObserver((l) => {
      for (const e of l.getEntries()) if (e.interactionId) window.interactions.push(e.duration)
    }).observe({ type: 'event', durationThreshold: 16, buffered: true })
    // How long answers were waited for that came in between: what the server and the network had of it.
    const waited = (begun, end) => {
      const own = performance
        .getEntriesByType('resource')
        .filter((r) => r.startTime >= begun - 150 && r.responseEnd <= end && /\/v1\/cases/.test(r.name))
      performance.clearResourceTimings()
      return Math.max(0, ...own.map((r) => r.responseEnd - begun))
    }
    // Looks before each frame; a task after the frame in which it is true is after its painting.
    window.until = (shown) =>
      new Promise((resolve, reject) => {
        const asked = performance.now()
        const look = () => {
          if (!shown()) {
            if (performance.now() - asked > 20_000) return reject(new Error(`nothing was shown at ${location}`))
            return requestAnimationFrame(look)
          }
          const after = new MessageChannel()
          after.port1.onmessage = () => {
            const end = performance.now()
            performance.measure('sample', { start: begun, end })
            resolve({ took: end - begun, waited: waited(begun, end) })
          }
          after.port2.postMessage(0)
        }
        requestAnimationFrame(look)
      })
  })
  await page.goto(SIGN_IN)
  page.setDefaultTimeout(20_000)
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  const me = (await (await page.request.get(`${BASE_URL}/v1/session`)).json()).user_id
  // The last one is new: so are all.
  const { results } = await api('POST', '/v1/interactions', contacts(many - 1, Date.now()))
  const ingested = results[0].status === 'new' ? await fill(me) : 0
  // Without the profiler of JavaScript, which slows everything down.
  const categories = ['-*', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing']
  if (TRACE) await browser.startTracing(page, { path: TRACE, categories })

  // The watch stands before the key is pressed. Ours have a number of their own, in
  // the title and in what was said; the demo's have none, and aren't measured.
  const opening = async (act) => {
    await page.evaluate(() => {
      const before = location.pathname
      const title = () => document.querySelector('[data-conversation] h2')?.title ?? ''
      const old = title()
      const number = () => /number \d+\./.exec(title())?.[0]
      window.watch = window
        .until(() => {
          if (location.pathname === before || !document.querySelector('[data-conversation] article')) return false
          const n = number()
          if (n === undefined) return true
          return title() !== old && document.querySelector('[data-conversation]').textContent.split(n).length > 2
        })
        .then((sample) => (number() === undefined ? undefined : sample))
    })
    await act()
    return page.evaluate(() => window.watch)
  }
  const press = (key) => opening(() => page.keyboard.press(key))
  const rest = (ms) => page.waitForTimeout(ms)

  // Through the list by keyboard: at a reader's pace, and as fast as one can press.
  await page.goto(`${BASE_URL}/inbox?queue=all&status=todo&sort=oldest`)
  await page.getByRole('option').first().waitFor()
  await press('j')
  await rest(1500)
  const paced = []
  for (let n = 0; n < samples; n++) {
    paced.push(await press('j'))
    await rest(300)
  }
  const hurried = []
  for (let n = 0; n < samples; n++) hurried.push(await press('j'))

  // To a conversation that nothing read before.
  const cold = []
  const list = page.getByRole('listbox', { name: 'Conversations' })
  for (let n = 0; n < samples / 2; n++) {
    await list.evaluate((el) => el.scrollBy(0, 1200))
    await rest(250)
    const row = await list.evaluate((el) => {
      const bottom = el.getBoundingClientRect().bottom - 100
      const r = [...el.querySelectorAll('[role=option]')].findLast((o) => o.getBoundingClientRect().top < bottom)
      if (r.ariaCurrent === 'true') throw new Error(`the list ends at row ${r.ariaPosInSet}, which is open`)
      return r.getBoundingClientRect().top + 20
    })
    const left = await list.evaluate((el) => el.getBoundingClientRect().left + 60)
    cold.push(await opening(() => page.mouse.click(left, row)))
  }

  // From queue to queue: read for the first time, and again.
  const first = []
  const again = []
  const names = ['Mine', 'Unassigned', 'Mentions', 'Everything']
  for (let n = 0; n < samples / 8; n++) {
    await page.goto(`${BASE_URL}/inbox?status=${['todo', 'done', 'any'][n % 3]}`)
    await page.getByRole('navigation', { name: 'Queues' }).getByRole('button').nth(4).waitFor()
    await page.waitForLoadState('networkidle')
    await rest(1000)
    for (const into of [first, again]) {
      for (const name of [...names.slice(1), names[0]]) {
        await page.evaluate((queue) => {
          window.watch = window.until(
            () =>
              document.querySelector('nav[aria-label=Queues] [aria-current=page]')?.textContent?.startsWith(queue) &&
              !document.querySelector('[role=status][aria-label=Loading]') &&
              (document.querySelector('[role=listbox] [role=option]') || document.querySelector('main h2')),
          )
        }, name)
        await page.getByRole('navigation', { name: 'Queues' }).getByRole('button', { name }).first().click()
        const sample = await page.evaluate(() => window.watch)
        // Mine was there when the page opened.
        if (into === again || name !== names[0]) into.push(sample)
        await rest(100)
      }
    }
  }
  const inp = await page.evaluate(() => window.interactions)
  console.log(
    JSON.stringify({
      conversations: many,
      ...(ingested ? { ingested_per_s: ingested } : {}),
      switches: figures([...paced, ...hurried, ...cold]),
      lists: figures([...first, ...again]),
      next_conversation: figures(paced),
      next_conversation_held_key: figures(hurried),
      conversation_far_away: figures(cold),
      queue_first_time: figures(first),
      queue_again: figures(again),
      ...(inp.length ? { event_timing: spread(inp) } : {}),
    }),
  )
} finally {
  if (TRACE) await browser.stopTracing().catch(() => undefined) // none was begun
  await browser.close()
}
