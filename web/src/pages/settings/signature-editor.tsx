import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { type Editor, EditorContent, useEditor } from '@tiptap/react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inboxesQuery } from '../../api/queries/desk'
import { sessionQuery } from '../../api/queries/session'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { done } from '../../ui/undo'
import { starter } from '../inbox/composer/starter'
import { Toolbar } from '../inbox/composer/toolbar'
import { Rest } from './inbox-form'
import { useProblems } from './problem'

const htmlOf = (editor: Editor): string => (editor.isEmpty ? '' : editor.getHTML())
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

interface SignatureProps {
  readonly saved: string
  readonly save: (html: string) => Promise<void>
}

/** Writes the signature, and shows how it stands under an answer. */
export function SignatureEditor({ saved, save }: SignatureProps) {
  const { t } = useTranslation()
  const problems = useProblems(['signature_html'])
  const [html, setHtml] = useState(saved)
  // What the editor makes of the saved one is no change yet.
  const [before, setBefore] = useState<string>()
  const label = t('Signature')
  const editor = useEditor({
    extensions: [starter()],
    content: saved,
    injectCSS: false,
    immediatelyRender: true,
    shouldRerenderOnTransaction: false,
    onCreate: ({ editor: e }) => setBefore(htmlOf(e)),
    onUpdate: ({ editor: e }) => setHtml(htmlOf(e)),
    editorProps: {
      attributes: { 'aria-label': label, role: 'textbox', 'aria-multiline': 'true', class: 'composer-text' },
    },
  })
  const changed = before !== undefined && html !== saved && html !== before
  const put = async (next: string) => {
    await save(next)
    setBefore(next)
  }
  const show = (next: string) => {
    editor.commands.setContent(next, { emitUpdate: false })
    setHtml(next)
  }
  const keep = () =>
    problems.run(async () => {
      await put(html)
      done(t('Saved'), async () => {
        await put(saved)
        show(saved)
      })
    })
  return (
    <div className="flex flex-col gap-4">
      <Rest text={problems.rest} />
      <div>
        <div className="rounded-control border border-control bg-surface has-[.ProseMirror:focus-visible]:outline-2 has-[.ProseMirror:focus-visible]:outline-accent">
          <div className="overflow-x-auto border-b border-line px-1.5 py-1">
            <Toolbar editor={editor} />
          </div>
          <div className="relative max-h-72 overflow-y-auto px-3 pt-2">
            {html === '' ? (
              <p aria-hidden className="pointer-events-none absolute top-3 text-read text-muted">
                {t('Your name, what you do, when you can be reached')}
              </p>
            ) : null}
            <EditorContent editor={editor} />
          </div>
        </div>
        {problems.at('signature_html') ? (
          <p role="alert" className="mt-1 text-label text-danger-text">
            {problems.at('signature_html')}
          </p>
        ) : null}
        <div className="mt-3 flex flex-wrap gap-2">
          <Button look="primary" disabled={!changed || problems.busy} onClick={() => void keep()}>
            {t('Save the signature')}
          </Button>
          {changed ? (
            <Button look="ghost" disabled={problems.busy} onClick={() => show(saved)}>
              {t('Discard the changes')}
            </Button>
          ) : null}
        </div>
      </div>
      <Preview html={html} />
    </div>
  )
}

/** An answer as the customer gets it, with the signature that would stand under it. */
function Preview({ html }: { readonly html: string }) {
  const { t } = useTranslation()
  const session = useSuspenseQuery(sessionQuery).data
  const inboxes = list(useQuery(inboxesQuery).data)
  const own = html !== ''
  const signature = own ? html : (inboxes.find((i) => i.settings?.signature_html)?.settings?.signature_html ?? '')
  const words = [
    `<p>${escaped(t('Hello Kim,'))}</p><p>${escaped(t('thank you for writing. Your parcel leaves our house today.'))}</p>`,
    signature ? `<p>-- </p>${signature.replaceAll('{{agent.name}}', escaped(session.name ?? ''))}` : '',
  ].join('')
  const shown = useEditor({
    extensions: [starter()],
    content: words,
    editable: false,
    injectCSS: false,
    immediatelyRender: true,
    // To be read: otherwise it is announced as a text field without a name.
    editorProps: { attributes: { class: 'composer-text', role: 'document' } },
  })
  useEffect(() => {
    shown.commands.setContent(words)
  }, [shown, words])
  return (
    <section aria-label={t('How it stands under an answer')}>
      <h3 className="caps mb-2">{t('How it stands under an answer')}</h3>
      <div className="rounded-card border border-line bg-sunken px-4 pt-3 pb-2">
        <p className="mb-2 border-b border-line pb-2 text-label text-muted">
          {t('From {{name}}', { name: session.firm ? `${session.name} (${session.firm})` : session.name })}
        </p>
        <EditorContent editor={shown} />
      </div>
      {own ? null : (
        <p className="mt-1 text-label text-muted">
          {signature
            ? t('This is the signature of the inbox.')
            : t('No inbox has a signature either: nothing stands there.')}
        </p>
      )}
    </section>
  )
}
