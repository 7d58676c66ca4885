import {
  type Browser,
  type BrowserContext,
  chromium,
  expect,
  type FrameLocator,
  type Page,
  test,
} from '@playwright/test'
import { composer, editor, row, thread } from './desk'
import { box, later, letter, send, shop, signed } from './post-office'
import { noViolations } from './signed-in'

const BASE = process.env.BASE_URL ?? ''
const ENGINE = process.env.ENGINE ?? 'sqlite'
const SUPPORT = `support-${ENGINE}@halden.example`
const PIET = `piet-${ENGINE}@postvak.example`
const MIA = `mia-${ENGINE}@postvak.example`
const BEN = `ben-${ENGINE}@elsewhere.example`
const PASSWORD = 'tulip harbour lantern forty'

const widget = (page: Page): FrameLocator => page.frameLocator('iframe')
const log = (page: Page) => widget(page).getByRole('log')
const launcher = (page: Page) => page.getByRole('button', { name: /chat/i })

/** Looks at a page as people have it, and keeps pictures when somebody wants to see them. */
async function look(page: Page, name: string): Promise<void> {
  await noViolations(page, name)
  if (!process.env.SHOTS) return
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 400]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({
        path: `${process.env.SHOTS}/${ENGINE}-${name}-${colorScheme}-${width}.png`,
        fullPage: true,
      })
    }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize({ width: 1440, height: 900 })
}

const step = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const goOn = (page: Page) => page.getByRole('button', { name: 'Go on' }).click()

/** The link that Rapport printed, and who becomes the owner. */
async function owner(page: Page): Promise<void> {
  await page.goto(process.env.SIGN_IN ?? '')
  await step(page, 'Set up Rapport').waitFor()
  await page.getByLabel('Firm').fill('Halden Mobile')
  await page.getByLabel('Your name').fill('Anna Berg')
  await page.getByLabel('Mail address').fill(`anna-${ENGINE}@halden.example`)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await look(page, 'setup')
  await page.getByRole('button', { name: 'Set up' }).click()
}

async function address(page: Page): Promise<void> {
  await step(page, 'Where people open Rapport').waitFor()
  await expect(page.getByLabel('Address')).toHaveValue(BASE)
  await page.getByRole('button', { name: 'Save and check' }).click()
  const checks = page.getByRole('list', { name: 'What was checked' })
  await expect(checks.getByRole('listitem').filter({ hasText: 'It leads to this Rapport' })).toContainText(/./)
  await expect(
    checks.getByRole('listitem').filter({ hasText: 'It leads to this Rapport' }).getByRole('img', { name: 'Right' }),
  ).toBeVisible()
  await look(page, 'welcome-1-address')
  await goOn(page)
}

async function mailbox(page: Page): Promise<void> {
  await step(page, 'The first mailbox').waitFor()
  await page.getByLabel('Mail address').fill(SUPPORT)
  await page.getByRole('button', { name: 'Find the servers' }).click()
  for (const [title, port] of [
    ['Receiving (IMAP)', process.env.IMAP_PORT ?? ''],
    ['Sending (SMTP)', process.env.SMTP_PORT ?? ''],
  ] as const) {
    const server = page.getByRole('group', { name: title })
    await server.getByLabel('Server').fill('127.0.0.1')
    await server.getByLabel('Port').fill(port)
    await server.getByLabel('Protection').selectOption('none')
    if (title.startsWith('Receiving')) await server.getByLabel('Password').fill('secret')
    else await server.getByLabel('Sign-in').selectOption('none')
  }
  await look(page, 'welcome-2-mailbox')
  await page.getByRole('button', { name: 'Make the inbox' }).click()
  // The first test mail leaves by itself.
  const way = page.getByRole('list', { name: 'The way of the test mail' })
  await expect(page.getByText('It works: the mail went out and came back.')).toBeVisible({ timeout: 60_000 })
  await expect(way.getByRole('img', { name: 'Done' })).toHaveCount(4)
  await look(page, 'welcome-2-round-trip')
  await goOn(page)
}

