// Makes the pictures of docs/img from a running demo: BASE_URL and SIGN_IN as for
// the tests. The customer page is Jan's, alone with its story.
import { mkdirSync } from 'node:fs'
import { chromium } from '@playwright/test'

const base = process.env.BASE_URL
const link = process.env.SIGN_IN
if (!base || !link) {
  console.error('set BASE_URL and SIGN_IN to what `rapport demo --json` printed')
  process.exit(2)
}
const out = new URL('../../docs/img/', import.meta.url).pathname
mkdirSync(out, { recursive: true })

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
})
try {
  const first = await browser.newContext()
  const door = await first.newPage()
  await door.goto(link)
  await door.getByRole('navigation', { name: 'Main' }).waitFor()
  const session = await first.storageState()

  const shots = [
    { name: 'customer', width: 1440, height: 1080, scheme: 'light', page: jan },
    { name: 'customer-dark', width: 1440, height: 1080, scheme: 'dark', page: why },
    { name: 'customer-narrow', width: 400, height: 860, scheme: 'light', page: jan },
    { name: 'inbox', width: 1440, height: 900, scheme: 'light', page: conversation },
    { name: 'inbox-dark', width: 1440, height: 900, scheme: 'dark', page: conversation },
    { name: 'inbox-narrow', width: 400, height: 860, scheme: 'light', page: conversation },
    { name: 'customers', width: 1440, height: 900, scheme: 'light', page: (p) => open(p, '/customers') },
    { name: 'journeys', width: 1440, height: 900, scheme: 'dark', page: (p) => open(p, '/journeys?sort=effort') },
  ]
  for (const shot of shots) {
    const context = await browser.newContext({
      baseURL: base,
      storageState: { cookies: session.cookies, origins: [] },
      viewport: { width: shot.width, height: shot.height },
      colorScheme: shot.scheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
    })
    const page = await context.newPage()
    await shot.page(page)
    await page.evaluate(() => document.fonts.ready)
    await page.waitForTimeout(400)
    await page.screenshot({ path: `${out}${shot.name}.png` })
    console.log(`docs/img/${shot.name}.png`)
    await context.close()
  }
} finally {
  await browser.close()
}

async function open(page, path) {
  await page.goto(path)
  await page.getByRole('listbox').getByRole('option').first().waitFor()
}

/** A mail that has waited longer than was promised. */
async function conversation(page) {
  await open(page, '/inbox')
  await page.getByRole('option').nth(1).click()
  await page.getByRole('article').first().waitFor()
  await page.mouse.move(0, 0)
}

async function jan(page) {
  await open(page, '/customers?q=Jan%20Meijer')
  await page
    .getByRole('option', { name: /Jan Meijer/ })
    .first()
    .click()
  await page.getByRole('article').first().waitFor()
  await page.mouse.move(0, 0)
}

async function why(page) {
  await jan(page)
  await page.getByRole('group', { name: 'What Rapport read in it' }).nth(1).getByRole('button').first().click()
  await page.getByRole('dialog').waitFor()
}
