package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// CaseFilter chooses cases; empty fields choose all.
type CaseFilter struct {
	Statuses      []string
	Assignee      *crm.ID // zero id: unassigned
	Team          *crm.ID
	Inbox         *crm.ID
	HiddenInboxes []crm.ID // none of these
	Profiles      []crm.ID // of these only
	Mentioned     crm.ID   // people who are mentioned, and have not put it away
	UnreadBy      crm.ID
	Tag           crm.ID
	Channel       string
	Intent        string
	Language      string
	Priority      *int64
	Breached      *bool
	DueBefore     int64 // breached or due before; 0: any
	WithMerged    bool
	Not           []*CaseFilter // none that one of these chooses
}

// CaseSort is an order of cases: the column and its direction.
type CaseSort struct {
	Column string // one of sortColumns
	Down   bool
}

// sortColumns are what cases can be sorted by, each with an index behind status.
var sortColumns = map[string]bool{"last_at": true, "waiting_since": true, "due_at": true, "effort": true, "value": true}

// driver is the filter that a list is read by; "" is the index of its order.
type driver string

// The drivers, in the order in which they are tried: what usually chooses the
// fewest comes first.
const (
	byOrder    driver = ""
	byProfile  driver = "profile"
	byMention  driver = "mention"
	byTag      driver = "tag"
	byIntent   driver = "intent"
	byAssignee driver = "assignee_id"
	byInbox    driver = "inbox_id"
	byPriority driver = "priority"
	byChannel  driver = "channel"
	byLanguage driver = "language"
	byTeam     driver = "team_id"
	byNothing  driver = "nothing" // of what is left out: no list is read by it
)

// args collects the arguments of a statement.
type args []any

func (a *args) mark(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

func (a *args) list(values []crm.ID) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = a.mark(v)
	}
	return strings.Join(marks, ", ")
}

// unindexed names a column of c so that no index of it is used: neither engine
// knows at planning time how rare a value is, we do.
func unindexed(name string) string { return "COALESCE(c." + name + ", c." + name + ")" }

// from is the part of a statement between its columns and its order.
func (f *CaseFilter) from(by driver, status string, sort string, a *args) string {
	col := func(name string) string {
		if by == driver(name) || by == byOrder && (name == "status" || name == sort) ||
			(by == byAssignee || by == byTeam) && (name == "status" || name == "last_at") {
			return "c." + name
		}
		return unindexed(name)
	}
	tables := "cases c"
	var parts []string
	// CROSS JOIN keeps the order on SQLite: the few outside, their cases inside.
	switch by {
	case byTag:
		tables = "case_tags t CROSS JOIN cases c"
		parts = append(parts, "t.tag_id = "+a.mark(f.Tag)+" AND c.bucket = t.bucket AND c.conversation_id = t.conversation_id")
	case byMention:
		tables = "(SELECT DISTINCT bucket, conversation_id FROM mentions WHERE user_id = " + a.mark(f.Mentioned) + " AND archived = FALSE) m CROSS JOIN cases c"
		parts = append(parts, "c.bucket = m.bucket AND c.conversation_id = m.conversation_id")
	}
	parts = append(parts, f.conditions(by, status, col, a)...)
	for _, out := range f.Not {
		parts = append(parts, "NOT ("+strings.Join(append(out.conditions(byNothing, "", unindexed, a), "TRUE"), " AND ")+")")
	}
	return tables + " WHERE " + strings.Join(append(parts, "TRUE"), " AND ")
}

