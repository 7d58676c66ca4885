import { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, expect, type Page } from '@playwright/test'
import { answer, api, casesOf, launcher, panel, type Site, signed, test, URL_, write } from './shop'

const now = () => Math.floor(Date.now() / 1000)

test('a visitor asks, leaves, and finds the answer', async ({ page, site }) => {
  const wrong: string[] = []
  page.on('console', (m) => {
    if (m.type() === 'error') wrong.push(m.text())
  })
  await page.goto(site.origin)
  await launcher(page).click()
  await expect(panel(page).getByText('How can we help?')).toBeVisible()
  await write(page, 'Where is my parcel?')
  await expect.poll(async () => (await casesOf(site.inbox)).some((c) => c.preview === 'Where is my parcel?')).toBe(true)
  const mine = (await casesOf(site.inbox)).find((c) => c.preview === 'Where is my parcel?')
  if (!mine) throw new Error('no case')
  await answer(mine, 'On its way to you.')
  await expect(panel(page).getByRole('log')).toContainText('On its way to you.')

  // Closed, a new answer shows as a number; by keyboard it opens and closes.
  await page.keyboard.press('Escape')
  await expect(launcher(page)).toHaveAttribute('aria-expanded', 'false')
  await answer(mine, 'Tomorrow morning.')
  await expect(launcher(page)).toHaveAccessibleName(/\(1\)/)
  await launcher(page).press('Enter')
  await expect(panel(page).getByRole('log')).toContainText('Tomorrow morning.')
  await expect(launcher(page)).not.toHaveAccessibleName(/\(1\)/)

  // The page is loaded again: the same conversation.
  await page.reload()
  await launcher(page).click()
  await expect(panel(page).getByRole('log')).toContainText('Where is my parcel?')
  await expect(panel(page).getByRole('log')).toContainText('Tomorrow morning.')
  expect(wrong).toEqual([])
  expect(await page.context().cookies()).toEqual([])
})

test('what is written without a connection is sent later, once', async ({ page, context, site }) => {
  await page.goto(site.origin)
  await launcher(page).click()
  await write(page, 'First, with a connection.')
  await expect
    .poll(async () => (await casesOf(site.inbox)).some((c) => c.preview === 'First, with a connection.'))
    .toBe(true)
  await context.setOffline(true)
  await expect(panel(page).getByRole('status')).toBeVisible({ timeout: 40_000 })
  await write(page, 'Second, without.')
  await context.setOffline(false)
  await expect
    .poll(async () => (await casesOf(site.inbox)).find((c) => c.preview === 'Second, without.')?.messages, {
      timeout: 40_000,
    })
    .toBe(2)
  await expect(panel(page).getByText('Sending…')).toHaveCount(0)
})

test('a visitor loads five files of ours and one language, English where we have none', async ({ browser, site }) => {
  for (const [lang, words] of [
    ['de', 'de'],
    ['pt-BR', 'pt'],
    ['cy', 'en'],
  ] as const) {
    const context = await browser.newContext()
    const page = await context.newPage()
    const loaded: string[] = []
    page.on('response', (r) => {
      if (
        !r.url().startsWith('data:') &&
        ['script', 'stylesheet', 'fetch', 'document'].includes(r.request().resourceType())
      )
        loaded.push(r.url())
    })
    await page.goto(`${site.origin}/?lang=${lang}`)
    await launcher(page).click()
    await panel(page).getByRole('log').waitFor()
    await expect(panel(page).getByText('How can we help?')).toBeVisible()
    const files = loaded
      .filter((u) => u.startsWith(URL_))
      .map((u) => new URL(u).pathname.replace(site.inbox, 'inbox'))
      .filter((path) => !/\/(session|ticket)$/.test(path))
    expect(files.sort()).toEqual([
      '/w/inbox/frame',
      '/widget.js',
      '/widget/panel.css',
      '/widget/panel.js',
      `/widget/words/${words}.json`,
    ])
    expect(loaded.filter((u) => !u.startsWith(URL_) && !u.startsWith(site.origin))).toEqual([])
    await context.close()
  }
})

async function visit(context: BrowserContext, site: Site, token: string): Promise<Page> {
  const page = await context.newPage()
  await page.addInitScript((t) => {
    const w = window as unknown as { rapport: { (...a: unknown[]): void; q?: unknown[][] } }
    w.rapport = Object.assign((...a: unknown[]) => void w.rapport.q?.push(a), { q: [] as unknown[][] })
    if (t) w.rapport('identify', t)
  }, token)
  await page.goto(site.origin)
  await launcher(page).click()
  await panel(page).getByRole('log').waitFor()
  return page
}

