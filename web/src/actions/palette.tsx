import { Dialog as D } from 'radix-ui'
import { type ComponentType, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createStore, useStore } from '../lib/store'

export const paletteOpen = createStore(false)

// Loaded once the page stands: it is no part of the first load, and there when the
// keys are pressed. Suspense would show it up to .3 s late, when letters are lost.
type Body = ComponentType<{ readonly typed: string }>
const body = createStore<{ readonly Body?: Body }>({})
function load(): void {
  if (body.get().Body) return
  // Without a connection it is tried again when it is opened.
  import('./palette-body').then(
    (m) => body.set({ Body: m.PaletteBody }),
    () => undefined,
  )
}

export const PALETTE_FIELD =
  'h-12 w-full border-b border-line bg-transparent px-4 text-msg outline-none placeholder:text-muted'

/** Takes what is typed before the palette stands: whoever is quick loses no letter, and none counts as a shortcut. */
function Early({ onTyped }: { readonly onTyped: (text: string) => void }) {
  const { t } = useTranslation()
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the palette is for typing into it
      autoFocus
      aria-label={t('Command palette')}
      className={PALETTE_FIELD}
      onChange={(e) => onTyped(e.target.value)}
    />
  )
}

function Content() {
  const { Body } = useStore(body)
  const [typed, setTyped] = useState('')
  useEffect(load, [])
  return Body ? <Body typed={typed} /> : <Early onTyped={setTyped} />
}

/** Everything that can be done from here, by name: this page first, then places, then customers. */
export function Palette() {
  const { t } = useTranslation()
  const open = useStore(paletteOpen)
  useEffect(() => {
    const soon = setTimeout(load, 500)
    return () => clearTimeout(soon)
  }, [])
  return (
    <D.Root open={open} onOpenChange={paletteOpen.set}>
      <D.Portal>
        <D.Overlay className="enter-fade fixed inset-0 z-50 bg-scrim" />
        <D.Content
          aria-describedby={undefined}
          className="enter-fade fixed top-[12dvh] left-1/2 z-50 w-[min(620px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-dialog border border-line bg-raised shadow-overlay outline-none"
        >
          <D.Title className="sr-only">{t('Command palette')}</D.Title>
          {open ? <Content /> : null}
        </D.Content>
      </D.Portal>
    </D.Root>
  )
}
