// Shows a page of its own where the console can't be reached. It keeps that page and its
// script, and nothing else: the console, its files and all answers come from the server
// each time, so that an update is never hidden behind an older copy.
const CACHE = 'offline-9acd20e8632f'
const PAGE = '/offline.html'
const SCRIPT = '/offline.js'

self.addEventListener('install', (event) => {
  self.skipWaiting()
  const fresh = [PAGE, SCRIPT].map((path) => new Request(path, { cache: 'reload' }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)))
})

self.addEventListener('activate', (event) => {
  const begin = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
    // The page is asked for while this script starts, so that it costs no time.
    await self.registration.navigationPreload?.enable()
    await self.clients.claim()
  }
  event.waitUntil(begin())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  if (request.mode === 'navigate' && request.destination === 'document') event.respondWith(page(event))
  else if (request.url === new URL(SCRIPT, self.location.href).href) event.respondWith(kept(SCRIPT))
})

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch {
    return kept(PAGE)
  }
}

const kept = async (path) => (await caches.match(path)) ?? Response.error()
