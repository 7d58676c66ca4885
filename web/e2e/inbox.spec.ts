import { expect } from '@playwright/test'
import { colleague, composer, editor, mail, moveTo, openQueue, row, thread, unique } from './desk'
import { noViolations, test } from './signed-in'

const NEWEST = 'queue=unassigned&sort=newest'

test('several at once are shown first and can be taken back', async ({ page, baseURL }) => {
  const tag = unique('several').replace(/\s/g, '')
  for (const n of [1, 2, 3])
    await mail(baseURL ?? '', {
      from: `${tag}${n}@example.org`,
      name: `Many ${n}`,
      subject: `${tag} ${n}`,
      text: 'Hello',
      ago: (3 - n) * 3,
    })
  await openQueue(page, NEWEST)
  await expect(row(page, new RegExp(`${tag} 3`))).toBeVisible()
  await moveTo(page, new RegExp(`${tag} 3`))
  await page.keyboard.press('x')
  await page.keyboard.press('Shift+J')
  await page.keyboard.press('Shift+J')
  await expect(page.getByText('3 selected')).toBeVisible()
  await page.keyboard.press('e')
  const preview = page.getByRole('dialog', { name: /Done/ })
  await expect(preview.getByRole('listitem')).toHaveCount(3)
  await noViolations(page, 'the preview of a change of several')
  await page.keyboard.press('Enter')
  await expect(row(page, new RegExp(tag))).toHaveCount(0)
  await page.keyboard.press('ControlOrMeta+z')
  await expect(row(page, new RegExp(tag))).toHaveCount(3)
})

