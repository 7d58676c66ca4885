import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../../actions/registry'
import type { SearchHit } from '../../api/desk'
import { type Suggested, searchQuery, suggestQuery } from '../../api/queries/search'
import { say } from '../../i18n/mark'
import { list } from '../../lib/list'
import { PageHeader } from '../../shell/page-header'
import { ChannelGlyph } from '../../ui/channel'
import { cx } from '../../ui/cx'
import { INPUT } from '../../ui/field'
import { Empty, Failed, Skeleton } from '../../ui/states'
import { VirtualList } from '../../ui/virtual-list'
import { When } from '../../ui/when'
import { statusWords } from '../inbox/status'

const route = getRouteApi('/shell/search')

const OPERATORS: readonly Suggested[] = [
  { text: 'from:', label: say('who wrote') },
  { text: 'to:', label: say('who got it') },
  { text: 'subject:', label: say('in the subject') },
  { text: 'is:open', label: say('our turn') },
  { text: 'is:unread', label: say('not read yet') },
  { text: 'is:mine', label: say('assigned to me') },
  { text: 'tag:', label: say('with a label') },
  { text: 'intent:', label: say('what it is about') },
  { text: 'has:attachment', label: say('with a file') },
  { text: 'before:', label: say('a day, 2026-03-01') },
  { text: 'after:', label: say('a day') },
  { text: 'channel:', label: say('mail, chat, phone') },
]

/** The last word, and the operators that it may become. */
export function completions(text: string, found: readonly Suggested[]): readonly Suggested[] {
  const word = text.slice(text.lastIndexOf(' ') + 1).toLowerCase()
  if (word === '') return []
  const own = OPERATORS.filter((o) => o.text.startsWith(word) && o.text !== word)
  const seen = new Set(own.map((o) => o.text))
  return [...own, ...found.filter((f) => !seen.has(f.text) && f.text.toLowerCase() !== word)].slice(0, 7)
}

