import { expect } from '@playwright/test'
import { between } from './between'
import { noViolations, test } from './signed-in'

test('it can be installed, and its bars follow the colours', async ({ page }) => {
  await page.goto('/inbox')
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
  await page.getByRole('dialog').getByRole('combobox').fill('colours: dark')
  await page.keyboard.press('Enter')
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
