import type { KeyboardEvent, PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { listWidth } from '../../lib/prefs'
import { useStore } from '../../lib/store'

const MIN = 300
const MAX = 480
const clamp = (w: number): number => Math.round(Math.min(MAX, Math.max(MIN, w)))

/** The edge between the list and the conversation; arrows move it too. */
export function Resizer() {
  const { t } = useTranslation()
  const width = useStore(listWidth)
  const onPointerDown = (down: PointerEvent<HTMLDivElement>) => {
    const from = down.clientX
    const before = listWidth.get()
    const target = down.currentTarget
    target.setPointerCapture(down.pointerId)
    const move = (e: globalThis.PointerEvent) => listWidth.set(clamp(before + e.clientX - from))
    const up = () => {
      target.removeEventListener('pointermove', move)
      target.removeEventListener('pointerup', up)
    }
    target.addEventListener('pointermove', move)
    target.addEventListener('pointerup', up)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    const by = e.key === 'ArrowLeft' ? -20 : e.key === 'ArrowRight' ? 20 : 0
    if (by === 0) return
    e.preventDefault()
    listWidth.set((w) => clamp(w + by))
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('Width of the list')}
      aria-valuenow={width}
      aria-valuemin={MIN}
      aria-valuemax={MAX}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => listWidth.set(360)}
      className="relative z-10 -mr-1 -ml-1 w-2 flex-none cursor-col-resize touch-none outline-none after:absolute after:inset-y-0 after:left-[3px] after:w-0.5 hover:after:bg-line focus-visible:after:bg-accent"
    />
  )
}
