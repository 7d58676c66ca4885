import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type ApiError, asApiError } from '../api/client'
import { setUp } from '../api/queries/session'
import { MIN_PASSWORD, strength } from '../lib/password'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Meter } from '../ui/meter'
import { Door } from './door'
import { fragmentToken } from './fragment'

const TONES = ['muted', 'danger', 'warning', 'accent', 'accent'] as const

/** The first start: names the firm and makes its owner. */
export function SetupPage() {
  const client = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const [token] = useState(fragmentToken)
  const [form, setForm] = useState({ firm: '', name: '', email: '', password: '' })
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiError>()
  const s = strength(form.password, [form.firm, form.name, form.email.split('@')[0] ?? ''])

  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: (e: { target: { value: string } }) => setForm((old) => ({ ...old, [name]: e.target.value })),
    error: problem?.fields.find((f) => f.location.endsWith(name))?.message,
    required: true,
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await setUp(client, { token, ...form })
      await router.invalidate()
      await navigate({ to: '/customers', replace: true })
    } catch (error) {
      setProblem(asApiError(error))
      setBusy(false)
    }
  }
  if (token === '') {
    return (
      <Door title="The set-up link is incomplete">
        Open the whole link that Rapport printed when it started, with what follows the # sign.{' '}
        <code className="font-mono">rapport setup-url</code> prints a new one.
      </Door>
    )
  }
  return (
    <Door title="Set up Rapport" subtitle="You become the owner. Everything can be changed later.">
      <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4">
        {problem ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 text-danger-text">
            {problem.detail || problem.title} What you typed is still here.
          </p>
        ) : null}
        <Field label="Firm" name="organization" autoComplete="organization" autoFocus {...field('firm')} />
        <Field label="Your name" name="name" autoComplete="name" {...field('name')} />
        <Field label="Mail address" type="email" name="email" autoComplete="username" {...field('email')} />
        <Field
          label="Password"
          type={shown ? 'text' : 'password'}
          name="password"
          autoComplete="new-password"
          minLength={MIN_PASSWORD}
          {...field('password')}
          after={
            <button
              type="button"
              onClick={() => setShown(!shown)}
              aria-pressed={shown}
              aria-label="Show the password"
              className="h-7 rounded-control px-2 text-label text-muted hover:bg-sunken hover:text-text"
            >
              {shown ? 'Hide' : 'Show'}
            </button>
          }
          hint={
            <span className="flex flex-col gap-1.5 pt-1">
              <Meter value={s.score / 4} label="Strength of the password" tone={TONES[s.score] ?? 'muted'} />
              <span aria-live="polite">{s.hint}</span>
            </span>
          }
        />
        <Button type="submit" look="primary" disabled={busy}>
          Set up
        </Button>
      </form>
    </Door>
  )
}