test.describe('two at once', () => {
  test.use({ mayLog: /status of 409/ })
  test('two colleagues never answer twice', async ({ page, browser, baseURL }) => {
    test.setTimeout(120_000)
    const base = baseURL ?? ''
    const subject = unique('Collision')
    const m = await mail(base, {
      from: `${subject.replace(/\s/g, '')}@example.org`,
      name: 'Cora Lision',
      subject,
      text: 'Who answers me?',
    })
    const context = await colleague(browser, page, base, 'Benno')
    const other = await context.newPage()
    await page.goto(`/inbox/${m.conversation_id}?queue=all`)
    await other.goto(`/inbox/${m.conversation_id}?queue=all`)
    await expect(thread(page).getByText('Who answers me?', { exact: true })).toBeVisible({ timeout: 15_000 })
    await expect(thread(other).getByText('Who answers me?', { exact: true })).toBeVisible({ timeout: 15_000 })
    await expect(page.getByText('Benno is looking at this too')).toBeVisible()

    // The colleague writes, and it shows.
    await other.keyboard.press('r')
    await expect(editor(other)).toBeFocused()
    await other.keyboard.type('I do, it starts tonight.')
    await expect(page.getByText('Benno is typing')).toBeVisible()

    // Both have an answer ready; the slower one is told and keeps their words.
    await page.keyboard.press('n')
    await expect(editor(page)).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(composer(page)).toHaveCount(0)
    await page.keyboard.press('r')
    await expect(editor(page)).toBeFocused()
    await expect(editor(page)).toContainText('I do, it starts tonight.', { timeout: 10_000 })
    await page.keyboard.press('End')
    await page.keyboard.type(' Mine too.')
    await other.keyboard.press('ControlOrMeta+Enter')
    await expect(page.getByText('This came in while you were writing')).toBeVisible({ timeout: 20_000 })
    await expect(composer(page).getByText('Benno is answering')).toBeVisible()
    // The colleague's answer, held for ten seconds.
    await expect(thread(page).getByRole('article', { name: 'On its way' })).toHaveCount(1)
    await expect(page.getByRole('button', { name: 'Review first' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(editor(page)).toContainText('Mine too.')
    await noViolations(page, 'an answer that came too late')
    await context.close()
  })
})

test.describe('refusals and lost connections', () => {
  test.use({ mayLog: /status of 409|ERR_INTERNET_DISCONNECTED|Failed to fetch/ })

  test('the server refuses a stale answer, and says what is new', async ({ page, baseURL }) => {
    const base = baseURL ?? ''
    const subject = unique('Stale')
    const m = await mail(base, {
      from: `${subject.replace(/\s/g, '')}@example.org`,
      name: 'Stella Stale',
      subject,
      text: 'First question',
    })
    await page.goto(`/inbox/${m.conversation_id}?queue=all`)
    await expect(thread(page).getByText('First question', { exact: true })).toBeVisible()
    // A console that hears nothing more of what happens.
    await page.route('**/v1/cases/*/reply', async (route) => {
      const body = route.request().postDataJSON() as { if_seq: number }
      await route.continue({ postData: JSON.stringify({ ...body, if_seq: body.if_seq - 1 }) })
    })
    await page.keyboard.press('r')
    await expect(editor(page)).toBeFocused()
    await page.keyboard.type('An answer to something else')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(page.getByText('This came in while you were writing')).toBeVisible()
    await expect(composer(page).getByText('First question')).toBeVisible()
    await expect(editor(page)).toContainText('An answer to something else')
    await page.unroute('**/v1/cases/*/reply')
    await page.getByRole('button', { name: 'I have read it, my answer still fits' }).click()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await expect(thread(page).getByText('An answer to something else')).toBeVisible()
  })

  test('drafts survive a reload and a lost connection', async ({ page, context, baseURL }) => {
    const base = baseURL ?? ''
    const subject = unique('Draft')
    const m = await mail(base, {
      from: `${subject.replace(/\s/g, '')}@example.org`,
      name: 'Dora Draft',
      subject,
      text: 'A question',
    })
    const path = `/inbox/${m.conversation_id}?queue=all`
    await page.goto(path)
    await expect(thread(page).getByText('A question')).toBeVisible()
    await page.keyboard.press('r')
    await expect(editor(page)).toBeFocused()
    const saved = page.waitForResponse((r) => r.url().includes('/draft') && r.request().method() === 'PUT')
    await page.keyboard.type('Half a sentence')
    const typed = Date.now()
    await saved
    expect(Date.now() - typed).toBeLessThan(1000)
    await page.reload()
    await expect(editor(page)).toContainText('Half a sentence')

    // Without a connection what is typed is kept here, and a sent answer waits.
    await context.setOffline(true)
    await editor(page).click()
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type(' and the rest')
    await expect(composer(page).getByText('the draft is kept here')).toBeVisible()
    await context.setOffline(false)
    await page.reload()
    await expect(editor(page)).toContainText('Half a sentence and the rest')
    await context.setOffline(true)
    await editor(page).click()
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(thread(page).getByText('It is kept here and sent when Rapport answers.')).toBeVisible()
    await context.setOffline(false)
    await expect(thread(page).getByText(/Goes out in \d+ s|Sending/)).toBeVisible({ timeout: 30_000 })
  })
})

test('an answer can be taken back for ten seconds and comes back as the draft', async ({ page, baseURL }) => {
  const base = baseURL ?? ''
  const subject = unique('Undo')
  const m = await mail(base, {
    from: `${subject.replace(/\s/g, '')}@example.org`,
    name: 'Una Undo',
    subject,
    text: 'A question',
  })
  await page.goto(`/inbox/${m.conversation_id}?queue=all`)
  await expect(thread(page).getByText('A question')).toBeVisible()
  await page.keyboard.press('r')
  await expect(editor(page)).toBeFocused()
  await page.keyboard.type('Sent too early')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(thread(page).getByText(/Goes out in \d+ s/)).toBeVisible()
  await thread(page).getByRole('article', { name: 'On its way' }).getByRole('button', { name: 'Undo' }).click()
  await expect(thread(page).getByText(/Goes out in/)).toHaveCount(0)
  await expect(editor(page)).toContainText('Sent too early')
  await editor(page).click()
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(thread(page).getByText(/Goes out in \d+ s/)).toBeVisible()
  await noViolations(page, 'an answer on its way')
})

test('a fact is taken down from the words that are selected', async ({ page, baseURL }) => {
  const base = baseURL ?? ''
  const subject = unique('Fact')
  const m = await mail(base, {
    from: `${subject.replace(/\s/g, '')}@example.org`,
    name: 'Fay Fact',
    subject,
    text: 'Please call me after six only.',
  })
  await page.goto(`/inbox/${m.conversation_id}?queue=all`)
  const words = thread(page).getByText('Please call me after six only.', { exact: true })
  await words.waitFor()
  await words.selectText()
  await page.keyboard.press('k')
  const dialog = page.getByRole('dialog', { name: /What did you learn/ })
  await expect(dialog.getByRole('textbox', { name: 'Fact' })).toHaveValue('Please call me after six only.')
  await noViolations(page, 'taking down a fact')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Customer' }).getByRole('region', { name: 'Facts' })
  await expect(panel.getByText('Please call me after six only.')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(panel.getByText('Please call me after six only.')).toHaveCount(0)
})

test('a view is an address that can be shared', async ({ page }) => {
  await openQueue(page, 'queue=all&status=any&channel=mail&sort=newest')
  await page.getByRole('button', { name: 'Save as a view' }).click()
  const name = unique('All mail')
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('checkbox', { name: /Everybody/ }).check()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: new RegExp(name) })).toBeVisible()
  await expect(page).toHaveURL(/view=/)
  await page.goto('/inbox')
  await page.getByRole('button', { name: /^Mine/ }).click()
  await page.getByRole('menuitem', { name: new RegExp(name) }).click()
  await expect(page).toHaveURL(/channel=mail/)
})

test('the inbox is split by views that one pins, and the rest is what none of them holds', async ({
  page,
  baseURL,
}) => {
  const base = baseURL ?? ''
  const write = (subject: string) =>
    mail(base, { from: `${subject.replace(/\s/g, '')}@example.org`, name: 'Spla Splitter', subject, text: 'Hello' })
  const parts = page.getByRole('navigation', { name: 'Parts of the inbox' })
  const [letters, chats] = [unique('Letters'), unique('Chats')]
  const pin = async (query: string, name: string) => {
    await openQueue(page, query)
    await page.getByRole('button', { name: 'Save as a view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.getByRole('checkbox', { name: 'As a tab above my list' }).check()
    await page.keyboard.press('Enter')
    await expect(parts.getByRole('link', { name })).toHaveAttribute('aria-current', 'page')
  }
  await pin('queue=all&channel=mail&sort=newest', letters)
  await pin('queue=all&channel=chat', chats)
  await expect(parts.getByRole('link')).toHaveText([new RegExp(letters), new RegExp(chats), /Everything else/])
  await noViolations(page, 'a split inbox')

  const subject = unique('Split')
  await write(subject)
  await page.keyboard.press('1')
  await expect(page).toHaveURL(/channel=mail.*view=/)
  await expect(row(page, new RegExp(subject))).toBeVisible()
  const count = async () =>
    Number(/(\d+)$/.exec((await parts.getByRole('link', { name: letters }).textContent()) ?? '')?.[1])
  const before = await count()
  await page.keyboard.press('3')
  await expect(page).toHaveURL(/rest=true/)
  await expect(page.getByRole('button', { name: 'Everything else' })).toBeVisible()
  // What comes in now belongs to a split: it is counted there and does not show here.
  const another = unique('Split')
  await write(another)
  await expect.poll(count).toBeGreaterThan(before)
  await expect(row(page, new RegExp(another))).toHaveCount(0)

  // Their order is the person's, by keyboard and by dragging.
  await parts.getByRole('link', { name: chats }).focus()
  const saved = page.waitForResponse((r) => r.url().endsWith('/v1/me/settings') && r.request().method() === 'PATCH')
  await page.keyboard.press('Shift+ArrowLeft')
  const order = (...names: readonly string[]) =>
    expect(parts.getByRole('link')).toHaveText([...names, 'Everything else'].map((n) => new RegExp(n)))
  await order(chats, letters)
  await saved
  await page.reload()
  await order(chats, letters)
  await parts.getByRole('link', { name: chats }).dragTo(parts.getByRole('link', { name: letters }))
  await order(letters, chats)

  for (const left of [[chats, 'Everything else'], []]) {
    await page.keyboard.press('1')
    await expect(parts.getByRole('link').first()).toHaveAttribute('aria-current', 'page')
    await page.getByRole('button', { name: /^Sort:/ }).click()
    await page.getByRole('menuitem', { name: 'No tab above the list' }).click()
    await expect(parts.getByRole('link')).toHaveText(left.map((n) => new RegExp(n)))
  }
})

test('the next conversation stands before anything is asked of the server', async ({ page, baseURL }) => {
  const tag = unique('onward').replace(/\s/g, '')
  const sent: string[] = []
  for (let n = 1; n <= 5; n++) {
    const one = await mail(baseURL ?? '', {
      from: `${tag}${n}@example.org`,
      name: `Onward ${n}`,
      subject: `${tag} ${n}`,
      text: `Words of ${tag}${n}.`,
      ago: 200 * 86_400 - n * 3,
    })
    sent.push(one.conversation_id)
  }
  // The oldest of all, in this order.
  await openQueue(page, 'queue=unassigned&sort=oldest')
  // Their targets are missed long since; noting that changes them once more, behind the page.
  const noted = () =>
    page.evaluate(async (ids) => {
      const told = await Promise.all(ids.map(async (id) => (await fetch(`/v1/cases/${id}/messages`)).text()))
      return told.filter((text) => text.includes('"kind":"breached"')).length
    }, sent)
  await expect.poll(noted, { timeout: 30_000 }).toBe(sent.length)
  await moveTo(page, new RegExp(`${tag} 1`))
  await page.keyboard.press('j')
  await expect(thread(page)).toContainText(`Words of ${tag}2.`)
  // What is read ahead comes in, and this one is marked as read.
  await expect(row(page, new RegExp(`${tag} 2.*Unread|Unread.*${tag} 2`))).toHaveCount(0)
  await page.waitForLoadState('networkidle')

  await page.evaluate((words) => {
    const asked: string[] = []
    const fetch = window.fetch
    window.fetch = (to, init) => {
      asked.push(String(to))
      return fetch(to, init)
    }
    // The first look after the words stand comes before their frame is painted.
    const before = new Promise<readonly string[]>((resolve) => {
      const look = () => {
        if (document.querySelector('[data-conversation] article')?.textContent?.includes(words)) resolve([...asked])
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    Object.assign(window, { asked, before })
  }, `Words of ${tag}3.`)
  await page.keyboard.press('j')
  await expect(thread(page)).toContainText(`Words of ${tag}3.`)
  await expect(page.getByRole('complementary', { name: 'Customer' })).toContainText('Reached through')
  await page.waitForLoadState('networkidle')

  const opened = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  // Others change conversations meanwhile; those may be read at any time.
  const ours = (paths: readonly string[]) => paths.filter((p) => p.includes(opened) || p.includes('/v1/customers/'))
  const seen = await page.evaluate(async () => {
    const { asked, before } = window as unknown as { asked: string[]; before: Promise<readonly string[]> }
    return { before: await before, all: asked }
  })
  expect(ours(seen.before)).toEqual([])
  expect(seen.all.filter((p) => /\/v1\/cases\/[^/]+(\/messages.*)?$/.test(p) && p.includes(opened))).toEqual([])
  expect(ours(seen.all).length, ours(seen.all).join('\n')).toBeLessThanOrEqual(9)
})
