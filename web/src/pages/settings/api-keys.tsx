import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '../../api/client'
import { createKey, keysQuery, revokeKey } from '../../api/queries/settings'
import type { Key, NewKey } from '../../api/types'
import { say } from '../../i18n/mark'
import { list } from '../../lib/list'
import { isSet } from '../../lib/time'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'
import { Group } from './group'

const SCOPES: readonly (readonly [name: string, does: string])[] = [
  ['read', say('Read customers, journeys and contacts')],
  ['write', say('Bring in contacts')],
  ['verified', say('Say that an identifier is verified')],
  ['track', say('Receive web site events (Segment)')],
  ['admin', say('Everything, also keys')],
]

export function ApiKeys() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(keysQuery)
  const [creating, setCreating] = useState(false)
  const [made, setMade] = useState<NewKey>()
  const [revoking, setRevoking] = useState<Key>()
  const keys = list(query.data?.items)
  const revoke = (key: Key) => {
    setRevoking(undefined)
    attempt(t('The key was not revoked'), async () => {
      await revokeKey(client, key.id)
      done(t('“{{name}}” no longer works', { name: key.name }))
    })
  }
  return (
    <Group
      title={t('API keys')}
      action={
        <Button look="primary" onClick={() => setCreating(true)}>
          {t('New key…')}
        </Button>
      }
    >
      <p className="mb-2 max-w-[60ch] text-muted">
        {t('Other programs use them to bring in contacts and to read. A key does only what its scopes allow.')}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The keys could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : keys.length === 0 ? (
        <p>{t('No key yet.')}</p>
      ) : (
        <ul className="border-t border-line">
          {keys.map((k) => (
            <li key={k.id} className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <div className="min-w-0 flex-1">
                <p className={isSet(k.revoked_at) ? 'text-muted line-through' : 'font-medium'}>{k.name}</p>
                <p className="text-label text-muted">
                  <span className="font-mono">{k.prefix}…</span> {list(k.scopes).join(', ')}, {t('made')}{' '}
                  <When at={k.created_at} />
                  {isSet(k.last_used) ? (
                    <>
                      , {t('last used')} <When at={k.last_used} />
                    </>
                  ) : (
                    `, ${t('never used')}`
                  )}
                </p>
              </div>
              {isSet(k.revoked_at) ? (
                <span className="text-label text-muted">{t('revoked')}</span>
              ) : (
                <Button
                  look="ghost"
                  className="!text-danger-text"
                  onClick={() => setRevoking(k)}
                  aria-label={t('Revoke “{{name}}”', { name: k.name })}
                >
                  {t('Revoke…')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <CreateDialog
        open={creating}
        onClose={() => setCreating(false)}
        onMade={(key) => {
          setCreating(false)
          setMade(key)
        }}
      />
      <Dialog
        open={made !== undefined}
        onOpenChange={(o) => o || setMade(undefined)}
        title={t('Copy the key now')}
        description={t('It is shown this once; Rapport keeps only a fingerprint of it.')}
        footer={
          <Button
            look="primary"
            onClick={() =>
              attempt(t('It could not be copied'), async () => {
                await navigator.clipboard.writeText(made?.key ?? '')
                done(t('Key copied'))
              })
            }
          >
            {t('Copy')}
          </Button>
        }
      >
        <code className="block rounded-control bg-sunken px-3 py-2 font-mono text-body [overflow-wrap:anywhere] select-all">
          {made?.key}
        </code>
      </Dialog>
      <Dialog
        open={revoking !== undefined}
        onOpenChange={(o) => o || setRevoking(undefined)}
        title={t('Revoke “{{name}}”?', { name: revoking?.name ?? '' })}
        description={t('Programs that use it are refused at once. It can’t be undone; make a new key instead.')}
        alert
        footer={
          <>
            <Button look="ghost" onClick={() => setRevoking(undefined)}>
              {t('Keep it')}
            </Button>
            <Button look="danger" onClick={() => revoking && revoke(revoking)}>
              {t('Revoke')}
            </Button>
          </>
        }
      >
        <p className="font-mono">{revoking?.prefix}…</p>
      </Dialog>
    </Group>
  )
}

interface CreateProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly onMade: (key: NewKey) => void
}

function CreateDialog({ open, onClose, onMade }: CreateProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>(['write'])
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setProblem('')
    try {
      onMade(await createKey(client, name.trim(), scopes))
      setName('')
    } catch (error) {
      const e = asApiError(error)
      setProblem(e.fields[0]?.message || e.detail || e.title)
    }
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(o) => o || onClose()}
      title={t('New API key')}
      footer={
        <Button look="primary" type="submit" form="new-key" disabled={scopes.length === 0}>
          {t('Make the key')}
        </Button>
      }
    >
      <form id="new-key" onSubmit={(e) => void submit(e)} className="flex flex-col gap-4">
        <Field
          label={t('What is it for?')}
          placeholder={t('Web shop')}
          required
          autoFocus
          value={name}
          onChange={(e) => setName(e.target.value)}
          error={problem || undefined}
        />
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 text-label font-medium">{t('It may')}</legend>
          {SCOPES.map(([scope, does]) => (
            <label key={scope} className="flex min-h-7 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-[var(--accent)]"
                checked={scopes.includes(scope)}
                onChange={(e) =>
                  setScopes((old) => (e.target.checked ? [...old, scope] : old.filter((s) => s !== scope)))
                }
              />
              {t(does)} <span className="font-mono text-label text-muted">{scope}</span>
            </label>
          ))}
        </fieldset>
      </form>
    </Dialog>
  )
}