test('who signed in sees their conversation on another device, nobody else does', async ({ browser, site }) => {
  const id = (jti: string, exp = now() + 300) => ({
    sub: 'shop-7',
    email: 'mia@postvak.example',
    name: 'Mia Kok',
    jti,
    exp,
    iat: now(),
  })
  const first = await browser.newContext()
  const page = await visit(first, site, signed(site.inbox, id('a1')))
  await write(page, 'My order is wrong.')
  await expect.poll(async () => (await casesOf(site.inbox)).some((c) => c.preview === 'My order is wrong.')).toBe(true)
  await first.close()

  const second = await browser.newContext()
  const again = await visit(second, site, signed(site.inbox, id('a2')))
  await expect(panel(again).getByRole('log')).toContainText('My order is wrong.')
  await write(again, 'Still wrong.')
  await expect.poll(async () => (await casesOf(site.inbox)).find((c) => c.preview === 'Still wrong.')?.messages).toBe(2)
  await second.close()

  const none = signed(site.inbox, id('a3'), { alg: 'none' }).replace(/[^.]*$/, '')
  for (const [what, token] of [
    ['used before', signed(site.inbox, id('a2'))],
    ['expired', signed(site.inbox, id('a4', now() - 3600))],
    ['for ever', signed(site.inbox, id('a5', now() + 86_400))],
    ['for another inbox', signed('0190163d-8694-739b-aea5-966c26f8ad91', id('a6'))],
    ['unsigned', none],
    ['signed by somebody else', signed(site.inbox, id('a7'), undefined, 'guess')],
  ] as const) {
    const context = await browser.newContext()
    const stranger = await visit(context, site, token)
    await expect(panel(stranger).getByText('How can we help?'), what).toBeVisible()
    await expect(panel(stranger).getByRole('log'), what).not.toContainText('My order is wrong.')
    await context.close()
  }
})

test('a page that the inbox does not name can’t show it', async ({ page, site }) => {
  const response = await page.request.get(`${URL_}/w/${site.inbox}/frame`)
  expect(response.headers()['content-security-policy']).toContain(`frame-ancestors 'self' ${site.origin}`)
  expect(await (await page.request.get(`${URL_}/w/0190163d-8694-739b-aea5-966c26f8ad91/frame`)).status()).toBe(404)
})

for (const look of ['light', 'dark'] as const)
  for (const [name, viewport] of [
    ['wide', { width: 1280, height: 800 }],
    ['narrow', { width: 390, height: 780 }],
  ] as const)
    test(`everybody can use it: ${look}, ${name}`, async ({ browser, site }) => {
      const context = await browser.newContext({ colorScheme: look, viewport })
      const page = await context.newPage()
      for (const lang of ['en', 'ar']) {
        await page.goto(`${site.origin}/?lang=${lang}`)
        await launcher(page).click()
        await panel(page).getByRole('log').waitFor()
        await write(page, `Hello in ${lang}`)
        const frame = page.frames().find((f) => f.url().includes('/frame'))
        expect(await frame?.evaluate(() => document.documentElement.dir)).toBe(lang === 'ar' ? 'rtl' : 'ltr')
        if (process.env.SHOTS)
          await page.screenshot({ path: `${process.env.SHOTS}/widget-${look}-${name}-${lang}.png` })
      }
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze()
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)).toEqual([])
      await context.close()
    })

test('when it is done, the visitor says how it went, by keyboard', async ({ page, site }) => {
  await page.goto(site.origin)
  await launcher(page).click()
  await write(page, 'Does the lamp fit?')
  await expect.poll(async () => (await casesOf(site.inbox)).some((c) => c.preview === 'Does the lamp fit?')).toBe(true)
  const mine = (await casesOf(site.inbox)).find((c) => c.preview === 'Does the lamp fit?')
  if (!mine) throw new Error('no case')
  await answer(mine, 'It does.')
  await expect(panel(page).getByRole('log')).toContainText('It does.')
  await api('POST', '/v1/cases/changes', { ids: [mine.id], set: { status: 'done' } })
  const ask = panel(page).getByRole('group', { name: 'How satisfied are you with our help?' })
  await expect(ask).toBeVisible()
  await expect(ask.getByRole('radio')).toHaveCount(5)
  await expect(ask.getByRole('radio', { name: '1 Very dissatisfied' })).toBeVisible()
  await expect(panel(page).getByRole('button', { name: 'Send my answer' })).toHaveCount(0)

  await ask.getByRole('radio').first().focus()
  await page.keyboard.press('ArrowRight')
  await expect(ask.getByRole('radio', { name: /^2/ })).toBeChecked()
  await page.keyboard.press('Tab')
  await page.keyboard.type('The colour was wrong.')
  await page.keyboard.press('Tab')
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze()
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)).toEqual([])
  await page.keyboard.press('Enter')
  await expect(panel(page).getByText('Thank you. Your answer is saved.')).toBeVisible()
  const survey = async () =>
    (await api<{ survey?: { score: number; comment?: string } }>('GET', `/v1/cases/${mine.id}`)).survey
  await expect.poll(survey).toMatchObject({ score: 2, comment: 'The colour was wrong.' })
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/widget.png` })

  // Whoever comes back finds what they said, and may say it better.
  await page.reload()
  await launcher(page).click()
  await expect(panel(page).getByRole('radio', { name: /^2/ })).toBeChecked()
  await panel(page).getByRole('radio', { name: /^4/ }).check()
  await panel(page).getByRole('button', { name: 'Change my answer' }).click()
  await expect.poll(survey).toMatchObject({ score: 4 })
})
