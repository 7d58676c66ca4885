import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  acceptProposal,
  dismissProposal,
  type FirmIntent,
  type IntentProposal,
  lookAgain,
  proposalsQuery,
} from '../../../api/queries/intents'
import { list } from '../../../lib/list'
import { isSet } from '../../../lib/time'
import { percent } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Dialog } from '../../../ui/dialog'
import { Field } from '../../../ui/field'
import { Failed, Skeleton } from '../../../ui/states'
import { attempt, done } from '../../../ui/undo'
import { When } from '../../../ui/when'
import { Group } from '../group'
import { Rest } from '../inbox-form'
import { useProblems } from '../problem'

interface ProposalsProps {
  readonly intents: readonly FirmIntent[]
  readonly onOpen: (name: string) => void
}

/** Groups of contacts that no intent fits. */
export function Proposals({ intents, onOpen }: ProposalsProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(proposalsQuery)
  const looking = query.data?.state === 'looking'
  const [all, setAll] = useState(false)
  const items = list(query.data?.items)
  const few = 3
  return (
    <Group
      title={t('Proposed')}
      action={
        <Button
          disabled={looking || !query.data}
          onClick={() => attempt(t('The contacts could not be looked at'), () => lookAgain(client))}
        >
          {t('Look again')}
        </Button>
      }
    >
      {query.isError ? (
        <Failed error={query.error} what={t('The proposals could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : (
        <>
          <p role="status" className="mb-3 max-w-[60ch] text-muted">
            {looking
              ? t('Looking at what customers wrote lately…')
              : query.data.state === 'failed'
                ? t('The last look failed. Look again, or see the log.')
                : items.length === 0
                  ? t('Nothing that several customers write about is missing.')
                  : t('What several customers write about, and no intent fits.')}{' '}
            {isSet(query.data.at)
              ? t('No intent fits {{unread}} of the last {{texts}} messages.', {
                  unread: query.data.unread,
                  texts: query.data.texts,
                })
              : ''}{' '}
            {isSet(query.data.at) ? (
              <>
                {t('Last look:')} <When at={query.data.at ?? ''} />
              </>
            ) : null}
          </p>
          <ul aria-label={t('Proposed')} className="flex flex-col gap-4 empty:hidden">
            {(all ? items : items.slice(0, few)).map((p) => (
              <Card
                key={p.id}
                proposal={p}
                known={intents.some((i) => i.name === p.near && i.active)}
                onOpen={onOpen}
              />
            ))}
          </ul>
          {items.length > few && !all ? (
            <Button className="mt-3" look="ghost" onClick={() => setAll(true)}>
              {t('Show {{n}} more', { n: items.length - few })}
            </Button>
          ) : null}
        </>
      )}
    </Group>
  )
}

interface CardProps {
  readonly proposal: IntentProposal
  readonly known: boolean
  readonly onOpen: (name: string) => void
}

function Card({ proposal: p, known, onOpen }: CardProps) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [naming, setNaming] = useState(false)
  const language =
    p.language && p.language !== 'und'
      ? new Intl.DisplayNames([i18n.language], { type: 'language' }).of(p.language)
      : ''
  const dismiss = () =>
    attempt(t('It was not put away'), async () => {
      done(t('“{{name}}” is put away', { name: p.label }), await dismissProposal(client, p.id))
    })
  const add = () =>
    attempt(t('The examples were not added'), async () => {
      const undo = await acceptProposal(client, p.id, { into: p.near })
      done(t('Examples added to “{{name}}”', { name: p.near_label }), undo)
    })
  return (
    <li aria-label={p.label} className="rounded-card border border-line bg-surface p-4">
      <h3 className="font-semibold [overflow-wrap:anywhere]">{p.label}</h3>
      <p className="text-label text-muted">
        {t('{{n}} messages of {{of}} customers', { n: p.size, of: p.customers })}
        {language ? `, ${language}` : ''}
      </p>
      <ul className="my-3 flex flex-col gap-2">
        {list(p.texts)
          .slice(0, 3)
          .map((x) => (
            <li key={x.interaction_id} className="border-l-2 border-line pl-3">
              <p dir="auto" className="line-clamp-3 whitespace-pre-line [overflow-wrap:anywhere]">
                {x.text}
              </p>
              <p className="text-label text-muted">
                <When at={x.at} />{' '}
                <Link
                  to="/inbox/$id"
                  params={{ id: x.conversation_id }}
                  search={{ queue: 'all', status: 'any' }}
                  className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
                >
                  {t('To the conversation')}
                </Link>
              </p>
            </li>
          ))}
      </ul>
      {p.near && known ? (
        <p className="mb-3 flex flex-wrap items-center gap-2">
          <Chip tone="warning">{t('Looks like {{name}}', { name: p.near_label })}</Chip>
          <span className="text-label text-muted">
            {t('{{share}} of them come closest to it', { share: percent(p.near_share) })}
          </span>
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => setNaming(true)}>
          {t('Make it an intent…')}
        </Button>
        {p.near && known ? (
          <>
            <Button onClick={add}>{t('Add as examples')}</Button>
            <Button look="ghost" onClick={() => onOpen(p.near)}>
              {t('See “{{name}}”', { name: p.near_label })}
            </Button>
          </>
        ) : null}
        <Button look="ghost" onClick={dismiss}>
          {t('Dismiss')}
        </Button>
      </div>
      <Dialog open={naming} onOpenChange={setNaming} title={t('Make it an intent')}>
        <Naming proposal={p} onDone={() => setNaming(false)} />
      </Dialog>
    </li>
  )
}

function Naming({ proposal: p, onDone }: { readonly proposal: IntentProposal; readonly onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['label', 'description'])
  const [label, setLabel] = useState(p.label)
  const [description, setDescription] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => {
      const undo = await acceptProposal(client, p.id, { label: label.trim(), description: description.trim() })
      onDone()
      done(t('“{{name}}” saved', { name: label.trim() }), undo)
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        label={t('Name')}
        required
        value={label}
        onChange={(e) => setLabel(e.target.value)}
        error={problems.at('label')}
        hint={t('As you would say it to a colleague.')}
      />
      <Field
        label={t('Description (optional)')}
        value={description}
        onChange={(e) => setDescription(e.target.value)}
        error={problems.at('description')}
      />
      <p className="text-label text-muted">
        {t('{{n}} messages become its examples. What is read from now on may be read as it; train to make it sure.', {
          n: list(p.texts).length,
        })}
      </p>
      <Button type="submit" look="primary" className="self-start" disabled={problems.busy}>
        {t('Make the intent')}
      </Button>
    </form>
  )
}