// conditions are what the filter asks of a case c, but for its driver.
func (f *CaseFilter) conditions(by driver, status string, col func(string) string, a *args) (parts []string) {
	add := func(format string, values ...any) {
		marks := make([]any, len(values))
		for i, v := range values {
			marks[i] = a.mark(v)
		}
		parts = append(parts, fmt.Sprintf(format, marks...))
	}
	if status != "" {
		add(col("status")+" = %s", status)
	} else if len(f.Statuses) > 0 {
		marks := make([]string, len(f.Statuses))
		for i, s := range f.Statuses {
			marks[i] = a.mark(s)
		}
		parts = append(parts, col("status")+" IN ("+strings.Join(marks, ", ")+")")
	}
	for _, e := range []struct {
		name string
		id   *crm.ID
	}{{"assignee_id", f.Assignee}, {"team_id", f.Team}, {"inbox_id", f.Inbox}} {
		if e.id != nil {
			add(col(e.name)+" = %s", *e.id)
		}
	}
	if len(f.HiddenInboxes) > 0 {
		parts = append(parts, unindexed("inbox_id")+" NOT IN ("+a.list(f.HiddenInboxes)+")")
	}
	if len(f.Profiles) > 0 {
		var of []string
		for _, p := range f.Profiles {
			of = append(of, "c.bucket = "+a.mark(p.Bucket())+" AND c.profile_id = "+a.mark(p))
		}
		parts = append(parts, "("+strings.Join(of, " OR ")+")")
	}
	for _, e := range [][2]string{{"channel", f.Channel}, {"intent", f.Intent}, {"language", f.Language}} {
		if e[1] != "" {
			add(col(e[0])+" = %s", e[1])
		}
	}
	if f.Priority != nil {
		add(col("priority")+" = %s", *f.Priority)
	}
	if f.Breached != nil {
		add("c.breached = %s", *f.Breached)
	}
	if f.DueBefore != 0 {
		add(unindexed("due_at")+" < %s", f.DueBefore)
	}
	if !f.Tag.IsZero() && by != byTag {
		add("EXISTS (SELECT 1 FROM case_tags t WHERE t.bucket = c.bucket AND t.conversation_id = c.conversation_id AND t.tag_id = %s)", f.Tag)
	}
	if !f.Mentioned.IsZero() && by != byMention {
		add("EXISTS (SELECT 1 FROM mentions m WHERE m.bucket = c.bucket AND m.conversation_id = c.conversation_id AND m.user_id = %s AND m.archived = FALSE)", f.Mentioned)
	}
	if !f.UnreadBy.IsZero() {
		add("NOT EXISTS (SELECT 1 FROM case_marks k WHERE k.bucket = c.bucket AND k.conversation_id = c.conversation_id AND k.user_id = %s AND k.read_seq >= c.last_seq)", f.UnreadBy)
	}
	if !f.WithMerged {
		add("c.merged_into = %s", crm.ID{})
	}
	return parts
}

// driver finds by what to read the list: by the filter that chooses the fewest
// cases, or by the order when a page is probably full after a shorter walk.
func (f *CaseFilter) driver(ctx context.Context, db *DB) (driver, error) {
	if len(f.Profiles) > 0 {
		return byProfile, nil
	}
	id := func(p *crm.ID) crm.ID {
		if p == nil {
			return crm.ID{}
		}
		return *p
	}
	var priority int64
	if f.Priority != nil {
		priority = *f.Priority
	}
	all, err := db.counted(ctx, "cases", nil)
	if err != nil {
		return byOrder, err
	}
	best, fewest, walk := byOrder, all, float64(pageful)
	share := func(n int64) { walk *= float64(all+1) / float64(n+1) }
	of := func(by driver) string { return "cases WHERE " + string(by) + " = $1" }
	for _, t := range []struct {
		by    driver
		set   bool
		from  string
		value any
	}{
		{byMention, !f.Mentioned.IsZero(), "mentions WHERE user_id = $1 AND archived = FALSE", f.Mentioned},
		{byTag, !f.Tag.IsZero(), "case_tags WHERE tag_id = $1", f.Tag},
		{byIntent, f.Intent != "", of(byIntent), f.Intent},
		{byAssignee, f.Assignee != nil, of(byAssignee), id(f.Assignee)},
		{byInbox, f.Inbox != nil, of(byInbox), id(f.Inbox)},
		{byPriority, f.Priority != nil, of(byPriority), priority},
		{byChannel, f.Channel != "", of(byChannel), f.Channel},
		{byLanguage, f.Language != "", of(byLanguage), f.Language},
		{byTeam, f.Team != nil, of(byTeam), id(f.Team)},
	} {
		if !t.set {
			continue
		}
		n, err := db.counted(ctx, t.from, t.value)
		if err != nil {
			return byOrder, err
		}
		share(n)
		if n < fewest {
			best, fewest = t.by, n
		}
	}
	// What has no index is guessed: a twentieth.
	for range map[bool]int{true: 1}[f.Breached != nil] + map[bool]int{true: 1}[!f.UnreadBy.IsZero()] {
		walk *= 20
	}
	if float64(fewest) < walk {
		return best, nil
	}
	return byOrder, nil
}

// pageful is how many cases a page has; countMost where counting for a plan ends,
// and countedFor how long a count is good enough for one.
const (
	pageful    = 50
	countMost  = 200_000
	countedFor = 30 * time.Second
)

// planCount is what a filter chose a moment ago.
type planCount struct {
	n  int64
	at time.Time
}

