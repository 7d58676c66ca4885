import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { t } from 'i18next'
import { useMemo } from 'react'
import { toast } from 'sonner'
import { ApiError } from '../../api/client'
import type { Case, CaseSet, Changed } from '../../api/desk'
import {
  archiveMentions,
  changeCases,
  claimCase,
  countsChanged,
  knownCase,
  linkJourney,
  markCaseUnread,
  mergeCase,
  myId,
  putCase,
  refreshThread,
  splitCase,
  undoChange,
} from '../../api/queries/cases'
import { peopleQuery, tagsQuery, teamsQuery } from '../../api/queries/desk'
import { sessionQuery } from '../../api/queries/session'
import { overlay, settle, withPending } from '../../lib/inbox/pending'
import { type Names, patched } from '../../lib/inbox/place'
import { list } from '../../lib/list'
import { done, failed } from '../../ui/undo'

/** What a person does with conversations: shown at once, taken back when refused, undone for ten seconds. */
export interface Work {
  readonly me: string
  readonly names: Names
  /** left: called as soon as the conversations look changed. back: after an undo. */
  readonly change: (cases: readonly Case[], set: CaseSet, words: string, then?: Then) => void
  readonly claim: (c: Case) => void
  readonly unread: (c: Case) => void
  /** Puts one's own mentions away; the case stays as it is for the team. */
  readonly unmention: (c: Case) => void
  readonly merge: (c: Case, other: Case, then?: Then) => void
  readonly split: (c: Case, interactionIds: readonly string[]) => void
  readonly link: (c: Case, journeyId: string) => void
}
export interface Then {
  readonly left?: () => void
  readonly back?: () => void
}

export function useWork(): Work {
  const client = useQueryClient()
  const session = useQuery(sessionQuery).data
  const people = useQuery(peopleQuery).data
  const teams = useQuery(teamsQuery).data
  const tags = useQuery(tagsQuery).data
  const me = session?.user_id ?? ''
  const name = session?.name ?? ''
  return useMemo(() => {
    const names: Names = {
      me,
      person: (id) => (id === me ? name : (list(people).find((p) => p.id === id)?.name ?? '')),
      team: (id) => list(teams).find((x) => x.id === id)?.name ?? '',
      tag: (id) => list(tags).find((x) => x.id === id),
    }
    return {
      me,
      names,
      change: (cases, set, words, then) => change(client, names, cases, set, words, then),
      claim: (c) => claim(client, names, c),
      unread: (c) => unread(client, c),
      unmention: (c) => unmention(client, c),
      merge: (c, other, then) =>
        moved(
          client,
          c,
          // The one that was picked takes this one up.
          async () => {
            const answer = await mergeCase(other.id, c.id)
            putCase(client, { ...(knownCase(client, c.id) ?? c), merged_into: other.id })
            return answer
          },
          t('Merged into “{{subject}}”', { subject: other.subject || other.preview }),
          then,
        ),
      split: (c, ids) => moved(client, c, () => splitCase(c.id, ids), t('Split off as a conversation of its own')),
      link: (c, journeyId) => moved(client, c, () => linkJourney(c.id, journeyId), t('Linked to the journey')),
    }
  }, [client, me, name, people, teams, tags])
}

function change(
  client: QueryClient,
  names: Names,
  given: readonly Case[],
  set: CaseSet,
  words: string,
  then?: Then,
): void {
  if (given.length === 0) return
  const before = given.map((c) => knownCase(client, c.id) ?? c)
  const ids = before.map((c) => c.id)
  const ticket = withPending(ids, (c) => patched(c, set, names, Date.now()))
  for (const c of before) putCase(client, overlay(c))
  then?.left?.()
  const restore = (which: ReadonlySet<string>) => {
    settle(ticket)
    for (const c of before) if (which.has(c.id)) putCase(client, overlay(c))
  }
  const sent = changeCases(ids, set)
  sent.then(
    (answer) => {
      settle(ticket)
      for (const c of list(answer.changed)) putCase(client, overlay(c))
      skipped(client, answer, restore)
      countsChanged(client)
      for (const id of ids) void refreshThread(client, id).catch(() => undefined)
    },
    (error: unknown) => {
      restore(new Set(ids))
      toast.dismiss(toastId)
      failed(t('That was not saved, everything is as it was'), error)
    },
  )
  const toastId = done(words, async () => {
    const { change_id } = await sent
    const answer = await undoChange(change_id)
    for (const c of list(answer.changed)) putCase(client, c)
    countsChanged(client)
    for (const id of ids) void refreshThread(client, id).catch(() => undefined)
    then?.back?.()
  })
}

