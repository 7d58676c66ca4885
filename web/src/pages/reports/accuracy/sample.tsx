import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { drawSample, type ReadingSample, sampleQuery } from '../../../api/queries/accuracy'
import { list } from '../../../lib/list'
import { count } from '../../../lib/survey'
import { Button } from '../../../ui/button'
import { Failed, Skeleton } from '../../../ui/states'
import { attempt } from '../../../ui/undo'
import { When } from '../../../ui/when'
import { Checker } from './checker'

const SIZE = 25

/** A random sample of the week's readings, checked by keyboard. */
export function Sample({ may }: { readonly may: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(sampleQuery)
  const draw = () => attempt(t('The sample could not be drawn'), () => drawSample(client, SIZE))
  const sample = query.data
  const items = list(sample?.items)
  const open = items.filter((i) => i.state === 'open')
  return (
    <section aria-label={t('Weekly sample')} className="border-b border-line py-6">
      <div className="mb-1 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-read font-semibold">{t('Weekly sample')}</h2>
        {sample?.due && open.length > 0 && may ? <Button onClick={draw}>{t('Draw a new one instead')}</Button> : null}
      </div>
      {query.isError ? (
        <Failed error={query.error} what={t('The sample could not be read')} retry={() => void query.refetch()} />
      ) : !sample ? (
        <Skeleton rows={2} />
      ) : items.length > 0 && (open.length > 0 || !sample.due) ? (
        <Drawn sample={sample} may={may} />
      ) : (
        <>
          <p className="mb-3 max-w-[72ch] text-muted">
            {t(
              'Twenty-five messages of the last seven days, drawn at random, and five minutes: so you know how well Rapport reads everything, and not only what somebody happened to correct. What you say is learned from.',
            )}
          </p>
          {may ? (
            <Button look="primary" onClick={draw}>
              {t('Draw {{n}} at random', { n: SIZE })}
            </Button>
          ) : null}
        </>
      )}
    </section>
  )
}

function Drawn({ sample, may }: { readonly sample: ReadingSample; readonly may: boolean }) {
  const { t } = useTranslation()
  const items = list(sample.items)
  const done = items.filter((i) => i.state !== 'open').length
  return (
    <>
      <p className="mb-3 text-muted">
        {t('{{n}} of about {{all}} messages of seven days.', { n: items.length, all: count(sample.contacts) })}{' '}
        {t('Drawn by {{name}}', { name: sample.author })}, <When at={sample.at ?? ''} />.
      </p>
      <div className="mb-4 flex max-w-3xl items-center gap-3">
        <div
          role="progressbar"
          aria-label={t('Weekly sample')}
          aria-valuemin={0}
          aria-valuemax={items.length}
          aria-valuenow={done}
          className="h-2 flex-1 overflow-hidden rounded-full bg-sunken"
        >
          <div className="h-full rounded-full bg-accent" style={{ width: `${(100 * done) / items.length}%` }} />
        </div>
        <span className="text-label text-muted tabular-nums">
          {t('{{n}} of {{all}}', { n: done, all: items.length })}
        </span>
      </div>
      {may ? <Checker sample={sample} /> : null}
    </>
  )
}