export function SearchPage() {
  const { t } = useTranslation()
  const q = route.useSearch().q ?? ''
  const navigate = useNavigate()
  const [text, setText] = useState(q)
  const [index, setIndex] = useState(-1)
  const [offering, setOffering] = useState(false)
  const [active, setActive] = useState('')
  const box = useRef<HTMLInputElement>(null)
  const query = useInfiniteQuery(searchQuery(q))
  const hits = (query.data?.pages ?? []).flatMap((p) => list(p.items))
  const notes = list(query.data?.pages[0]?.notes)
  const word = useDeferredValue(text.slice(text.lastIndexOf(' ') + 1))
  const found = useQuery({ ...suggestQuery(word), enabled: offering && word.includes(':') }).data
  const offers = offering ? completions(text, list(found?.items)) : []

  useEffect(() => setText(q), [q])
  useActions([
    {
      id: 'search',
      label: t('Search'),
      section: 'Here',
      icon: Search,
      run: () => box.current?.focus(),
    },
  ])
  const search = (next: string) => {
    setOffering(false)
    setIndex(-1)
    void navigate({ to: '/search', search: next.trim() === '' ? {} : { q: next.trim() }, replace: q === '' })
  }
  const take = (s: Suggested) => {
    const next = `${text.slice(0, text.lastIndexOf(' ') + 1)}${s.text}${s.text.endsWith(':') ? '' : ' '}`
    setText(next)
    setIndex(-1)
    box.current?.focus()
  }
  const open = (h: SearchHit) =>
    void navigate({ to: '/inbox/$id', params: { id: h.case.id }, search: { queue: 'all', status: 'any' } })
  return (
    <>
      <PageHeader title={t('Search')}>
        <div className="relative min-w-0 max-w-[640px] flex-1 max-md:order-last max-md:w-full max-md:basis-full">
          <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted" />
          <input
            ref={box}
            type="search"
            role="combobox"
            aria-label={t('Search everything that was said')}
            aria-expanded={offers.length > 0}
            aria-controls="search-offers"
            aria-autocomplete="list"
            {...(index >= 0 ? { 'aria-activedescendant': `offer-${index}` } : {})}
            // biome-ignore lint/a11y/noAutofocus: the page is for typing into it
            autoFocus
            placeholder={t('Words, "a phrase", from:jan is:open has:attachment')}
            value={text}
            onChange={(e) => {
              setText(e.target.value)
              setOffering(true)
              setIndex(-1)
            }}
            onBlur={() => setOffering(false)}
            onKeyDown={(e) => {
              if (e.key === 'ArrowDown' && offers.length > 0) {
                e.preventDefault()
                setIndex((i) => (i + 1) % offers.length)
              } else if (e.key === 'ArrowUp' && offers.length > 0) {
                e.preventDefault()
                setIndex((i) => (i <= 0 ? offers.length : i) - 1)
              } else if (e.key === 'ArrowDown' && hits.length > 0) {
                e.preventDefault()
                document.querySelector<HTMLElement>('main [role=listbox]')?.focus()
              } else if (e.key === 'Enter' || (e.key === 'Tab' && index >= 0)) {
                e.preventDefault()
                const offer = offers[index]
                if (offer) take(offer)
                else search(text)
              } else if (e.key === 'Escape') {
                if (offering) setOffering(false)
                else box.current?.blur()
              }
            }}
            className={cx(INPUT, 'pl-9')}
          />
          {offers.length > 0 ? (
            <div
              id="search-offers"
              role="listbox"
              aria-label={t('Suggestions')}
              className="absolute inset-x-0 top-full z-30 mt-1 rounded-card border border-line bg-raised p-1 shadow-overlay"
            >
              {offers.map((o, i) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and its keys
                <div
                  key={o.text}
                  id={`offer-${i}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={i === index}
                  onMouseDown={(e) => e.preventDefault()}
                  onClick={() => take(o)}
                  className={cx(
                    'flex h-8 cursor-default items-center gap-3 rounded-control px-2',
                    i === index ? 'bg-accent-soft text-accent-hover' : 'hover:bg-sunken',
                  )}
                >
                  <span className="font-mono text-label">{o.text}</span>
                  <span className="truncate text-muted">{o.label ? t(o.label) : ''}</span>
                </div>
              ))}
            </div>
          ) : null}
        </div>
      </PageHeader>
      {notes.length > 0 ? (
        <ul className="border-b border-line bg-warning-soft px-6 py-2 text-body text-warning-text max-md:px-4">
          {notes.map((n) => (
            <li key={n}>{n}</li>
          ))}
        </ul>
      ) : null}
      <p className="sr-only" role="status">
        {q && !query.isFetching ? t('{{count}} results', { count: hits.length }) : ''}
      </p>
      {q === '' ? (
        <Help />
      ) : query.isError ? (
        <Failed error={query.error} what={t('The search did not work')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={8} height={72} />
      ) : hits.length === 0 ? (
        <Empty title={t('Nothing found for “{{q}}”', { q })}>
          {t('Fewer words find more. Operators narrow it down.')}
        </Empty>
      ) : (
        <VirtualList
          label={t('Results')}
          items={hits}
          idOf={(h) => h.interaction_id}
          row={(h) => <Hit hit={h} />}
          height={72}
          activeId={active}
          onActive={setActive}
          onOpen={open}
          hrefOf={(h) => `/inbox/${h.case.id}?queue=all&status=any`}
          hasMore={query.hasNextPage}
          loadMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage()
          }}
        />
      )}
    </>
  )
}

function Hit({ hit: h }: { readonly hit: SearchHit }) {
  const { t } = useTranslation()
  return (
    <div className="flex h-full items-start gap-3 px-6 pt-2.5 max-md:px-4">
      <ChannelGlyph channel={h.case.channel} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <span className="flex-none text-read font-medium">{h.case.customer_name}</span>
          <span className="min-w-0 flex-1 truncate text-muted">{h.case.subject}</span>
          <span className="flex-none text-label text-muted">{t(statusWords[h.case.status])}</span>
          <When at={h.at} className="w-20 flex-none text-right text-label text-muted" />
        </p>
        <p className="line-clamp-2 text-body text-muted">
          <Snippet text={h.snippet} ranges={list(h.ranges)} />
        </p>
      </div>
    </div>
  )
}

/** A piece of a text with the words marked that were looked for. */
function Snippet({
  text,
  ranges,
}: {
  readonly text: string
  readonly ranges: readonly { readonly from: number; readonly to: number }[]
}) {
  const out = []
  let at = 0
  for (const r of [...ranges].sort((a, b) => a.from - b.from)) {
    if (r.from < at || r.to > text.length) continue
    out.push(
      <span key={`t${at}`}>{text.slice(at, r.from)}</span>,
      <mark key={`m${r.from}`}>{text.slice(r.from, r.to)}</mark>,
    )
    at = r.to
  }
  out.push(<span key="end">{text.slice(at)}</span>)
  return out
}

function Help() {
  const { t } = useTranslation()
  return (
    <div className="px-6 py-6 max-md:px-4">
      <h2 className="text-title font-semibold">{t('Everything that was ever said, on every channel')}</h2>
      <dl className="mt-3 grid max-w-[640px] grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
        {OPERATORS.map((o) => (
          <div key={o.text} className="contents">
            <dt className="font-mono text-label leading-5">{o.text}</dt>
            <dd className="text-muted">{t(o.label ?? '')}</dd>
          </div>
        ))}
        <dt className="font-mono text-label leading-5">"…"</dt>
        <dd className="text-muted">{t('exactly these words')}</dd>
        <dt className="font-mono text-label leading-5">-word</dt>
        <dd className="text-muted">{t('without it')}</dd>
      </dl>
    </div>
  )
}
