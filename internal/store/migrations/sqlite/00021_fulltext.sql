-- owner: store
-- The words of messages, without a copy of the texts. Words are made in Go: the
-- engine only cuts at spaces.
CREATE VIRTUAL TABLE fts_messages USING fts5(subject, body, sender, recipient, facts,
  content='', contentless_delete=1, tokenize="ascii tokenchars '_'");
