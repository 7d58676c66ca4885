import { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, expect, type Page } from '@playwright/test'
import { answer, api, casesOf, launcher, panel, signed, test, write } from './shop'
import { test as console_ } from './signed-in'

const log = (page: Page) => panel(page).getByRole('log')

async function caseOf(inbox: string, words: string) {
  await expect.poll(async () => (await casesOf(inbox)).some((c) => c.preview === words)).toBe(true)
  const found = (await casesOf(inbox)).find((c) => c.preview === words)
  if (!found) throw new Error(`no case ${words}`)
  return found
}

test('where no socket passes, events do: nothing is lost and nothing comes twice', async ({ browser, site }) => {
  const context: BrowserContext = await browser.newContext()
  await context.addInitScript(() => {
    // As behind a proxy that lets no socket through: each one closes without having opened.
    class Blocked extends EventTarget {
      static OPEN = 1
      readyState = 3
      onclose: (() => void) | undefined
      constructor() {
        super()
        setTimeout(() => this.onclose?.(), 10)
      }
      close() {}
    }
    Object.assign(window, { WebSocket: Blocked })
  })
  const page = await context.newPage()
  const stream = page.waitForRequest((r) => r.url().includes('/stream?'), { timeout: 30_000 })
  await page.goto(site.origin)
  await launcher(page).click()
  await write(page, 'Through the proxy.')
  await stream
  const mine = await caseOf(site.inbox, 'Through the proxy.')
  await answer(mine, 'It came through.')
  await expect(log(page).getByText('It came through.')).toHaveCount(1)
  await context.setOffline(true)
  await expect(panel(page).getByRole('status')).toBeVisible({ timeout: 40_000 })
  await answer(mine, 'While you were away.')
  await write(page, 'Written meanwhile.')
  await context.setOffline(false)
  await expect(log(page).getByText('While you were away.')).toHaveCount(1, { timeout: 60_000 })
  await expect.poll(async () => (await casesOf(site.inbox)).find((c) => c.id === mine.id)?.messages).toBe(4)
  await expect(log(page).getByText('It came through.')).toHaveCount(1)
  await expect(log(page).getByText('Written meanwhile.')).toHaveCount(1)
  await context.close()
})

test('who writes and leaves at once is heard', async ({ page, site }) => {
  // The socket is still on its way when the visitor goes.
  await page.route('**/ticket', () => undefined)
  await page.goto(site.origin)
  await launcher(page).click()
  await write(page, 'Call me, I have to run.')
  await page.goto('about:blank')
  const mine = await caseOf(site.inbox, 'Call me, I have to run.')

  // Back again, it stands there once.
  await page.unroute('**/ticket')
  await page.goto(site.origin)
  await launcher(page).click()
  await expect(panel(page).getByText('Sending…')).toHaveCount(0)
  await expect(log(page).getByText('Call me, I have to run.')).toHaveCount(1)
  expect((await casesOf(site.inbox)).find((c) => c.id === mine.id)?.messages).toBe(1)
})

test('no style of the page touches it', async ({ page, site }) => {
  await page.goto(site.origin)
  await launcher(page).click()
  await log(page).waitFor()
  const look = async () => ({
    button: await launcher(page).boundingBox(),
    frame: await page.locator('iframe').boundingBox(),
    colour: await launcher(page).evaluate((b) => getComputedStyle(b).backgroundColor),
  })
  await expect.poll(async () => (await look()).colour).toBe('rgb(11, 107, 87)')
  const plain = await look()
  await page.goto(`${site.origin}/?hostile=1`)
  await expect(page.getByRole('heading')).toBeHidden() // the page's style is at work
  await launcher(page).click()
  await log(page).waitFor()
  await expect.poll(look).toEqual(plain)
  await write(page, 'Still here.')
})

test('questions come before the chat, and not for who is signed in', async ({ browser, site }) => {
  const made = await api<{ id: string }>('POST', '/v1/inboxes', {
    name: 'Asking chat',
    kind: 'chat',
    settings: {
      chat: {
        origins: [site.origin],
        colour: '#f5d90a',
        prechat: [
          { name: 'name', label: 'Your name', required: true },
          { name: 'order', label: 'Your order number' },
        ],
      },
    },
    secrets: { chat_secret: 'another-secret-of-the-shop' },
  })
  for (const known of [false, true]) {
    const context = await browser.newContext()
    const page = await context.newPage()
    if (known)
      await page.addInitScript(
        (t) => {
          const w = window as unknown as { rapport: { (...a: unknown[]): void; q?: unknown[][] } }
          w.rapport = Object.assign((...a: unknown[]) => void w.rapport.q?.push(a), { q: [] as unknown[][] })
          w.rapport('identify', t)
        },
        signed(
          made.id,
          { sub: 'shop-9', name: 'Ada', jti: 'q1', iat: Date.now() / 1000, exp: Math.floor(Date.now() / 1000) + 300 },
          undefined,
          'another-secret-of-the-shop',
        ),
      )
    await page.goto(`${site.origin}/?inbox=${made.id}`)
    await launcher(page).click()
    await log(page).waitFor()
    const name = panel(page).getByRole('textbox', { name: 'Your name' })
    const text = panel(page).getByRole('textbox', { name: 'Write a message' })
    if (known) {
      await expect(panel(page).getByText(/We are here|Nobody is here/)).toBeVisible()
      await expect(name).toHaveCount(0)
    } else {
      await text.fill('First?')
      await expect(panel(page).getByRole('button', { name: 'Send' })).toBeDisabled()
      // By keyboard: from question to question to the message.
      await name.focus()
      await page.keyboard.type('Mia Kok')
      await page.keyboard.press('Tab')
      await page.keyboard.type('4711')
      await expect(panel(page).getByRole('textbox', { name: 'Your order number' })).toHaveValue('4711')
    }
    await text.fill(known ? 'I am known.' : 'I was asked.')
    await text.press('Enter')
    await expect(log(page)).toContainText(known ? 'I am known.' : 'I was asked.')
    await caseOf(made.id, known ? 'I am known.' : 'I was asked.')
    // Letters on a light colour are dark.
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)).toEqual([])
    await context.close()
  }
})

