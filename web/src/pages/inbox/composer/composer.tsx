import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronDown, NotebookPen, Reply as ReplyIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../../../api/desk'
import { usePresence } from '../../../api/presence'
import { threadQuery } from '../../../api/queries/cases'
import { flat } from '../../../api/queries/pages'
import { IconButton } from '../../../ui/button'
import { Colleague } from '../../../ui/colleague'
import { cx } from '../../../ui/cx'
import { When } from '../../../ui/when'
import { useInboxView } from '../view'
import { type DraftHandle, useDraft } from './draft'
import type { ComposerMode, Wanted } from './wanted'
import { Writer } from './writer'

interface ComposerProps {
  readonly item: CaseDetail
  readonly wanted: Wanted
  readonly include: readonly string[]
  readonly onMode: (mode: ComposerMode) => void
  readonly onClose: () => void
}

/** Where answers and notes are written, docked below what they answer. */
export function Composer({ item, wanted, include, onMode, onClose }: ComposerProps) {
  const { t } = useTranslation()
  const note = wanted.mode === 'note'
  return (
    <section
      aria-label={note ? t('Internal note') : wanted.mode === 'forward' ? t('Forward') : t('Reply')}
      data-composer={wanted.mode}
      className={cx(
        'above-edge relative flex max-h-[min(62dvh,560px)] flex-col border-t',
        note ? 'border-[var(--note-bar)] bg-note' : 'border-line bg-surface',
      )}
    >
      <div className="flex min-h-10 flex-none items-center gap-1 pr-2 pl-5 max-md:pl-2">
        <Mode on={wanted.mode === 'reply'} icon={ReplyIcon} label={t('Reply')} onPick={() => onMode('reply')} />
        <Mode on={note} icon={NotebookPen} label={t('Internal note')} short={t('Note')} onPick={() => onMode('note')} />
        {wanted.mode === 'forward' ? <span className="px-2 text-body font-semibold">{t('Forward')}</span> : null}
        <span className="flex-1" />
        <IconButton
          icon={ChevronDown}
          label={t('Fold the composer')}
          keys="escape"
          small
          className="!size-8"
          onClick={onClose}
        />
      </div>
      <Kind key={wanted.mode} item={item} wanted={wanted} include={include} onClose={onClose} />
    </section>
  )
}

interface ModeProps {
  readonly on: boolean
  readonly icon: typeof ReplyIcon
  readonly label: string
  /** On a phone. */
  readonly short?: string
  readonly onPick: () => void
}

function Mode({ on, icon: Icon, label, short, onPick }: ModeProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onPick}
      className={cx(
        'inline-flex h-7 items-center gap-1.5 rounded-control px-2 text-body pointer-coarse:rounded-dialog pointer-coarse:border-y-6 pointer-coarse:border-transparent pointer-coarse:bg-clip-padding',
        on
          ? 'bg-raised font-semibold shadow-[0_0_0_1px_var(--line)] pointer-coarse:bg-[var(--line)] pointer-coarse:shadow-none'
          : 'text-muted hover:text-text',
      )}
    >
      <Icon aria-hidden className="!size-3.5" />
      <span className={short && 'max-md:hidden'}>{label}</span>
      {short ? <span className="md:hidden">{short}</span> : null}
    </button>
  )
}

type KindProps = Pick<ComposerProps, 'item' | 'wanted' | 'include' | 'onClose'>

/** Waits for the draft, then lets the person write on. */
function Kind({ item, wanted, include, onClose }: KindProps) {
  const view = useInboxView()
  const query = useInfiniteQuery(threadQuery(item.id))
  const writing = usePresence(item.id, view.work.me).some((p) => p.state === 'typing' && !p.visitor)
  const draft = useDraft(item.id, wanted.mode === 'note' ? 'note' : 'reply', view.work.me, writing)
  const forward = wanted.mode === 'forward'
  if (!forward && draft.start === undefined) return <div className="h-32" />
  return (
    <>
      {forward ? null : <DraftState state={draft.state} />}
      {forward ? null : <DraftBanner draft={draft} />}
      <Writer
        // Another's draft that was taken over replaces the editor's text.
        key={JSON.stringify(draft.start ?? 0)}
        item={item}
        items={flat(query.data)}
        mode={wanted.mode}
        wanted={wanted}
        start={forward ? null : (draft.start ?? null)}
        draft={draft}
        include={include}
        onClose={onClose}
      />
    </>
  )
}

/** Whether what was typed is safe; beside the modes, so that nothing moves when it changes. */
function DraftState({ state }: Pick<DraftHandle, 'state'>) {
  const { t } = useTranslation()
  return (
    <p role="status" className="absolute top-3 right-12 truncate text-meta text-muted max-md:right-14 max-md:max-w-32">
      {state === 'saved' ? t('Draft saved') : state === 'offline' ? t('No connection: the draft is kept here') : ''}
    </p>
  )
}

/** Whose words stand here, and whether a colleague has newer ones. */
function DraftBanner({ draft }: { readonly draft: DraftHandle }) {
  const { t } = useTranslation()
  const line = 'mx-5 mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control px-2 py-1 text-label max-md:mx-2'
  if (draft.conflict)
    return (
      <p role="alert" className={cx(line, 'bg-warning-soft text-warning-text')}>
        <span className="flex-1">
          {t('{{name}} changed this draft while you were writing.', { name: draft.conflict.author })}
        </span>
        <button type="button" className="font-medium underline underline-offset-2" onClick={draft.takeTheirs}>
          {t('Take theirs')}
        </button>
        <button type="button" className="font-medium underline underline-offset-2" onClick={draft.keepMine}>
          {t('Keep mine')}
        </button>
      </p>
    )
  if (draft.author)
    return (
      <p className={cx(line, 'bg-sunken text-muted')}>
        <Colleague id={draft.author.id} name={draft.author.name} size="tiny" />
        <span className="flex-1">
          {t('{{name}} began this draft', { name: draft.author.name })} <When at={draft.author.at} />
        </span>
      </p>
    )
  return null
}
