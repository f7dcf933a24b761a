package schema

import _ "embed" // for the schemas

// The Avro schemas, as registries take them. They are embedded so that a worker
// reads and writes its own release's records with no registry and no files.
var (
	//go:embed avro/inventory_event.avsc
	inventoryEventSchema string
	//go:embed avro/reference_event.avsc
	referenceEventSchema string
	//go:embed avro/atp.avsc
	atpSchema string
	//go:embed avro/dead_letter.avsc
	deadLetterSchema string
	//go:embed avro/alert.avsc
	alertSchema string
	//go:embed avro/ledger_entry.avsc
	ledgerEntrySchema string
)

// The CRC-64-AVRO fingerprints of the schemas' parsing canonical forms. A test
// holds them to the schemas: a changed schema must be noticed.
const (
	inventoryEventFingerprint uint64 = 0x45dc094f9edc821e
	referenceEventFingerprint uint64 = 0xdddae11676d1304e
	atpFingerprint            uint64 = 0xad6ad11be60e3549
	deadLetterFingerprint     uint64 = 0x059f2547be2586ff
	alertFingerprint          uint64 = 0xf060decd634cfd65
	ledgerEntryFingerprint    uint64 = 0xa36cd42b5ec4eb37
)

// AvroSchema is one of this system's own schemas.
type AvroSchema struct {
	Name        string // of the record, with its namespace
	Text        string // the schema as JSON
	Fingerprint uint64 // CRC-64-AVRO of its parsing canonical form
}

// LedgerEntrySchema is that of the ledger's records. They are written and read
// by the rules, without a frame: their format is a field of their own.
func LedgerEntrySchema() AvroSchema {
	return AvroSchema{"driftless.LedgerEntry", ledgerEntrySchema, ledgerEntryFingerprint}
}

// AvroSchemas returns the schemas of all records on our topics.
func AvroSchemas() []AvroSchema {
	return []AvroSchema{
		{"driftless.InventoryEvent", inventoryEventSchema, inventoryEventFingerprint},
		{"driftless.ReferenceEvent", referenceEventSchema, referenceEventFingerprint},
		(*ATP)(nil).schema(), (*DeadLetter)(nil).schema(), (*Alert)(nil).schema(),
		LedgerEntrySchema(),
	}
}
