import { createKeptStore } from './store'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'normal' | 'comfortable'

export const theme = createKeptStore<Theme>('theme', 'system')
export const density = createKeptStore<Density>('density', 'normal')
/** Single-letter keys can be switched off (WCAG 2.1.4). */
export const letterKeys = createKeptStore<boolean>('letter-keys', true)
export const wideNav = createKeptStore<boolean>('wide-nav', true)
export const panelOpen = createKeptStore<boolean>('panel', true)
/** How wide the list of conversations is, in pixels. */
export const listWidth = createKeptStore<number>('list-width', 360)
export const casePanel = createKeptStore<boolean>('case-panel', true)
/** Journeys that this person folded or opened by hand; the rest follows their state. */
export const folds = createKeptStore<Readonly<Record<string, boolean>>>('folds', {})
/** The newest contact that this person has seen, per customer. */
export const readMarks = createKeptStore<Readonly<Record<string, string>>>('read', {})

/** What the bars of the browser or the system have around the console: the colour of --surface. */
const BARS = { light: '#ffffff', dark: '#15171b' } as const

/** Writes theme and density onto the document, now and whenever they change. */
export function applyPrefs(root: HTMLElement): void {
  const apply = () => {
    const t = theme.get()
    if (t === 'system') delete root.dataset.theme
    else root.dataset.theme = t
    root.dataset.density = density.get()
    // There is one for each scheme of the system.
    for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]'))
      bar.content = BARS[t === 'system' ? (bar.media.includes('dark') ? 'dark' : 'light') : t]
  }
  apply()
  theme.subscribe(apply)
  density.subscribe(apply)
}