test('ten thousand files are ten and a word about it', async ({ page, site }) => {
  await page.goto(site.origin)
  await launcher(page).click()
  await log(page).waitFor()
  const frame = page.frames().find((f) => f.url().includes('/frame'))
  await frame?.evaluate(() => {
    const data = new DataTransfer()
    for (let n = 0; n < 10_000; n++) data.items.add(new File(['x'], `${n}.txt`))
    document
      .querySelector('[role=log]')
      ?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  await expect(panel(page).getByText('At most 10 files go with one message.')).toBeVisible()
  await expect(panel(page).getByRole('listitem')).toHaveCount(11)
})

console_('whoever sets it up sees how it looks and whether it is there', async ({ page }) => {
  const name = `Installed ${Date.now()}`
  const made = await api<{ id: string }>('POST', '/v1/inboxes', {
    name,
    kind: 'chat',
    settings: { chat: { origins: ['https://shop.example'] } },
  })
  await page.goto('/settings/inboxes')
  await page.getByRole('button', { name: `Change ${name}` }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Not seen on any of your sites yet.', { exact: false })).toBeVisible()
  await expect(dialog.getByRole('link', { name: 'Open in a window' })).toHaveAttribute('href', `/w/${made.id}/preview`)
  await dialog.getByLabel('Colour').fill('#f5f5dc')
  await expect(dialog.getByText('This colour is hard to see on a light page.', { exact: false })).toBeVisible()
  const begin = (site: string) =>
    page.request.post(`/w/${made.id}/session`, { data: { site }, headers: { 'Content-Type': 'application/json' } })
  await begin('https://elsewhere.example')
  await begin('https://shop.example')
  await expect(dialog.getByText('Shown on https://shop.example', { exact: false })).toBeVisible({ timeout: 15_000 })
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/settings-chat.png` })
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
  expect(violations.map((v) => v.id)).toEqual([])
})

console_.describe('what is refused', () => {
  console_.use({ mayLog: /status of 422/ })
  console_('its opening hours and the wait before a mail are set where it is made', async ({ page }) => {
    const name = `With hours ${Date.now()}`
    const made = await api<{ id: string }>('POST', '/v1/inboxes', { name, kind: 'chat', settings: { chat: {} } })
    const open = async () => {
      await page.goto('/settings/inboxes')
      await page.getByRole('button', { name: `Change ${name}` }).click()
      return page.getByRole('dialog')
    }
    let dialog = await open()
    await expect(dialog.getByLabel('Minutes until an unseen answer goes by mail')).toHaveValue('3')
    await dialog.getByLabel('Minutes until an unseen answer goes by mail').fill('20')
    await dialog.getByLabel('When somebody is there').selectOption('New opening hours…')
    await dialog.getByLabel('Name of these hours').fill(`Hours of ${name}`)
    await dialog.getByLabel('Time zone').fill('Europe/Atlantis')
    await dialog.getByRole('button', { name: 'Saturday: add hours' }).click()
    await dialog.getByLabel('Saturday, to').fill('00:00')
    await dialog.getByLabel('Days on which nobody is there').fill('2026-12-25')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog.getByText('not a time zone', { exact: false })).toBeVisible()
    await dialog.getByLabel('Time zone').fill('Europe/Amsterdam')
    if (process.env.SHOTS) {
      await dialog.getByLabel('When somebody is there').scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${process.env.SHOTS}/hours.png` })
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.setViewportSize({ width: 400, height: 800 })
      await dialog.getByLabel('Time zone').scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${process.env.SHOTS}/hours-narrow-dark.png` })
    }
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
    expect(violations.map((v) => v.id)).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toBeHidden()

    interface Kept {
      readonly settings: { readonly schedule_id?: string; readonly chat: { readonly mail_after_min?: number } }
    }
    const kept = await api<Kept>('GET', `/v1/inboxes/${made.id}`)
    expect(kept.settings.chat.mail_after_min).toBe(20)
    interface Hours {
      readonly id: string
      readonly hours: readonly (readonly { readonly from: number; readonly to: number }[])[]
      readonly holidays: readonly string[]
    }
    const all = await api<{ readonly items: readonly Hours[] }>('GET', '/v1/schedules')
    const hours = all.items.find((h) => h.id === kept.settings.schedule_id)
    expect(hours?.hours[0]).toEqual([{ from: 540, to: 1020 }])
    expect(hours?.hours[5]).toEqual([{ from: 540, to: 1440 }])
    expect(hours?.hours[6]).toEqual([])
    expect(hours?.holidays).toEqual(['2026-12-25'])

    // Back to what holds for all: the inbox names none any more.
    dialog = await open()
    await expect(dialog.getByLabel('When somebody is there')).toHaveValue(kept.settings.schedule_id ?? 'none')
    await dialog.getByLabel('When somebody is there').selectOption('')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toBeHidden()
    expect((await api<Kept>('GET', `/v1/inboxes/${made.id}`)).settings.schedule_id).toBeUndefined()
  })
})
