import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../api/desk'
import { resetFactor } from '../../api/queries/account'
import {
  changePerson,
  type Invitation,
  invitationsQuery,
  invite,
  type NewInvitation,
  type Role,
  revokeInvitation,
} from '../../api/queries/admin'
import { peopleQuery, teamsQuery } from '../../api/queries/desk'
import { sessionQuery } from '../../api/queries/session'
import { list } from '../../lib/list'
import { Avatar } from '../../ui/avatar'
import { Button } from '../../ui/button'
import { Copy } from '../../ui/copy'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'
import { Group } from './group'
import { Rest } from './inbox-form'
import { useProblems } from './problem'

const ROLES = ['owner', 'admin', 'lead', 'agent', 'viewer'] as const

export function useRoles(): readonly (readonly [Role, string])[] {
  const { t } = useTranslation()
  const words: Readonly<Record<Role, string>> = {
    owner: t('Owner'),
    admin: t('Administrator'),
    lead: t('Team lead'),
    agent: t('Agent'),
    viewer: t('Only reads'),
  }
  return ROLES.map((r) => [r, words[r]] as const)
}

export function People() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(peopleQuery)
  const session = useSuspenseQuery(sessionQuery).data
  const roles = useRoles()
  const teams = useQuery(teamsQuery).data ?? []
  const [inviting, setInviting] = useState(false)
  const [resetting, setResetting] = useState<Person>()
  const teamNames = (ids: readonly string[] | null) =>
    list(ids)
      .map((id) => teams.find((x) => x.id === id)?.name)
      .filter((n) => n !== undefined)
      .join(', ')
  return (
    <>
      <Group
        title={t('People')}
        action={
          <Button look="primary" onClick={() => setInviting(true)}>
            {t('Invite…')}
          </Button>
        }
      >
        {query.isError ? (
          <Failed error={query.error} what={t('The colleagues could not be read')} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton rows={3} />
        ) : (
          <ul className="border-t border-line">
            {query.data.map((p) => (
              <li key={p.id} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line py-2">
                <Avatar name={p.name || p.email} size="normal" picture={p.picture} ours />
                <div className="min-w-0 flex-1 basis-48">
                  <p className={p.disabled ? 'truncate text-muted line-through' : 'truncate font-medium'}>
                    {p.name || p.email}
                  </p>
                  <p className="truncate text-label text-muted">
                    {[p.email, teamNames(p.teams)].filter(Boolean).join(', ')}
                  </p>
                </div>
                <Select
                  className="w-36"
                  hideLabel
                  label={t('Role of {{name}}', { name: p.name || p.email })}
                  value={p.role}
                  disabled={p.id === session.user_id || (p.role === 'owner' && session.role !== 'owner')}
                  options={roles.filter(([r]) => r !== 'owner' || session.role === 'owner' || p.role === 'owner')}
                  onChange={(role) =>
                    attempt(t('The role was not changed'), async () => {
                      await changePerson(client, p.id, { role: role as Role })
                      done(t('The role of {{name}} is changed', { name: p.name || p.email }), () =>
                        changePerson(client, p.id, { role: p.role }),
                      )
                    })
                  }
                />
                {p.second_factor && p.id !== session.user_id && (p.role !== 'owner' || session.role === 'owner') ? (
                  <Button
                    look="ghost"
                    size="small"
                    aria-label={t('Reset the second step: {{name}}', { name: p.name || p.email })}
                    onClick={() => setResetting(p)}
                  >
                    {t('Reset the second step…')}
                  </Button>
                ) : null}
                {p.id === session.user_id ? (
                  <span className="w-24 text-center text-label text-muted">{t('you')}</span>
                ) : (
                  <Button
                    look="ghost"
                    size="small"
                    className={p.disabled ? 'w-24' : 'w-24 !text-danger-text'}
                    aria-label={
                      p.disabled
                        ? t('Let in again: {{name}}', { name: p.name || p.email })
                        : t('Shut out: {{name}}', { name: p.name || p.email })
                    }
                    onClick={() =>
                      attempt(t('Nothing was changed'), async () => {
                        await changePerson(client, p.id, { disabled: !p.disabled })
                        done(
                          p.disabled
                            ? t('{{name}} can sign in again', { name: p.name || p.email })
                            : t('{{name}} can no longer sign in', { name: p.name || p.email }),
                          () => changePerson(client, p.id, { disabled: p.disabled }),
                        )
                      })
                    }
                  >
                    {p.disabled ? t('Let in again') : t('Shut out')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Group>
      <Invitations />
      <Dialog
        open={resetting !== undefined}
        onOpenChange={(o) => o || setResetting(undefined)}
        title={t('Turn the second step of {{name}} off?', { name: resetting?.name || resetting?.email })}
        description={t(
          'For somebody who lost the app and the recovery codes. Make sure that it is really them who asks.',
        )}
        alert
        footer={
          <>
            <Button look="ghost" onClick={() => setResetting(undefined)}>
              {t('Keep it on')}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                const who = resetting
                setResetting(undefined)
                if (who)
                  attempt(t('Nothing was changed'), async () => {
                    await resetFactor(client, who.id)
                    done(t('The second step of {{name}} is off', { name: who.name || who.email }))
                  })
              }}
            >
              {t('Turn it off')}
            </Button>
          </>
        }
      >
        <p className="text-muted">
          {t('All their sign-ins end, and a mail tells them. It stands in the audit trail.')}
        </p>
      </Dialog>
      <Dialog
        open={inviting}
        onOpenChange={setInviting}
        title={t('Invite a colleague')}
        description={t('They choose their own password.')}
      >
        <InviteForm />
      </Dialog>
    </>
  )
}

/** Invites, and shows the link; then it can invite the next. */
export function InviteForm() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['email', 'name', 'role'])
  const session = useSuspenseQuery(sessionQuery).data
  const roles = useRoles().filter(([r]) => r !== 'owner' || session.role === 'owner')
  const teams = (useQuery(teamsQuery).data ?? []).filter((x) => !x.archived)
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const [inTeams, setInTeams] = useState<readonly string[]>([])
  const [made, setMade] = useState<NewInvitation>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      setMade(await invite(client, { email: email.trim(), role, teams: [...inTeams] }))
      setEmail('')
    })
  }
  if (made) {
    return (
      <div className="flex flex-col gap-3">
        <p role="status">
          {made.mailed
            ? t('{{email}} got a mail with this link.', { email: made.email })
            : t('Hand this link over to {{email}}; no inbox could send it.', { email: made.email })}{' '}
          <span className="text-muted">{t('It works once, for three days, and is shown only now.')}</span>
        </p>
        <Copy text={made.link} label={t('Copy')} said={t('Link copied')} />
        <Button className="self-start" onClick={() => setMade(undefined)}>
          {t('Invite another')}
        </Button>
      </div>
    )
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        label={t('Mail address')}
        type="email"
        autoComplete="off"
        required
        value={email}
        onChange={(e) => setEmail(e.target.value)}
        error={problems.at('email')}
      />
      <Select
        label={t('Role')}
        value={role}
        options={roles}
        onChange={(r) => setRole(r as Role)}
        error={problems.at('role')}
      />
      {teams.length > 0 ? (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 text-label font-medium">{t('Teams')}</legend>
          {teams.map((x) => (
            <label key={x.id} className="flex min-h-7 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-[var(--accent)]"
                checked={inTeams.includes(x.id)}
                onChange={(e) =>
                  setInTeams((old) => (e.target.checked ? [...old, x.id] : old.filter((id) => id !== x.id)))
                }
              />
              {x.name}
            </label>
          ))}
        </fieldset>
      ) : null}
      <Button className="self-start" type="submit" look="primary" disabled={problems.busy}>
        {t('Invite')}
      </Button>
    </form>
  )
}

function Invitations() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(invitationsQuery)
  const roles = new Map(useRoles())
  const pending = query.data ?? []
  if (pending.length === 0) return null
  const revoke = (i: Invitation) =>
    attempt(t('The invitation was not revoked'), async () => {
      await revokeInvitation(client, i.id)
      done(t('The invitation of {{email}} no longer works', { email: i.email }))
    })
  return (
    <Group title={t('Open invitations')}>
      <ul className="border-t border-line">
        {pending.map((i) => (
          <li key={i.id} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
            <div className="min-w-0 flex-1 basis-48">
              <p className="truncate font-medium">{i.email}</p>
              <p className="text-label text-muted">
                {roles.get(i.role)}, {t('invited by {{name}}', { name: i.author })}, {t('ends')}{' '}
                <When at={i.expires_at} />
              </p>
            </div>
            <Button
              look="ghost"
              size="small"
              className="!text-danger-text"
              aria-label={t('Revoke: {{email}}', { email: i.email })}
              onClick={() => revoke(i)}
            >
              {t('Revoke')}
            </Button>
          </li>
        ))}
      </ul>
    </Group>
  )
}
