import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MIN_PASSWORD, strength } from '../lib/password'
import { Field } from './field'
import { Meter } from './meter'

const TONES = ['muted', 'danger', 'warning', 'accent', 'accent'] as const

interface NewPasswordProps {
  /** "Password" unless there is one already. */
  readonly label?: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
  /** Words that make a password easy to guess. */
  readonly near: readonly string[]
}

export function NewPassword({ label, value, onChange, error, near }: NewPasswordProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  const s = strength(value, [...near])
  return (
    <Field
      label={label ?? t('Password')}
      type={shown ? 'text' : 'password'}
      name="password"
      autoComplete="new-password"
      minLength={MIN_PASSWORD}
      required
      value={value}
      onChange={(e) => onChange(e.target.value)}
      error={error}
      after={
        <button
          type="button"
          onClick={() => setShown(!shown)}
          aria-pressed={shown}
          aria-label={t('Show the password')}
          className="h-7 rounded-control px-2 text-label text-muted hover:bg-sunken hover:text-text"
        >
          {shown ? t('Hide') : t('Show')}
        </button>
      }
      hint={
        <span className="flex flex-col gap-1.5 pt-1">
          <Meter value={s.score / 4} label={t('Strength of the password')} tone={TONES[s.score] ?? 'muted'} />
          <span aria-live="polite">{t(s.hint)}</span>
        </span>
      }
    />
  )
}
