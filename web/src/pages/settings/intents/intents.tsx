import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type FirmIntent, taxonomyQuery } from '../../../api/queries/intents'
import { list } from '../../../lib/list'
import { percent } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { Check } from '../../../ui/check'
import { Chip } from '../../../ui/chip'
import { Field } from '../../../ui/field'
import { Failed, Skeleton } from '../../../ui/states'
import { Group } from '../group'
import { Changes } from './changes'
import { IntentDialog } from './intent-dialog'
import { NewIntent } from './new-intent'
import { Packs } from './packs'
import { Proposals } from './proposals'
import { TrainingState } from './training'

/** The firm's own intents: what is proposed, what there is, where it came from, and what changed. */
export function Intents() {
  const { t } = useTranslation()
  const query = useQuery(taxonomyQuery)
  const [opened, setOpened] = useState('')
  const [making, setMaking] = useState(false)
  if (query.isError)
    return <Failed error={query.error} what={t('The intents could not be read')} retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={6} />
  const all = list(query.data.items)
  return (
    <>
      <Proposals intents={all} onOpen={setOpened} />
      <Group
        title={t('Intents')}
        action={
          <Button look="primary" onClick={() => setMaking(true)}>
            {t('New intent…')}
          </Button>
        }
      >
        <TrainingState training={query.data.training} />
        <Listed all={all} onOpen={setOpened} />
      </Group>
      <Packs packs={list(query.data.packs)} />
      <Changes />
      <NewIntent open={making} onOpenChange={setMaking} />
      <IntentDialog name={opened} all={all} onClose={() => setOpened('')} />
    </>
  )
}

function Listed({ all, onOpen }: { readonly all: readonly FirmIntent[]; readonly onOpen: (name: string) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [also, setAlso] = useState(false)
  const words = search.toLowerCase().split(/\s+/)
  const shown = all
    .filter((i) => also || i.active)
    .filter((i) => words.every((w) => `${i.label} ${i.group} ${i.description}`.toLowerCase().includes(w)))
    .toSorted((a, b) => b.volume - a.volume || a.label.localeCompare(b.label))
  return (
    <>
      <div className="mb-3 flex flex-wrap items-end gap-x-4 gap-y-2">
        <Field
          className="min-w-0 flex-1 basis-56"
          label={t('Search intents')}
          type="search"
          value={search}
          onChange={(e) => setSearch(e.target.value)}
        />
        <div className="flex h-9 items-center">
          <Check label={t('Also those not in use')} value={also} onChange={setAlso} />
        </div>
      </div>
      {shown.length === 0 ? (
        <p className="text-muted">{t('No intent with these words.')}</p>
      ) : (
        <ul aria-label={t('Intents')} className="border-t border-line">
          {shown.map((i) => (
            <li key={i.name} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <button
                    type="button"
                    className="min-h-6 text-left font-medium [overflow-wrap:anywhere] hover:text-accent hover:underline"
                    onClick={() => onOpen(i.name)}
                  >
                    {i.label}
                  </button>
                  {i.own ? <Chip tone="accent">{t('Own')}</Chip> : null}
                  <Away intent={i} all={all} />
                </p>
                {i.description ? <p className="text-label text-muted">{i.description}</p> : null}
              </div>
              <p className="w-56 flex-none text-right text-label text-muted tabular-nums max-md:w-full max-md:text-left">
                {t('{{n}} journeys in 30 days', { n: i.volume })}
                {i.measured > 0 ? (
                  <span className="block max-md:inline">
                    <span className="md:hidden">, </span>
                    {t('{{share}} of {{n}} read right', { share: percent(i.precision), n: i.measured })}
                  </span>
                ) : null}
              </p>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Away({ intent: i, all }: { readonly intent: FirmIntent; readonly all: readonly FirmIntent[] }) {
  const { t } = useTranslation()
  if (i.merged_into) {
    const into = all.find((x) => x.name === i.merged_into)?.label ?? i.merged_into
    return <Chip>{t('Merged into {{name}}', { name: into })}</Chip>
  }
  if (i.retired) return <Chip>{t('Put away')}</Chip>
  return i.active ? null : <Chip>{t('Of a pack that is not in use')}</Chip>
}
