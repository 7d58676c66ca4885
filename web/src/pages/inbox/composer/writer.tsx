import { useQuery } from '@tanstack/react-query'
import { type Editor, EditorContent } from '@tiptap/react'
import { Paperclip, Smile, SquareSlash, Type, X } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail, DraftContent, Macro, MacroPreview, ThreadItem } from '../../../api/desk'
import { sayPresence } from '../../../api/queries/cases'
import { inboxesQuery, macrosQuery, mySettingsQuery, peopleQuery, previewMacro } from '../../../api/queries/desk'
import { list } from '../../../lib/list'
import { plainText } from '../../../lib/plain-text'
import { createKeptStore, useStore } from '../../../lib/store'
import { IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { useInboxView } from '../view'
import { AddressLines } from './address-lines'
import { defaults } from './addressing'
import type { DraftHandle } from './draft'
import { mentionsOf, useComposerEditor } from './editor'
import { findEmoji } from './emoji'
import { FileStrip } from './file-strip'
import { useFiles } from './files'
import { MacroPicker } from './macro-picker'
import { macroActionWords } from './macro-words'
import { SendButton } from './send-button'
import { StaleBanner } from './stale-banner'
import type { Source } from './suggest'
import { SuggestList } from './suggest-list'
import { Toolbar } from './toolbar'
import { useSend } from './use-send'
import type { ComposerMode, Wanted } from './wanted'

interface WriterProps {
  readonly item: CaseDetail
  /** Newest first. */
  readonly items: readonly ThreadItem[]
  readonly mode: ComposerMode
  readonly wanted: Wanted
  readonly start: DraftContent | null
  readonly draft: DraftHandle
  readonly include: readonly string[]
  readonly onClose: () => void
}

type LeavingItem = Extract<ThreadItem, { type: 'outgoing' }>

const TYPING_MS = 4_000
const formatBar = createKeptStore<boolean>('format-bar', window.matchMedia('(min-width: 720px)').matches)

/** The text, whom it goes to, and the button that sends it. */
export function Writer({ item, items, mode, wanted, start, draft, include, onClose }: WriterProps) {
  const { t } = useTranslation()
  const note = mode === 'note'
  const people = list(useQuery(peopleQuery).data)
  const macros = list(useQuery(macrosQuery).data)
  const inboxes = list(useQuery(inboxesQuery).data)
  const own = useQuery(mySettingsQuery).data
  const showFormat = useStore(formatBar)
  const first = useMemo(() => defaults(item, items, start), [item, items, start])
  const [way, setWay] = useState(first.way)
  const [to, setTo] = useState<readonly string[]>(mode === 'forward' ? [] : first.to)
  const [cc, setCc] = useState<readonly string[]>(mode === 'forward' ? [] : first.cc)
  const [subject, setSubject] = useState(first.subject)
  const [macro, setMacro] = useState<Macro>()
  const [macrosOpen, setMacrosOpen] = useState(wanted.macros === true)
  const [dragging, setDragging] = useState(false)
  const [empty, setEmpty] = useState(!start?.html)
  const fileInput = useRef<HTMLInputElement>(null)
  const lastTyping = useRef(0)
  const editorRef = useRef<Editor | null>(null)

  const save = useCallback(
    (more: Partial<DraftContent> = {}) => {
      if (mode === 'forward') return
      draft.edit({
        html: editorRef.current?.getHTML() ?? '',
        to,
        cc,
        subject,
        attachments: filesRef.current,
        ...(way ? { channel: way.channel, inbox_id: way.inbox_id } : {}),
        ...more,
      })
    },
    [draft, mode, to, cc, subject, way],
  )
  const filesRef = useRef(list(start?.attachments))
  const saveRef = useRef(save)
  saveRef.current = save
  const files = useFiles(
    filesRef.current,
    useCallback((next) => {
      filesRef.current = next
      saveRef.current({ attachments: next })
    }, []),
  )

  const insertMacro = (m: Macro, filled: MacroPreview) => {
    setMacro(m)
    editorRef.current?.chain().focus().insertContent(filled.html).run()
  }
  const pickMacro = async (id: string) => {
    const m = macros.find((x) => x.id === id)
    if (!m) return
    const filled = await previewMacro(id, item.id).catch(() => ({ html: m.html, actions: m.actions, missing: [] }))
    insertMacro(m, filled)
  }
  const sources: readonly Source[] = [
    {
      char: ':',
      items: findEmoji,
      insert: (e) => `${e.id} `,
    },
    {
      char: '/',
      items: (q) => macros.filter((m) => m.name.toLowerCase().includes(q)).map((m) => ({ id: m.id, label: m.name })),
      insert: () => undefined,
      onPick: (m) => void pickMacro(m.id),
    },
    ...(note
      ? [
          {
            char: '@',
            items: (q: string) =>
              people
                .filter((p) => !p.disabled && p.name.toLowerCase().includes(q))
                .map((p) => ({ id: p.id, label: p.name })),
            insert: (p: { id: string; label: string }) => [
              { type: 'mention', attrs: { id: p.id, label: p.label } },
              { type: 'text', text: ' ' },
            ],
          } satisfies Source,
        ]
      : []),
  ]
  const label = note
    ? t('Internal note, only colleagues see it')
    : t('Answer to {{name}}', { name: item.customer_name })
  const me = useInboxView().work.me
  const leaving = items.filter((i): i is LeavingItem => i.type === 'outgoing' && i.author_id !== me)
  const sending = useSend({ item, mode, draft, include, newer: wanted.newer, leaving, onClose })
  const submit = (how: { done?: boolean; at?: number }) => {
    const editor = editorRef.current
    if (!editor || files.uploads.length > 0) return
    sending.submit({
      ...how,
      html: editor.getHTML(),
      text: editor.getText({ blockSeparator: '\n\n' }),
      mentions: mentionsOf(editor),
      to,
      cc,
      subject,
      way,
      files: files.files,
      macro,
    })
  }
  const leave = () => {
    void draft.flush()
    onClose()
  }
  const { editor, suggest } = useComposerEditor({
    html: start?.html ?? '',
    label,
    sources,
    onChange: (e) => {
      setEmpty(e.isEmpty)
      save()
      const now = Date.now()
      if (now - lastTyping.current > TYPING_MS) {
        lastTyping.current = now
        sayPresence(item.id, 'typing').catch(() => undefined)
      }
    },
    onFiles: files.add,
    onSend: (done) => submit(done ? { done } : {}),
    onLeave: leave,
  })
  editorRef.current = editor

  // Asking for the composer again puts the cursor back into it.
  useEffect(() => {
    if (!editor) return
    // An open list of macros has the keys.
    if (wanted.macros) setMacrosOpen(true)
    else if (wanted.at > 0 && mode !== 'forward') editor.commands.focus('end')
  }, [editor, wanted, mode])
  // Recipients and the like are part of the draft.
  const changed =
    <T,>(set: (v: T) => void, name: keyof DraftContent) =>
    (value: T) => {
      set(value)
      if (!empty) saveRef.current({ [name]: value })
    }

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.defaultPrevented) return
    if (e.key === 'Escape') {
      e.preventDefault()
      e.stopPropagation()
      leave()
    } else if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) {
      e.preventDefault()
      submit(e.shiftKey ? { done: true } : {})
    }
  }
  const drop = (e: DragEvent) => {
    setDragging(false)
    if (e.defaultPrevented || e.dataTransfer.files.length === 0) return
    e.preventDefault()
    files.add(e.dataTransfer.files)
  }
  const signature = inboxes.find((i) => i.id === (way?.inbox_id ?? item.inbox_id))?.settings?.signature_html
  const sign = plainText(own?.signature_html || signature || '')

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the fields inside
    <div
      className="flex min-h-0 flex-1 flex-col"
      onKeyDown={onKeyDown}
      onDragOver={(e) => {
        if (!e.dataTransfer.types.includes('Files')) return
        e.preventDefault()
        setDragging(true)
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={drop}
    >
      {note ? null : (
        <AddressLines
          item={item}
          mode={mode}
          way={way}
          onWay={(w) => {
            setWay(w)
            if (!empty) saveRef.current({ channel: w.channel, inbox_id: w.inbox_id })
          }}
          to={to}
          onTo={changed(setTo, 'to')}
          cc={cc}
          onCc={changed(setCc, 'cc')}
          subject={subject}
          onSubject={changed(setSubject, 'subject')}
        />
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the text puts the cursor into it */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        className={cx('relative min-h-16 flex-1 overflow-y-auto px-6 max-md:px-3', dragging && 'bg-accent-soft')}
        onClick={(e) => {
          if (e.target === e.currentTarget) editor?.commands.focus('end')
        }}
      >
        {empty ? (
          <p aria-hidden className="pointer-events-none absolute top-1 text-read text-muted">
            {dragging
              ? t('Drop the files here')
              : note
                ? t('Only colleagues see this. @ mentions somebody.')
                : t('Write an answer. / puts in a macro.')}
          </p>
        ) : null}
        <EditorContent editor={editor} />
        {!note && sign && (way?.channel ?? item.channel) === 'mail' ? (
          <p
            className="mb-2 border-l-2 border-line pl-2 text-label whitespace-pre-wrap text-muted max-md:hidden"
            title={t('The signature is added when it is sent')}
          >
            {sign}
          </p>
        ) : null}
      </div>
      <SuggestList state={suggest} />
      <FileStrip files={files} />
      <StaleBanner sending={sending} item={item} items={items} />
      {macro && macroActionWords(t, macro.actions) ? (
        <p className="mx-5 mb-1 inline-flex items-center gap-2 self-start rounded-chip bg-sunken pl-2 text-label text-muted max-md:mx-3">
          {macroActionWords(t, macro.actions)}
          <button
            type="button"
            aria-label={t('Without it')}
            onClick={() => setMacro(undefined)}
            className="inline-flex size-6 items-center justify-center"
          >
            <X aria-hidden className="!size-3" />
          </button>
        </p>
      ) : null}
      <footer className="flex flex-none flex-wrap items-center gap-x-1 gap-y-1 px-5 pt-1 pb-3 max-md:px-2 max-md:pb-2">
        <IconButton
          icon={Type}
          label={t('How it looks')}
          small
          className="!size-7"
          aria-pressed={showFormat}
          // The words keep the focus, and a phone its keyboard.
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => formatBar.set(!showFormat)}
        />
        {editor && showFormat ? (
          <span className="max-md:hidden">
            <Toolbar editor={editor} />
          </span>
        ) : null}
        <IconButton
          icon={Paperclip}
          label={t('Attach files')}
          small
          className="!size-7"
          onClick={() => fileInput.current?.click()}
        />
        <IconButton
          icon={SquareSlash}
          label={t('Macros')}
          keys="/"
          small
          className="!size-7"
          onClick={() => setMacrosOpen(true)}
        />
        <IconButton
          icon={Smile}
          label={t('Signs: type a colon')}
          small
          className="!size-7 max-md:hidden"
          onClick={() => editor?.chain().focus().insertContent(':sm').run()}
        />
        <input
          ref={fileInput}
          type="file"
          multiple
          hidden
          onChange={(e) => {
            files.add(e.target.files ?? [])
            e.target.value = ''
          }}
        />
        <span className="flex-1" />
        <SendButton
          note={note}
          label={sending.label}
          disabled={files.uploads.length > 0 || sending.busy}
          onSend={submit}
        />
      </footer>
      {editor && showFormat ? (
        <div className="overflow-x-auto border-t border-line px-2 py-1 md:hidden">
          <Toolbar editor={editor} />
        </div>
      ) : null}
      <MacroPicker
        open={macrosOpen}
        onOpenChange={(o) => {
          setMacrosOpen(o)
          if (!o) setTimeout(() => editor?.commands.focus())
        }}
        caseId={item.id}
        onPick={insertMacro}
      />
    </div>
  )
}
