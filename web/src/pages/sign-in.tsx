import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate, useRouter } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, asApiError } from '../api/client'
import { sessionQuery, signIn, signInByLink } from '../api/queries/session'
import { CodeField } from '../shell/proof'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Door } from './door'
import { fragmentToken } from './fragment'

const route = getRouteApi('/sign-in')

/** Sign-in with mail address, password and the second step, or by a link that works once. */
export function SignInPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const { to } = route.useSearch()
  const session = useQuery(sessionQuery).data
  const [token] = useState(fragmentToken)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [second, setSecond] = useState(false)
  const [busy, setBusy] = useState(token !== '')
  const [problem, setProblem] = useState<ApiError>()
  const used = useRef(false)

  const enter = async (work: () => Promise<unknown>) => {
    setBusy(true)
    setProblem(undefined)
    try {
      await work()
      await router.invalidate()
      if (to) await router.history.replace(to)
      else await navigate({ to: '/inbox', replace: true })
    } catch (error) {
      const e = asApiError(error)
      setBusy(false)
      if (e.code === 'second_factor') {
        setSecond(true)
        // Being asked is no mistake.
        if (!second) return
      }
      setProblem(e)
    }
  }
  // The link in the address is used once, also when React mounts twice.
  useEffect(() => {
    if (token === '' || used.current) return
    used.current = true
    void enter(() => signInByLink(client, token))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void enter(() => signIn(client, email, password, second ? code : ''))
  }

  if (busy && token !== '') return <Door title={t('Signing you in')}>{t('One moment.')}</Door>
  if (session?.needs_setup) {
    return (
      <Door title={t('Rapport is not set up yet')}>
        {t(
          'Open the set-up link that Rapport printed when it started. It works once and for 30 minutes; this prints a new one:',
        )}{' '}
        <code className="font-mono">rapport setup-url</code>
      </Door>
    )
  }
  const wrong =
    problem && problem.code !== 'second_factor' ? (
      <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 text-danger-text">
        {problem.detail || problem.title}
      </p>
    ) : null
  if (second) {
    return (
      <Door title={t('The second step')} subtitle={email}>
        <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
          {wrong}
          <CodeField
            value={code}
            onChange={setCode}
            error={problem?.code === 'second_factor' ? problem.detail || problem.title : undefined}
          />
          <Button type="submit" look="primary" disabled={busy || code.trim() === ''}>
            {t('Sign in')}
          </Button>
          <div className="flex flex-wrap justify-between gap-x-4 gap-y-2">
            <Button
              look="link"
              onClick={() => {
                setSecond(false)
                setCode('')
                setPassword('')
                setProblem(undefined)
              }}
            >
              {t('Sign in as somebody else')}
            </Button>
            <p className="text-label text-muted">
              {t('Lost both? An administrator can turn the second step off for you.')}
            </p>
          </div>
        </form>
      </Door>
    )
  }
  return (
    <Door title={t('Sign in')} subtitle={session?.firm ?? ''}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {wrong}
        <Field
          label={t('Mail address')}
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(e) => setEmail(e.target.value)}
        />
        <Field
          label={t('Password')}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        <Button type="submit" look="primary" disabled={busy}>
          {t('Sign in')}
        </Button>
        <Link
          to="/password"
          className="inline-flex min-h-6 items-center self-start text-accent underline-offset-2 hover:underline"
        >
          {t('Forgot your password?')}
        </Link>
      </form>
    </Door>
  )
}
