import Mention from '@tiptap/extension-mention'
import { type Editor, useEditor } from '@tiptap/react'
import { useRef, useState } from 'react'
import { starter } from './starter'
import { type Source, type SuggestState, suggestions } from './suggest'

interface EditorInput {
  readonly html: string
  readonly label: string
  readonly sources: readonly Source[]
  readonly onChange: (editor: Editor) => void
  readonly onFiles: (files: readonly File[]) => void
  readonly onSend: (done: boolean) => void
  readonly onLeave: () => void
}

/** The editor of an answer or a note, without styles of its own (the page's policy allows none). */
export function useComposerEditor(input: EditorInput): {
  readonly editor: Editor | null
  readonly suggest: SuggestState | undefined
} {
  const [suggest, setSuggest] = useState<SuggestState>()
  const latest = useRef(input)
  latest.current = input
  const offering = useRef(false)
  offering.current = suggest !== undefined
  const [extensions] = useState(() => [
    starter(),
    Mention.configure({
      HTMLAttributes: { class: 'mention' },
      renderText: ({ node }) => `@${String(node.attrs.label ?? node.attrs.id)}`,
      // People are offered by the list that signs and macros use too.
      suggestion: { char: '\uE000', items: () => [] },
    }),
    suggestions({ sources: () => latest.current.sources, show: setSuggest }),
  ])
  const editor = useEditor({
    extensions,
    content: input.html,
    injectCSS: false,
    immediatelyRender: true,
    shouldRerenderOnTransaction: false,
    onUpdate: ({ editor: e }) => latest.current.onChange(e),
    editorProps: {
      attributes: { 'aria-label': input.label, role: 'textbox', 'aria-multiline': 'true', class: 'composer-text' },
      handleKeyDown: (_, event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
          latest.current.onSend(event.shiftKey)
          return true
        }
        // The editor would swallow it; an open list of suggestions closes first.
        if (event.key === 'Escape' && !offering.current) {
          latest.current.onLeave()
          return true
        }
        return false
      },
      handlePaste: (_, event) => filesFrom(event.clipboardData, latest.current.onFiles),
      handleDrop: (_, event) => filesFrom(event.dataTransfer, latest.current.onFiles),
    },
  })
  return { editor, suggest }
}

/** Takes the files of a paste or drop; text is left to the editor. */
function filesFrom(data: DataTransfer | null, take: (files: readonly File[]) => void): boolean {
  const files = [...(data?.files ?? [])]
  // A copied table brings a picture of itself along; the words are what is meant.
  if (files.length === 0 || data?.types.includes('text/html')) return false
  take(files)
  return true
}

/** The people that are mentioned in a text. */
export function mentionsOf(editor: Editor): readonly string[] {
  const ids = new Set<string>()
  editor.state.doc.descendants((node) => {
    if (node.type.name === 'mention' && node.attrs.id) ids.add(String(node.attrs.id))
  })
  return [...ids]
}
