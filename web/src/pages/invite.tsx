import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '../api/client'
import { acceptInvitation, type InvitationLook, lookAtInvitation } from '../api/queries/admin'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { NewPassword } from '../ui/new-password'
import { Skeleton } from '../ui/states'
import { Door } from './door'
import { fragmentToken } from './fragment'
import { Rest } from './settings/inbox-form'
import { useProblems } from './settings/problem'

/** Where the link of an invitation leads. */
export function InvitePage() {
  const { t } = useTranslation()
  const [token] = useState(fragmentToken)
  const query = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => lookAtInvitation(token),
    enabled: token !== '',
    retry: (n, error) => n < 2 && asApiError(error).transient,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (token === '') {
    return (
      <Door title={t('The link is incomplete')}>
        {t('Open the whole link of the invitation, with what follows the # sign.')}
      </Door>
    )
  }
  if (query.isError) {
    const e = asApiError(query.error)
    return (
      <Door title={t('This invitation does not work')}>
        <p role="alert">{e.detail || e.title}</p>
        <p className="mt-3 text-muted">
          {t('An invitation works once, for three days. Ask the person who invited you for a new one.')}
        </p>
        {e.transient ? (
          <Button className="mt-4" onClick={() => void query.refetch()}>
            {t('Try again')}
          </Button>
        ) : null}
      </Door>
    )
  }
  if (query.isPending) {
    return (
      <Door title={t('Your invitation')}>
        <Skeleton rows={2} />
      </Door>
    )
  }
  return <Accept token={token} look={query.data} />
}

function Accept({ token, look }: { readonly token: string; readonly look: InvitationLook }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const problems = useProblems(['name', 'password'])
  const [name, setName] = useState(look.name ?? '')
  const [password, setPassword] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      await acceptInvitation(client, { token, name: name.trim(), password })
      await router.invalidate()
      await navigate({ to: '/inbox', replace: true })
    })
  }
  return (
    <Door
      title={look.firm ? t('Join {{firm}}', { firm: look.firm }) : t('Your invitation')}
      subtitle={t('{{author}} invites you. You sign in as {{email}}.', { author: look.author, email: look.email })}
    >
      <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
        <Rest text={problems.rest} />
        <input type="hidden" name="username" autoComplete="username" value={look.email} readOnly />
        <Field
          label={t('Your name')}
          name="name"
          autoComplete="name"
          required
          autoFocus
          value={name}
          onChange={(e) => setName(e.target.value)}
          error={problems.at('name')}
        />
        <NewPassword
          value={password}
          onChange={setPassword}
          error={problems.at('password')}
          near={[look.firm, name, look.email.split('@')[0] ?? '']}
        />
        <Button type="submit" look="primary" disabled={problems.busy}>
          {t('Join')}
        </Button>
      </form>
    </Door>
  )
}
