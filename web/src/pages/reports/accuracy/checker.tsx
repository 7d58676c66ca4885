import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ActionId } from '../../../actions/keymap'
import { useActions } from '../../../actions/registry'
import {
  checkReading,
  isOpen,
  type ReadingSample,
  type SampledContact,
  uncheckReading,
  type Verdict,
} from '../../../api/queries/accuracy'
import { list } from '../../../lib/list'
import { useNow } from '../../../lib/now'
import { isSet, shortDate } from '../../../lib/time'
import { channelLabel, percent } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Keys } from '../../../ui/keys'
import { Picker } from '../../../ui/picker'
import { attempt } from '../../../ui/undo'
import { When } from '../../../ui/when'
import { useIntentLabel, useIntents } from '../../customer/use-intents'

/** One message of the sample after the other: y right, c another intent, n none, s skip, u back. */
export function Checker({ sample }: { readonly sample: ReadingSample }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [done, setDone] = useState<readonly string[]>([])
  const [choosing, setChoosing] = useState(false)
  const items = list(sample.items)
  const item = items.find((i) => i.state === 'open')
  const before = items.find((i) => i.interaction_id === done.at(-1))

  const judge = (verdict: Verdict, intent?: string) => {
    if (!item || (verdict === 'right' && !item.known) || !isOpen(client, item.interaction_id)) return
    setDone((d) => [...d, item.interaction_id])
    attempt(t('It was not stored'), () => checkReading(client, item, verdict, intent))
  }
  const back = () => {
    if (!before) return
    setDone((d) => d.slice(0, -1))
    attempt(t('Could not be undone'), () => uncheckReading(client, before.interaction_id))
  }
  useActions([
    { id: 'check-right', label: t('It was read right'), section: 'Here', run: () => judge('right') },
    { id: 'check-other', label: t('Another intent…'), section: 'Here', run: () => item && setChoosing(true) },
    { id: 'check-none', label: t('None of the intents'), section: 'Here', run: () => judge('none') },
    { id: 'check-skip', label: t('Skip it'), section: 'Here', run: () => judge('skip') },
    { id: 'check-back', label: t('Take the last one back'), section: 'Here', run: back },
  ])
  const undo = before ? <Last item={before} onBack={back} /> : null
  if (!item) return <Finished sample={sample}>{undo}</Finished>
  return (
    <>
      <One item={item} onJudge={judge} onChoose={() => setChoosing(true)}>
        {undo}
      </One>
      <ChooseIntent open={choosing} onOpenChange={setChoosing} onPick={(intent) => judge('other', intent)} />
    </>
  )
}

interface OneProps {
  readonly item: SampledContact
  readonly onJudge: (verdict: Verdict) => void
  readonly onChoose: () => void
  readonly children: ReactNode
}

function One({ item, onJudge, onChoose, children }: OneProps) {
  const { t } = useTranslation()
  const nameOf = useIntentLabel()
  const unknown = item.read_as === ''
  return (
    <article aria-label={t('To check')} className="max-w-3xl rounded-card border border-line bg-surface p-4">
      <p className="mb-2 flex flex-wrap items-center gap-x-3 text-label text-muted">
        {t(channelLabel(item.channel))} <When at={item.occurred_at} />
        <Link
          to="/inbox/$id"
          params={{ id: item.conversation_id }}
          search={{ queue: 'all', status: 'any' }}
          className="ml-auto inline-flex min-h-6 items-center text-accent hover:underline"
        >
          {t('To the conversation')}
        </Link>
      </p>
      <div
        role="group"
        tabIndex={0}
        aria-label={t('Message')}
        className="max-h-72 min-h-24 overflow-y-auto -outline-offset-2"
      >
        {item.subject ? (
          <p dir="auto" className="mb-1 text-read font-semibold [overflow-wrap:anywhere]">
            {item.subject}
          </p>
        ) : null}
        <p dir="auto" className="text-read whitespace-pre-line [overflow-wrap:anywhere]">
          {item.text}
        </p>
      </div>
      <p aria-live="polite" className="mt-3 flex flex-wrap items-center gap-2 border-t border-line pt-3">
        {unknown ? (
          t('Rapport found no intent in it.')
        ) : (
          <>
            {t('Read as')} <Chip tone="accent">{item.read_as_label || item.read_as}</Chip>
            <span className="text-label text-muted tabular-nums">
              {t('{{share}} sure', { share: percent(item.confidence) })}
            </span>
          </>
        )}
        {item.said && item.said !== item.read_as ? (
          <span className="text-label text-muted">
            {item.said === 'none'
              ? t('Somebody said: none of the intents')
              : t('Somebody said: {{name}}', { name: item.said_label || nameOf(item.said) })}
          </span>
        ) : null}
      </p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Act look="primary" action="check-right" disabled={!item.known} onClick={() => onJudge('right')}>
          {unknown ? t('Right: none fits') : t('Read right')}
        </Act>
        <Act action="check-other" onClick={onChoose}>
          {t('Another intent…')}
        </Act>
        {unknown ? null : (
          <Act action="check-none" onClick={() => onJudge('none')}>
            {t('None fits')}
          </Act>
        )}
        <Act look="ghost" action="check-skip" onClick={() => onJudge('skip')}>
          {t('Skip')}
        </Act>
      </div>
      {children}
    </article>
  )
}

interface ActProps {
  readonly look?: 'primary' | 'plain' | 'ghost'
  readonly action: ActionId
  readonly disabled?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function Act({ look = 'plain', action, disabled = false, onClick, children }: ActProps) {
  return (
    <Button look={look} disabled={disabled} onClick={onClick}>
      {children}
      <span aria-hidden className="max-md:hidden">
        <Keys action={action} />
      </span>
    </Button>
  )
}

function Last({ item, onBack }: { readonly item: SampledContact; readonly onBack: () => void }) {
  const { t } = useTranslation()
  const nameOf = useIntentLabel()
  const said =
    item.state === 'skipped' ? t('skipped') : item.said === 'none' ? t('none of the intents') : nameOf(item.said)
  return (
    <p className="mt-3 flex flex-wrap items-center gap-2 text-label text-muted">
      {t('The one before: {{said}}', { said })}
      <Button size="small" look="ghost" onClick={onBack}>
        {t('Take back')}
        <span aria-hidden className="max-md:hidden">
          <Keys action="check-back" />
        </span>
      </Button>
    </p>
  )
}

function Finished({ sample, children }: { readonly sample: ReadingSample; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const now = useNow()
  const checked = list(sample.items).filter((i) => i.state === 'checked')
  const right = checked.filter((i) => (i.said === 'none' ? '' : i.said) === i.read_as).length
  return (
    <div role="status">
      <p className="text-read">
        {t('All done: {{right}} of {{n}} were read right.', { right, n: checked.length })}{' '}
        {isSet(sample.next) ? t('The next sample can be drawn on {{day}}.', { day: shortDate(sample.next, now) }) : ''}
      </p>
      {children}
    </div>
  )
}

function ChooseIntent({
  open,
  onOpenChange,
  onPick,
}: {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onPick: (intent: string) => void
}) {
  const { t } = useTranslation()
  const intents = useIntents()
  return (
    <Picker
      open={open}
      onOpenChange={onOpenChange}
      title={t('Intents')}
      placeholder={t('What is it about?')}
      empty={t('No such intent.')}
      options={intents.map((i) => ({ id: i.name, label: i.label, group: i.group }))}
      onPick={(id) => {
        onOpenChange(false)
        onPick(id)
      }}
    />
  )
}
