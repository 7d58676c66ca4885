import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { connectInbox, type InboxView, saveInbox } from '../../api/queries/admin'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { Copy } from '../../ui/copy'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { attempt, done } from '../../ui/undo'
import { useProblems } from './problem'

/** The inbox as it is, for a change of a part of it. */
function whole(inbox: InboxView) {
  const { name, brand, kind, address, state, restricted, team_id, teams, settings, version } = inbox
  return { name, brand, kind, address, state, restricted, team_id, teams, settings, version }
}

export const setInboxState = (
  client: ReturnType<typeof useQueryClient>,
  inbox: InboxView,
  state: 'active' | 'archived',
) => saveInbox(client, inbox.id, { ...whole(inbox), state })

/** Puts an inbox away, and says what becomes of its mail. */
export function PutAway({ inbox, onDone }: { readonly inbox: InboxView; readonly onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [asked, setAsked] = useState(false)
  const put = () =>
    attempt(t('The inbox was not put away'), async () => {
      const saved = await setInboxState(client, inbox, 'archived')
      onDone()
      done(t('“{{name}}” is put away', { name: inbox.name }), () => setInboxState(client, saved, 'active'))
    })
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="font-semibold">{t('Put away')}</h3>
      <p className="max-w-[60ch] text-muted">
        {inbox.kind === 'chat'
          ? t('The chat disappears from your web site. Its conversations stay, and you can restore it at any time.')
          : t(
              'No mail is taken in and none is sent. Its conversations stay. New mail waits in the mailbox and is taken in when you restore the inbox; the built-in server refuses mail to its address.',
            )}
      </p>
      {asked ? (
        <div className="flex flex-wrap gap-2">
          <Button look="danger" onClick={put} autoFocus>
            {t('Put “{{name}}” away', { name: inbox.name })}
          </Button>
          <Button look="ghost" onClick={() => setAsked(false)}>
            {t('Cancel')}
          </Button>
        </div>
      ) : (
        <Button className="self-start" look="danger" onClick={() => setAsked(true)}>
          {t('Put away…')}
        </Button>
      )}
    </section>
  )
}

const NAMES = { google: 'Google', microsoft: 'Microsoft' } as const
type Provider = keyof typeof NAMES

/** Signs an inbox in at its provider, where passwords don't do. */
export function Connect({ inbox }: { readonly inbox: InboxView }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const oauth = inbox.settings.oauth
  const problems = useProblems(['settings.oauth.client_id', 'settings.oauth.tenant', 'secrets.oauth_client_secret'])
  const [provider, setProvider] = useState<Provider>(oauth?.provider === 'microsoft' ? 'microsoft' : 'google')
  const [clientId, setClientId] = useState(oauth?.client_id ?? '')
  const [tenant, setTenant] = useState(oauth?.tenant ?? '')
  const [secret, setSecret] = useState('')
  const has = list(inbox.secrets).includes('oauth_client_secret')
  const connected = list(inbox.secrets).includes('oauth_token') && inbox.state !== 'reconnect'
  const used =
    connected ||
    inbox.state === 'reconnect' ||
    [inbox.settings.imap, inbox.settings.smtp].some((x) => x?.auth === 'oauth')
  const callback = `${location.origin}/oauth/callback`
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const { imap, smtp } = inbox.settings
      await saveInbox(client, inbox.id, {
        ...whole(inbox),
        settings: {
          ...inbox.settings,
          ...(imap?.host ? { imap: { ...imap, auth: 'oauth' } } : {}),
          ...(smtp?.host ? { smtp: { ...smtp, auth: 'oauth' } } : {}),
          oauth: {
            provider,
            client_id: clientId.trim(),
            ...(provider === 'microsoft' ? { tenant: tenant.trim() } : {}),
          },
        },
        ...(secret ? { secrets: { oauth_client_secret: secret } } : {}),
      })
      location.assign((await connectInbox(inbox.id)).url)
    })
  }
  return (
    <details open={used} className="border-t border-line pt-4">
      <summary className="mb-3 cursor-pointer font-semibold">{t('Sign in at Google or Microsoft')}</summary>
      {inbox.state === 'reconnect' ? (
        <p role="alert" className="mb-3 rounded-card bg-danger-soft px-3 py-2 text-danger-text">
          {t('The permission is gone: no mail is taken in or sent until you connect the inbox again.')}
        </p>
      ) : connected ? (
        <p className="mb-3 text-success-text">{t('Connected.')}</p>
      ) : null}
      <form className="flex flex-col gap-3" onSubmit={(e) => void submit(e)} noValidate>
        {problems.rest ? (
          <p role="alert" className="text-danger-text">
            {problems.rest}
          </p>
        ) : null}
        <Select
          label={t('Provider')}
          value={provider}
          onChange={(p) => setProvider(p as Provider)}
          options={[
            ['google', NAMES.google],
            ['microsoft', NAMES.microsoft],
          ]}
        />
        <div className="flex flex-col gap-1 text-label text-muted">
          {t('Make a client there with this redirect address:')}
          <Copy text={callback} label={t('Copy')} said={t('Copied')} />
        </div>
        <Field
          label={t('Client ID')}
          value={clientId}
          onChange={(e) => setClientId(e.target.value)}
          autoComplete="off"
          spellCheck={false}
          required
          error={problems.at('settings.oauth.client_id')}
        />
        {provider === 'microsoft' ? (
          <Field
            label={t('Tenant')}
            value={tenant}
            onChange={(e) => setTenant(e.target.value)}
            autoComplete="off"
            spellCheck={false}
            hint={t('Empty: any account')}
            error={problems.at('settings.oauth.tenant')}
          />
        ) : null}
        <Field
          label={t('Client secret')}
          type="password"
          value={secret}
          onChange={(e) => setSecret(e.target.value)}
          autoComplete="new-password"
          placeholder={has ? t('Stays as it is') : ''}
          error={problems.at('secrets.oauth_client_secret')}
        />
        <Button type="submit" look="primary" className="self-start" disabled={problems.busy || clientId.trim() === ''}>
          {connected
            ? t('Connect {{provider}} again', { provider: NAMES[provider] })
            : t('Connect {{provider}}', { provider: NAMES[provider] })}
        </Button>
      </form>
    </details>
  )
}
