package identify

import (
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

var (
	bucketCol = store.Col{Name: "bucket", Type: store.Int}
	keyCols   = []store.Col{{Name: "key_bucket", Type: store.Int}, {Name: "kind", Type: store.Text}, {Name: "value", Type: store.Text}}
)

func profileCol(name string) store.Col { return store.Col{Name: name, Type: store.UUID} }

var lookupKeys = store.Lookup{Table: "identity_keys", Key: keyCols, Cols: "t.bucket, t.profile_id, t.shared"}

var lookupShared = store.Lookup{Table: "shared_keys", Key: keyCols, Cols: "t.bucket, t.profile_id"}

var lookupProfiles = store.Lookup{Table: "profiles", Key: []store.Col{bucketCol, profileCol("profile_id")},
	Cols: "t.head_bucket, t.customer_id, t.created_at, t.name"}

var lookupMembers = store.Lookup{Table: "customer_profiles", Key: []store.Col{bucketCol, profileCol("customer_id")},
	Cols: "t.profile_bucket, t.profile_id"}

var lookupProfileKeys = store.Lookup{Table: "profile_keys", Key: []store.Col{bucketCol, profileCol("profile_id")},
	Cols: "t.kind, t.value, t.name, t.status, t.method, t.source, t.first_seen, t.last_seen"}

var lookupCustomers = store.Lookup{Table: "customers", Key: []store.Col{bucketCol, profileCol("customer_id")},
	Cols: "t.name, t.first_at, t.last_at, t.last_channel, t.last_direction, t.last_text, t.contacts"}

var lookupNever = store.Lookup{Table: "never_links", Key: []store.Col{bucketCol, profileCol("profile_id")}, Cols: "t.other_id"}

var writeKeys = store.Bulk{Table: "identity_keys", Key: 3, Conflict: "nothing", Returning: "kind, value",
	Cols: append(keyCols[:3:3], bucketCol, profileCol("profile_id"), store.Col{Name: "shared", Type: store.Bool})}

var shareKeys = store.Bulk{Table: "identity_keys", Key: 3, Conflict: "shared = excluded.shared", Cols: writeKeys.Cols}

var writeShared = store.Bulk{Table: "shared_keys", Key: 4, Conflict: "nothing",
	Cols: append(keyCols[:3:3], profileCol("profile_id"), bucketCol)}

var writeProfiles = store.Bulk{Table: "profiles", Key: 2,
	Conflict: "head_bucket = excluded.head_bucket, customer_id = excluded.customer_id, name = excluded.name",
	Cols: []store.Col{bucketCol, profileCol("profile_id"), {Name: "head_bucket", Type: store.Int}, profileCol("customer_id"),
		{Name: "created_at", Type: store.Int}, {Name: "name", Type: store.Text}}}

var writeMembers = store.Bulk{Table: "customer_profiles", Key: 3, Conflict: "nothing",
	Cols: []store.Col{bucketCol, profileCol("customer_id"), profileCol("profile_id"), {Name: "profile_bucket", Type: store.Int}}}

// stronger picks a column of whichever row has the better evidence: the words
// verified, seen and claimed stand in that order of the alphabet, and another
// node may have written since ours was read.
func stronger(col string) string {
	return col + " = CASE WHEN excluded.status > profile_keys.status THEN excluded." + col + " ELSE profile_keys." + col + " END"
}

var writeProfileKeys = store.Bulk{Table: "profile_keys", Key: 4,
	Conflict: stronger("method") + ", " + stronger("source") + ", " + stronger("status") + ", " +
		"name = CASE WHEN profile_keys.name = '' THEN excluded.name ELSE profile_keys.name END, " +
		"last_seen = CASE WHEN excluded.last_seen > profile_keys.last_seen THEN excluded.last_seen ELSE profile_keys.last_seen END",
	Cols: []store.Col{bucketCol, profileCol("profile_id"), {Name: "kind", Type: store.Text}, {Name: "value", Type: store.Text},
		{Name: "name", Type: store.Text}, {Name: "status", Type: store.Text}, {Name: "method", Type: store.Text},
		{Name: "source", Type: store.Text}, {Name: "first_seen", Type: store.Int}, {Name: "last_seen", Type: store.Int}}}

// newer picks a column of whichever row has the later contact.
func newer(col string) string {
	return col + " = CASE WHEN excluded.last_at >= customers.last_at THEN excluded." + col + " ELSE customers." + col + " END"
}

// addToCustomers counts the contacts of a batch into the customers' rows.
var addToCustomers = store.Bulk{Table: "customers", Key: 2,
	Conflict: "seq = excluded.seq, hidden = excluded.hidden, " +
		"name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE customers.name END, " +
		"first_at = CASE WHEN excluded.first_at < customers.first_at THEN excluded.first_at ELSE customers.first_at END, " +
		newer("last_channel") + ", " + newer("last_direction") + ", " + newer("last_text") + ", " + newer("last_at") + ", " +
		"contacts = customers.contacts + excluded.contacts",
	Cols: customerCols}

// setCustomers writes the rows as they are: after a merge or an un-merge.
var setCustomers = store.Bulk{Table: "customers", Key: 2,
	Conflict: "seq = excluded.seq, hidden = excluded.hidden, name = excluded.name, first_at = excluded.first_at, last_at = excluded.last_at, " +
		"last_channel = excluded.last_channel, last_direction = excluded.last_direction, last_text = excluded.last_text, contacts = excluded.contacts",
	Cols: customerCols}

var customerCols = []store.Col{bucketCol, profileCol("customer_id"), {Name: "seq", Type: store.Int}, {Name: "hidden", Type: store.Bool},
	{Name: "name", Type: store.Text}, {Name: "first_at", Type: store.Int}, {Name: "last_at", Type: store.Int},
	{Name: "last_channel", Type: store.Text}, {Name: "last_direction", Type: store.Text}, {Name: "last_text", Type: store.Text},
	{Name: "contacts", Type: store.Int}}

var writeMerges = store.Bulk{Table: "merges", Key: 2, Conflict: "nothing",
	Cols: []store.Col{bucketCol, profileCol("id"), profileCol("profile_id"), {Name: "other_bucket", Type: store.Int}, profileCol("other_id"),
		profileCol("into_customer"), profileCol("from_customer"), {Name: "into_name", Type: store.Text}, {Name: "from_name", Type: store.Text},
		{Name: "rule", Type: store.Text}, {Name: "reason", Type: store.Text}, {Name: "author", Type: store.Text}, {Name: "at", Type: store.Int},
		{Name: "undone_at", Type: store.Int}, {Name: "undone_by", Type: store.Text}}}

var writeSuggestions = store.Bulk{Table: "suggestions", Key: 3, Conflict: "nothing",
	Cols: []store.Col{bucketCol, profileCol("profile_id"), profileCol("other_id"), {Name: "other_bucket", Type: store.Int},
		{Name: "kind", Type: store.Text}, {Name: "value", Type: store.Text}, profileCol("id"), {Name: "reason", Type: store.Text},
		{Name: "at", Type: store.Int}, {Name: "state", Type: store.Text}}}

var holderCols = []store.Col{{Name: "key_bucket", Type: store.Int}, {Name: "key", Type: store.Text}}

var lookupHolders = store.Lookup{Table: "match_keys", Key: holderCols, Cols: "t.bucket, t.customer_id", Order: "customer_id", Most: largestShare + 1}

var writeMatchKeys = store.Bulk{Table: "match_keys", Key: 3, Conflict: "nothing",
	Cols: append(holderCols[:2:2], profileCol("customer_id"), bucketCol)}

var lookupStamps = store.Lookup{Table: "match_customers", Key: []store.Col{bucketCol, profileCol("customer_id")}, Cols: "t.keys"}

var writeStamps = store.Bulk{Table: "match_customers", Key: 2, Conflict: "keys = excluded.keys",
	Cols: []store.Col{bucketCol, profileCol("customer_id"), {Name: "keys", Type: store.Text}}}

var writeCursors = store.Bulk{Table: "match_cursors", Key: 1, Conflict: "seq = excluded.seq",
	Cols: []store.Col{bucketCol, {Name: "seq", Type: store.Int}}}

func blockParams(kind, value, author string, at int64) sqlgen.BlockValueParams {
	return sqlgen.BlockValueParams{Kind: kind, Value: value, Author: author, At: at}
}

func memberParams(head Profile, member crm.ID) sqlgen.DeleteMemberParams {
	return sqlgen.DeleteMemberParams{Bucket: head.Bucket, CustomerID: head.ID, ProfileID: member}
}