/** Invites a colleague, who takes the link out of a real mail. */
async function team(page: Page, browser: Browser): Promise<BrowserContext> {
  await step(page, 'Your colleagues').waitFor()
  await page.getByLabel('Mail address').fill(BEN)
  await look(page, 'welcome-3-team')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await expect(page.getByText(`${BEN} got a mail with this link.`)).toBeVisible()
  await look(page, 'welcome-3-invited')
  const mail = await letter(BEN, '/invitation#t=')
  const link = /http\S+\/invitation#t=[\w-]+/.exec(mail.raw.replace(/=\r\n/g, '').replace(/=3D/gi, '='))?.[0] ?? ''
  const context = await browser.newContext({ baseURL: BASE })
  const ben = await context.newPage()
  await ben.goto(link)
  await step(ben, 'Join Halden Mobile').waitFor()
  await ben.getByLabel('Your name').fill('Ben Visser')
  await ben.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await look(ben, 'invitation')
  await ben.getByRole('button', { name: 'Join' }).click()
  await expect(ben.getByRole('navigation', { name: 'Main' })).toBeVisible()
  // It works once.
  const again = await (await browser.newContext({ baseURL: BASE })).newPage()
  await again.goto(link)
  await expect(step(again, 'This invitation does not work')).toBeVisible()
  await again.context().close()

  await page.reload()
  await goOn(page)
  await goOn(page)
  await page.getByLabel('Name of the team').fill('Service')
  await page.getByRole('checkbox', { name: 'Anna Berg', exact: true }).check()
  await page.getByRole('checkbox', { name: 'Ben Visser', exact: true }).check()
  await page.getByRole('button', { name: 'Make the team' }).click()
  await expect(page.getByText('“Service” saved')).toBeVisible()
  await goOn(page)
  return context
}

/** Makes the chat and gives the line for the site with the secret that signs for its users. */
async function chat(page: Page, origin: string): Promise<{ readonly snippet: string; readonly secret: string }> {
  await step(page, 'A chat on your web site').waitFor()
  await page.getByLabel('Name that colleagues see').fill('Chat in the shop')
  await page.getByLabel('Sites that may show it').fill(origin)
  await page.getByLabel('Greeting').fill('How can we help?')
  await page.getByRole('button', { name: 'Add a question' }).click()
  await look(page, 'welcome-4-chat')
  await page.getByRole('button', { name: 'Make the chat' }).click()
  const preview = page.frameLocator('iframe[title="Preview of the chat"]')
  await preview.getByRole('button', { name: /chat/i }).click()
  await expect(preview.frameLocator('iframe').getByText('How can we help?')).toBeVisible()
  const snippet = (await page.locator('code').first().textContent()) ?? ''
  await page.getByRole('button', { name: 'Make a signing secret' }).click()
  await expect(page.getByText('It is shown only now.')).toBeVisible()
  const secret = (await page.locator('code').last().textContent()) ?? ''
  await look(page, 'welcome-4-preview')
  await goOn(page)
  await step(page, 'What your customers write about').waitFor()
  await page.getByRole('radio', { name: /Telecom/ }).check()
  await page.getByRole('button', { name: 'Use this pack' }).click()
  await expect(page.getByText('It is learned in the background')).toBeVisible()
  await look(page, 'welcome-5-packs')
  await page.getByRole('button', { name: 'To the inbox' }).click()
  await page.waitForURL('**/inbox**')
  return { snippet, secret }
}

const open = async (page: Page, words: string | RegExp) => {
  await page.goto('/inbox?queue=all&sort=newest')
  await row(page, words instanceof RegExp ? words : new RegExp(words))
    .first()
    .click()
  await expect(thread(page)).toBeVisible()
}

async function answer(page: Page, text: string): Promise<void> {
  await page.keyboard.press('r')
  await expect(editor(page)).toBeFocused()
  await page.keyboard.type(text)
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(thread(page).getByText(text).first()).toBeVisible()
}

/** Waits until an answer has left: before that, no time passes in which it could be missed. */
const gone = (page: Page, text: string): Promise<void> =>
  expect(thread(page).getByRole('article').filter({ hasText: text }).last()).toContainText(/Sent|Delivered|Seen/, {
    timeout: 30_000,
  })

/** Two who have the same conversation open: the slower answer is refused, with what is newer. */
async function neverTwice(anna: Page, ben: Page, address_: string): Promise<void> {
  await expect(anna.getByText('Ben Visser is looking at this too')).toBeVisible()
  // Ben's console hears nothing from here on, as one whose connection hangs.
  await ben.keyboard.press('r')
  await expect(editor(ben)).toBeFocused()
  await ben.keyboard.type('Ben: it starts on Monday.')
  await expect(anna.getByText('Ben Visser is typing')).toBeVisible()
  await look(anna, 'collision')
  // Anna answers all the same; Ben's answer is refused and he keeps his words.
  const seen = await ben.request.get(`/v1/cases/${caseOf(ben)}`)
  const stale = ((await seen.json()) as { seq: number }).seq
  await anna.keyboard.press('r')
  await expect(editor(anna)).toBeFocused()
  await anna.keyboard.press('ControlOrMeta+a')
  await anna.keyboard.type('Anna: it starts tonight.')
  await anna.keyboard.press('ControlOrMeta+Enter')
  await expect(ben.getByText('This came in while you were writing')).toBeVisible({ timeout: 20_000 })
  const refused = await ben.request.post(`/v1/cases/${caseOf(ben)}/reply`, {
    data: { if_seq: stale, html: '<p>Ben: it starts on Monday.</p>', undo_s: 0 },
    headers: { Origin: BASE, 'Sec-Fetch-Site': 'same-origin' },
  })
  expect(refused.status(), await refused.text()).toBe(409)
  await ben.keyboard.press('ControlOrMeta+Enter')
  await expect(composer(ben).getByText('Anna Berg is answering')).toBeVisible()
  await letter(address_, 'Anna: it starts tonight.')
  expect(await box(address_, 'Ben: it starts')).toHaveLength(0)
}

