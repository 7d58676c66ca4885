import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Keys } from '../ui/keys'
import { pressName } from './keys'
import { isModifier, isReserved } from './remap'

// As long as a sequence waits for its second key, and a little more.
const WAIT_MS = 1400

interface RecorderProps {
  /** What the keys are for. */
  readonly label: string
  /** The keys that were pressed, one press or a sequence of two; "" takes all keys away. */
  readonly onKeys: (keys: string) => void
  readonly onCancel: () => void
}

/** Listens to the keys that an action is to have. */
export function Recorder({ label, onKeys, onCancel }: RecorderProps) {
  const { t } = useTranslation()
  const [first, setFirst] = useState('')
  const [refused, setRefused] = useState(false)
  const box = useRef<HTMLButtonElement>(null)
  useEffect(() => box.current?.focus(), [])
  // One press is meant when no second one follows.
  useEffect(() => {
    if (first === '') return
    const timer = setTimeout(() => onKeys(first), WAIT_MS)
    return () => clearTimeout(timer)
  }, [first, onKeys])
  // Before everything else on the page: a dialog would take Escape for itself.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Tab') return
      event.preventDefault()
      event.stopPropagation()
      if (isModifier(event.key) || event.repeat) return
      if (event.key === 'Escape') onCancel()
      else if (event.key === 'Backspace' && first === '') onKeys('')
      else if (event.key === 'Enter' && first !== '') onKeys(first)
      else {
        const press = pressName(event)
        setRefused(isReserved(press))
        if (isReserved(press)) return
        if (first !== '') onKeys(`${first} ${press}`)
        else setFirst(press)
      }
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [first, onKeys, onCancel])
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <button
        ref={box}
        type="button"
        aria-label={t('Press the keys for: {{what}}', { what: label })}
        onBlur={onCancel}
        className="inline-flex min-h-9 items-center gap-2 rounded-control border border-accent bg-surface px-3 text-label text-muted"
      >
        {first ? <Keys keys={first} /> : null}
        <span>{first ? t('A second key, or wait') : t('Press a key, or two one after the other')}</span>
      </button>
      <p role="status" className="text-label text-muted">
        {refused
          ? t('That key belongs to the browser, to lists or to writing. Press another one.')
          : t('Esc keeps the old ones, Backspace takes the keys away.')}
      </p>
    </div>
  )
}
