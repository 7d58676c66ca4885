// What a site embeds: <script async src="https://…/widget.js" data-inbox="…"></script>.
// It draws a launcher that no style of the page can touch, and opens the chat in a
// frame of Rapport's own origin. It needs no inline style or script of the page.
import { launcher } from './words'

interface Queued {
  (...args: unknown[]): void
  q?: unknown[][]
}

;(() => {
  const script = document.currentScript as HTMLScriptElement | null
  const inbox = script?.dataset.inbox
  if (!script || !inbox || document.querySelector('rapport-chat')) return
  const base = new URL(script.src).origin
  const lang = document.documentElement.lang || navigator.language || 'en'
  const words = launcher(lang)
  const began = `rapport:${inbox}`
  let frame: HTMLIFrameElement | undefined
  let open = false
  let identity = ''

  const host = document.createElement('rapport-chat')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(
    // Against the styles of the page: what is important inside wins over what is outside.
    ':host{all:initial!important;position:fixed!important;z-index:2147483000!important;inset-block-end:20px!important;inset-inline-end:20px!important;font:500 14px system-ui,sans-serif!important}' +
      ':host(.start){inset-inline:20px auto!important}' +
      'button{all:unset;box-sizing:border-box;width:56px;height:56px;border-radius:50%;background:var(--c,#2b5fd9);color:var(--o,#fff);cursor:pointer;display:grid;place-items:center;box-shadow:0 4px 16px rgb(0 0 0/.24);position:relative}' +
      'button:focus-visible{outline:3px solid var(--c,#2b5fd9);outline-offset:3px}svg{width:26px;height:26px}' +
      'b{position:absolute;inset-block-start:-2px;inset-inline-end:-2px;min-width:20px;height:20px;border-radius:10px;background:#c0262d;color:#fff;font:600 12px/20px system-ui;text-align:center}b:empty{display:none}' +
      'iframe{all:unset;position:absolute;inset-block-end:72px;inset-inline-end:0;width:380px;height:min(620px,calc(100vh - 120px));border-radius:12px;box-shadow:0 8px 40px rgb(0 0 0/.28);background:Canvas;display:none}' +
      ':host(.start) iframe{inset-inline:0 auto}iframe.open{display:block}' +
      '@media(max-width:480px){iframe.open{position:fixed;inset:0;width:100%;height:100%;border-radius:0}}' +
      '@media print{:host{display:none!important}}',
  )
  root.adoptedStyleSheets = [sheet]
  const button = document.createElement('button')
  button.type = 'button'
  button.setAttribute('aria-haspopup', 'dialog')
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', 'M4 4h16v12H9l-5 4z')
  path.setAttribute('fill', 'none')
  path.setAttribute('stroke', 'currentColor')
  path.setAttribute('stroke-width', '2')
  path.setAttribute('stroke-linejoin', 'round')
  svg.append(path)
  const badge = document.createElement('b')
  button.append(svg, badge)
  root.append(button)

  const label = () => {
    const n = badge.textContent ? ` (${badge.textContent})` : ''
    button.setAttribute('aria-label', (open ? words.close : words.open) + n)
    button.setAttribute('aria-expanded', String(open))
  }
  const tell = (message: Record<string, unknown>) => frame?.contentWindow?.postMessage({ rapport: 1, ...message }, base)
  // Browsers keep a frame of another site from storing anything, so the page keeps it.
  const kept = () => localStorage.getItem(began)
  const load = () => {
    if (frame) return
    frame = document.createElement('iframe')
    frame.title = words.title
    frame.src = `${base}/w/${inbox}/frame#${new URLSearchParams({ o: location.origin, l: lang, d: document.dir || getComputedStyle(document.documentElement).direction })}`
    root.append(frame)
  }
  const show = (next: boolean) => {
    open = next
    if (open) load()
    frame?.classList.toggle('open', open)
    tell({ type: open ? 'open' : 'close' })
    if (open) frame?.focus()
    else button.focus()
    label()
  }
  button.addEventListener('click', () => show(!open))
  root.addEventListener('keydown', (e) => {
    if ((e as KeyboardEvent).key === 'Escape' && open) show(false)
  })
  window.addEventListener('message', (e) => {
    if (e.origin !== base || !frame || e.source !== frame.contentWindow || !e.data?.rapport) return
    const { type, n, colour, on, position } = e.data
    if (type === 'look') {
      for (const [name, value] of [
        ['--c', colour],
        ['--o', on],
      ])
        if (/^#[0-9a-f]{6}$/i.test(value)) button.style.setProperty(name, value)
      host.classList.toggle('start', position === 'start')
    }
    if (type === 'ready') {
      tell({ type: 'begin', token: identity, kept: kept() })
      if (open) tell({ type: 'open' })
    }
    if (type === 'unread') badge.textContent = n > 0 ? String(Math.min(Number(n), 99)) : ''
    if (type === 'keep') localStorage.setItem(began, JSON.stringify(e.data.kept))
    if (type === 'close') show(false)
    label()
  })

  const call = (...args: unknown[]) => {
    if (args[0] === 'open') show(true)
    if (args[0] === 'close') show(false)
    if (args[0] === 'identify' && typeof args[1] === 'string') {
      identity = args[1]
      load()
      tell({ type: 'begin', token: identity, kept: kept() })
    }
  }
  const w = window as unknown as { rapport?: Queued }
  const waiting = w.rapport?.q ?? []
  w.rapport = call
  const start = () => {
    // Beside the body, which pages turn, fade and replace.
    document.documentElement.append(host)
    label()
    for (const args of waiting) call(...args)
    // Whoever wrote before may have an answer.
    if (localStorage.getItem(began)) load()
  }
  if (document.body) start()
  else document.addEventListener('DOMContentLoaded', start)
})()
