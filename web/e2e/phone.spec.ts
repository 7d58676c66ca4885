import { expect, type Page } from '@playwright/test'
import { between } from './between'
import { composer, editor, mail, openQueue, row, thread, unique } from './desk'
import { noViolations, test } from './signed-in'

/** Everything that a finger may want is large enough, nothing is wider than the screen, no field makes the phone zoom. */
async function fitsFingers(page: Page, what: string): Promise<void> {
  const wrong = await page.evaluate(() => {
    const found: string[] = []
    const all = document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [role=button], [role=option], [role^=menuitem], [contenteditable=true]',
    )
    for (const el of all) {
      // A message behind the newest one is drawn smaller and can't be reached.
      if (
        el.closest('[aria-hidden=true], [inert], [data-sonner-toast][data-front=false]') ||
        !el.checkVisibility({ visibilityProperty: true })
      )
        continue
      const name = `${el.tagName.toLowerCase()} “${el.getAttribute('aria-label') ?? el.textContent?.slice(0, 40)}”`
      const writes = el.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]')
      if (writes && Number.parseFloat(getComputedStyle(el).fontSize) < 16) found.push(`${name} has small text`)
      // In a line of text the line says how high it is (WCAG 2.5.5).
      if (el.matches('a') && getComputedStyle(el).display === 'inline') continue
      // What is ticked is its words too.
      const target = el.matches('[type=checkbox], [type=radio]') ? (el.closest('label') ?? el) : el
      const { width, height } = target.getBoundingClientRect()
      // Only for screen readers.
      if (width <= 1 || height <= 1) continue
      if (width < 43.5 || height < 43.5) found.push(`${name} is ${width.toFixed(0)}×${height.toFixed(0)}`)
    }
    const over = document.documentElement.scrollWidth - window.innerWidth
    if (over > 0) found.push(`the page is ${over} too wide`)
    return found
  })
  expect(wrong, what).toEqual([])
}

