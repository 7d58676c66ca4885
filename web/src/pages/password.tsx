import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '../api/client'
import { askReset, resetPassword } from '../api/queries/account'
import { sessionQuery } from '../api/queries/session'
import { wipe } from '../lib/vault'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { NewPassword } from '../ui/new-password'
import { Door } from './door'
import { fragmentToken } from './fragment'
import { Rest } from './settings/inbox-form'
import { useProblems } from './settings/problem'

/** A way back in: asks for a link, or sets the new password with it. */
export function PasswordPage() {
  const [token] = useState(fragmentToken)
  const [again, setAgain] = useState(false)
  return token === '' || again ? <Ask /> : <SetNew token={token} onAgain={() => setAgain(true)} />
}

const BACK = 'inline-flex min-h-6 items-center text-accent underline-offset-2 hover:underline'

function Ask() {
  const { t } = useTranslation()
  const session = useQuery(sessionQuery).data
  const problems = useProblems(['email'])
  const [email, setEmail] = useState('')
  const [asked, setAsked] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await problems.run(() => askReset(email.trim()))) setAsked(true)
  }
  const back = (
    <Link to="/sign-in" className={BACK}>
      {t('Back to the sign-in')}
    </Link>
  )
  if (session && !session.mails) {
    return (
      <Door title={t('A new password')} subtitle={session.firm}>
        <p>{t('No inbox of this firm can send mail yet, so no link can be mailed to you.')}</p>
        <ul className="mt-3 flex list-disc flex-col gap-2 pl-5">
          <li>{t('An administrator makes a link for you under Settings, People, and hands it over.')}</li>
          <li>
            {t('Or whoever runs the machine prints one:')}{' '}
            <code className="font-mono text-label [overflow-wrap:anywhere]">
              rapport user reset-link you@firm.example
            </code>
          </li>
        </ul>
        <p className="mt-4">{back}</p>
      </Door>
    )
  }
  if (asked) {
    return (
      <Door title={t('Look into your mail')} subtitle={session?.firm ?? ''}>
        <p role="status">
          {t('If {{email}} has an account here, a link is on its way. It works once, for ten minutes.', {
            email: email.trim(),
          })}
        </p>
        <p className="mt-3 text-muted">
          {t('Nothing there? Look into the spam folder, or ask an administrator for a link.')}
        </p>
        <p className="mt-4">{back}</p>
      </Door>
    )
  }
  return (
    <Door
      title={t('A new password')}
      subtitle={t('We mail you a link to choose a new one. Your current password works until then.')}
    >
      <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
        <Rest text={problems.rest} />
        <Field
          label={t('Mail address')}
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(e) => setEmail(e.target.value)}
          error={problems.at('email')}
        />
        <Button type="submit" look="primary" disabled={problems.busy || email.trim() === ''}>
          {t('Mail me a link')}
        </Button>
        <p>{back}</p>
      </form>
    </Door>
  )
}

function SetNew({ token, onAgain }: { readonly token: string; readonly onAgain: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState('')
  const [expired, setExpired] = useState(false)
  const [busy, setBusy] = useState(false)
  const [changed, setChanged] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      await resetPassword(token, password)
      // All sign-ins have ended, this browser's too.
      await wipe()
      client.clear()
      await router.invalidate()
      setChanged(true)
    } catch (error) {
      const e = asApiError(error)
      setExpired(e.status === 401)
      setProblem(e.fields[0]?.message || e.detail || e.title)
    }
    setBusy(false)
  }
  if (changed) {
    return (
      <Door title={t('Your password is changed')}>
        <p role="status">{t('All your sign-ins have ended. Sign in with the new password.')}</p>
        <p className="mt-4">
          <Link to="/sign-in" className={BACK}>
            {t('Sign in')}
          </Link>
        </p>
      </Door>
    )
  }
  if (expired) {
    return (
      <Door title={t('This link does not work any more')}>
        <p role="alert">{t('A link works once, for ten minutes. Your password is as it was.')}</p>
        <Button className="mt-4" look="primary" onClick={onAgain}>
          {t('Ask for a new link')}
        </Button>
      </Door>
    )
  }
  return (
    <Door title={t('Choose a new password')} subtitle={t('It ends all your sign-ins, here and elsewhere.')}>
      <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
        <NewPassword value={password} onChange={setPassword} error={problem || undefined} near={[]} />
        <Button type="submit" look="primary" disabled={busy}>
          {t('Change the password')}
        </Button>
      </form>
    </Door>
  )
}
