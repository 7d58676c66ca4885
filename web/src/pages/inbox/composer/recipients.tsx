import { X } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface RecipientsProps {
  readonly label: string
  readonly value: readonly string[]
  readonly onChange: (next: readonly string[]) => void
  readonly autoFocus?: boolean
}

export const looksLikeAddress = (s: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(s)

/** Addresses as chips; a comma, Enter or leaving the field takes what was typed. */
export function Recipients({ label, value, onChange, autoFocus }: RecipientsProps) {
  const { t } = useTranslation()
  const id = useId()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const take = (raw: string): boolean => {
    const found = raw
      .split(/[,;\s]+/)
      .map((s) => s.replace(/^<|>$/g, ''))
      .filter(Boolean)
    if (found.length === 0) return true
    if (!found.every(looksLikeAddress)) {
      setWrong(true)
      return false
    }
    onChange([...value, ...found.filter((f) => !value.includes(f))])
    setText('')
    setWrong(false)
    return true
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === ',' || e.key === ';' || (e.key === 'Enter' && text.trim() !== '' && !e.metaKey && !e.ctrlKey)) {
      e.preventDefault()
      take(text)
    } else if (e.key === 'Backspace' && text === '' && value.length > 0) onChange(value.slice(0, -1))
  }
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-1">
      <label htmlFor={id} className="w-12 flex-none text-label text-muted">
        {label}
      </label>
      {value.map((a) => (
        <span key={a} className="inline-flex h-6 max-w-full items-center rounded-chip bg-sunken pr-0.5 pl-2 text-label">
          <span className="truncate">{a}</span>
          <button
            type="button"
            aria-label={t('Without {{name}}', { name: a })}
            onClick={() => onChange(value.filter((x) => x !== a))}
            className="inline-flex size-6 items-center justify-center rounded-full text-muted hover:text-text"
          >
            <X aria-hidden className="!size-3" />
          </button>
        </span>
      ))}
      <input
        id={id}
        type="text"
        inputMode="email"
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the field appears because somebody asked for it
        autoFocus={autoFocus}
        value={text}
        onChange={(e) => {
          setText(e.target.value)
          setWrong(false)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => take(text)}
        aria-invalid={wrong || undefined}
        className="h-6 min-w-28 flex-1 bg-transparent text-body outline-none aria-[invalid]:text-danger-text"
      />
      {wrong ? <span className="text-label text-danger-text">{t('That is no mail address')}</span> : null}
    </div>
  )
}
