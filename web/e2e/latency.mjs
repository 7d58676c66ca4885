// How long a contact that was posted takes to stand on an open customer page:
// from sending the request to the text in the document. Run against a running
// demo: BASE_URL, SIGN_IN and KEY in the environment. Prints one line of JSON.
import { chromium } from 'playwright-core'

const { BASE_URL, SIGN_IN, KEY, CHROMIUM = '/usr/bin/chromium-headless-shell', SAMPLES = '100' } = process.env
if (!BASE_URL || !SIGN_IN || !KEY) throw new Error('set BASE_URL, SIGN_IN and KEY, as rapport demo --json prints them')

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(SIGN_IN)
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  const post = async (n) => {
    const at = new Date().toISOString()
    const res = await fetch(`${BASE_URL}/v1/interactions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        source: 'latency',
        external_id: `${at}-${n}`,
        channel: 'chat',
        kind: 'message',
        direction: 'in',
        occurred_at: at,
        text: `Sample number ${n} of the latency measurement`,
        participants: [{ role: 'from', kind: 'user_id', value: 'latency-customer', name: 'Lat Ency' }],
      }),
    })
    return (await res.json()).results[0]
  }
  const first = await post(0)
  await page.goto(`${BASE_URL}/customers/${first.customer_id}`)
  await page.getByText('Sample number 0 of').first().waitFor()
  const took = []
  for (let n = 1; n <= Number(SAMPLES); n++) {
    const shown = page.getByText(`Sample number ${n} of`).first().waitFor()
    const start = performance.now()
    await post(n)
    await shown
    took.push(performance.now() - start)
  }
  took.sort((a, b) => a - b)
  const at = (q) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * q))])
  console.log(JSON.stringify({ samples: took.length, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) }))
} finally {
  await browser.close()
}
