import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, useCanGoBack, useNavigate, useRouter } from '@tanstack/react-router'
import { ArrowLeft, ChevronLeft, ChevronRight, FoldVertical, PanelRight, Phone, UnfoldVertical } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Action, useActions } from '../../actions/registry'
import { sessionQuery } from '../../api/queries/session'
import { correctIntent } from '../../api/queries/timeline'
import type { Customer, Interaction, Span } from '../../api/types'
import { listPlace } from '../../lib/list-place'
import { panelOpen } from '../../lib/prefs'
import { useStore } from '../../lib/store'
import { byChannel, channelLabel, party } from '../../lib/words'
import { Empty, Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { CustomerHeader } from './customer-header'
import { hues } from './hues'
import { contactActions, journeyActions } from './item-actions'
import { MergeDialog } from './merge-dialog'
import { SidePanel } from './panel'
import { RawDialog } from './raw-dialog'
import { type Target, Timeline } from './timeline'
import { useIntents } from './use-intents'
import { useReading, useRelationship } from './use-relationship'
import { type CustomerView, CustomerViewContext } from './view'

const CallDialog = lazy(() => import('./call-dialog').then((m) => ({ default: m.CallDialog })))
const route = getRouteApi('/shell/customers/$id')

export function Relationship({ customer }: { readonly customer: Customer }) {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  const client = useQueryClient()
  const session = useSuspenseQuery(sessionQuery).data
  const intents = useIntents()
  const only = search.only ?? ''
  const channel = search.channel ?? ''
  const { timeline, journeyQuery, items, journeys, rows, isFolded, setFolded, loadOlder } = useRelationship(
    customer,
    channel,
    only,
  )
  const [current, setCurrent] = useState('')
  const [why, setWhy] = useState('')
  const [shown, setShown] = useState<CustomerView['shown']>()
  const [raw, setRaw] = useState<Interaction>()
  const [merging, setMerging] = useState<string>()
  const [calling, setCalling] = useState(false)
  const [sheet, setSheet] = useState(false)
  const [atEnd, setAtEnd] = useState(false)
  const [target, setTarget] = useState<Target | undefined>(() =>
    search.contact ? { contact: search.contact } : search.journey ? { journey: search.journey } : undefined,
  )
  const panel = useStore(panelOpen)
  const place = useStore(listPlace)
  const newest = items[items.length - 1]
  const [opened, setOpened] = useState<{ readonly id: string; readonly at: string }>()
  if (opened === undefined && newest) setOpened({ id: newest.id, at: newest.occurred_at })
  useReading(customer, channel === '' ? newest : undefined, atEnd)

  const setSearch = useCallback(
    (next: { only?: string; channel?: string }) =>
      void navigate({
        to: '/customers/$id',
        params: { id: customer.id },
        search: (old) => ({ ...old, ...next }),
        replace: true,
      }),
    [navigate, customer.id],
  )
  const hue = useMemo(() => hues(journeys.values()), [journeys])
  const jump = useCallback(
    (to: Target) => {
      const journey = to.journey ?? items.find((i) => i.id === to.contact)?.journey_id
      if (journey) setFolded(journey, false)
      setTarget(to)
    },
    [items, setFolded],
  )
  const show = useCallback(
    (contact: string, span: Span) => {
      setShown({ contact, span })
      jump({ contact })
    },
    [jump],
  )
  const onReached = useCallback(() => setTarget(undefined), [])
  const view: CustomerView = useMemo(() => {
    const parts = {
      journeys,
      only,
      setOnly: (id: string) => setSearch({ only: id }),
      isFolded,
      setFolded,
      setWhy,
      showRaw: setRaw,
    }
    return {
      ...parts,
      customer,
      firm: session.firm || t('Us'),
      hue,
      jump,
      show,
      shown,
      why,
      channelOf: (id) => items.find((i) => i.id === id)?.channel,
      contactActions: (item) => contactActions(client, parts, item),
      journeyActions: (journey) => journeyActions(client, parts, journey),
    }
  }, [
    journeys,
    only,
    setSearch,
    isFolded,
    setFolded,
    customer,
    session.firm,
    hue,
    jump,
    show,
    shown,
    why,
    items,
    client,
    t,
  ])

  // Keys and the palette act on what the person is at: a contact and its journey.
  const row = rows.find((r) => r.key === current)
  const contact = row?.type === 'contact' ? row.item : undefined
  const journey = journeys.get(row?.type === 'band' ? row.journeyId : (contact?.journey_id ?? ''))
  const back = () => {
    if (only) setSearch({ only: '' })
    else if (canGoBack) router.history.back()
    else void navigate({ to: '/customers' })
  }
  const neighbour = (by: 1 | -1) => {
    const next = place.ids[place.ids.indexOf(customer.id) + by]
    if (place.ids.includes(customer.id) && next) {
      listPlace.set((old) => ({ ...old, active: next }))
      void navigate({ to: '/customers/$id', params: { id: next }, replace: true })
    }
  }
  const foldAll = (folded: boolean) => {
    for (const id of journeys.keys()) setFolded(id, folded)
  }
  const togglePanel = () =>
    window.matchMedia('(min-width: 1080px)').matches ? panelOpen.set((o) => !o) : setSheet((o) => !o)
  const actions: readonly Action[] = [
    ...(contact ? view.contactActions(contact) : []),
    ...(journey ? view.journeyActions(journey) : []),
    ...(contact?.reading
      ? intents.map(
          (i): Action => ({
            id: `intent-${i.name}`,
            label: t('It is about: {{intent}}', { intent: i.label }),
            section: 'Here',
            onSearch: true,
            run: () =>
              attempt(t('The correction was not taken'), async () => {
                await correctIntent(client, contact, i.name)
                done(t('Noted: it is about “{{intent}}”', { intent: i.label }))
              }),
          }),
        )
      : []),
    {
      id: 'fold-all',
      label: t('Fold all journeys'),
      section: 'Here',
      icon: FoldVertical,
      run: () => foldAll(true),
    },
    {
      id: 'unfold-all',
      label: t('Unfold all journeys'),
      section: 'Here',
      icon: UnfoldVertical,
      run: () => foldAll(false),
    },
    { id: 'log-call', label: t('Log a call…'), section: 'Here', icon: Phone, run: () => setCalling(true) },
    { id: 'merge', label: t('Merge with another customer…'), section: 'Here', run: () => setMerging('') },
    { id: 'panel', label: t('Show or hide who it is'), section: 'View', icon: PanelRight, run: togglePanel },
    {
      id: 'next-customer',
      label: t('Next customer in the list'),
      section: 'Here',
      icon: ChevronRight,
      run: () => neighbour(1),
    },
    {
      id: 'previous-customer',
      label: t('Previous customer in the list'),
      section: 'Here',
      icon: ChevronLeft,
      run: () => neighbour(-1),
    },
    { id: 'back', label: t('Back'), section: 'Here', icon: ArrowLeft, run: back },
  ]
  useActions(actions)

  return (
    <CustomerViewContext value={view}>
      <CustomerHeader
        customer={customer}
        channel={channel}
        setChannel={(c) => setSearch({ channel: c })}
        onBack={back}
        onPanel={togglePanel}
        actions={actions.filter((a) => ['log-call', 'fold-all', 'unfold-all', 'merge'].includes(a.id))}
      />
      <p className="sr-only" role="status">
        {newest && opened && newest.id !== opened.id
          ? t('New: {{who}}, {{channel}}', {
              who: party(newest, customer.name, session.firm).who,
              channel: t(channelLabel(newest.channel)),
            })
          : ''}
      </p>
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {timeline.isError ? (
            <Failed
              error={timeline.error}
              what={t('The timeline could not be read')}
              retry={() => void timeline.refetch()}
            />
          ) : timeline.isPending || journeyQuery.isPending ? (
            <Skeleton rows={6} height={96} />
          ) : rows.length === 0 ? (
            <Empty
              title={
                channel
                  ? t('Nothing came {{how}}', { how: t(byChannel(channel as Interaction['channel'])) })
                  : t('No contacts yet')
              }
            >
              {t('Contacts appear here as they come in.')}
            </Empty>
          ) : (
            <Timeline
              key={`${channel} ${only}`}
              rows={rows}
              current={current}
              setCurrent={setCurrent}
              target={target}
              onReached={onReached}
              hasOlder={timeline.hasNextPage}
              loadOlder={loadOlder}
              arrivedAfter={opened?.id ?? ''}
              newest={opened?.at ?? ''}
              onAtEnd={setAtEnd}
              firstStop="new"
            />
          )}
        </div>
        <SidePanel docked={panel} sheet={sheet} onSheet={setSheet} onMerge={setMerging} />
      </div>
      {calling ? (
        <Suspense fallback={null}>
          <CallDialog customer={customer} onClose={() => setCalling(false)} />
        </Suspense>
      ) : null}
      <RawDialog item={raw} onClose={() => setRaw(undefined)} />
      <MergeDialog customer={customer} other={merging} onClose={() => setMerging(undefined)} />
    </CustomerViewContext>
  )
}
