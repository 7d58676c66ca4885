import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { createStore, useStore } from '../lib/store'
import { Dialog } from '../ui/dialog'

/** The keys of this page, or all keys to change them; empty: closed. */
export const keymapOpen = createStore<'' | 'show' | 'change'>('')

const Shown = lazy(async () => ({ default: (await import('./keymap-shown')).KeymapShown }))
const Changing = lazy(async () => ({ default: (await import('./keymap-changing')).KeymapChanging }))

/** What the keyboard does, and where a person changes it. */
export function KeymapDialog() {
  const { t } = useTranslation()
  const open = useStore(keymapOpen)
  const changing = open === 'change'
  return (
    <Dialog
      open={open !== ''}
      onOpenChange={(o) => o || keymapOpen.set('')}
      title={changing ? t('Change the keys') : t('Keys')}
      description={
        changing
          ? t('They are yours on every machine. A change works at once.')
          : t('What the keyboard does on this page.')
      }
      wide
    >
      <Suspense fallback={<div className="h-64" />}>
        {changing ? <Changing /> : open === 'show' ? <Shown change={() => keymapOpen.set('change')} /> : null}
      </Suspense>
    </Dialog>
  )
}
