import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { asApiError } from '../api/client'
import { sessionQuery, signIn, signInByLink } from '../api/queries/session'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Door } from './door'
import { fragmentToken } from './fragment'

const route = getRouteApi('/sign-in')

/** Sign-in with mail address and password, or by a link that works once. */
export function SignInPage() {
  const client = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const { to } = route.useSearch()
  const session = useQuery(sessionQuery).data
  const [token] = useState(fragmentToken)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(token !== '')
  const [problem, setProblem] = useState('')
  const used = useRef(false)

  const enter = async (work: () => Promise<unknown>) => {
    setBusy(true)
    setProblem('')
    try {
      await work()
      await router.invalidate()
      if (to) await router.history.replace(to)
      else await navigate({ to: '/customers', replace: true })
    } catch (error) {
      const e = asApiError(error)
      setProblem(e.detail || e.title)
      setBusy(false)
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
    void enter(() => signIn(client, email, password))
  }

  if (busy && token !== '') return <Door title="Signing you in">One moment.</Door>
  if (session?.needs_setup) {
    return (
      <Door title="Rapport is not set up yet">
        Open the set-up link that Rapport printed when it started. It works once and for 30 minutes;{' '}
        <code className="font-mono">rapport setup-url</code> prints a new one.
      </Door>
    )
  }
  return (
    <Door title="Sign in" subtitle={session?.firm ?? ''}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {problem ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 text-danger-text">
            {problem}
          </p>
        ) : null}
        <Field
          label="Mail address"
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(e) => setEmail(e.target.value)}
        />
        <Field
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        <Button type="submit" look="primary" disabled={busy}>
          Sign in
        </Button>
      </form>
    </Door>
  )
}