test('it can be installed, and its bars follow the colours', async ({ page }) => {
  await page.goto('/inbox')
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  const cdp = await page.context().newCDPSession(page)
  const manifest = await cdp.send('Page.getAppManifest')
  expect(manifest.errors).toEqual([])
  expect(new URL(manifest.url).pathname).toBe('/manifest.webmanifest')
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors')
  expect(installabilityErrors).toEqual([])

  const bars = () =>
    page.evaluate(() => [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')].map((m) => m.content))
  expect(await bars()).toEqual(['#ffffff', '#15171b'])
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('option', { name: 'Colours: dark' }).click()
  await expect.poll(bars).toEqual(['#15171b', '#15171b'])
})

test('without a connection a page says so, and no update is hidden behind an older build', async ({
  browser,
  baseURL,
}) => {
  const way = await between(baseURL ?? '')
  const context = await browser.newContext({
    baseURL: way.url,
    locale: 'de-DE',
    serviceWorkers: 'allow',
    storageState: { cookies: [], origins: [] },
  })
  const page = await context.newPage()
  const kept = () =>
    page.evaluate(async () => {
      const paths: string[] = []
      for (const name of await caches.keys())
        for (const r of await (await caches.open(name)).keys()) paths.push(new URL(r.url).pathname)
      return paths.sort()
    })
  await page.goto('/sign-in')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (!navigator.serviceWorker.controller)
      await new Promise((r) => navigator.serviceWorker.addEventListener('controllerchange', r, { once: true }))
  })

  // Another build on the server is what the next look shows.
  const newer = '<meta name="build" content="newer">'
  way.change.set('/sign-in', (html) => html.replace('</head>', `${newer}</head>`))
  await page.reload()
  await expect(page.locator('meta[name=build]')).toHaveCount(1)
  expect(await kept()).toEqual(['/offline.html', '/offline.js'])

  await way.cut()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Keine Verbindung' })).toBeVisible()
  await expect(page.getByText('Ihre Entwürfe bleiben auf diesem Gerät erhalten.')).toBeVisible()
  await noViolations(page, 'no connection')
  await way.join()
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).click()
  await expect(page.locator('#root').getByRole('heading', { level: 1 })).toBeVisible()

  // Another worker takes the cache of the one before away.
  way.change.set('/sw.js', (text) => text.replace(/offline-\w{12}/, 'offline-newer'))
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update()
  })
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual(['offline-newer'])
  expect(await kept()).toEqual(['/offline.html', '/offline.js'])

  // A page that is open since before an update misses a file, sees why, and is read again.
  way.change.set('/index.html', (html) => html.replace(/\/assets\/index-[^"]+\.js/, '/assets/index-newer.js'))
  way.forget()
  expect(way.asked).not.toContain('/setup')
  await page.evaluate(() => {
    history.pushState({}, '', '/setup')
    dispatchEvent(new PopStateEvent('popstate'))
  })
  await expect.poll(() => way.asked).toContain('/setup')
  await context.close()
  await way.cut()
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 400, height: 860 }, hasTouch: true, isMobile: true })

  test('an agent reads, answers, notes, hands on and puts away', async ({ page, baseURL }) => {
    test.setTimeout(120_000)
    const base = baseURL ?? ''
    const subject = unique('Phone')
    const from = (n: number) => `${subject.replace(/\s/g, '').toLowerCase()}${n}@example.org`
    for (const n of [1, 2])
      await mail(base, {
        from: from(n),
        name: `Fina Fon ${n}`,
        subject: `${subject} ${n}`,
        text: 'I am angry. When does it start?',
        ago: 30 - n,
      })
    await openQueue(page, 'queue=all&sort=newest')
    await fitsFingers(page, 'the list')
    await noViolations(page, 'the list')
    await row(page, new RegExp(`${subject} 2`)).tap()
    await expect(thread(page).getByText('I am angry.')).toBeVisible()
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden()
    await fitsFingers(page, 'a conversation')
    await noViolations(page, 'a conversation')

    // An answer with bold words and a file, on what the keyboard leaves of the screen.
    await page.getByRole('button', { name: /^Reply to/ }).tap()
    await expect(editor(page)).toBeFocused()
    await page.setViewportSize({ width: 400, height: 500 })
    await page.keyboard.type('It starts ')
    await composer(page).getByRole('button', { name: 'How it looks' }).tap()
    await expect(editor(page)).toBeFocused()
    await composer(page).getByRole('button', { name: 'Bold' }).tap()
    await expect(composer(page).getByRole('button', { name: 'Bold' })).toHaveAttribute('aria-pressed', 'true')
    await expect(editor(page)).toBeFocused()
    await page.keyboard.type('tonight')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('The plan') })
    await expect(composer(page).getByRole('list', { name: 'Files' }).getByText('plan.txt')).toBeVisible()
    await expect(composer(page).getByRole('progressbar')).toHaveCount(0)
    const send = composer(page).getByRole('button', { name: 'Send', exact: true })
    await expect(send).toBeInViewport({ ratio: 1 })
    await expect(editor(page).getByText('tonight')).toBeInViewport()
    await fitsFingers(page, 'an answer')
    await noViolations(page, 'an answer')
    const sent = page.waitForRequest((r) => r.url().endsWith('/reply') && r.method() === 'POST')
    await send.tap()
    const body = (await sent).postDataJSON() as { html: string; attachments: readonly string[] }
    expect(body.html).toContain('It starts <strong>tonight</strong>')
    expect(body.attachments).toHaveLength(1)
    await page.setViewportSize({ width: 360, height: 740 })
    await expect(thread(page).getByRole('article', { name: 'On its way' }).getByText('It starts tonight')).toBeVisible()
    await fitsFingers(page, 'an answer on its way')

    await page.getByRole('button', { name: 'Note', exact: true }).tap()
    await expect(editor(page)).toBeFocused()
    await page.keyboard.type('She called before')
    await fitsFingers(page, 'a note')
    await composer(page).getByRole('button', { name: 'Add note' }).tap()
    await expect(thread(page).getByRole('article', { name: /Internal note/ })).toContainText('She called before')

    // What is done most has its place below; a choice comes up without the keyboard.
    const bar = page.getByRole('toolbar', { name: 'With this conversation' })
    const pick = async (button: string, option: string | RegExp) => {
      await bar.getByRole('button', { name: button }).tap()
      const choices = page.getByRole('dialog', { name: button })
      await expect(choices.getByRole('combobox')).not.toBeFocused()
      await fitsFingers(page, button)
      await choices.getByRole('option', { name: option }).first().tap()
      await expect(choices).toHaveCount(0)
    }
    const undo = page.getByRole('button', { name: 'Undo' }).first()
    await pick('Assign', /\(you\)/)
    await expect(thread(page).getByText(/took it/)).toBeVisible()
    await pick('Label', /./)
    await expect(thread(page).getByText(/labelled it/)).toBeVisible()
    await pick('Status', 'Todo')
    await pick('Snooze', /Tomorrow/)
    const heading = (n: number) => page.getByRole('heading', { level: 2, name: `${subject} ${n}` })
    await expect(heading(2)).toHaveCount(0)
    await undo.tap()
    await expect(heading(2)).toBeVisible()
    await bar.getByRole('button', { name: 'Done' }).tap()
    await expect(heading(2)).toHaveCount(0)

    await page.goto(`/inbox?queue=all&sort=newest`)
    await row(page, new RegExp(`${subject} 1`)).tap()
    await page.getByRole('button', { name: 'Show or hide the customer' }).tap()
    const sheet = page.getByRole('dialog', { name: 'Customer' })
    await expect(sheet.getByText('Fina Fon 1').first()).toBeVisible()
    await fitsFingers(page, 'the customer')
    await noViolations(page, 'the customer')
    await sheet.getByRole('button', { name: 'Close' }).tap()
    await page.getByRole('button', { name: 'Back to the list' }).tap()
    await expect(row(page, new RegExp(`${subject} 1`))).toBeVisible()

    const places = page.getByRole('navigation', { name: 'Main' })
    await places.getByRole('button', { name: 'More' }).tap()
    await fitsFingers(page, 'more places')
    await noViolations(page, 'more places')
    await page.getByRole('dialog', { name: 'More' }).getByRole('link', { name: 'Settings' }).tap()
    await expect(page.getByRole('dialog', { name: 'More' })).toHaveCount(0)
    await places.getByRole('link', { name: 'Search' }).tap()
    await page.getByRole('combobox', { name: 'Search everything that was said' }).fill(`from:${from(1)}`)
    await page.keyboard.press('Enter')
    await page.getByRole('listbox', { name: 'Results' }).getByRole('option').first().tap()
    await expect(heading(1)).toBeVisible()
  })
})
