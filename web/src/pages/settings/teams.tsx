import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Team } from '../../api/desk'
import { saveTeam } from '../../api/queries/admin'
import { peopleQuery, teamsQuery } from '../../api/queries/desk'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Failed, Skeleton } from '../../ui/states'
import { done } from '../../ui/undo'
import { Group } from './group'
import { Rest } from './inbox-form'
import { useProblems } from './problem'

export function Teams() {
  const { t } = useTranslation()
  const query = useQuery(teamsQuery)
  const people = useQuery(peopleQuery).data ?? []
  const [opened, setOpened] = useState<Team | 'new'>()
  const shown = (query.data ?? []).filter((x) => !x.archived)
  const close = () => setOpened(undefined)
  return (
    <Group title={t('Teams')} action={<Button onClick={() => setOpened('new')}>{t('New team…')}</Button>}>
      {query.isError ? (
        <Failed error={query.error} what={t('The teams could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : shown.length === 0 ? (
        <p>{t('No team yet. Conversations can be handed to a team instead of one person.')}</p>
      ) : (
        <ul className="border-t border-line">
          {shown.map((x) => (
            <li key={x.id} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
              <div className="min-w-0 flex-1 basis-48">
                <p className="truncate font-medium">{x.name}</p>
                <p className="text-label text-muted">
                  {list(x.members)
                    .map((m) => {
                      const name = people.find((p) => p.id === m.user_id)?.name ?? ''
                      return m.lead ? t('{{name}} (lead)', { name }) : name
                    })
                    .filter(Boolean)
                    .join(', ') || t('Nobody yet')}
                </p>
              </div>
              <Button size="small" aria-label={t('Change {{name}}', { name: x.name })} onClick={() => setOpened(x)}>
                {t('Change…')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={opened !== undefined}
        onOpenChange={(o) => o || close()}
        title={opened === 'new' || !opened ? t('New team') : opened.name}
      >
        <TeamForm
          team={opened === 'new' ? undefined : opened}
          onSaved={(name) => {
            close()
            done(t('“{{name}}” saved', { name }))
          }}
        />
      </Dialog>
    </Group>
  )
}

interface TeamFormProps {
  readonly team?: Team | undefined
  readonly onSaved: (name: string) => void
}

export function TeamForm({ team, onSaved }: TeamFormProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['name', 'members'])
  const people = (useQuery(peopleQuery).data ?? []).filter((p) => !p.disabled)
  const [name, setName] = useState(team?.name ?? '')
  const [members, setMembers] = useState<readonly { readonly user_id: string; readonly lead?: boolean }[]>(
    list(team?.members),
  )
  const save = (archived: boolean) =>
    problems.run(async () => {
      await saveTeam(client, team?.id ?? '', { name: name.trim(), members, ...(team ? { archived } : {}) })
      onSaved(name.trim())
    })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save(team?.archived ?? false)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        label={t('Name of the team')}
        required
        value={name}
        placeholder={t('Orders and returns')}
        onChange={(e) => setName(e.target.value)}
        error={problems.at('name')}
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-label font-medium">{t('Who is in it')}</legend>
        {people.map((p) => {
          const member = members.find((m) => m.user_id === p.id)
          return (
            <div key={p.id} className="flex min-h-8 flex-wrap items-center justify-between gap-x-4">
              <label className="flex min-w-0 items-center gap-2">
                <input
                  type="checkbox"
                  className="size-4 flex-none accent-[var(--accent)]"
                  checked={member !== undefined}
                  onChange={(e) =>
                    setMembers((old) =>
                      e.target.checked ? [...old, { user_id: p.id }] : old.filter((m) => m.user_id !== p.id),
                    )
                  }
                />
                <span className="truncate">{p.name || p.email}</span>
              </label>
              {member ? (
                <label className="flex items-center gap-2 text-label text-muted">
                  <input
                    type="checkbox"
                    className="size-4 accent-[var(--accent)]"
                    aria-label={t('{{name}} leads the team', { name: p.name || p.email })}
                    checked={member.lead === true}
                    onChange={(e) =>
                      setMembers((old) =>
                        old.map((m) => (m.user_id === p.id ? { user_id: p.id, lead: e.target.checked } : m)),
                      )
                    }
                  />
                  {t('Leads it')}
                </label>
              ) : null}
            </div>
          )
        })}
        {problems.at('members') ? <p className="text-label text-danger-text">{problems.at('members')}</p> : null}
      </fieldset>
      <div className="flex flex-wrap justify-between gap-2">
        <Button type="submit" look="primary" disabled={problems.busy}>
          {team ? t('Save') : t('Make the team')}
        </Button>
        {team ? (
          <Button look="danger" onClick={() => void save(true)} disabled={problems.busy}>
            {t('Put the team away')}
          </Button>
        ) : null}
      </div>
    </form>
  )
}
