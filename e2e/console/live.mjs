// Opens a customer's page and says when texts appear on it by themselves: a line
// "open" once the page shows what is there, then a line of JSON a text.
//
//   node live.mjs TEXT…    with BASE_URL, SIGN_IN, CHROMIUM and PAGE, the path
//                          of the page, in the environment
//
// Playwright comes from the console's own modules.
import { createRequire } from 'node:module'

const { chromium } = createRequire(new URL('../../web/package.json', import.meta.url))('@playwright/test')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
})
try {
  const page = await browser.newPage({ baseURL: process.env.BASE_URL, viewport: { width: 1440, height: 900 } })
  await page.goto(process.env.SIGN_IN)
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  const streaming = page.waitForResponse((r) => r.url().includes('/v1/stream') && r.ok())
  await page.goto(process.env.PAGE)
  await page.getByRole('article').first().waitFor()
  await streaming
  console.log('open')
  for (const text of process.argv.slice(2)) {
    await page.waitForFunction((t) => document.body.innerText.includes(t), text, { timeout: 60_000 })
    console.log(JSON.stringify({ text, at: Date.now() }))
  }
} finally {
  await browser.close()
}
