import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { factorQuery, prove } from '../api/queries/account'
import { useProblems } from '../pages/settings/problem'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Skeleton } from '../ui/states'

/** The form that takes a fresh proof: a code where two-step sign-in is on, else the password. */
export function Proof({ onProved }: { readonly onProved: () => void }) {
  const { t } = useTranslation()
  const factor = useQuery({ ...factorQuery, staleTime: 0 })
  const problems = useProblems(['password', 'code'])
  const [text, setText] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await problems.run(() => prove(factor.data?.on ? { code: text } : { password: text }))) onProved()
  }
  if (factor.isPending) return <Skeleton rows={1} />
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      {problems.rest ? (
        <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 text-danger-text">
          {problems.rest}
        </p>
      ) : null}
      {factor.data?.on ? (
        <CodeField value={text} onChange={setText} error={problems.at('code')} />
      ) : (
        <Field
          label={t('Your password')}
          type="password"
          autoComplete="current-password"
          autoFocus
          value={text}
          onChange={(e) => setText(e.target.value)}
          error={problems.at('password')}
        />
      )}
      <Button type="submit" look="primary" className="self-end" disabled={problems.busy || text === ''}>
        {t('Confirm')}
      </Button>
    </form>
  )
}

interface CodeFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error?: string | undefined
  /** While two-step sign-in is set up there are no recovery codes yet. */
  readonly first?: boolean
}

/** A code of an authenticator app, or a recovery code. */
export function CodeField({ value, onChange, error, first }: CodeFieldProps) {
  const { t } = useTranslation()
  return (
    <Field
      label={t('Code of your authenticator app')}
      name="one-time-code"
      autoComplete="one-time-code"
      inputMode={first ? 'numeric' : 'text'}
      autoCapitalize="none"
      spellCheck={false}
      autoFocus
      value={value}
      onChange={(e) => onChange(e.target.value)}
      error={error}
      hint={first ? undefined : t('No phone at hand? Type one of your recovery codes.')}
    />
  )
}