function skipped(client: QueryClient, answer: Changed, restore: (ids: ReadonlySet<string>) => void): void {
  const left = list(answer.skipped)
  if (left.length === 0) return
  restore(new Set(left.map((s) => s.id)))
  const first = left[0]
  toast.error(t('{{count}} conversations were left as they are', { count: left.length }), {
    description: first?.reason ?? '',
  })
  countsChanged(client)
}

/** Takes a conversation, unless somebody else was faster: then it says who. */
function claim(client: QueryClient, names: Names, given: Case): void {
  const c = knownCase(client, given.id) ?? given
  if (c.assignee_id === names.me) {
    toast(t('It is already yours'))
    return
  }
  const ticket = withPending([c.id], (x) => patched(x, { assignee_id: names.me }, names, Date.now()))
  putCase(client, overlay(c))
  claimCase(c.id, c.assignee_id).then(
    (fresh) => {
      settle(ticket)
      putCase(client, overlay(fresh))
      countsChanged(client)
      done(t('It is yours'), async () => {
        const answer = await changeCases([c.id], { assignee_id: c.assignee_id }, names.me)
        for (const x of list(answer.changed)) putCase(client, x)
        countsChanged(client)
      })
    },
    (error: unknown) => {
      settle(ticket)
      putCase(client, overlay(c))
      if (error instanceof ApiError && error.status === 409) {
        const who = String(error.extra.assignee_name ?? '')
        toast.error(who ? t('{{name}} has it already', { name: who }) : t('Somebody else has it already'), {
          description: t('Nothing was changed. You can still assign it to yourself.'),
        })
        void client.invalidateQueries({ queryKey: ['cases', 'one', c.id] })
      } else failed(t('It could not be assigned'), error)
    },
  )
}

function unread(client: QueryClient, c: Case): void {
  const known = knownCase(client, c.id) ?? c
  putCase(client, { ...known, unread: true })
  markCaseUnread(c.id).then(
    () => countsChanged(client),
    (error: unknown) => {
      putCase(client, known)
      failed(t('It could not be marked unread'), error)
    },
  )
}

function unmention(client: QueryClient, c: Case): void {
  const known = knownCase(client, c.id) ?? c
  const show = (mentioned: boolean) => {
    const now = knownCase(client, c.id) ?? known
    putCase(client, { ...now, mentioned })
  }
  show(false)
  archiveMentions(c.id, true).then(
    () => {
      countsChanged(client)
      done(t('Your mention is put away'), async () => {
        await archiveMentions(c.id, false)
        show(true)
        countsChanged(client)
      })
    },
    (error: unknown) => {
      show(true)
      failed(t('The mention was not put away'), error)
    },
  )
}

function moved(
  client: QueryClient,
  c: Case,
  work: () => Promise<{ change_id: string; case: Case }>,
  words: string,
  then?: Then,
): void {
  const fresh = async () => {
    await client.invalidateQueries({ queryKey: ['cases', 'list'] })
    await client.invalidateQueries({ queryKey: ['cases', 'thread', c.id] })
    await client.invalidateQueries({ queryKey: ['cases', 'of', c.customer_id] })
    countsChanged(client)
  }
  work().then(
    (answer) => {
      putCase(client, answer.case)
      void fresh()
      then?.left?.()
      done(words, async () => {
        const back = await undoChange(answer.change_id)
        for (const x of list(back.changed)) putCase(client, x)
        await fresh()
        then?.back?.()
      })
    },
    (error: unknown) => failed(t('That did not work, nothing was changed'), error),
  )
}

export { myId }
