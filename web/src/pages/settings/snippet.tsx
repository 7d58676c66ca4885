import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { healthQuery, type InboxView, saveInbox } from '../../api/queries/admin'
import { list } from '../../lib/list'
import { isSet } from '../../lib/time'
import { Button } from '../../ui/button'
import { Copy } from '../../ui/copy'
import { When } from '../../ui/when'
import { kept, Rest } from './inbox-form'
import { useProblems } from './problem'

interface SnippetProps {
  readonly inbox: InboxView
  readonly onChanged: (inbox: InboxView) => void
}

/** What a web site needs to show the chat, how it looks, and what signs for visitors who are known there. */
export function Snippet({ inbox, onChanged }: SnippetProps) {
  const { t } = useTranslation()
  const code = `<script async src="${window.location.origin}/widget.js" data-inbox="${inbox.id}"></script>`
  const preview = `/w/${inbox.id}/preview`
  return (
    <div className="flex flex-col gap-6">
      <section className="flex flex-col gap-2">
        <p className="text-muted">{t('Put this line into every page that shows the chat, before </body>.')}</p>
        <Copy text={code} label={t('Copy')} said={t('Line copied')} />
        <Installed inboxId={inbox.id} />
      </section>
      <section className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h4 className="text-label font-medium">{t('How it looks')}</h4>
          <a
            href={preview}
            target="_blank"
            rel="noopener"
            className="inline-flex items-center gap-1 text-label text-accent underline underline-offset-2"
          >
            {t('Open in a window')}
            <ExternalLink aria-hidden className="!size-3.5" />
          </a>
        </div>
        <iframe
          src={preview}
          title={t('Preview of the chat')}
          className="h-[520px] w-full rounded-card border border-line bg-surface"
        />
      </section>
      <Secret inbox={inbox} onChanged={onChanged} />
    </div>
  )
}

/** 256 random bits, as the tokens of a site are signed with. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

function Secret({ inbox, onChanged }: SnippetProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems([])
  const [made, setMade] = useState('')
  const make = () =>
    problems.run(async () => {
      const secret = newSecret()
      onChanged(
        await saveInbox(client, inbox.id, {
          ...kept(inbox),
          kind: 'chat',
          name: inbox.name,
          address: inbox.address,
          settings: inbox.settings,
          secrets: { chat_secret: secret },
        }),
      )
      setMade(secret)
    })
  return (
    <section className="flex flex-col items-start gap-2">
      <h4 className="text-label font-medium">{t('Visitors who are signed in on your site')}</h4>
      <p className="text-muted">
        {t(
          'Your site can say who they are, with tokens that it signs. Then they find their conversation on any device.',
        )}
      </p>
      <Rest text={problems.rest} />
      {made ? (
        <>
          <p role="status">{t('Give this secret to whoever builds your site. It is shown only now.')}</p>
          <div className="w-full">
            <Copy text={made} label={t('Copy')} said={t('Secret copied')} />
          </div>
        </>
      ) : (
        <>
          <Button onClick={() => void make()} disabled={problems.busy}>
            {t('Make a signing secret')}
          </Button>
          <p className="text-label text-muted">{t('A new secret ends the one before it.')}</p>
        </>
      )}
    </section>
  )
}

/** Looks again while it stands open, since somebody puts the line into a page meanwhile. */
function Installed({ inboxId }: { readonly inboxId: string }) {
  const { t } = useTranslation()
  const { data } = useQuery({ ...healthQuery, refetchInterval: 5000 })
  if (!data) return null
  const widget = list(data.find((h) => h.inbox_id === inboxId)?.parts).find((p) => p.part === 'widget')
  return (
    <p role="status" className="text-label text-muted">
      {isSet(widget?.last_success) ? (
        <>
          {t('Shown on {{site}}', { site: widget?.site ?? '' })}, <When at={widget?.last_success ?? ''} />
        </>
      ) : (
        t('Not seen on any of your sites yet. Open a page with the line in it and click the chat.')
      )}
    </p>
  )
}
