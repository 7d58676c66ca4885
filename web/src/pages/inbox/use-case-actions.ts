import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  ArrowDown,
  ArrowLeft,
  ArrowUp,
  AtSign,
  Check,
  Circle,
  CircleDot,
  Clock,
  Flag,
  FolderInput,
  GitMerge,
  Lightbulb,
  PanelRight,
  Search,
  Signal,
  SquareCheck,
  Tag,
  UserPlus,
  UserRound,
  Waypoints,
} from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Action, useActions } from '../../actions/registry'
import type { Case } from '../../api/desk'
import { knownCase } from '../../api/queries/cases'
import { captureFact, selectedWords } from './panel/capture'
import type { InboxView } from './view'

/** The actions on the conversations at hand, for keys, palette, buttons and menus. */
export function useCaseActions(view: InboxView): readonly Action[] {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { targets, leaving, change, ask, step, go, work, selected, setSelected, items, current, id } = view
  const actions = useMemo((): readonly Action[] => {
    const some = current !== '' || selected.size > 0
    const one = current !== '' && selected.size === 0
    const here = 'Here' as const
    const finish = (status: 'done' | 'todo') => {
      const cases = targets()
      if (status === 'done') change(cases, { status: 'done' }, t('Done'), leaving(cases))
      else change(cases, { status: 'todo' }, t('Todo again'))
    }
    const isDone = one && knownCase(client, current)?.status === 'done'
    const extend = (by: 1 | -1) => {
      const at = items.findIndex((c) => c.id === current)
      const next = items[Math.max(0, Math.min(items.length - 1, at + by))]
      if (!next) return
      const ids = new Set(selected)
      if (current) ids.add(current)
      ids.add(next.id)
      setSelected(ids)
      view.step(by)
    }
    const toggle = () => {
      if (!current) return
      const ids = new Set(selected)
      if (!ids.delete(current)) ids.add(current)
      setSelected(ids)
    }
    const each = (work1: (c: Case) => void) => () => targets().forEach(work1)
    return [
      ...(some
        ? ([
            isDone
              ? {
                  id: 'case-done',
                  label: t('Open it again'),
                  section: here,
                  icon: Circle,
                  run: () => finish('todo'),
                }
              : { id: 'case-done', label: t('Done'), section: here, icon: Check, run: () => finish('done') },
            { id: 'case-snooze', label: t('Snooze…'), section: here, icon: Clock, run: () => ask('snooze') },
            {
              id: 'case-assign',
              label: t('Assign…'),
              section: here,
              icon: UserPlus,
              run: () => ask('assign'),
            },
            {
              id: 'case-claim',
              label: t('Assign to me'),
              section: here,
              icon: UserRound,
              run: each(work.claim),
            },
            { id: 'case-label', label: t('Label…'), section: here, icon: Tag, run: () => ask('label') },
            {
              id: 'case-priority',
              label: t('Priority…'),
              section: here,
              icon: Signal,
              run: () => ask('priority'),
            },
            {
              id: 'case-status',
              label: t('Status…'),
              section: here,
              icon: CircleDot,
              run: () => ask('status'),
            },
            {
              id: 'case-unread',
              label: t('Mark unread'),
              section: here,
              icon: Flag,
              run: each(work.unread),
            },
            ...(targets().some((c) => c.mentioned)
              ? [
                  {
                    id: 'case-mention',
                    label: t('Put my mention away'),
                    section: here,
                    icon: AtSign,
                    run: each(work.unmention),
                  },
                ]
              : []),
            {
              id: 'case-inbox',
              label: t('Move to an inbox…'),
              section: here,
              icon: FolderInput,
              run: () => ask('inbox'),
            },
          ] satisfies readonly Action[])
        : []),
      ...(one
        ? ([
            { id: 'case-merge', label: t('Merge…'), section: here, icon: GitMerge, run: () => ask('merge') },
            {
              id: 'case-journey',
              label: t('Link to a journey…'),
              section: here,
              icon: Waypoints,
              run: () => ask('journey'),
            },
            { id: 'case-fact', label: t('Note a fact'), section: here, icon: Lightbulb, run: captureFact },
          ] satisfies readonly Action[])
        : []),
      { id: 'case-select', label: t('Select'), section: here, icon: SquareCheck, run: toggle },
      {
        id: 'case-select-down',
        label: t('Select the next too'),
        section: here,
        quiet: true,
        run: () => extend(1),
      },
      {
        id: 'case-select-up',
        label: t('Select the previous too'),
        section: here,
        quiet: true,
        run: () => extend(-1),
      },
      {
        id: 'case-select-all',
        label: t('Select everything in the list'),
        section: here,
        run: () => setSelected(new Set(items.map((c) => c.id))),
      },
      {
        id: 'case-next',
        label: t('Next conversation'),
        section: here,
        icon: ArrowDown,
        run: () => step(1),
      },
      {
        id: 'case-previous',
        label: t('Previous conversation'),
        section: here,
        icon: ArrowUp,
        run: () => (selectedWords() === '' ? step(-1) : captureFact()),
      },
      ...(current && !id
        ? [
            {
              id: 'case-open',
              label: t('Open the conversation'),
              section: here,
              quiet: true,
              run: () => go(current),
            },
          ]
        : []),
      {
        id: 'case-back',
        label: selected.size > 0 ? t('Select nothing') : t('Back to the list'),
        section: here,
        icon: ArrowLeft,
        run: () => {
          if (selected.size > 0) setSelected(new Set())
          else if (id && !view.wide) go('')
          else view.focusList()
        },
      },
      {
        id: 'case-panel',
        label: t('Show or hide the customer'),
        section: 'View',
        icon: PanelRight,
        run: view.togglePanel,
      },
      {
        id: 'inbox-search',
        label: t('Search'),
        section: here,
        icon: Search,
        run: () => void navigate({ to: '/search' }),
      },
      {
        id: 'go-mine',
        label: t('My conversations'),
        section: 'Go to',
        icon: UserRound,
        run: () => view.setSearch({}),
      },
    ]
  }, [
    view,
    targets,
    leaving,
    change,
    ask,
    step,
    go,
    work,
    selected,
    setSelected,
    items,
    current,
    id,
    client,
    navigate,
    t,
  ])
  useActions(actions)
  return actions
}
