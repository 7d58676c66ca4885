import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

type State = Awaited<ReturnType<import('@playwright/test').BrowserContext['storageState']>>

interface Worker {
  /** Cookies of the one sign-in, since the link works once. */
  readonly session: State
}
interface Each {
  /** Fails a test whose page throws, logs an error or asks another host. */
  readonly guarded: undefined
  /** What a test may log because it brings it about. */
  readonly mayLog: RegExp
}

export const test = base.extend<Each, Worker>({
  session: [
    async ({ browser }, use, info) => {
      // The link works once; a worker that follows a failed test takes up the sign-in of the first.
      const kept = join(info.project.outputDir, 'session.json')
      if (existsSync(kept)) {
        await use(JSON.parse(readFileSync(kept, 'utf8')) as State)
        return
      }
      const link = process.env.SIGN_IN
      if (!link) throw new Error('SIGN_IN is not set: give the sign-in link that the demo printed')
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(link)
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      mkdirSync(info.project.outputDir, { recursive: true })
      await use(await context.storageState({ path: kept }))
      await context.close()
    },
    { scope: 'worker' },
  ],
  storageState: async ({ session }, use) => {
    // Preferences of one test must not reach the next.
    await use({ cookies: session.cookies, origins: [] })
  },
  mayLog: [/^$/, { option: true }],
  guarded: [
    async ({ page, baseURL, mayLog }, use) => {
      const origin = new URL(baseURL ?? '').origin
      const wrong: string[] = []
      page.on('pageerror', (e) => wrong.push(`threw: ${e.message}`))
      page.on('console', (m) => {
        if (m.type() === 'error' && !mayLog.test(m.text())) wrong.push(`logged: ${m.text()}`)
      })
      page.on('request', (r) => {
        if (!r.url().startsWith(origin) && !r.url().startsWith('data:')) wrong.push(`asked ${r.url()}`)
      })
      await use(undefined)
      expect(wrong).toEqual([])
    },
    { auto: true },
  ],
})

export async function noViolations(page: Page, what: string): Promise<void> {
  // A colour on its way to another one is neither: the other scheme, or what has just been
  // pointed at, counts once it is there. A change may need a frame or two to begin.
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    for (;;) {
      await frame()
      await frame()
      const going = document
        .getAnimations()
        .filter((a) => a instanceof CSSTransition && a.playState !== 'finished')
        .map((a) => a.finished)
      if (going.length === 0) return
      await Promise.allSettled(going)
    }
  })
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(TAGS)
    .analyze()
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)
  expect(found, what).toEqual([])
}

/** The page of the customer in the story: the first one found for "Jan". */
export async function openJan(page: Page): Promise<void> {
  await page.goto('/customers')
  await page.getByRole('searchbox', { name: 'Search customers' }).fill('Jan Meijer')
  const row = page.getByRole('option', { name: /Jan Meijer/ }).first()
  await row.click()
  await page.getByRole('heading', { level: 1, name: 'Jan Meijer' }).waitFor()
  await page.getByRole('region', { name: 'Timeline' }).waitFor()
}

/** Her journey about the text plan: the one with an unanswered question. */
export const janJourney = (page: Page) =>
  page
    .getByRole('region', { name: /^Journey:/ })
    .filter({ has: page.getByRole('list', { name: 'Not answered yet' }) })
    .first()
