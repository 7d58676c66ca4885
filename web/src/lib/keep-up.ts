/** The program that this page was built with, by its address. */
const program = (): string =>
  document.querySelector<HTMLScriptElement>('script[type=module]')?.getAttribute('src') ?? ''

/**
 * Keeps a page that is open for days fit: without a connection a page says so, and after
 * an update of the server the files of the old build are gone, so the page is read again
 * when it misses one. What was typed is kept by then.
 */
export function keepUp(): void {
  if (!import.meta.env.PROD) return
  window.addEventListener('vite:preloadError', () => {
    const current = async () => (await fetch('/index.html', { cache: 'no-store' })).text()
    current().then(
      (html) => html.includes('<script') && !html.includes(program()) && window.location.reload(),
      () => undefined, // no connection: nothing is newer
    )
  })
  // A browser without it, or one that refuses it, has the console all the same.
  if ('serviceWorker' in navigator)
    window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined))
}
