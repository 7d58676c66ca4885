import { useQueryClient } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Glasses, Tag } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { correctIntent, takeBackIntent } from '../../api/queries/timeline'
import type { Interaction, Reading, Span } from '../../api/types'
import { list } from '../../lib/list'
import { percent } from '../../lib/words'
import { Button } from '../../ui/button'
import { attempt, done } from '../../ui/undo'
import { Evidence } from './evidence'
import { EvidenceChip } from './evidence-chip'
import { useOrigin } from './origin'
import { useIntentLabel, useIntents } from './use-intents'

interface IntentWhyProps {
  readonly item: Interaction
  readonly reading: Reading
  readonly label: string
  readonly onMark: (spans: readonly Span[]) => void
}

/** What the contact is about, why Rapport thinks so, and the correction in one click. */
export function IntentWhy({ item, reading, label, onMark }: IntentWhyProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const client = useQueryClient()
  const nameOf = useIntentLabel()
  const intents = list(reading.intents)
  const best = intents[0]
  const spans = list(best?.evidence)
  const origin = useOrigin()(item, reading, 'intent')
  const by = item.correction
  // What a second reader says has no probability that anybody measured.
  const sure = reading.second ? 0 : (best?.confidence ?? 0)
  const change = (next: boolean) => {
    setOpen(next)
    setChoosing(false)
  }
  const takeBack = () => takeBackIntent(client, item)
  const correct = (intent: string) => {
    change(false)
    attempt(t('The correction was not taken'), async () => {
      await correctIntent(client, item, intent)
      done(
        intent === 'none'
          ? t('Noted: none of the intents fits')
          : t('Noted: it is about “{{intent}}”', { intent: nameOf(intent) }),
        takeBack,
      )
    })
  }
  const back = () => {
    change(false)
    attempt(t('The correction was not taken back'), async () => {
      await takeBack()
      done(t('Taken back: what was read before applies again'))
    })
  }
  return (
    <EvidenceChip
      title={t('Intent: {{intent}}', { intent: label })}
      open={open}
      onOpenChange={change}
      onMark={onMark}
      spans={spans}
      confidence={sure}
      origin={origin}
      tone={reading.unknown ? 'plain' : 'accent'}
      icon={reading.second ? Glasses : Tag}
      chip={label}
    >
      {choosing ? (
        <ChooseIntent onChoose={correct} />
      ) : (
        <Evidence
          title={reading.unknown ? t('Not sure what it is about') : t('It is about: {{intent}}', { intent: label })}
          item={item}
          spans={spans}
          confidence={sure}
          origin={origin}
          said={by !== undefined}
        >
          {by ? (
            <div className="flex items-center justify-between gap-3 rounded-control bg-sunken px-3 py-2">
              <p className="min-w-0 text-label [overflow-wrap:anywhere]">
                {by.read_as
                  ? t('It had been read as: {{intent}}', { intent: nameOf(by.read_as) })
                  : t('It had not been clear before.')}
              </p>
              <Button size="small" onClick={back}>
                {t('Take back')}
              </Button>
            </div>
          ) : null}
          <div>
            <p className="caps mb-1">{reading.unknown ? t('It could be') : t('Not right? It is about')}</p>
            <div className="flex flex-col">
              {intents.slice(reading.unknown ? 0 : 1).map((i) => (
                <button
                  key={i.name}
                  type="button"
                  onClick={() => correct(i.name)}
                  className="-mx-2 flex min-h-8 items-center justify-between rounded-control px-2 text-left hover:bg-sunken"
                >
                  <span>{nameOf(i.name)}</span>
                  <span className="text-label text-muted tabular-nums">{percent(i.confidence)}</span>
                </button>
              ))}
              <div className="mt-2 flex gap-2">
                <Button size="small" onClick={() => setChoosing(true)}>
                  {t('Something else…')}
                </Button>
                <Button size="small" look="ghost" onClick={() => correct('none')}>
                  {t('None of them')}
                </Button>
              </div>
            </div>
          </div>
        </Evidence>
      )}
    </EvidenceChip>
  )
}

function ChooseIntent({ onChoose }: { readonly onChoose: (name: string) => void }) {
  const { t } = useTranslation()
  const intents = useIntents()
  const groups = [...new Set(intents.map((i) => i.group))]
  return (
    <Command label={t('Intents')} className="-m-2 flex flex-col">
      <Command.Input
        autoFocus
        placeholder={t('What is it about?')}
        className="h-9 rounded-control border border-control bg-surface px-3 text-body placeholder:text-muted"
      />
      <Command.List className="mt-1 max-h-72 overflow-y-auto" label={t('Intents')}>
        <Command.Empty className="p-2 text-muted">{t('No such intent.')}</Command.Empty>
        {groups.map((group) => (
          <Command.Group key={group} heading={group}>
            {intents
              .filter((i) => i.group === group)
              .map((i) => (
                <Command.Item
                  key={i.name}
                  value={`${i.label} ${i.name} ${i.description}`}
                  onSelect={() => onChoose(i.name)}
                  className="flex min-h-8 cursor-default items-center rounded-control px-2 data-[selected=true]:bg-accent-soft"
                >
                  {i.label}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  )
}