const caseOf = (page: Page) => /\/inbox\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''

test('a first day', async ({ browser }) => {
  const site = await shop()
  const outside = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  const context = await browser.newContext({ baseURL: BASE })
  const anna = await context.newPage()

  await test.step('the first steps', async () => {
    await owner(anna)
    await address(anna)
    await mailbox(anna)
  })
  const ben = await (await test.step('a colleague joins', () => team(anna, browser))).newPage()
  const { snippet, secret } = await test.step('the chat', () => chat(anna, site.origin))
  site.embed(snippet)
  const inbox = /data-inbox="([^"]+)"/.exec(snippet)?.[1] ?? ''

  const visit = await outside.newContext()
  await test.step('a visitor asks and leaves', async () => {
    const page = await visit.newPage()
    await page.goto(site.origin)
    await launcher(page).click()
    await expect(widget(page).getByText('How can we help?')).toBeVisible()
    await widget(page).getByLabel('Your mail address').fill(MIA)
    const field = widget(page).getByRole('textbox').last()
    await field.fill('Does the text plan work in Norway?')
    await field.press('Enter')
    await expect(log(page)).toContainText('Does the text plan work in Norway?')
    // Closing a context of Playwright's is a power cut: no page is told of it.
    await expect(widget(page).getByText('Sending…')).toHaveCount(0)
    await visit.close()
  })

  await test.step('a customer writes, and two answer', async () => {
    await send(PIET, SUPPORT, [
      'Subject: My text plan',
      `Message-ID: <q1-${ENGINE}@postvak.example>`,
      '',
      'When does my text plan start?',
    ])
    await anna.goto('/inbox?queue=all&sort=newest')
    await expect(row(anna, /My text plan/)).toBeVisible({ timeout: 15_000 })
    await open(anna, 'My text plan')
    await open(ben, 'My text plan')
    await neverTwice(anna, ben, PIET)
  })

  const words = 'Yes, Norway is in it.'
  await test.step('the answer follows who left', async () => {
    await open(anna, 'Norway')
    await answer(anna, words)
    await gone(anna, words)
    await later(60)
    const mail = await letter(MIA, words, () => later(60))
    await send(MIA, mail.reply_to, [
      `Subject: Re: ${mail.subject}`,
      `Message-ID: <m1-${ENGINE}@postvak.example>`,
      `In-Reply-To: ${mail.message_id}`,
      `References: ${mail.references} ${mail.message_id}`,
      '',
      'And in Sweden?',
      '',
      `> ${words}`,
    ])
    await expect(thread(anna).getByText('And in Sweden?', { exact: true })).toBeVisible({ timeout: 15_000 })
    await expect(thread(anna).getByText('Does the text plan work in Norway?', { exact: true })).toBeVisible()
    await look(anna, 'conversation')
    await answer(anna, 'Sweden too.')
    await gone(anna, 'Sweden too.')
    await later(60)
    await letter(MIA, 'Sweden too.', () => later(60))
  })

  await test.step('a month later, on another device', async () => {
    await later(30 * 24 * 60)
    site.signIn(() => signed(inbox, secret, { sub: 'shop-7', email: MIA, name: 'Mia Kok' }))
    const page = await (await outside.newContext()).newPage()
    await page.goto(site.origin)
    await launcher(page).click()
    for (const text of ['Does the text plan work in Norway?', words, 'And in Sweden?', 'Sweden too.'])
      await expect(log(page)).toContainText(text)
    await look(page, 'widget-a-month-later')

    // Whoever types the address, and whoever else signs in, sees nothing of it.
    site.signIn(() => signed(inbox, secret, { sub: 'shop-8', email: PIET, name: 'Piet Kok' }))
    const other = await (await outside.newContext()).newPage()
    await other.goto(site.origin)
    await launcher(other).click()
    await expect(widget(other).getByText('How can we help?')).toBeVisible()
    await expect(log(other)).not.toContainText('Norway')
  })
  await outside.close()
  await context.close()
  site.close()
})