// counted tells about how many rows a filter chooses, to choose a plan by: never
// to be shown.
func (db *DB) counted(ctx context.Context, from string, value any) (int64, error) {
	key := fmt.Sprint(from, value)
	now := time.Now()
	db.mu.Lock()
	c, known := db.plans[key]
	db.mu.Unlock()
	if known && now.Sub(c.at) < countedFor {
		return c.n, nil
	}
	var a []any
	if value != nil {
		a = append(a, value)
	}
	if err := db.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+from+" LIMIT "+strconv.Itoa(countMost)+") x", a...).Scan(&c.n); err != nil {
		return 0, fmt.Errorf("list cases: %w", err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if len(db.plans) > 1000 || db.plans == nil {
		db.plans = map[string]planCount{}
	}
	db.plans[key] = planCount{c.n, now}
	return c.n, nil
}

// allStatuses are what a list without a status goes through one by one.
var allStatuses = []string{"todo", "waiting", "snoozed", "done", "ignored"}

// Cases reads the page of conversation ids after (n, id) in the order, at most
// limit, with the value that each is sorted by.
func (db *DB) Cases(ctx context.Context, f *CaseFilter, sort CaseSort, n int64, id crm.ID, limit int) ([]CaseKey, error) {
	if !sortColumns[sort.Column] {
		return nil, fmt.Errorf("store: cases are not sorted by %q", sort.Column)
	}
	by, err := f.driver(ctx, db)
	if err != nil {
		return nil, err
	}
	if by == byOrder && sort.Column == "last_at" {
		// The lists of one person and one team have indexes of their own.
		switch {
		case f.Assignee != nil:
			by = byAssignee
		case f.Team != nil:
			by = byTeam
		}
	}
	statuses := []string{""}
	if by == byOrder || (by == byAssignee || by == byTeam) && sort.Column == "last_at" {
		// Each status is a stretch of the index that is sorted in itself.
		if statuses = f.Statuses; len(statuses) == 0 {
			statuses = allStatuses
		}
	}
	// One SELECT a status, each in the order of its index, merged by the engine,
	// which stops all of them when the page is full.
	var a args
	col, than, order := "c."+sort.Column, ">", "ASC"
	if by != byOrder && sort.Column != "last_at" {
		col = unindexed(sort.Column)
	}
	if sort.Down {
		than, order = "<", "DESC"
	}
	at, after := a.mark(n), a.mark(id)
	arms := make([]string, len(statuses))
	for i, status := range statuses {
		arms[i] = "SELECT c.conversation_id AS id, " + col + " AS n FROM " + f.from(by, status, sort.Column, &a) + " AND " + col + " " + than + "= " + at +
			" AND (" + col + " " + than + " " + at + " OR c.conversation_id " + than + " " + after + ")"
	}
	rows, err := db.read.QueryContext(ctx, strings.Join(arms, " UNION ALL ")+" ORDER BY n "+order+", id "+order+" LIMIT "+a.mark(limit), a...)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	defer rows.Close()
	var out []CaseKey
	for rows.Next() {
		var k CaseKey
		if err := rows.Scan(&k.ID, &k.N); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// CaseKey is a case's place in a list.
type CaseKey struct {
	ID crm.ID
	N  int64
}

// CountCases counts by status, each up to most: a queue of thousands is "many",
// and counting it to the end would cost more than it tells.
func (db *DB) CountCases(ctx context.Context, f *CaseFilter, statuses []string, most int) (map[string]int64, error) {
	by, err := f.driver(ctx, db)
	if err != nil {
		return nil, err
	}
	if by == byOrder {
		switch {
		case f.Assignee != nil:
			by = byAssignee
		case f.Team != nil:
			by = byTeam
		}
	}
	out := map[string]int64{}
	for _, status := range statuses {
		var a args
		var n int64
		q := "SELECT COUNT(*) FROM (SELECT 1 FROM " + f.from(by, status, "last_at", &a) + " LIMIT " + strconv.Itoa(most) + ") x"
		if err := db.read.QueryRowContext(ctx, q, a...).Scan(&n); err != nil {
			return nil, fmt.Errorf("count cases: %w", err)
		}
		out[status] = n
	}
	return out, nil
}

// Marks reads until which message a person has read each of the conversations,
// and which of them mention the person still.
func (db *DB) Marks(ctx context.Context, user crm.ID, conversations []crm.ID) (read map[crm.ID]int64, mentioned map[crm.ID]bool, err error) {
	read, mentioned = map[crm.ID]int64{}, map[crm.ID]bool{}
	if len(conversations) == 0 || user.IsZero() {
		return read, mentioned, nil
	}
	args := []any{user}
	var of []string
	for _, id := range conversations {
		args = append(args, id.RowBucket(), id)
		of = append(of, "bucket = $"+strconv.Itoa(len(args)-1)+" AND conversation_id = $"+strconv.Itoa(len(args)))
	}
	which := "user_id = $1 AND (" + strings.Join(of, " OR ") + ")"
	rows, err := db.read.QueryContext(ctx, "SELECT conversation_id, read_seq, FALSE FROM case_marks WHERE "+which+
		" UNION ALL SELECT conversation_id, 0, TRUE FROM mentions WHERE archived = FALSE AND "+which, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("read the marks of cases: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id crm.ID
		var seq int64
		var mention bool
		if err := rows.Scan(&id, &seq, &mention); err != nil {
			return nil, nil, err
		}
		if mention {
			mentioned[id] = true
		} else {
			read[id] = seq
		}
	}
	return read, mentioned, rows.Err()
}
