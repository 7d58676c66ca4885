import { expect, type Page } from '@playwright/test'
import { answer, api, casesOf, launcher, panel, test, URL_, write } from './shop'
import { test as signedIn } from './signed-in'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
)

const picker = (page: Page) => panel(page).locator('input[type=file]')
const send = (page: Page) => panel(page).getByRole('button', { name: 'Send', exact: true })

async function caseOf(inbox: string, words: string) {
  await expect.poll(async () => (await casesOf(inbox)).some((c) => c.preview === words)).toBe(true)
  const found = (await casesOf(inbox)).find((c) => c.preview === words)
  if (!found) throw new Error(`no case ${words}`)
  return found
}

test('files go by picker, by paste and by drop, and what can’t go says why', async ({ page, site }) => {
  await page.goto(site.origin)
  await launcher(page).click()
  await panel(page).getByRole('log').waitFor()
  await picker(page).setInputFiles([
    { name: 'screen.png', mimeType: 'image/png', buffer: PNG },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    { name: 'setup.exe', mimeType: 'text/plain', buffer: Buffer.from('x') },
    { name: 'film.mov', mimeType: 'video/quicktime', buffer: Buffer.alloc((10 << 20) + 1) },
  ])
  await expect(panel(page).getByText('empty.txt is empty.')).toBeVisible()
  await expect(panel(page).getByText('setup.exe is a program. Programs can’t be sent.')).toBeVisible()
  await expect(panel(page).getByText('film.mov is larger than 10 MB.')).toBeVisible()
  await expect(send(page)).toBeDisabled()
  for (const name of ['empty.txt', 'setup.exe', 'film.mov'])
    await panel(page)
      .getByRole('button', { name: `Remove ${name}` })
      .click()
  const frame = page.frames().find((f) => f.url().includes('/frame'))
  await frame?.evaluate(() => {
    const given = (name: string) => {
      const data = new DataTransfer()
      data.items.add(new File(['words'], name, { type: 'text/plain' }))
      return data
    }
    document
      .querySelector('textarea')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: given('pasted.txt'), bubbles: true }))
    document
      .querySelector('[role=log]')
      ?.dispatchEvent(
        new DragEvent('drop', { dataTransfer: given('dropped <b>.txt'), bubbles: true, cancelable: true }),
      )
  })
  await expect(panel(page).getByRole('button', { name: 'Remove dropped <b>.txt' })).toBeVisible()
  await write(page, 'Here are my files.')
  const log = panel(page).getByRole('log')
  await expect(log.getByRole('link')).toHaveCount(3)
  await expect(log.getByRole('link', { name: /screen\.png/ }).locator('img')).toBeVisible()
  await expect(log.getByRole('link', { name: /dropped _b_\.txt/ })).toBeVisible()
  const address = await log.getByRole('link', { name: /pasted/ }).getAttribute('href')
  const got = await page.request.get(URL_ + address)
  expect(await got.text()).toBe('words')
  expect(got.headers()['content-disposition']).toContain('attachment')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/widget-files.png` })

  // The same files are there for the colleague, and one of theirs comes back.
  const mine = await caseOf(site.inbox, 'Here are my files.')
  const { items } = await api<{ items: { attachments?: unknown[] }[] }>('GET', `/v1/cases/${mine.id}/messages`)
  expect(items[0]?.attachments).toHaveLength(3)
  const form = new FormData()
  form.append('file', new Blob(['the terms']), 'terms.txt')
  const file = (await (
    await fetch(`${URL_}/v1/files`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${process.env.KEY}` },
      body: form,
    })
  ).json()) as { id: string }
  const now = await api<{ seq: number }>('GET', `/v1/cases/${mine.id}`)
  await api('POST', `/v1/cases/${mine.id}/reply`, {
    if_seq: now.seq,
    html: '<p>Our terms.</p>',
    undo_s: 0,
    channel: 'chat',
    attachments: [file.id],
  })
  const theirs = log.getByRole('link', { name: /terms\.txt/ })
  await expect(theirs).toBeVisible()
  expect(await (await page.request.get(URL_ + (await theirs.getAttribute('href')))).text()).toBe('the terms')
})

test('a file is sent when the connection is back; one that is lost with the page says so', async ({
  page,
  context,
  site,
}) => {
  await page.goto(site.origin)
  await launcher(page).click()
  await write(page, 'Before the tunnel.')
  await caseOf(site.inbox, 'Before the tunnel.')
  await context.setOffline(true)
  await picker(page).setInputFiles({ name: 'tunnel.txt', mimeType: 'text/plain', buffer: Buffer.from('dark') })
  await write(page, 'From the tunnel.')
  await expect(panel(page).getByText('Keep this page open until the file is sent.')).toBeVisible()
  await context.setOffline(false)
  await expect(panel(page).getByRole('link', { name: /tunnel\.txt/ })).toBeVisible({ timeout: 40_000 })
  const mine = await caseOf(site.inbox, 'From the tunnel.')
  expect(mine.messages).toBe(2)

  await context.setOffline(true)
  await picker(page).setInputFiles({ name: 'lost.txt', mimeType: 'text/plain', buffer: Buffer.from('gone') })
  await write(page, 'This one is cut.')
  await expect(panel(page).getByText('Keep this page open until the file is sent.')).toBeVisible()
  // Nothing gets through between the connection and the reload, nor after it: what went with the page is
  // known without the server.
  await page.route(/\/(files\?|session$)/, (route) => route.abort())
  await context.setOffline(false)
  page.on('dialog', (d) => void d.accept())
  await page.reload()
  await launcher(page).click()
  await expect(panel(page).getByText('A file was not sent before the page closed. Attach it again.')).toBeVisible()
})

signedIn('“seen” both ways, and only of what was in view', async ({ page: console_, browser }) => {
  const made = await api<{ id: string }>('POST', '/v1/inboxes', {
    name: 'Seen chat',
    kind: 'chat',
    settings: { chat: {} },
  })
  // The frame on its own is the panel as a visitor has it open.
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } })
  const visitor = await context.newPage()
  await visitor.goto(`${URL_}/w/${made.id}/frame`)
  await visitor.getByRole('textbox').last().fill('Did you see this?')
  await visitor.getByRole('textbox').last().press('Enter')
  const mine = await caseOf(made.id, 'Did you see this?')
  await expect(visitor.getByRole('log')).not.toContainText('Seen')
  await console_.goto(`/inbox/${mine.id}?queue=all`)
  await expect(visitor.getByRole('log')).toContainText('Seen', { timeout: 20_000 })

  // Hidden, the page has nothing in view.
  const hide = (hidden: boolean) =>
    visitor.evaluate((h) => {
      Object.defineProperty(document, 'visibilityState', { value: h ? 'hidden' : 'visible', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, hidden)
  await hide(true)
  await answer(mine, 'We did.')
  await expect(visitor.getByRole('log')).toContainText('We did.')
  const own = console_.getByRole('article').filter({ hasText: 'We did.' })
  await expect(own).toContainText('Sent')
  await expect(own).not.toContainText('Seen')
  await hide(false)
  await expect(own).toContainText(/Seen \d\d:\d\d/)
  await answer(mine, 'And answered.')
  const next = console_.getByRole('article').filter({ hasText: 'And answered.' })
  await expect(next).toContainText(/Seen \d\d:\d\d/)
  await expect(own).not.toContainText('Seen')
  await console_.reload()
  await expect(next).toContainText(/Seen \d\d:\d\d/)
  await context.close()
})
