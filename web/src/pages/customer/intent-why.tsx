import { useQueryClient } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Tag } from 'lucide-react'
import { useState } from 'react'
import { correctIntent } from '../../api/queries/timeline'
import type { Interaction, Reading, Span } from '../../api/types'
import { list } from '../../lib/list'
import { percent } from '../../lib/words'
import { Button } from '../../ui/button'
import { ChipButton } from '../../ui/chip'
import { Popover } from '../../ui/popover'
import { attempt, done } from '../../ui/undo'
import { Evidence } from './evidence'
import { useIntentLabel, useIntents } from './use-intents'

interface IntentWhyProps {
  readonly item: Interaction
  readonly reading: Reading
  readonly label: string
  readonly onMark: (spans: readonly Span[]) => void
}

/** What the contact is about, why Rapport thinks so, and the correction in one click. */
export function IntentWhy({ item, reading, label, onMark }: IntentWhyProps) {
  const [open, setOpen] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const client = useQueryClient()
  const nameOf = useIntentLabel()
  const intents = list(reading.intents)
  const best = intents[0]
  const spans = list(best?.evidence)
  const change = (next: boolean) => {
    setOpen(next)
    setChoosing(false)
    onMark(next ? spans : [])
  }
  const before = reading.unknown || !best ? 'none' : best.name
  const correct = (intent: string) => {
    change(false)
    attempt('The correction was not taken', async () => {
      await correctIntent(client, item, intent)
      done(intent === 'none' ? 'Noted: none of the intents fits' : `Noted: it is about “${nameOf(intent)}”`, () =>
        correctIntent(client, item, before),
      )
    })
  }
  return (
    <Popover
      label={`Intent: ${label}`}
      open={open}
      onOpenChange={change}
      trigger={
        <ChipButton tone={reading.unknown ? 'plain' : 'accent'} icon={Tag}>
          {label}
        </ChipButton>
      }
    >
      {choosing ? (
        <ChooseIntent onChoose={correct} />
      ) : (
        <Evidence
          title={reading.unknown ? 'Not sure what it is about' : `It is about: ${label}`}
          item={item}
          spans={spans}
          confidence={best?.confidence ?? 0}
          model={reading.model}
        >
          <div>
            <p className="caps mb-1">{reading.unknown ? 'It could be' : 'Not right? It is about'}</p>
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
                  Something else…
                </Button>
                <Button size="small" look="ghost" onClick={() => correct('none')}>
                  None of them
                </Button>
              </div>
            </div>
          </div>
        </Evidence>
      )}
    </Popover>
  )
}

function ChooseIntent({ onChoose }: { readonly onChoose: (name: string) => void }) {
  const intents = useIntents()
  const groups = [...new Set(intents.map((i) => i.group))]
  return (
    <Command label="Intents" className="-m-2 flex flex-col">
      <Command.Input
        autoFocus
        placeholder="What is it about?"
        className="h-9 rounded-control border border-control bg-surface px-3 text-body placeholder:text-muted"
      />
      <Command.List className="mt-1 max-h-72 overflow-y-auto" label="Intents">
        <Command.Empty className="p-2 text-muted">No such intent.</Command.Empty>
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
